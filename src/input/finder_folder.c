/* A drop that is a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "input/finder.h"
#include "input/sniff.h"
#include "input/source.h"

/* What a walk through a folder takes. */
enum wanted { WANTED_SENSORS, WANTED_PROFILE };

/* Folders of a workspace, where the program's own files are, and where profiles are. */
static const char *const no_data_folders[] = {"csv",        "aws_s3",  "archive",
                                              "quarantine", "profile", "__MACOSX"};

static int by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

/* The names in `folder`, sorted, so that messages don't depend on the file system. */
static enum dk_status list_folder(const char *folder, struct dirent ***entries, int *count,
                                  struct dk_error *err)
{
    *entries = NULL;
    *count = scandir(folder, entries, NULL, by_name);
    if (*count >= 0)
        return DK_OK;
    *count = 0;
    return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", folder);
}

static void free_list(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

/* --- files ---------------------------------------------------------------------------------- */

/* Refuses a .csv that is an export of the old scripts or of this program, not a log. */
static enum dk_status check_old_csv(const char *path, struct dk_error *err)
{
    char line[DK_SNIFF_BYTES];
    struct dk_source source = {.fd = -1};
    struct dk_drop_file file = {0};
    size_t got = 0;
    enum dk_status status = dk_source_open(&source, path, &file, err);
    if (status == DK_OK)
        status = dk_source_read(&source, line, sizeof(line), &got, err);
    dk_source_close(&source);
    size_t bom = dk_sniff_bom(line, got);
    if (status != DK_OK || !dk_sniff_old_csv(line + bom, got - bom))
        return status;
    status = dk_error_set(err, DK_ERR_DATA,
                          "'%s' is a CSV that the old scripts made, not a sensor's log", path);
    dk_error_place(err, path, 1, 0, 0);
    dk_error_hint(err, "take it out of the drop; derrick reads the rig's own logs");
    return status;
}

static enum dk_status take_file(struct dk_finder *finder, const struct dk_name *name,
                                const char *path, const struct stat *info, struct dk_error *err)
{
    struct dk_drop_file found = {0};
    enum dk_status status = DK_OK;
    if (S_ISDIR(info->st_mode))
        return dk_finder_no_file(path, "a folder", err);
    if (!S_ISREG(info->st_mode))
        return dk_finder_no_file(path, "no regular file", err);
    if (name->comma_name)
        status = check_old_csv(path, err);
    if (status == DK_OK)
        status = dk_source_identify(path, &found, err);
    return status == DK_OK ? dk_finder_take(finder, name->file, path, &found, err) : status;
}

/* A file that can't be looked at: a link that leads nowhere is bad data, the rest a failure. */
static enum dk_status cant_look(const char *path, int code, struct dk_error *err)
{
    struct stat info;
    if ((code == ENOENT || code == ELOOP) && lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
        return dk_finder_no_file(path, "a link that leads nowhere", err);
    return dk_error_errno(err, DK_ERR_IO, code, "can't read", path);
}

/* Looks at one name in a folder. */
static enum dk_status look_at(struct dk_finder *finder, const char *folder, const char *base,
                              enum wanted wanted, struct dk_error *err)
{
    struct dk_name name = dk_name_read(base);
    if ((name.file == DK_DROP_PROFILE) != (wanted == WANTED_PROFILE))
        return DK_OK;
    char *path = dk_path_join(folder, base);
    if (!path)
        return dk_error_nomem(err, "look at", folder);
    struct stat info;
    enum dk_status status = DK_OK;
    if (stat(path, &info) != 0) {
        if (name.kind == DK_NAME_TAKEN)
            status = cant_look(path, errno, err);
    } else if (S_ISDIR(info.st_mode) && name.kind != DK_NAME_TAKEN) {
        name = (struct dk_name){.kind = DK_NAME_OTHER, .file = -1};
    }
    if (status == DK_OK && name.kind == DK_NAME_TAKEN)
        status = take_file(finder, &name, path, &info, err);
    else if (status == DK_OK && strcmp(base, ".") != 0 && strcmp(base, "..") != 0)
        status = dk_finder_pass(finder, &name, path, err);
    free(path);
    return status;
}

static enum dk_status walk(struct dk_finder *finder, const char *folder, enum wanted wanted,
                           struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++)
        status = look_at(finder, folder, entries[i]->d_name, wanted, err);
    free_list(entries, count);
    return status;
}

/* --- folders -------------------------------------------------------------------------------- */

static bool may_hold_data(const char *base)
{
    if (base[0] == '.')
        return false;
    for (size_t i = 0; i < DK_COUNT_OF(no_data_folders); i++)
        if (strcasecmp(base, no_data_folders[i]) == 0)
            return false;
    return true;
}

/* Sensors in the folders right below `folder`. */
static enum dk_status walk_below(struct dk_finder *finder, const char *folder, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++) {
        if (!may_hold_data(entries[i]->d_name))
            continue;
        char *below = dk_path_join(folder, entries[i]->d_name);
        if (!below)
            status = dk_error_nomem(err, "look at", folder);
        else if (dk_path_is_folder(below))
            status = walk(finder, below, WANTED_SENSORS, err);
        free(below);
    }
    free_list(entries, count);
    return status;
}

/* The folder that the first sensor's file lies in, on the heap; the drop's where there is none. */
static char *sensor_folder(const struct dk_drop *drop)
{
    for (int i = 0; i < DK_SENSORS; i++)
        if (drop->files[i].path)
            return dk_path_folder(drop->files[i].path);
    return strdup(drop->path);
}

static bool hold_the_same(const char *left, const char *right)
{
    char hashes[2][DK_HASH_HEX_MAX];
    return dk_hash_file(left, hashes[0], NULL, NULL) == DK_OK &&
           dk_hash_file(right, hashes[1], NULL, NULL) == DK_OK && strcmp(hashes[0], hashes[1]) == 0;
}

/* Takes the profile in `folder`; where the drop has one already, tells that another one is left
 * aside, unless that was *told. */
static enum dk_status take_or_tell(struct dk_finder *finder, const char *folder, bool *told,
                                   struct dk_error *err)
{
    if (*told || !dk_drop_brings(finder->drop, DK_DROP_PROFILE))
        return dk_finder_profile(finder, folder, err);

    struct dk_drop other = {0};
    struct dk_finder second = {.drop = &other};
    enum dk_status status = dk_finder_profile(&second, folder, err);
    const struct dk_drop_file *used = &finder->drop->files[DK_DROP_PROFILE];
    const struct dk_drop_file *left = &other.files[DK_DROP_PROFILE];
    bool same = used->device == left->device && used->inode == left->inode;
    *told = status == DK_OK && left->name && !same && !hold_the_same(used->path, left->path);
    if (*told)
        dk_observer_notice(finder->observer, DK_LEVEL_NOTICE,
                           "the profile is '%s', which came with the logs, not '%s'", used->path,
                           left->path);
    dk_drop_reset(&other);
    return status;
}

enum dk_status dk_finder_profile(struct dk_finder *finder, const char *folder, struct dk_error *err)
{
    if (dk_drop_brings(finder->drop, DK_DROP_PROFILE) || !dk_path_is_folder(folder))
        return DK_OK;
    return walk(finder, folder, WANTED_PROFILE, err);
}

/* The same for the folders in `folder` that are called profile, in upper or lower case. */
static enum dk_status take_below(struct dk_finder *finder, const char *folder, bool *told,
                                 struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++) {
        if (strcasecmp(entries[i]->d_name, "profile") != 0)
            continue;
        char *below = dk_path_join(folder, entries[i]->d_name);
        status =
            below ? take_or_tell(finder, below, told, err) : dk_error_nomem(err, "look at", folder);
        free(below);
    }
    free_list(entries, count);
    return status;
}

/* Beside the logs, then in the drop's own profile/, then in the folder that was given. */
static enum dk_status find_profile(struct dk_finder *finder, struct dk_error *err)
{
    const char *root = finder->drop->path;
    char *logs = sensor_folder(finder->drop);
    bool told = false;
    if (!logs)
        return dk_error_nomem(err, "look at", root);
    enum dk_status status = take_or_tell(finder, logs, &told, err);
    if (status == DK_OK)
        status = take_or_tell(finder, root, &told, err);
    if (status == DK_OK)
        status = take_below(finder, logs, &told, err);
    if (status == DK_OK)
        status = take_below(finder, root, &told, err);
    if (status == DK_OK && finder->profile_folder)
        status = take_or_tell(finder, finder->profile_folder, &told, err);
    free(logs);
    return status;
}

enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err)
{
    enum dk_status status = walk(finder, finder->drop->path, WANTED_SENSORS, err);
    if (status == DK_OK && dk_drop_sensor_count(finder->drop) == 0)
        status = walk_below(finder, finder->drop->path, err);
    return status == DK_OK ? find_profile(finder, err) : status;
}

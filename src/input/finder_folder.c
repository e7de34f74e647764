/* A drop that is a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "input/finder.h"
#include "input/sniff.h"
#include "input/source.h"

#define DEPTH_MAX 8 /* of folders in which derrick does not read, only looks for names */

/* A walk through the names in a folder. */
struct walk {
    uint32_t files;    /* those of interest, as bits */
    bool takes;        /* recognised files are the drop's; else a sign that they are not absent */
    bool in_transfer;  /* what is there is unfinished, whatever its name */
    const char *spare; /* a path to leave out; NULL: none */
};

/* Folders of a workspace, where the program's own files are, and where profiles are. */
static const char *const no_data_folders[] = {"csv",        "aws_s3",  "archive",
                                              "quarantine", "profile", "__MACOSX"};
static const char *const output_folders[] = {"csv", "aws_s3", "archive", "quarantine"};

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

/* A name that is not taken. The folder for the profile has the profile's name, and is not one. */
static enum dk_status note(struct dk_finder *finder, const struct walk *walk,
                           const struct dk_name *name, const char *path, bool is_folder,
                           struct dk_error *err)
{
    enum dk_near near = dk_finder_near(name);
    if (is_folder && strcasecmp(dk_path_name(path), "profile") == 0)
        return DK_OK;
    if (walk->in_transfer)
        near = DK_NEAR_TRANSFER;
    else if (is_folder ? near != DK_NEAR_TRANSFER : name->kind == DK_NAME_RECOGNISED)
        near = DK_NEAR_ELSEWHERE;
    return dk_finder_note(finder, name->files & walk->files, near, path, err);
}

/* Looks at one name in a folder. */
static enum dk_status look_at(struct dk_finder *finder, const char *folder, const char *base,
                              const struct walk *walk, struct dk_error *err)
{
    struct dk_name name = dk_name_read(base, finder->search->ignore);
    bool of_interest = (name.files & walk->files) != 0;
    if (!of_interest && (name.files != 0 || !walk->takes || !(walk->files & DK_FINDER_SENSORS)))
        return DK_OK;
    char *path = dk_path_join(folder, base);
    if (!path)
        return dk_error_nomem(err, "look at", folder);
    struct stat info = {0};
    bool takes = walk->takes && name.kind == DK_NAME_RECOGNISED;
    enum dk_status status = DK_OK;
    if (of_interest && stat(path, &info) != 0 && takes)
        status = cant_look(path, errno, err);
    else if (takes)
        status = take_file(finder, &name, path, &info, err);
    else if (strcmp(base, ".") != 0 && strcmp(base, "..") != 0 &&
             !(walk->spare && strcmp(path, walk->spare) == 0))
        status = note(finder, walk, &name, path, S_ISDIR(info.st_mode), err);
    free(path);
    return status;
}

static enum dk_status walk_folder(struct dk_finder *finder, const char *folder,
                                  const struct walk *walk, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++)
        status = look_at(finder, folder, entries[i]->d_name, walk, err);
    free_list(entries, count);
    return status;
}

/* --- folders -------------------------------------------------------------------------------- */

static bool is_of(const char *base, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(base, list[i]) == 0)
            return true;
    return false;
}

/* Sensors in the folders right below `folder`. A tool may give a folder a temporary name, too. */
static enum dk_status walk_below(struct dk_finder *finder, const char *folder, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++) {
        const char *base = entries[i]->d_name;
        struct dk_name name = dk_name_read(base, finder->search->ignore);
        const struct walk walk = {.files = DK_FINDER_SENSORS, .takes = true};
        if (base[0] == '.' || name.kind == DK_NAME_NEVER || name.kind == DK_NAME_IN_TRANSFER ||
            is_of(base, no_data_folders, DK_COUNT_OF(no_data_folders)))
            continue;
        char *below = dk_path_join(folder, base);
        if (!below)
            status = dk_error_nomem(err, "look at", folder);
        else if (dk_path_is_folder(below))
            status = walk_folder(finder, below, &walk, err);
        free(below);
    }
    free_list(entries, count);
    return status;
}

/* A link may lead back up, so links are followed from the drop itself only. */
static bool is_folder_below(const char *path, int depth)
{
    struct stat info;
    return depth == 0 ? dk_path_is_folder(path) : lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Notes what is in the folders below under the name of a file that is absent. */
static enum dk_status note_below(struct dk_finder *finder, const char *folder,
                                 const struct walk *walk, int depth, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum dk_status status = list_folder(folder, &entries, &count, err);
    for (int i = 0; status == DK_OK && i < count; i++) {
        const char *base = entries[i]->d_name;
        struct dk_name name = dk_name_read(base, finder->search->ignore);
        struct walk walk_there = *walk;
        walk_there.in_transfer = walk->in_transfer || name.kind == DK_NAME_IN_TRANSFER;
        if (name.kind == DK_NAME_NEVER || is_of(base, output_folders, DK_COUNT_OF(output_folders)))
            continue;
        char *below = dk_path_join(folder, base);
        bool enters = below && is_folder_below(below, depth);
        if (!below)
            status = dk_error_nomem(err, "look at", folder);
        if (enters)
            status = walk_folder(finder, below, &walk_there, err);
        if (enters && status == DK_OK && depth + 1 < DEPTH_MAX)
            status = note_below(finder, below, &walk_there, depth + 1, err);
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

/* Takes the profile in `folder`, if there is such a folder, and nothing before it was one, or may
 * have been. */
static enum dk_status take_profile(struct dk_finder *finder, const char *folder,
                                   struct dk_error *err)
{
    const struct walk walk = {.files = DK_FINDER_PROFILE, .takes = true};
    if (!dk_drop_lacks(finder->drop, DK_DROP_PROFILE) || !dk_path_is_folder(folder))
        return DK_OK;
    return walk_folder(finder, folder, &walk, err);
}

/* Takes the profile in `folder`; where the drop has one already, tells that another one is left
 * aside, unless that was *told. */
static enum dk_status take_or_tell(struct dk_finder *finder, const char *folder, bool *told,
                                   struct dk_error *err)
{
    if (*told || !dk_drop_brings(finder->drop, DK_DROP_PROFILE))
        return take_profile(finder, folder, err);

    const struct dk_drop_search search = {.ignore = finder->search->ignore};
    struct dk_drop other = {0};
    struct dk_finder second = {.drop = &other, .search = &search};
    enum dk_status status = take_profile(&second, folder, err);
    const struct dk_drop_file *used = &finder->drop->files[DK_DROP_PROFILE];
    const struct dk_drop_file *left = &other.files[DK_DROP_PROFILE];
    bool same = used->device == left->device && used->inode == left->inode;
    *told = status == DK_OK && left->name && !same && !hold_the_same(used->path, left->path);
    if (*told)
        dk_observer_notice(finder->search->observer, DK_LEVEL_NOTICE,
                           "the profile is '%s', which came with the logs, not '%s'", used->path,
                           left->path);
    dk_drop_reset(&other);
    return status;
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

/* Beside the logs, then in the drop's own profile/. */
static enum dk_status find_profile(struct dk_finder *finder, bool *told, struct dk_error *err)
{
    const char *root = finder->drop->path;
    char *logs = sensor_folder(finder->drop);
    if (!logs)
        return dk_error_nomem(err, "look at", root);
    enum dk_status status = take_or_tell(finder, logs, told, err);
    if (status == DK_OK)
        status = take_or_tell(finder, root, told, err);
    if (status == DK_OK)
        status = take_below(finder, logs, told, err);
    if (status == DK_OK)
        status = take_below(finder, root, told, err);
    free(logs);
    return status;
}

/* The profile of an earlier drop. That it is used is always said: all labels depend on it. */
static enum dk_status use_earlier_profile(struct dk_finder *finder, bool *told,
                                          struct dk_error *err)
{
    const char *folder = finder->search->profile_folder;
    const struct dk_drop_file *file = &finder->drop->files[DK_DROP_PROFILE];
    bool absent = dk_drop_lacks(finder->drop, DK_DROP_PROFILE);
    if (!folder)
        return DK_OK;
    enum dk_status status = take_or_tell(finder, folder, told, err);
    if (status != DK_OK || !absent || !file->name || file->near >= DK_NEAR_SECOND ||
        dk_drop_sensor_count(finder->drop) == 0)
        return status;
    struct tm date;
    char day[16] = "";
    time_t changed = (time_t)(file->mtime_ns / 1000000000);
    if (gmtime_r(&changed, &date))
        (void)strftime(day, sizeof(day), "%Y-%m-%d", &date);
    dk_observer_notice(finder->search->observer, DK_LEVEL_NOTICE,
                       "the drop has no profile: using '%s' of %s", file->path, day);
    return DK_OK;
}

/* --- what a drop is ------------------------------------------------------------------------- */

enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err)
{
    const char *root = finder->drop->path;
    const struct walk sensors = {.files = DK_FINDER_SENSORS, .takes = true};
    bool told = false;
    enum dk_status status = walk_folder(finder, root, &sensors, err);
    if (status == DK_OK && dk_drop_sensor_count(finder->drop) == 0)
        status = walk_below(finder, root, err);
    if (status == DK_OK)
        status = find_profile(finder, &told, err);
    const struct walk absent = {.files = dk_finder_absent(finder)};
    if (status == DK_OK && absent.files != 0 && dk_drop_sensor_count(finder->drop) > 0)
        status = note_below(finder, root, &absent, 0, err);
    return status == DK_OK ? use_earlier_profile(finder, &told, err) : status;
}

enum dk_status dk_finder_beside(struct dk_finder *finder, struct dk_error *err)
{
    const char *folder = finder->search->beside_folder;
    bool told = false;
    enum dk_status status = DK_OK;
    if (folder && dk_drop_lacks(finder->drop, DK_DROP_PROFILE)) {
        status = take_profile(finder, folder, err);
        if (status == DK_OK)
            status = take_below(finder, folder, &told, err);
    }
    const struct walk absent = {.files = dk_finder_absent(finder), .spare = finder->drop->path};
    if (status == DK_OK && folder && absent.files != 0)
        status = walk_folder(finder, folder, &absent, err);
    if (status != DK_OK || dk_drop_brings(finder->drop, DK_DROP_PROFILE))
        return status;
    return use_earlier_profile(finder, &told, err);
}

/* A drop that is a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "finder.h"
#include "sniff.h"
#include "source.h"

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

static int is_named(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

typedef enum dk_status visit_fn(struct dk_finder *finder, const char *path, const void *context,
                                struct dk_error *err);

/* Visits everything in `folder`, sorted by name, so that messages don't depend on the file
 * system. */
static enum dk_status visit_folder(struct dk_finder *finder, const char *folder, visit_fn *visit,
                                   const void *context, struct dk_error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_named, by_name);
    if (count < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", folder);
    enum dk_status status = DK_OK;
    for (int i = 0; i < count; i++) {
        char *path = status == DK_OK ? dk_path_join(folder, entries[i]->d_name) : NULL;
        if (status == DK_OK)
            status = path ? visit(finder, path, context, err) : dk_error_nomem(err, "list", folder);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
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
    dk_error_hint(err, "move it out of the drop; derrick reads the rig's own logs");
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
        return dk_finder_no_file(path, "not a regular file", err);
    if (name->comma_name)
        status = check_old_csv(path, err);
    if (status == DK_OK)
        status = dk_source_identify(path, &found, err);
    return status == DK_OK ? dk_finder_take(finder, name->file, path, &found, err) : status;
}

/* A file without a status: a link that leads nowhere is bad data, the rest a failure. */
static enum dk_status cant_look(const char *path, int code, struct dk_error *err)
{
    struct stat info;
    if ((code == ENOENT || code == ELOOP) && lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
        return dk_finder_no_file(path, "a broken link", err);
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

/* Takes or notes one name in a folder. */
static enum dk_status visit_file(struct dk_finder *finder, const char *path, const void *context,
                                 struct dk_error *err)
{
    const struct walk *walk = context;
    struct dk_name name = dk_name_read(dk_path_name(path), finder->search->ignore);
    bool of_interest = (name.files & walk->files) != 0;
    if (!of_interest && (name.files != 0 || !walk->takes || !(walk->files & DK_FINDER_SENSORS)))
        return DK_OK;
    struct stat info = {0};
    bool takes = walk->takes && name.kind == DK_NAME_RECOGNISED;
    if (of_interest && stat(path, &info) != 0 && takes)
        return cant_look(path, errno, err);
    if (takes)
        return take_file(finder, &name, path, &info, err);
    if (walk->spare && strcmp(path, walk->spare) == 0)
        return DK_OK;
    return note(finder, walk, &name, path, S_ISDIR(info.st_mode), err);
}

static enum dk_status walk_folder(struct dk_finder *finder, const char *folder,
                                  const struct walk *walk, struct dk_error *err)
{
    return visit_folder(finder, folder, visit_file, walk, err);
}

/* --- folders -------------------------------------------------------------------------------- */

static bool is_of(const char *base, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(base, list[i]) == 0)
            return true;
    return false;
}

/* A tool may give a folder a temporary name, too. */
bool dk_finder_reads_folder(const char *base, const struct dk_name *name)
{
    return base[0] != '.' && name->kind != DK_NAME_NEVER && name->kind != DK_NAME_IN_TRANSFER &&
           !is_of(base, no_data_folders, DK_COUNT_OF(no_data_folders));
}

/* Takes the sensors in a folder directly below the drop's. */
static enum dk_status walk_below(struct dk_finder *finder, const char *path, const void *context,
                                 struct dk_error *err)
{
    struct dk_name name = dk_name_read(dk_path_name(path), finder->search->ignore);
    if (!dk_finder_reads_folder(dk_path_name(path), &name) || !dk_path_is_folder(path))
        return DK_OK;
    return walk_folder(finder, path, context, err);
}

/* What is noted in a folder below, and how deep that is. */
struct below {
    struct walk walk;
    int depth;
};

/* A link may lead back up, so links are followed from the drop itself only. */
static bool is_folder_below(const char *path, int depth)
{
    struct stat info;
    return depth == 0 ? dk_path_is_folder(path) : lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Notes what is in a folder below, at any depth, under the name of a file that is absent. */
static enum dk_status note_below(struct dk_finder *finder, const char *path, const void *context,
                                 struct dk_error *err)
{
    struct below below = *(const struct below *)context;
    struct dk_name name = dk_name_read(dk_path_name(path), finder->search->ignore);
    if (name.kind == DK_NAME_NEVER || !is_folder_below(path, below.depth) ||
        is_of(dk_path_name(path), output_folders, DK_COUNT_OF(output_folders)))
        return DK_OK;
    below.walk.in_transfer = below.walk.in_transfer || name.kind == DK_NAME_IN_TRANSFER;
    below.depth++;
    DK_RETURN_IF_ERROR(walk_folder(finder, path, &below.walk, err));
    return below.depth < DEPTH_MAX ? visit_folder(finder, path, note_below, &below, err) : DK_OK;
}

/* What a tool keeps beside a file of the drop, in a hidden folder of its own, is to replace that
 * file: ".~tmp~/PS1.txt". */
static enum dk_status note_replacing(struct dk_finder *finder, const char *path,
                                     const void *context, struct dk_error *err)
{
    const struct walk all = {.files = DK_FINDER_SENSORS | DK_FINDER_PROFILE, .in_transfer = true};
    struct dk_name name = dk_name_read(dk_path_name(path), finder->search->ignore);
    (void)context;
    if (dk_path_name(path)[0] != '.' || name.kind != DK_NAME_IN_TRANSFER ||
        !dk_path_is_folder(path))
        return DK_OK;
    return walk_folder(finder, path, &all, err);
}

/* The folder of the first sensor's file, on the heap; the drop's where there is none. */
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

/* Whether the profile is the one that the site used last. */
static bool is_own(const struct dk_finder *finder)
{
    const char *folder = finder->search->own_folder;
    const char *path = finder->drop->files[DK_DROP_PROFILE].path;
    size_t size = folder ? strlen(folder) : 0;
    return folder && path && strncmp(path, folder, size) == 0 && path[size] == '/';
}

/* Takes the profile in `folder`; where the drop has one already, reports that another one is
 * ignored, unless *reported. */
static enum dk_status take_or_report(struct dk_finder *finder, const char *folder, bool *reported,
                                     struct dk_error *err)
{
    if (*reported || !dk_drop_has(finder->drop, DK_DROP_PROFILE))
        return take_profile(finder, folder, err);

    const struct dk_drop_search search = {.ignore = finder->search->ignore};
    struct dk_drop other = {0};
    struct dk_finder second = {.drop = &other, .search = &search};
    enum dk_status status = take_profile(&second, folder, err);
    const struct dk_drop_file *used = &finder->drop->files[DK_DROP_PROFILE];
    const struct dk_drop_file *left = &other.files[DK_DROP_PROFILE];
    bool same = used->device == left->device && used->inode == left->inode;
    *reported = status == DK_OK && left->name && !same && !hold_the_same(used->path, left->path);
    if (*reported)
        dk_observer_notice(finder->search->observer, DK_LEVEL_NOTICE,
                           "using the profile '%s', which %s, not '%s'", used->path,
                           is_own(finder) ? "is the site's own" : "came with the logs", left->path);
    dk_drop_reset(&other);
    return status;
}

/* The same if `path` is a folder called profile, in upper or lower case. */
static enum dk_status take_below(struct dk_finder *finder, const char *path, const void *context,
                                 struct dk_error *err)
{
    bool *const *reported = context;
    if (strcasecmp(dk_path_name(path), "profile") != 0)
        return DK_OK;
    return take_or_report(finder, path, *reported, err);
}

/* Searches for the profile in `folder`, then in its profile/. */
static enum dk_status search_profile(struct dk_finder *finder, const char *folder, bool *reported,
                                     struct dk_error *err)
{
    DK_RETURN_IF_ERROR(take_or_report(finder, folder, reported, err));
    return visit_folder(finder, folder, take_below, &reported, err);
}

/* The profile of an earlier drop. That it is used is always said: all labels depend on it. */
static enum dk_status use_earlier_profile(struct dk_finder *finder, const char *folder,
                                          bool *reported, struct dk_error *err)
{
    const struct dk_drop_file *file = &finder->drop->files[DK_DROP_PROFILE];
    bool absent = dk_drop_lacks(finder->drop, DK_DROP_PROFILE);
    if (!folder || is_own(finder))
        return DK_OK;
    enum dk_status status = take_or_report(finder, folder, reported, err);
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

/* The one that the drop's site used last, unless the drop may have one of its own. */
static enum dk_status use_own_profile(struct dk_finder *finder, bool *reported,
                                      struct dk_error *err)
{
    const char *folder = finder->search->own_folder;
    const struct below absent = {.walk = {.files = dk_finder_absent(finder) & DK_FINDER_PROFILE}};
    if (!folder || !dk_path_is_folder(folder))
        return DK_OK;
    if (absent.walk.files != 0 && !finder->drop->is_archive)
        DK_RETURN_IF_ERROR(visit_folder(finder, finder->drop->path, note_below, &absent, err));
    return use_earlier_profile(finder, folder, reported, err);
}

/* A sub-folder that was delivered takes the profile from beside it, which several may share; one
 * that is still in transfer there is noted. */
static enum dk_status search_delivery(struct dk_finder *finder, bool *reported,
                                      struct dk_error *err)
{
    const char *delivery = finder->search->delivery_folder;
    if (!delivery || strcmp(delivery, finder->drop->path) == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(search_profile(finder, delivery, reported, err));
    const struct walk absent = {.files = dk_finder_absent(finder) & DK_FINDER_PROFILE};
    return absent.files ? walk_folder(finder, delivery, &absent, err) : DK_OK;
}

/* --- what a drop is ------------------------------------------------------------------------- */

static enum dk_status find_in(struct dk_finder *finder, bool *reported, struct dk_error *err)
{
    const char *root = finder->drop->path;
    const struct walk sensors = {.files = DK_FINDER_SENSORS, .takes = true};
    DK_RETURN_IF_ERROR(walk_folder(finder, root, &sensors, err));
    if (dk_drop_sensor_count(finder->drop) == 0)
        DK_RETURN_IF_ERROR(visit_folder(finder, root, walk_below, &sensors, err));
    if (dk_drop_sensor_count(finder->drop) == 0)
        return DK_OK;
    char *logs = sensor_folder(finder->drop);
    if (!logs)
        return dk_error_nomem(err, "list", root);
    enum dk_status status = visit_folder(finder, logs, note_replacing, NULL, err);
    if (status == DK_OK)
        status = search_profile(finder, logs, reported, err);
    if (status == DK_OK && strcmp(logs, root) != 0)
        status = search_profile(finder, root, reported, err);
    free(logs);
    if (status == DK_OK)
        status = use_own_profile(finder, reported, err);
    return status == DK_OK ? search_delivery(finder, reported, err) : status;
}

enum dk_status dk_finder_folder(struct dk_finder *finder, struct dk_error *err)
{
    bool reported = false;
    DK_RETURN_IF_ERROR(find_in(finder, &reported, err));
    if (dk_drop_sensor_count(finder->drop) == 0)
        return DK_OK;
    const struct below absent = {.walk = {.files = dk_finder_absent(finder)}};
    if (absent.walk.files != 0)
        DK_RETURN_IF_ERROR(visit_folder(finder, finder->drop->path, note_below, &absent, err));
    return use_earlier_profile(finder, finder->search->profile_folder, &reported, err);
}

/* Searches a folder that an archive was delivered in for the profile and for what may be a file
 * that the archive lacks: also in the folders below, if the folder is the archive's own. */
static enum dk_status search_beside(struct dk_finder *finder, const char *folder, bool is_own,
                                    bool *reported, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(search_profile(finder, folder, reported, err));
    const struct below absent = {
        .walk = {.files = dk_finder_absent(finder), .spare = finder->drop->path}};
    if (absent.walk.files == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(walk_folder(finder, folder, &absent.walk, err));
    return is_own ? visit_folder(finder, folder, note_below, &absent, err) : DK_OK;
}

/* The nearer folder goes first. */
static enum dk_status search_around(struct dk_finder *finder, bool *reported, struct dk_error *err)
{
    const char *delivery = finder->search->delivery_folder;
    if (!delivery)
        return DK_OK;
    char *folder = dk_path_folder(finder->drop->path);
    if (!folder)
        return dk_error_nomem(err, "list", delivery);
    enum dk_status status = DK_OK;
    if (strcmp(folder, delivery) != 0)
        status = search_beside(finder, folder, true, reported, err);
    if (status == DK_OK)
        status = use_own_profile(finder, reported, err);
    if (status == DK_OK)
        status = search_beside(finder, delivery, false, reported, err);
    free(folder);
    return status;
}

enum dk_status dk_finder_beside(struct dk_finder *finder, struct dk_error *err)
{
    bool is_complete = dk_drop_has(finder->drop, DK_DROP_PROFILE);
    bool reported = is_complete; /* a profile beside it belongs to another archive */
    DK_RETURN_IF_ERROR(search_around(finder, &reported, err));
    return is_complete
               ? DK_OK
               : use_earlier_profile(finder, finder->search->profile_folder, &reported, err);
}

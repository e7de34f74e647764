#include "profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive_error.h"
#include "base/file.h"
#include "copy.h"
#include "input/name.h"
#include "move.h"

#define EARLIER "earlier-"
#define PATH_MAX_BYTES 1024

/* A name that is taken is right if an earlier run got so far, and else somebody's. */
static enum dk_status check_taken(const char *path, const char *target, const char *hash,
                                  struct dk_error *err)
{
    char there[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_file(target, there, NULL, err));
    if (strcmp(there, hash) == 0)
        return dk_file_sync(target, err);
    return dk_archive_error_in_the_way(target, path, err);
}

/* Moves a file, whose bytes have this hash, to `target`, also across file systems. */
static enum dk_status move_file(const struct dk_place *place, const char *target, const char *hash,
                                struct dk_error *err)
{
    char stored[DK_HASH_HEX_MAX];
    const struct dk_copy copy = {.source = place, .target = target, .expected = hash, .threads = 1};
    DK_RETURN_IF_ERROR(dk_file_sync(place->path, err));
    if (dk_place_rename(place, target) == 0) {
        DK_RETURN_IF_ERROR(dk_folder_sync_of(target, err));
        return dk_folder_sync_of(place->path, err);
    }
    if (errno == EEXIST)
        DK_RETURN_IF_ERROR(check_taken(place->path, target, hash, err));
    else if (errno == EXDEV)
        DK_RETURN_IF_ERROR(dk_copy_file(&copy, stored, err));
    else
        return dk_error_errno(err, DK_ERR_IO, errno, "can't move", place->path);
    return dk_place_remove(place, err);
}

static int is_profile(const struct dirent *entry)
{
    struct dk_name name = dk_name_read(entry->d_name, NULL);
    return name.kind == DK_NAME_RECOGNISED && name.file == DK_DROP_PROFILE;
}

/* One profile in profile/: it is the same and stays, or it makes room. */
static enum dk_status make_room(const struct dk_profile_move *move, const char *name, bool *there,
                                struct dk_error *err)
{
    char path[PATH_MAX_BYTES];
    char target[PATH_MAX_BYTES];
    char hash[DK_HASH_HEX_MAX];
    struct stat info;
    dk_text_format(path, sizeof(path), "%s/%s", move->profile_folder, name);
    dk_text_format(target, sizeof(target), "%s/" EARLIER "%s", move->archive_folder, name);
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_hash_file(path, hash, NULL, err));
    if (!*there && strcmp(hash, move->file->hash) == 0) {
        *there = true;
        return dk_file_sync(path, err);
    }
    const struct dk_place place = dk_place_of(path);
    return move_file(&place, target, hash, err);
}

static enum dk_status make_room_for_it(const struct dk_profile_move *move, bool *there,
                                       struct dk_error *err)
{
    struct dirent **list = NULL;
    int count = scandir(move->profile_folder, &list, is_profile, alphasort);
    if (count < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", move->profile_folder);
    enum dk_status status = DK_OK;
    for (int i = 0; i < count; i++) {
        if (status == DK_OK)
            status = make_room(move, list[i]->d_name, there, err);
        free(list[i]);
    }
    free(list);
    return status;
}

static enum dk_status move_in(const struct dk_profile_move *move, const struct dk_place *place,
                              struct dk_error *err)
{
    char target[PATH_MAX_BYTES];
    bool there = false;
    dk_text_format(target, sizeof(target), "%s/%s", move->profile_folder, place->name);
    DK_RETURN_IF_ERROR(dk_folder_make(move->profile_folder, err));
    DK_RETURN_IF_ERROR(make_room_for_it(move, &there, err));
    if (there)
        return dk_place_remove(place, err);
    DK_RETURN_IF_ERROR(move_file(place, target, move->file->hash, err));
    dk_observer_notice(move->observer, DK_LEVEL_NOTICE,
                       "moved %s to %s/; it will be used for later drops that have none",
                       place->name, move->profile_folder);
    return DK_OK;
}

static enum dk_status move_from(const struct dk_profile_move *move, const struct dk_place *place,
                                struct dk_error *err)
{
    struct stat info;
    if (!dk_place_stat(place, &info))
        return dk_move_sync_left(place, err);
    DK_RETURN_IF_ERROR(dk_move_verify(place, move->file, &info, err));
    return move->duplicate ? dk_place_remove(place, err) : move_in(move, place, err);
}

static bool is_in(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

enum dk_status dk_profile_move(const struct dk_profile_move *move, struct dk_error *err)
{
    struct dk_error why = {0};
    struct dk_place place;
    if (is_in(move->file->path, move->profile_folder))
        return DK_OK;
    enum dk_status status = dk_place_open(&place, move->file->path, move->origins, &why);
    if (status == DK_OK)
        status = move_from(move, &place, &why);
    dk_place_close(&place);
    if (status == DK_ERR_REFUSED) {
        dk_observer_notice(move->observer, DK_LEVEL_WARNING, "%s", why.message);
        return DK_OK;
    }
    if (status != DK_OK && err)
        *err = why;
    return status;
}

static int is_earlier(const struct dirent *entry)
{
    return strncmp(entry->d_name, EARLIER, strlen(EARLIER)) == 0;
}

enum dk_status dk_profile_list_earlier(const char *archive_folder, struct dk_manifest_lines *lines,
                                       size_t *count, struct dk_error *err)
{
    struct dirent **list = NULL;
    int found = scandir(archive_folder, &list, is_earlier, alphasort);
    if (found < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", archive_folder);
    enum dk_status status = DK_OK;
    for (int i = 0; i < found; i++) {
        char path[PATH_MAX_BYTES];
        char hash[DK_HASH_HEX_MAX];
        dk_text_format(path, sizeof(path), "%s/%s", archive_folder, list[i]->d_name);
        if (status == DK_OK)
            status = dk_hash_file(path, hash, NULL, err);
        if (status == DK_OK)
            status = dk_manifest_lines_add(lines, hash, list[i]->d_name, err);
        *count += status == DK_OK;
        free(list[i]);
    }
    free(list);
    return status;
}

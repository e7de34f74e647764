#include "move.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "copy.h"

static bool is_same_file(const struct dk_ledger_file *file, const struct stat *info)
{
    return file->device == (uint64_t)info->st_dev && file->inode == (uint64_t)info->st_ino &&
           file->size_bytes == (uint64_t)info->st_size &&
           file->mtime_ns == dk_time_ns(info->st_mtim) &&
           file->ctime_ns == dk_time_ns(info->st_ctim);
}

enum dk_status dk_move_verify(const struct dk_place *place, const struct dk_ledger_file *file,
                              const struct stat *info, struct dk_error *err)
{
    return is_same_file(file, info) ? DK_OK : dk_move_verify_bytes(place, file, err);
}

enum dk_status dk_move_verify_bytes(const struct dk_place *place, const struct dk_ledger_file *file,
                                    struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_copy_contents_hash(place, false, hex, err));
    if (strcmp(hex, file->hash) == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_REFUSED, "'%s' changed since it was loaded, so it stays where it is",
                 file->path);
    dk_error_hint(err, "it is a different drop now; 'derrick run' checks and loads it");
    return DK_ERR_REFUSED;
}

enum dk_status dk_move_sync_left(const struct dk_place *place, struct dk_error *err)
{
    return place->folder != DK_PLACE_GONE ? dk_folder_sync_of(place->path, err) : DK_OK;
}

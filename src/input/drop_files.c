#include "drop_files.h"

#include <stdlib.h>
#include <string.h>

const char *dk_drop_base_name(const struct dk_drop *drop, const char *path)
{
    size_t size = drop->is_archive ? strlen(drop->path) : 0;
    if (size > 0 && strncmp(path, drop->path, size) == 0 && path[size] == ':')
        path += size + 1;
    return dk_path_name(path);
}

/* --- the archive's file --------------------------------------------------------------------- */

enum dk_status dk_drop_hold(struct dk_drop *drop, struct dk_source *source, struct dk_error *err)
{
    *source = (struct dk_source){.fd = -1};
    if (!drop->is_archive)
        return DK_OK;
    return dk_source_open(source, drop->path, &drop->archive, err);
}

enum dk_status dk_drop_release(struct dk_drop *drop, struct dk_source *source,
                               enum dk_status status, struct dk_error *err)
{
    bool written = (status == DK_OK || status == DK_ERR_DATA) &&
                   dk_source_is_being_written(source, &drop->archive);
    dk_source_close(source);
    if (!written)
        return status;
    status = dk_error_set(err, DK_ERR_DATA, "'%s' is still being written", drop->path);
    dk_error_place(err, drop->path, 0, 0, 0);
    dk_error_hint(err, "wait until the transfer has ended, then run again");
    return status;
}

/* --- the files of a folder ------------------------------------------------------------------ */

static bool is_file_unchanged(const struct dk_drop_file *file)
{
    struct dk_source source;
    struct dk_drop_file now = {0};
    if (dk_source_open(&source, file->path, &now, NULL) != DK_OK)
        return false;
    bool is = !dk_source_is_being_written(&source, file);
    dk_source_close(&source);
    return is;
}

bool dk_drop_is_unchanged(const struct dk_drop *drop)
{
    bool is = !drop->is_archive;
    for (int i = 0; is && i < DK_DROP_FILES; i++)
        is = !dk_drop_has(drop, i) || is_file_unchanged(&drop->files[i]);
    return is;
}

#include "loaded_drop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define PATH_BYTES_MAX 1024

/* Where a file of a loaded drop is now, if it still has the bytes that it had: in the archive, or
 * where it was left. */
static bool find_file(const struct dk_ledger_drop *drop, const struct dk_ledger_file *file,
                      char path[PATH_BYTES_MAX])
{
    char hex[DK_HASH_HEX_MAX];
    bool stored = file->stored[0] != '\0';
    if (stored)
        snprintf(path, PATH_BYTES_MAX, "%s/%s", drop->archive_folder, file->stored);
    else
        snprintf(path, PATH_BYTES_MAX, "%s", file->path);
    return dk_hash_file(path, hex, NULL, NULL) == DK_OK &&
           strcmp(hex, stored ? file->stored_hash : file->hash) == 0;
}

static const struct dk_ledger_file *find_archive(const struct dk_ledger_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (files[i].file == DK_DROP_FILES)
            return &files[i];
    return NULL;
}

/* The copies belong to the drop, until it is reset. */
static bool name_file(struct dk_drop_file *file, const char *name, const char *path)
{
    file->name = strdup(name);
    file->path = strdup(path);
    return file->name && file->path;
}

/* Fills a drop that is a folder with the files of the ledger; false if one of them is gone. */
static bool fill_folder(const struct dk_ledger_drop *row, const struct dk_ledger_file *files,
                        size_t count, int only, struct dk_drop *drop)
{
    char path[PATH_BYTES_MAX];
    drop->path = strdup(row->source);
    if (!drop->path)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (files[i].file < 0 || files[i].file >= DK_SENSORS)
            continue; /* the profile is loaded, all of it */
        if (only >= 0 && files[i].file != only)
            continue;
        if (!find_file(row, &files[i], path))
            return false;
        struct dk_drop_file *file = &drop->files[files[i].file];
        if (file->path)
            return false; /* the ledger names it twice */
        if (!name_file(file, files[i].name, path))
            return false;
    }
    return true;
}

enum dk_status dk_loaded_drop_open(struct dk_pipeline *pipeline, const struct dk_ledger_drop *row,
                                   int only, struct dk_drop *drop, bool *found,
                                   struct dk_error *err)
{
    struct dk_ledger_file *files = NULL;
    char path[PATH_BYTES_MAX];
    size_t count = 0;
    *drop = (struct dk_drop){0};
    *found = false;
    enum dk_status status = dk_ledger_files(pipeline->store, row->drop_id, &files, &count, err);
    const struct dk_ledger_file *archive = find_archive(files, count);
    if (status == DK_OK && archive)
        *found =
            find_file(row, archive, path) && dk_drop_open(drop, path, NULL, NULL, NULL) == DK_OK;
    else if (status == DK_OK)
        *found = fill_folder(row, files, count, only, drop);
    free(files);
    return status;
}

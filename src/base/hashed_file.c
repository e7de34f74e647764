#include "base/hashed_file.h"

enum dk_status dk_hashed_file_create(struct dk_hashed_file *file, const char *path,
                                     struct dk_error *err)
{
    *file = (struct dk_hashed_file){.file = {.fd = -1}};
    DK_RETURN_IF_ERROR(dk_hash_init(&file->hash, err));
    enum dk_status status = dk_file_create(&file->file, path, err);
    if (status != DK_OK)
        dk_hash_reset(&file->hash);
    return status;
}

static enum dk_status write_hashed(struct dk_sink *sink, const void *data, size_t size,
                                   struct dk_error *err)
{
    struct dk_hashed_file *file = sink->context;
    DK_RETURN_IF_ERROR(dk_file_write(&file->file, data, size, err));
    return dk_hash_update(&file->hash, data, size, err);
}

struct dk_sink dk_hashed_file_sink(struct dk_hashed_file *file)
{
    return (struct dk_sink){.write = write_hashed, .context = file};
}

enum dk_status dk_hashed_file_commit(struct dk_hashed_file *file, char hex[DK_HASH_HEX_MAX],
                                     struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_hash_finish(&file->hash, hex, err));
    return dk_file_commit(&file->file, err);
}

void dk_hashed_file_close(struct dk_hashed_file *file)
{
    dk_file_abort(&file->file);
    dk_hash_reset(&file->hash);
}

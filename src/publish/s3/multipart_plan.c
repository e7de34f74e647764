/* How a file is divided into parts. */
#include <stdlib.h>

#include "multipart.h"

#define MIB (1ULL << 20)
#define PART_SIZE_DEFAULT (8 * MIB)

uint64_t dk_multipart_part_size(uint64_t size_bytes, uint64_t wanted_bytes)
{
    uint64_t part = wanted_bytes ? wanted_bytes : PART_SIZE_DEFAULT;
    uint64_t least = (size_bytes + DK_PARTS_MAX - 1) / DK_PARTS_MAX;
    if (part < least)
        part = (least + MIB - 1) / MIB * MIB;
    return part;
}

enum dk_status dk_multipart_plan(struct dk_multipart *multipart, uint64_t part_size_bytes,
                                 struct dk_error *err)
{
    uint64_t size = multipart->transfer->body.size_bytes;
    uint64_t count = (size + part_size_bytes - 1) / part_size_bytes;
    if (count > DK_PARTS_MAX)
        return dk_error_set(err, DK_ERR_CONFIG,
                            "%llu bytes in parts of %llu bytes are more than 10,000 parts",
                            (unsigned long long)size, (unsigned long long)part_size_bytes);
    free(multipart->parts);
    multipart->parts = calloc((size_t)count, sizeof(*multipart->parts));
    multipart->count = multipart->parts ? (size_t)count : 0;
    multipart->part_size_bytes = part_size_bytes;
    multipart->reused = 0;
    if (!multipart->parts)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the parts of an upload");
    return DK_OK;
}

enum dk_status dk_multipart_plan_new(struct dk_multipart *multipart, struct dk_error *err)
{
    const struct dk_s3_transfer *transfer = multipart->transfer;
    return dk_multipart_plan(
        multipart,
        dk_multipart_part_size(transfer->body.size_bytes, transfer->s3->config.part_size_bytes),
        err);
}

struct dk_http_body dk_multipart_body(const struct dk_multipart *multipart, size_t index)
{
    return dk_body_part(&multipart->transfer->body, multipart->part_size_bytes, index);
}

#include "levels.h"

#include <endian.h>
#include <string.h>

#include "hybrid.h"

enum dk_status dk_levels_append(struct dk_buffer *out, const uint16_t *levels, size_t rows,
                                struct dk_error *err)
{
    uint32_t size = 0;
    size_t start = out->size;
    DK_RETURN_IF_ERROR(dk_buffer_append(out, &size, sizeof(size), err));
    DK_RETURN_IF_ERROR(dk_hybrid_append(out, levels, rows, 1, err));
    size = htole32((uint32_t)(out->size - start - sizeof(size)));
    memcpy(out->data + start, &size, sizeof(size));
    return DK_OK;
}

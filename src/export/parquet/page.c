#include "page.h"

#include <zlib.h>
#include <zstd.h>

#include "thrift.h"

#define LEVEL 3
#define PACKED_BYTES_MAX ((size_t)64 << 20)

/* Fields of struct PageHeader, and of the two structs in it. */
enum { TYPE = 1, SIZE = 2, PACKED_SIZE = 3, CRC = 4, DATA_PAGE = 5, DICTIONARY_PAGE = 7 };
enum { NUM_VALUES = 1, ENCODING = 2, LEVEL_ENCODING = 3, REPETITION_ENCODING = 4 };
enum { IS_SORTED = 3 };

/* Numbers of enum PageType. */
enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };

enum dk_status dk_page_packer_init(struct dk_page_packer *packer, struct dk_error *err)
{
    *packer = (struct dk_page_packer){.context = ZSTD_createCCtx()};
    dk_buffer_init(&packer->packed, PACKED_BYTES_MAX);
    return packer->context ? DK_OK
                           : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a compressor");
}

void dk_page_packer_reset(struct dk_page_packer *packer)
{
    ZSTD_freeCCtx(packer->context);
    packer->context = NULL;
    dk_buffer_reset(&packer->packed);
}

static enum dk_status pack(struct dk_page_packer *packer, const struct dk_page *page,
                           struct dk_error *err)
{
    struct dk_buffer *packed = &packer->packed;
    packed->size = 0;
    DK_RETURN_IF_ERROR(dk_buffer_reserve(packed, ZSTD_compressBound(page->size), err));
    size_t size = ZSTD_compressCCtx(packer->context, packed->data, packed->capacity, page->body,
                                    page->size, LEVEL);
    if (ZSTD_isError(size))
        return dk_error_set(err, DK_ERR_FAILED, "can't compress a page: %s",
                            ZSTD_getErrorName(size));
    packed->size = size;
    return DK_OK;
}

static void write_kind(const struct dk_page *page, struct dk_thrift *header)
{
    dk_thrift_struct(header, page->is_dictionary ? DICTIONARY_PAGE : DATA_PAGE);
    dk_thrift_i32(header, NUM_VALUES, (int32_t)page->values);
    dk_thrift_i32(header, ENCODING, (int32_t)page->encoding);
    if (page->is_dictionary) {
        dk_thrift_bool(header, IS_SORTED, true);
    } else {
        dk_thrift_i32(header, LEVEL_ENCODING, DK_ENCODING_RLE);
        dk_thrift_i32(header, REPETITION_ENCODING, DK_ENCODING_RLE);
    }
    dk_thrift_end(header);
}

enum dk_status dk_page_append(struct dk_page_packer *packer, const struct dk_page *page,
                              struct dk_buffer *out, uint64_t *plain_bytes, struct dk_error *err)
{
    const struct dk_buffer *packed = &packer->packed;
    DK_RETURN_IF_ERROR(pack(packer, page, err));
    size_t start = out->size;
    struct dk_thrift header = dk_thrift_begin(out);
    unsigned long crc = crc32_z(0, (const unsigned char *)packed->data, packed->size);
    dk_thrift_i32(&header, TYPE, page->is_dictionary ? PAGE_DICTIONARY : PAGE_DATA);
    dk_thrift_i32(&header, SIZE, (int32_t)page->size);
    dk_thrift_i32(&header, PACKED_SIZE, (int32_t)packed->size);
    dk_thrift_i32(&header, CRC, (int32_t)(uint32_t)crc);
    write_kind(page, &header);
    DK_RETURN_IF_ERROR(dk_thrift_finish(&header, err));
    *plain_bytes += out->size - start + page->size;
    return dk_buffer_append(out, packed->data, packed->size, err);
}

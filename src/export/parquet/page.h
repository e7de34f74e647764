/*
 * Pages: a header in the Thrift compact protocol, then the body as zstd made it.
 *
 * Implements struct PageHeader, DataPageHeader and DictionaryPageHeader of parquet.thrift, and
 * "Data Pages", "Compression" and "Checksumming" of the format (apache/parquet-format, README.md,
 * Compression.md): the CRC is that of gzip, over the body as it is written. Private to the Parquet
 * writer.
 */
#ifndef DK_PARQUET_PAGE_H
#define DK_PARQUET_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

/* Numbers of enum Encoding. */
enum dk_encoding { DK_ENCODING_PLAIN = 0, DK_ENCODING_RLE = 3, DK_ENCODING_RLE_DICTIONARY = 8 };

/* What compresses the bodies of pages, and its memory. For one thread at a time. */
struct dk_page_packer {
    void *context;           /* ZSTD_CCtx, owned */
    struct dk_buffer packed; /* owned */
};

/* After DK_OK the caller resets. */
enum dk_status dk_page_packer_init(struct dk_page_packer *packer, struct dk_error *err) DK_CHECK;
/* Legal on a zeroed one. */
void dk_page_packer_reset(struct dk_page_packer *packer);

struct dk_page {
    bool is_dictionary;
    enum dk_encoding encoding; /* of the values */
    size_t values;             /* NULLs included */
    const void *body;
    size_t size;
};

/* Appends a page, and adds to *plain_bytes its size before compression, header included. */
enum dk_status dk_page_append(struct dk_page_packer *packer, const struct dk_page *page,
                              struct dk_buffer *out, uint64_t *plain_bytes, struct dk_error *err)
    DK_CHECK;

#endif

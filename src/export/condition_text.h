/*
 * What a layout says of a reading's conditions, rendered once for every combination of codes that
 * the catalogue allows (288), so that a row costs one copy.
 */
#ifndef DK_EXPORT_CONDITION_TEXT_H
#define DK_EXPORT_CONDITION_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "export/put.h"
#include "rig/catalogue.h"

#define DK_CONDITION_COMBINATIONS 1024 /* two bits a condition */

_Static_assert(DK_CONDITION_CODES_MAX <= 4 && DK_CONDITIONS == 5, "a code index takes two bits");

struct dk_condition_text {
    struct dk_buffer text; /* owned; 32 bytes longer than its last entry, for dk_put_text */
    size_t size_max;       /* of the longest entry */
    struct {
        uint32_t offset;
        uint32_t size;
    } at[DK_CONDITION_COMBINATIONS];
};

/* How a code is told. */
enum dk_condition_style {
    DK_CONDITION_FRACTION, /* "0.03", and the code itself where the condition has no fraction */
    DK_CONDITION_CODE,     /* "3" */
};

/* Renders `before`, then value and description of each condition, commas between them, then
 * `after`. On failure nothing is owned. */
enum dk_status dk_condition_text_init(struct dk_condition_text *texts,
                                      enum dk_condition_style style, const char *before,
                                      const char *after, struct dk_error *err) DK_CHECK;
void dk_condition_text_reset(struct dk_condition_text *texts);

/* The entry of a reading: codes as in dk_profile, each checked to be in the catalogue. */
static inline size_t dk_condition_text_key(const uint8_t codes[DK_CONDITIONS])
{
    return (size_t)codes[0] | (size_t)codes[1] << 2 | (size_t)codes[2] << 4 |
           (size_t)codes[3] << 6 | (size_t)codes[4] << 8;
}

/* Writes the text of a reading. */
static inline char *dk_condition_text_put(const struct dk_condition_text *texts,
                                          const uint8_t codes[DK_CONDITIONS], char *at)
{
    size_t key = dk_condition_text_key(codes);
    return dk_put_text(at, texts->text.data + texts->at[key].offset, texts->at[key].size);
}

#endif

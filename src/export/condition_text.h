/*
 * What a layout says about a reading's conditions. The text of every combination of codes that the
 * catalogue allows (288) is made once, so that a row costs one copy. Read-only once it is made, for
 * any number of threads. Private to src/export/.
 */
#ifndef DK_EXPORT_CONDITION_TEXT_H
#define DK_EXPORT_CONDITION_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/put.h"
#include "base/status.h"
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

/* How a layout shows a code. */
enum dk_condition_style {
    DK_CONDITION_FRACTION, /* "0.03", and the code itself where the condition has no fraction */
    DK_CONDITION_CODE,     /* "3" */
};

/* Makes all texts: `before`, then value and description of each condition, with commas between,
 * then `after`. After a failure nothing is owned; after DK_OK the caller resets. */
enum dk_status dk_condition_text_init(struct dk_condition_text *texts,
                                      enum dk_condition_style style, const char *before,
                                      const char *after, struct dk_error *err) DK_CHECK;
void dk_condition_text_reset(struct dk_condition_text *texts);

/* The index of a reading's text. The codes are those of a dk_profile, known to be in the
 * catalogue. */
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

#include "condition_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/put.h"
#include "csv.h"

#define TEXT_CEILING_BYTES (4u << 20)

static enum dk_status append_pair(struct dk_buffer *text, enum dk_condition_style style,
                                  const struct dk_condition_code *code, struct dk_error *err)
{
    char number[16];
    (void)snprintf(number, sizeof(number), "%d", code->code);
    bool fraction = style == DK_CONDITION_FRACTION && code->fraction;
    DK_RETURN_IF_ERROR(dk_csv_field(text, fraction ? code->fraction : number, err));
    DK_RETURN_IF_ERROR(dk_buffer_append(text, ",", 1, err));
    return dk_csv_field(text, code->description, err);
}

static enum dk_status append_entry(struct dk_buffer *text, enum dk_condition_style style,
                                   size_t key, const char *before, const char *after,
                                   struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_buffer_append(text, before, strlen(before), err));
    for (size_t i = 0; i < DK_CONDITIONS; i++) {
        if (i > 0)
            DK_RETURN_IF_ERROR(dk_buffer_append(text, ",", 1, err));
        DK_RETURN_IF_ERROR(
            append_pair(text, style, &dk_conditions[i].codes[key >> 2 * i & 3], err));
    }
    return dk_buffer_append(text, after, strlen(after), err);
}

static bool is_in_catalogue(size_t key)
{
    for (size_t i = 0; i < DK_CONDITIONS; i++)
        if ((key >> 2 * i & 3) >= dk_conditions[i].code_count)
            return false;
    return true;
}

enum dk_status dk_condition_text_init(struct dk_condition_text *texts,
                                      enum dk_condition_style style, const char *before,
                                      const char *after, struct dk_error *err)
{
    *texts = (struct dk_condition_text){0};
    dk_buffer_init(&texts->text, TEXT_CEILING_BYTES);
    enum dk_status status = DK_OK;
    for (size_t key = 0; status == DK_OK && key < DK_CONDITION_COMBINATIONS; key++) {
        if (!is_in_catalogue(key))
            continue;
        size_t start = texts->text.size;
        status = append_entry(&texts->text, style, key, before, after, err);
        size_t size = texts->text.size - start;
        texts->at[key].offset = (uint32_t)start;
        texts->at[key].size = (uint32_t)size;
        if (size > texts->size_max)
            texts->size_max = size;
    }
    if (status == DK_OK)
        status = dk_buffer_reserve(&texts->text, DK_PUT_SLACK, err);
    if (status != DK_OK) {
        dk_condition_text_reset(texts);
        return status;
    }
    memset(texts->text.data + texts->text.size, 0, DK_PUT_SLACK);
    return DK_OK;
}

void dk_condition_text_reset(struct dk_condition_text *texts)
{
    dk_buffer_reset(&texts->text);
}

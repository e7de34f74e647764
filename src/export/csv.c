#include "csv.h"

#include <string.h>

enum dk_status dk_csv_field(struct dk_buffer *text, const char *field, struct dk_error *err)
{
    size_t size = strlen(field);
    if (field[strcspn(field, ",\"\r\n")] == '\0')
        return dk_buffer_append(text, field, size, err);

    DK_RETURN_IF_ERROR(dk_buffer_reserve(text, 2 * size + 2, err));
    char *at = text->data + text->size;
    *at++ = '"';
    for (size_t i = 0; i < size; i++) {
        if (field[i] == '"')
            *at++ = '"';
        *at++ = field[i];
    }
    *at++ = '"';
    text->size = (size_t)(at - text->data);
    return DK_OK;
}

enum dk_status dk_csv_line(struct dk_buffer *text, const char *const *fields, size_t count,
                           struct dk_error *err)
{
    for (size_t i = 0; i < count; i++) {
        DK_RETURN_IF_ERROR(dk_csv_field(text, fields[i], err));
        DK_RETURN_IF_ERROR(dk_buffer_append(text, i + 1 < count ? "," : "\n", 1, err));
    }
    return DK_OK;
}

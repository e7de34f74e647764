#include "base/text.h"

#include <stdint.h>
#include <string.h>

#include "base/status.h"

/* How a UTF-8 sequence begins, by its length (RFC 3629, section 3). */
struct lead {
    unsigned char mask, bits;
    uint32_t smallest; /* code point that needs so many bytes */
};

static const struct lead leads[] = {
    {0x80, 0x00, 0},
    {0xE0, 0xC0, 0x80},
    {0xF0, 0xE0, 0x800},
    {0xF8, 0xF0, 0x10000},
};

/* Decodes the character at `text`. Returns its size, 0 if it is no UTF-8. */
static size_t decode(const char *text, uint32_t *code)
{
    const unsigned char *at = (const unsigned char *)text;
    for (size_t i = 0; i < DK_COUNT_OF(leads); i++) {
        if ((at[0] & leads[i].mask) != leads[i].bits)
            continue;
        *code = at[0] & (unsigned char)~leads[i].mask;
        for (size_t more = 1; more <= i; more++) {
            if ((at[more] & 0xC0) != 0x80) /* the terminating NUL among them */
                return 0;
            *code = *code << 6 | (at[more] & 0x3F);
        }
        bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
        return *code < leads[i].smallest || *code > 0x10FFFF || surrogate ? 0 : i + 1;
    }
    return 0;
}

struct range {
    uint32_t first, last;
};

static const struct range hidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C},
    {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
};

size_t dk_text_next(const char *text, bool *shown)
{
    uint32_t code = 0;
    size_t size = decode(text, &code);
    *shown = size > 0;
    for (size_t i = 0; i < DK_COUNT_OF(hidden); i++)
        *shown = *shown && (code < hidden[i].first || code > hidden[i].last);
    return size > 0 ? size : 1;
}

void dk_text_show(const char *text, char *out, size_t cap)
{
    size_t used = 0;
    while (*text) {
        bool shown = false;
        size_t size = dk_text_next(text, &shown);
        size_t need = shown ? size : 1;
        if (used + need >= cap)
            break;
        memcpy(out + used, shown ? text : "?", need);
        used += need;
        text += size;
    }
    out[used] = '\0';
}

char *dk_text_trim(char *text)
{
    while (dk_is_blank(*text))
        text++;
    size_t size = strlen(text);
    while (size > 0 && dk_is_blank(text[size - 1]))
        text[--size] = '\0';
    return text;
}

#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How a UTF-8 sequence begins, by its length (RFC 3629, section 3). */
struct lead {
    unsigned char mask, bits;
    uint32_t smallest; /* code point that needs this many bytes */
};

static const struct lead leads[] = {
    {0x80, 0x00, 0},
    {0xE0, 0xC0, 0x80},
    {0xF0, 0xE0, 0x800},
    {0xF8, 0xF0, 0x10000},
};

/* Decodes the character at `text`. Returns its size, 0 if it is not UTF-8. */
static size_t decode(const char *text, uint32_t *code)
{
    const unsigned char *at = (const unsigned char *)text;
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
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
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
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

bool dk_text_is_clean(const char *text)
{
    bool shown = true;
    while (shown && *text)
        text += dk_text_next(text, &shown);
    return shown;
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

/* Ends text[0..size) before its last character, if that is cut in two (RFC 3629). */
static void drop_cut_character(char *text, size_t size)
{
    size_t lead = size;
    while (lead > 0 && size - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0 || (unsigned char)text[lead - 1] < 0xC0)
        return;
    lead--;
    unsigned char first = (unsigned char)text[lead];
    size_t whole = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size - lead < whole)
        text[lead] = '\0';
}

void dk_text_vformat(char *text, size_t cap, const char *fmt, va_list args)
{
    int need = vsnprintf(text, cap, fmt, args);
    if (need < 0)
        text[0] = '\0';
    else if ((size_t)need >= cap)
        drop_cut_character(text, cap - 1);
}

void dk_text_format(char *text, size_t cap, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, cap, fmt, args);
    va_end(args);
}

const char *dk_count_text(uint64_t count, char text[DK_COUNT_TEXT_MAX])
{
    char digits[DK_COUNT_TEXT_MAX];
    int size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
    char *at = text;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

bool dk_text_ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);
    size_t end_size = strlen(end);
    return size >= end_size && memcmp(text + size - end_size, end, end_size) == 0;
}

bool dk_text_number(const char *text, uint64_t *value)
{
    *value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || *value > (UINT64_MAX - 9) / 10)
            return false;
        *value = 10 * *value + (uint64_t)(*text - '0');
    }
    return true;
}

/*
 * Text: formatted into arrays, and, where it comes from elsewhere (file names, servers' messages,
 * cells), made safe to show. Pure.
 */
#ifndef DK_BASE_TEXT_H
#define DK_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* "1,234,567": a number with its digits in groups, for people. Returns text. */
#define DK_COUNT_TEXT_MAX 32
const char *dk_count_text(uint64_t count, char text[DK_COUNT_TEXT_MAX]);

/* Formats into text[cap], cap > 0, always terminated. A text that does not fit is cut at a whole
 * UTF-8 character, so that what was valid stays valid. */
void dk_text_format(char *text, size_t cap, const char *fmt, ...) DK_PRINTF(3, 4);
void dk_text_vformat(char *text, size_t cap, const char *fmt, va_list args) DK_PRINTF(3, 0);

/* The size in bytes of the character that text[0..) begins with, 1 to 4, and whether it may be
 * shown. It may not if it is a control character (C0, DEL, C1), a separator of lines or paragraphs
 * (U+2028, U+2029), a mark that changes the direction of the text around it (Unicode Standard Annex
 * 9), or no UTF-8 (RFC 3629): such bytes come one at a time. `text` is not empty, and
 * terminated. */
size_t dk_text_next(const char *text, bool *shown);

/* Copies text to out[cap], cap > 0, with a '?' for each character that may not be shown; what does
 * not fit is cut at a whole character. */
void dk_text_show(const char *text, char *out, size_t cap);

/* Whether all of a text may be shown. */
bool dk_text_is_clean(const char *text);

/* Whether it separates words in configuration files, headers and commands. */
static inline bool dk_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether text ends with `end`. */
bool dk_text_ends_with(const char *text, const char *end);

/* Digits to a number; false if it is not one or too large. */
bool dk_text_number(const char *text, uint64_t *value);

/* Cuts the blanks off both ends, in place; the result points into text. */
char *dk_text_trim(char *text);

#endif

/*
 * Text from elsewhere (file names, servers' messages, cells): made safe to show, trimmed. Pure.
 */
#ifndef DK_BASE_TEXT_H
#define DK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The size in bytes of the character that text[0..) begins with, 1 to 4, and whether it may be shown.
 * It may not if it is a control character (C0, DEL, C1), a separator of lines or paragraphs
 * (U+2028, U+2029), a mark that changes the direction of the text around it (Unicode Standard Annex
 * 9), or no UTF-8 (RFC 3629): such bytes come one at a time. `text` is not empty, and terminated. */
size_t dk_text_next(const char *text, bool *shown);

/* Copies text to out[cap], cap > 0, with a '?' for each character that may not be shown; what does
 * not fit is cut at a whole character. */
void dk_text_show(const char *text, char *out, size_t cap);

/* Whether it separates words in configuration files, headers and commands. */
static inline bool dk_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cuts the blanks off both ends, in place; the result points into text. */
char *dk_text_trim(char *text);

#endif

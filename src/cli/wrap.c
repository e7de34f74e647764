#include "wrap.h"

#include <stdbool.h>
#include <string.h>

/* Characters of UTF-8: its other bytes are 10xxxxxx. */
static size_t count_characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

void dk_wrap_print(FILE *stream, const char *text, size_t width, size_t column, size_t indent)
{
    bool has_word = false; /* on this line */
    while (*text) {
        size_t gap = strspn(text, " ");
        size_t size = strcspn(text + gap, " \n");
        size_t characters = count_characters(text + gap, size);
        if (width > 0 && gap > 0 && has_word && column + gap + characters > width) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            fprintf(stream, "%*s", (int)gap, "");
            column += gap;
        }
        (void)fwrite(text + gap, 1, size, stream);
        column += characters;
        has_word = has_word || size > 0;
        text += gap + size;
        if (*text == '\n') {
            (void)fputc('\n', stream);
            column = 0;
            has_word = false;
            text++;
        }
    }
}

/* Lines that fit a terminal. */
#ifndef DK_CLI_WRAP_H
#define DK_CLI_WRAP_H

#include <stddef.h>
#include <stdio.h>

#define DK_WRAP_WIDTH 80

/* Prints text so that no line is longer than `width` columns where a blank allows a break; width 0:
 * as it is. The text begins at `column`, and each line that a break begins is indented by `indent`.
 * '\n' in the text is kept. A character is one column wide. */
void dk_wrap_print(FILE *stream, const char *text, size_t width, size_t column, size_t indent);

#endif

/* Copies of texts in a server's answer. */
#ifndef DK_S3_ANSWER_TEXT_H
#define DK_S3_ANSWER_TEXT_H

#include <string.h>

#include "base/status.h"
#include "base/text.h"

/* Copies what fits. */
static inline void dk_answer_copy(char *to, size_t size, const char *from)
{
    dk_text_format(to, size, "%s", from);
}

/* Copies what fits, with a space for each control character: it goes to a terminal. */
static inline void dk_answer_copy_printable(char *to, size_t size, const char *from)
{
    dk_answer_copy(to, size, from);
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
}

/* Copies a text that is useless if it is cut. */
static inline enum dk_status dk_answer_copy_whole(char *to, size_t size, const char *from,
                                                  const char *what, struct dk_error *err)
{
    if (strlen(from) >= size)
        return dk_error_set(err, DK_ERR_REMOTE, "the %s in the server's answer is too long", what);
    memcpy(to, from, strlen(from) + 1);
    return DK_OK;
}

#endif

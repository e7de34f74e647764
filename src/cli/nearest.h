/* "Did you mean": of the known words the one that comes closest to an unknown one. */
#ifndef DK_CLI_NEAREST_H
#define DK_CLI_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

struct dk_nearest {
    const char *word;   /* what was written */
    size_t size;        /* bytes of it */
    unsigned edits_max; /* a known word that takes more single-byte edits is not meant */
    bool whole;         /* to begin with the word makes a known one no closer */
    const char *found;  /* NULL: none comes close; borrowed */
    unsigned edits;     /* from word to found; 0 where found begins with word */
};

/* Takes `known` if it comes closer than what was found before. */
void dk_nearest_try(struct dk_nearest *nearest, const char *known);

#endif

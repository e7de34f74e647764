#include "nearest.h"

#include <limits.h>
#include <string.h>

#define WORD_MAX 64
#define BEGINNING_MIN 2 /* fewer bytes begin too many words */

/* The number of single-byte edits from a[0..size) to b (Wagner and Fischer, 1974, in one row). */
static unsigned count_edits(const char *a, size_t size, const char *b)
{
    unsigned row[WORD_MAX];
    size_t width = strlen(b);
    if (width >= WORD_MAX)
        return UINT_MAX;
    for (size_t i = 0; i <= width; i++)
        row[i] = (unsigned)i;
    for (size_t i = 1; i <= size; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[width];
}

void dk_nearest_try(struct dk_nearest *nearest, const char *known)
{
    bool begins = !nearest->whole && nearest->size >= BEGINNING_MIN &&
                  strncmp(known, nearest->word, nearest->size) == 0;
    unsigned edits = begins ? 0 : count_edits(nearest->word, nearest->size, known);
    if (edits > nearest->edits_max || edits >= nearest->size ||
        (nearest->found && edits >= nearest->edits))
        return;
    nearest->found = known;
    nearest->edits = edits;
}

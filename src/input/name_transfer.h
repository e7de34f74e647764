/*
 * Names that tools give to files that they are still writing. Private to src/input/.
 *
 * The tables name the tools. The temporary names of other tools contain the name of the file, so
 * that they count as near.
 */
#ifndef DK_INPUT_NAME_TRANSFER_H
#define DK_INPUT_NAME_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a name that contains that of a file of interest (a sensor's, an archive's) is a temporary
 * name of it, by its first character, its ending, or a random part at its end. */
bool dk_transfer_is_temporary(const char *name, size_t size);

/* Whether the tool hides which file it writes: ".pureftpd-upload.5f3a". */
bool dk_transfer_is_anonymous(const char *name);

/* Whether the whole name is a tool's own: a folder in which it collects unfinished files, or
 * anything with an ending that marks a transfer. */
bool dk_transfer_is_folder(const char *name);

#endif

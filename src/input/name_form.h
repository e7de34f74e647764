/*
 * The endings of names: texts, compressed files, archives, workbooks. Private to src/input/.
 */
#ifndef DK_INPUT_NAME_FORM_H
#define DK_INPUT_NAME_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "input/name.h"

/* What the ending of name[0..size) promises. */
enum dk_name_form dk_name_form_of(const char *name, size_t size);

/* Whether name[0..size) ends with `ending`, in upper or lower case, and has something before it. */
bool dk_name_ends_with(const char *name, size_t size, const char *ending);

/* The size of name without the ending of a compressed file, or of a text; `size` itself if it does
 * not have one. */
size_t dk_name_unpacked_size(const char *name, size_t size);
size_t dk_name_text_stem(const char *name, size_t size);

#endif

/*
 * The error for a file of a drop as a whole. Private to src/input/.
 */
#ifndef DK_INPUT_REFUSE_H
#define DK_INPUT_REFUSE_H

#include "base/status.h"

/* DK_REFUSE(err, path, hint, format, ...) sets the message, the place and the hint. Its value is
 * DK_ERR_DATA. */
#define DK_REFUSE(err, path, hint, ...)                                                            \
    (dk_error_set(err, DK_ERR_DATA, __VA_ARGS__), dk_error_place(err, path, 0, 0, 0),              \
     dk_error_hint(err, "%s", hint), DK_ERR_DATA)

#endif

/*
 * How the library reports what happens while it works; it never prints. The caller passes an
 * observer down. The observer may be NULL, and so may each function in it. Several threads call the
 * functions at a time; they do their own locking.
 */
#ifndef DK_BASE_OBSERVER_H
#define DK_BASE_OBSERVER_H

#include <stdint.h>

#include "base/status.h"

enum dk_level { DK_LEVEL_DEBUG, DK_LEVEL_NOTICE, DK_LEVEL_WARNING };

struct dk_observer {
    void *context;
    /* A whole sentence: lower case, no full stop, no newline. */
    void (*notice)(void *context, enum dk_level level, const char *text);
    /* The step ("read", "load", ...) has done `done` of `total` (0: unknown), counted in
     * `unit` ("bytes", "rows"). Called often: it must be quick. */
    void (*progress)(void *context, const char *step, uint64_t done, uint64_t total,
                     const char *unit);
};

/* Format a notice and send it; pass progress on. A NULL observer is legal. */
void dk_observer_notice(const struct dk_observer *observer, enum dk_level level, const char *fmt,
                        ...) DK_PRINTF(3, 4);
void dk_observer_progress(const struct dk_observer *observer, const char *step, uint64_t done,
                          uint64_t total, const char *unit);

#endif

/*
 * How the library tells what happens while it works: it never prints. The caller hands an
 * observer; every pointer in it may be NULL, and so may the observer itself. Functions are called
 * from worker threads too, never two at a time for one observer that locks (dk_observer does not).
 */
#ifndef DK_BASE_OBSERVER_H
#define DK_BASE_OBSERVER_H

#include <stdint.h>

#include "base/status.h"

enum dk_level { DK_LEVEL_DEBUG, DK_LEVEL_NOTICE, DK_LEVEL_WARNING };

struct dk_observer {
    void *context;
    /* A finished sentence, lower case, no full stop, no newline. Must be safe from any thread. */
    void (*notice)(void *context, enum dk_level level, const char *text);
    /* `step` ("read", "load", ...) has done `done` of `total` (0: unknown) in `unit` ("bytes",
     * "rows"). Called often and from any thread; must be quick. */
    void (*progress)(void *context, const char *step, uint64_t done, uint64_t total,
                     const char *unit);
};

/* Formats and sends a notice. NULL observer is legal. */
void dk_observer_notice(const struct dk_observer *observer, enum dk_level level, const char *fmt,
                        ...) DK_PRINTF(3, 4);
void dk_observer_progress(const struct dk_observer *observer, const char *step, uint64_t done,
                          uint64_t total, const char *unit);

#endif

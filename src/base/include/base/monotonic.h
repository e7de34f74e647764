/*
 * The clock for durations and deadlines. It has nothing to do with dates: those are in base/date.h.
 */
#ifndef DK_BASE_MONOTONIC_H
#define DK_BASE_MONOTONIC_H

#include <stdint.h>

/* Milliseconds since some moment in the past; it never goes back, whatever happens to the time of
 * day. Safe from any thread, and from a signal handler. */
int64_t dk_monotonic_ms(void);

#endif

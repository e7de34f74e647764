/*
 * A burst sink: a second consumer of the parse, which receives every sample of every burst.
 *
 * With a sink, the files of a drop are read one after the other, each by all threads, so that a
 * consumer needs room for one sensor at a time. Without one, nothing is different. What is
 * validated and what happens to bad cells is the same: a sample in quarantine is missing. Bursts
 * come before the drop is known to be good; dk_drop_read says whether it is.
 */
#ifndef DK_INPUT_BURST_SINK_H
#define DK_INPUT_BURST_SINK_H

#include <stddef.h>

#include "base/decimal.h"
#include "base/status.h"

struct dk_burst_sink {
    void *context;
    /* Before the bursts of a sensor: how many series it has, samples a burst, and readings at most.
     * From one thread. */
    enum dk_status (*begin)(void *context, int sensor, size_t series, size_t samples,
                            size_t readings_max, struct dk_error *err);
    /* One burst, in any order and from several threads, each once; all are indices. `samples` is
     * valid during the call; missing ones are DK_DECIMAL_MISSING. */
    void (*burst)(void *context, int sensor, size_t series, size_t reading,
                  const dk_decimal *samples, size_t count);
    /* After the last burst of a sensor, with the number of its readings. From one thread. */
    enum dk_status (*end)(void *context, int sensor, size_t readings, struct dk_error *err);
};

#endif

/*
 * corrected_bursts: what represents the readings of corrected cells, by the sample rule of their
 * drop. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_CORRECTED_BURSTS_H
#define DK_PIPELINE_CORRECTED_BURSTS_H

#include "pipeline/pipeline.h"
#include "store/quarantine.h"

/* A cell of a list, found in the ledger. */
struct dk_corrected_cell {
    struct dk_correction correction; /* the value is given; shapes and represent are computed */
    uint64_t row;                    /* of the list */
    uint32_t sample, samples;        /* index in its burst, and the burst's length */
    bool same;                       /* it has this value already */
};

/* All is borrowed. */
struct dk_corrected_bursts {
    struct dk_pipeline *pipeline;
    struct dk_corrected_cell *cells; /* sorted by well, cohort, file, line and column */
    size_t count;
    void *context;
    /* Called for a cell whose burst can't be read again. */
    void (*problem)(void *context, const struct dk_corrected_cell *cell, const char *text);
};

/* Sets shapes and represent of each cell. The bursts of a mean, least or greatest value are read
 * from the archived drop, unless the list has all of their samples. */
enum dk_status dk_corrected_bursts_compute(const struct dk_corrected_bursts *bursts,
                                           struct dk_error *err) DK_CHECK;

#endif

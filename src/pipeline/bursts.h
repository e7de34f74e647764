/* What an intake collects of every burst, for the formats that need every sample. Private to
 * src/pipeline/. */
#ifndef DK_PIPELINE_BURSTS_H
#define DK_PIPELINE_BURSTS_H

#include "export/feature_table.h"
#include "export/samples.h"
#include "input/burst_sink.h"
#include "pipeline/pipeline.h"

struct dk_bursts {
    struct dk_burst_sink sink;
    struct dk_burst_range wanted;
    struct dk_samples *samples;        /* owned; NULL: not asked for */
    struct dk_feature_table *features; /* the same */
    char *made; /* owned; a folder that is removed if nothing comes into it; NULL: none */
};

/* Between open and read, for a run: collects samples, features or both in `folder`. */
enum dk_status dk_bursts_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const char *folder, bool samples, bool features,
                                 struct dk_error *err) DK_CHECK;
/* The place of a series of the readings among those that are kept; cohorts may have been left out
 * of the readings. */
size_t dk_bursts_place(const struct dk_intake *intake, const struct dk_series *series);

/* Writes what was collected. */
enum dk_status dk_bursts_write(const struct dk_intake *intake, const struct dk_output *output,
                               struct dk_export_result *result, struct dk_error *err) DK_CHECK;
/* Frees the memory that only the parse needs. NULL is legal, here and there. */
void dk_bursts_rest(struct dk_bursts *bursts);
void dk_bursts_free(struct dk_bursts *bursts);

#endif

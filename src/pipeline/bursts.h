/* What an intake collects of every burst, for the formats that need every sample. Private to src/pipeline/. */
#ifndef DK_PIPELINE_BURSTS_H
#define DK_PIPELINE_BURSTS_H

#include "pipeline/pipeline.h"

/* Writes what was collected. */
enum dk_status dk_bursts_write(const struct dk_intake *intake, const struct dk_output *output,
                               struct dk_export_result *result, struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_bursts_free(struct dk_bursts *bursts);

#endif

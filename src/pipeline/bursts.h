/* What an intake collects of every burst, for the formats that need every sample. Private to src/pipeline/. */
#ifndef DK_PIPELINE_BURSTS_H
#define DK_PIPELINE_BURSTS_H

#include "pipeline/pipeline.h"

/* Writes what was collected, of the series that the filter lets through. To `path`, or, if that is NULL,
 * to `sink`. */
enum dk_status dk_bursts_write(const struct dk_intake *intake, const struct dk_store_filter *filter,
                               const struct dk_export_settings *settings, const char *path,
                               struct dk_sink *sink, struct dk_export_result *result,
                               struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_bursts_free(struct dk_bursts *bursts);

#endif

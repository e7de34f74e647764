/* Series from the database into an export, several read at a time. Private to src/pipeline/. */
#ifndef DK_PIPELINE_EXPORT_READERS_H
#define DK_PIPELINE_EXPORT_READERS_H

#include "pipeline/pipeline.h"

/* Reads the `count` series of `list` and appends them in that order. */
enum dk_status dk_export_readers_run(struct dk_pipeline *pipeline, struct dk_export *export,
                                     const struct dk_store_series *list, size_t count,
                                     struct dk_error *err) DK_CHECK;

#endif

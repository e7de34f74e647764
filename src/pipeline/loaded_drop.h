/*
 * loaded_drop: the files of a drop that was loaded, where they are now: in the archive, or where
 * they were left. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_LOADED_DROP_H
#define DK_PIPELINE_LOADED_DROP_H

#include "pipeline/pipeline.h"

/* Opens them, or `only` the file of one sensor, by its index (-1: all). Each file has the bytes
 * that the ledger knows, by its hash; else, or where one is gone, *found is false. The caller
 * resets the drop in any case. */
enum dk_status dk_loaded_drop_open(struct dk_pipeline *pipeline, const struct dk_ledger_drop *row,
                                   int only, struct dk_drop *drop, bool *found,
                                   struct dk_error *err) DK_CHECK;

#endif

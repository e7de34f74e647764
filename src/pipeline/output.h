/*
 * What convert and export have in common: where the CSV goes, and what to say if there is none.
 * Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_OUTPUT_H
#define DK_PIPELINE_OUTPUT_H

#include "pipeline/pipeline.h"

/* Opens an export to the output's place. */
enum dk_status dk_output_open(struct dk_export **out, const struct dk_output *output,
                              struct dk_error *err) DK_CHECK;

/* Sets the error for a filter that selects nothing: nothing to `verb` ("export"); `hint` says how
 * to see what there is. Returns DK_ERR_USAGE; without a filter DK_ERR_FAILED, because then nothing
 * is loaded. */
enum dk_status dk_output_nothing(const struct dk_store_filter *filter, const char *verb,
                                 const char *hint, struct dk_error *err) DK_CHECK;

/* Refuses a place that is the drop's own: a drop is never changed, not by what is made of it
 * either. A format of several files may have some of the names of the drop's. */
enum dk_status dk_output_spare_drop(const struct dk_drop *drop,
                                    const struct dk_export_settings *settings, const char *path,
                                    struct dk_error *err) DK_CHECK;

/* DK_ERR_BUSY where something was loaded since the ledger was at `generation`: each connection sees
 * the database at its own time, and `what` ("the export") would show neither state. */
enum dk_status dk_output_check_unchanged(struct dk_pipeline *pipeline, int64_t generation,
                                         const char *what, struct dk_error *err) DK_CHECK;

/* Whether the filter lets a series through. */
bool dk_output_is_wanted(const struct dk_series *series, const struct dk_store_filter *filter);

#endif

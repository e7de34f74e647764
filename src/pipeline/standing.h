/* The standing export's names and how it is written. Private to src/pipeline/ and the commands that
 * tell the names. */
#ifndef DK_PIPELINE_STANDING_H
#define DK_PIPELINE_STANDING_H

#include "pipeline/pipeline.h"

#define DK_STANDING_NAME "oil-well-data-all-historical.csv"
#define DK_STANDING_CSV DK_WORKSPACE_S3 "/" DK_STANDING_NAME
#define DK_STANDING_DICTIONARY DK_WORKSPACE_S3 "/oil-well-data-all-historical.dictionary.csv"

/* Writes both files anew, whatever lies there; *publication, what stood before (its hash "" if
 * nothing did), becomes what stands now. */
enum dk_status dk_standing_write(struct dk_pipeline *pipeline,
                                 struct dk_ledger_publication *publication,
                                 struct dk_error *err) DK_CHECK;

#endif

/*
 * corrections_lost: corrections beside an archived drop that the database does not have, because it
 * is an older backup. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_CORRECTIONS_LOST_H
#define DK_PIPELINE_CORRECTIONS_LOST_H

#include "pipeline/corrections.h"

/* *lost: the folder's list (there may be none) gives a value to a cell that the database has in
 * quarantine, and the ledger never knew that value. A cell whose cohort belongs to another drop
 * does not count: nothing gives it back. DK_ERR_IO: the list can't be read. */
enum dk_status dk_corrections_find_lost(struct dk_pipeline *pipeline, const char *folder,
                                        bool *lost, struct dk_error *err) DK_CHECK;

#endif

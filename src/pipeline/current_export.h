/*
 * current_export: the historical CSV of all that is loaded and its dictionary, in aws_s3/. Private
 * to src/pipeline/.
 */
#ifndef DK_PIPELINE_CURRENT_EXPORT_H
#define DK_PIPELINE_CURRENT_EXPORT_H

#include "exported_file.h"

/* Hashes the CSV that an earlier run wrote. If it differs from *publication, writes both files
 * again and updates *publication. *fresh (may be NULL): whether they were written. */
enum dk_status dk_current_export_make_sure(struct dk_pipeline *pipeline,
                                           struct dk_ledger_publication *publication, bool *fresh,
                                           struct dk_error *err) DK_CHECK;

/* Writes both files again, whatever is in their place. *publication is the export before (its hash
 * is "" if there was none) and becomes the new one. */
enum dk_status dk_current_export_write(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication,
                                       struct dk_error *err) DK_CHECK;

#endif

/*
 * Folders of the archive that are incomplete: a file was changed or taken away between the load and
 * the archiving, so the folder can't be loaded again. Their cohorts come from another drop, where
 * one has them with the same values; else a rebuild can't restore them, and says so. Private to
 * src/pipeline/rebuild*.
 */
#ifndef DK_PIPELINE_REBUILD_INCOMPLETE_H
#define DK_PIPELINE_REBUILD_INCOMPLETE_H

#include "rebuild_check.h"

/* All drops of the archive. */
struct dk_archived_list {
    const struct dk_archived_drop *drops;
    size_t count;
};

/* Before a history is read: extends the cohorts that were chosen of it by those of incomplete
 * folders. */
void dk_incomplete_choose(const struct dk_archived_list *archive, struct dk_settings *settings);
/* After it was read: of the cohorts beyond first to last, keeps only those that an incomplete
 * folder recorded with the same hash. */
enum dk_status dk_incomplete_keep(const struct dk_archived_list *archive, int first, int last,
                                  struct dk_readings *readings, struct dk_error *err) DK_CHECK;

/* Makes an incomplete folder, which could not be loaded for the reason that is given, one that the
 * ledger knows. */
enum dk_status dk_incomplete_record(struct dk_pipeline *pipeline,
                                    const struct dk_archived_drop *drop, const struct dk_error *why,
                                    struct dk_error *err) DK_CHECK;

#endif

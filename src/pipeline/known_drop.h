/* known_drop: a drop that an earlier run has loaded and not archived yet. Private to
 * src/pipeline/. */
#ifndef DK_PIPELINE_KNOWN_DROP_H
#define DK_PIPELINE_KNOWN_DROP_H

#include "pipeline/pipeline.h"

/* Whether the drop that was opened is one that an earlier run loaded under the same settings, by
 * its files' inodes, sizes and times: it need not be parsed again. With --replace it is parsed:
 * another drop may have replaced some of its cohorts since. */
enum dk_status dk_known_drop_find(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                  struct dk_ledger_drop *known, bool *found, struct dk_error *err)
    DK_CHECK;

#endif

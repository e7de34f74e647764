/*
 * burst_files: samples and features in aws_s3/, one file for each cohort of a rig (samples: and
 * each rate).
 *
 * Only a parse can make them, since the database has one value of each burst. So a run collects
 * every sample while it parses, and writes the files after the load. The ledger records those of a
 * drop in one transaction: a cohort has all its files or none. What the ledger does not know after
 * a run was interrupted, the next run makes again by another parse. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_BURST_FILES_H
#define DK_PIPELINE_BURST_FILES_H

#include "partition_name.h"
#include "pipeline/pipeline.h"

/* Between open and read: collects what the settings ask for; nothing where they don't.
 * DK_ERR_CONFIG: the input's alignment reads no whole bursts. */
enum dk_status dk_burst_files_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                      struct dk_error *err) DK_CHECK;

/* After the load: writes and records the files of those cohorts that lack them, and frees what was
 * collected. *count grows by the number of files. */
enum dk_status dk_burst_files_write(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                    size_t *count, struct dk_error *err) DK_CHECK;

/* Appends to a list, in which there is room for DK_BURST_KINDS each, those files of the series that
 * the settings ask for and that the ledger knows as current; `lost`, where one is no longer in
 * aws_s3/. */
enum dk_status dk_burst_files_list(struct dk_pipeline *pipeline,
                                   const struct dk_store_series *series, size_t series_count,
                                   struct dk_partition *list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* *foreign: the drop was loaded from another workspace, which has the files of its cohorts. */
enum dk_status dk_burst_files_are_foreign(struct dk_pipeline *pipeline, int64_t drop_id,
                                          bool *foreign, struct dk_error *err) DK_CHECK;

/* Prints a notice where loaded cohorts lack files. */
enum dk_status dk_burst_files_report(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

/* *complete: each cohort that this drop loaded, and that is still its own, has its files. */
enum dk_status dk_burst_files_are_complete(struct dk_pipeline *pipeline, int64_t drop_id,
                                           bool *complete, struct dk_error *err) DK_CHECK;

#endif

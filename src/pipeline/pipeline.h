/*
 * pipeline: the path of the data, step by step.
 *
 *     drop -> intake -> readings -> load -> database -> export -> CSV -> upload -> S3
 *                          \-> convert -> CSV                  \-> archive <- drop
 *
 * Each step is one function and one file; dk_pipeline_run puts them in order and leaves out what
 * the ledger says is done. The workspace is the current folder. The pipeline belongs to one
 * thread; its steps use several inside.
 */
#ifndef DK_PIPELINE_PIPELINE_H
#define DK_PIPELINE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/archive.h"
#include "base/observer.h"
#include "base/status.h"
#include "export/export.h"
#include "input/input.h"
#include "pipeline/workspace.h"
#include "publish/publish.h"
#include "store/ledger.h"
#include "store/store.h"

/* All that a user can set, resolved. Borrowed texts outlive the pipeline. */
struct dk_settings {
    struct dk_input_settings input;
    bool cohort_given; /* input.cohort was set by the user */
    struct dk_store_settings store;
    struct dk_s3_settings s3; /* url NULL or "": no S3 */
    bool archive_zstd;
    bool replace;
    bool replace_remote; /* upload over an object that somebody else changed */
    unsigned threads; /* 0: one a processor */
};

void dk_settings_init(struct dk_settings *settings);

struct dk_pipeline {
    const struct dk_settings *settings;
    const struct dk_environment *environment;
    const struct dk_observer *observer;
    struct dk_workspace workspace;
    struct dk_store *store; /* NULL until opened */
    int64_t run_id;         /* 0 outside of a recorded run */
    const struct dk_readings *at_hand; /* parsed and loaded by this run; NULL: nothing is */
};

void dk_pipeline_init(struct dk_pipeline *pipeline, const struct dk_settings *settings,
                      const struct dk_environment *environment, const struct dk_observer *observer);
/* Closes the store, lets go of the locks. */
void dk_pipeline_reset(struct dk_pipeline *pipeline);

/* Opens the store to read: it must be there. */
enum dk_status dk_pipeline_open(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;
/* Takes both locks, opens the store, makes its schema, and records that a run of `command` began. */
enum dk_status dk_pipeline_begin(struct dk_pipeline *pipeline, const char *command,
                                 struct dk_error *err) DK_CHECK;
/* Records how the run ended; a failure to record is only told. */
void dk_pipeline_end(struct dk_pipeline *pipeline, int exit_code, const char *message);

/* --- intake: from a drop to readings -------------------------------------------------------- */

struct dk_intake {
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    char settings[DK_SETTINGS_TEXT_MAX]; /* that shaped the rows */
    char quarantine[256];                /* the file written, "" if none */
};

void dk_intake_reset(struct dk_intake *intake);

/* Finds the drop: at `path`, or in the workspace's logs/ (a folder of sensor files, else the one archive
 * file in it) where path is NULL. *found false: logs/ holds no drop. */
enum dk_status dk_intake_open(struct dk_pipeline *pipeline, const char *path,
                              struct dk_intake *intake, bool *found, struct dk_error *err) DK_CHECK;

/* Reads the drop that was opened. A profile that the drop does not bring comes from the store,
 * if one is open. DK_ERR_DATA: intake->report tells all. Writes the quarantine file
 * (quarantine/<name>.tsv) if `quarantine_name` is not NULL and cells went there. */
enum dk_status dk_intake_read(struct dk_pipeline *pipeline, struct dk_intake *intake,
                              bool with_hashes, const char *quarantine_name,
                              struct dk_error *err) DK_CHECK;

/* --- the steps ------------------------------------------------------------------------------ */

/* Readings to CSV without a database. `path` NULL: to `sink`. Series outside of
 * filter's cohorts are left out; by_rig likewise. */
enum dk_status dk_pipeline_convert(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   const struct dk_store_filter *filter,
                                   const struct dk_export_settings *settings, const char *path,
                                   struct dk_sink *sink, struct dk_export_result *result,
                                   struct dk_error *err) DK_CHECK;

/* Readings into the database. */
enum dk_status dk_pipeline_load(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                struct dk_load_result *result, struct dk_error *err) DK_CHECK;

/* What is loaded to CSV, one series after the other, in bounded memory. */
enum dk_status dk_pipeline_export(struct dk_pipeline *pipeline,
                                  const struct dk_store_filter *filter,
                                  const struct dk_export_settings *settings, const char *path,
                                  struct dk_sink *sink, bool with_hash,
                                  struct dk_export_result *result, struct dk_error *err) DK_CHECK;

/* The same, all of it, over a file that an earlier run exported: lines of what has not changed since
 * come from there. Where that file is gone or was changed, all comes from the database. `settings`
 * are those of that export. */
enum dk_status dk_pipeline_export_again(struct dk_pipeline *pipeline,
                                        const struct dk_ledger_publication *publication,
                                        const struct dk_export_settings *settings,
                                        struct dk_export_result *result,
                                        struct dk_error *err) DK_CHECK;

/* The historical CSV and its dictionary in aws_s3/, if they are not there as of the newest load.
 * *publication (of the ledger) tells what stands; *fresh whether it was written now. */
enum dk_status dk_pipeline_export_standing(struct dk_pipeline *pipeline,
                                           struct dk_ledger_publication *publication, bool *fresh,
                                           struct dk_error *err) DK_CHECK;
/* Whether the standing export is there, as of the newest load, as the ledger knows it. */
enum dk_status dk_pipeline_export_find(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication, bool *current,
                                       struct dk_error *err) DK_CHECK;

struct dk_upload_result {
    unsigned sent;    /* objects uploaded */
    unsigned skipped; /* objects that were there already */
    uint64_t bytes_sent;
};

bool dk_pipeline_s3_configured(const struct dk_pipeline *pipeline);
/* The standing export, its dictionary, the partitions and the manifest to S3. */
enum dk_status dk_pipeline_upload(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                  struct dk_error *err) DK_CHECK;
/* Other files, each under its own name. */
enum dk_status dk_pipeline_upload_files(struct dk_pipeline *pipeline, char *const *paths,
                                        size_t count, struct dk_upload_result *result,
                                        struct dk_error *err) DK_CHECK;
/* Whether all that stands is on S3. */
enum dk_status dk_pipeline_upload_current(struct dk_pipeline *pipeline, bool *current,
                                          struct dk_error *err) DK_CHECK;

struct dk_archived {
    size_t drops;
    size_t files;
    char folder[256]; /* the last one */
};

/* Every drop that is loaded, exported and (where S3 is set) uploaded goes into the archive.
 * `begun_only`: only those whose archiving an earlier run began and did not finish; half of such a
 * drop may still lie in logs/, so that this goes before anything looks there. */
enum dk_status dk_pipeline_archive(struct dk_pipeline *pipeline, bool begun_only,
                                   struct dk_archived *result, struct dk_error *err) DK_CHECK;

/* --- run: all of it ------------------------------------------------------------------------- */

struct dk_run_result {
    bool found;          /* there was a drop */
    bool read;           /* it was parsed in this run */
    struct dk_load_result load;
    bool exported;       /* the CSV was written in this run */
    struct dk_ledger_publication export; /* what stands; hash "" if nothing */
    bool s3;             /* S3 is configured */
    struct dk_upload_result upload;
    struct dk_archived archived;
};

/* Check, load, export, upload, archive: what the ledger says is done is left out, so that a run that was
 * cut off is finished by the next. `intake` (caller resets) holds the report for the caller. */
enum dk_status dk_pipeline_run(struct dk_pipeline *pipeline, const char *path,
                               struct dk_intake *intake, struct dk_run_result *result,
                               struct dk_error *err) DK_CHECK;

#endif

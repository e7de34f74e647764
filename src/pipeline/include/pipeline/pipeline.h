/*
 * pipeline: the path of the data, step by step.
 *
 *     drop -> intake -> readings -> load -> database -> export -> CSV -> upload -> S3
 *                          \-> convert -> CSV                  \-> archive <- drop
 *
 * Each step is a function in a file of its own; dk_pipeline_run takes them in order, and leaves out
 * what the ledger says is done. docs/pipeline.md says what each step promises. The workspace is
 * the current folder. A pipeline belongs to one thread; its steps use several inside.
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
#include "input/delivery.h"
#include "input/input.h"
#include "pipeline/workspace.h"
#include "report/html_page.h"
#include "rig/limits.h"
#include "rig/quality.h"
#include "s3/s3.h"
#include "store/ledger.h"
#include "store/match.h"
#include "store/store.h"

/* How many of a sensor's cells, and of its loaded values, --quarantine makes missing at most. */
struct dk_quarantine_max {
    bool percent;      /* number is a percentage of them, which allows at least 10 */
    dk_decimal number; /* 0 or above */
};

/* Reads "1%" or "50". DK_ERR_CONFIG says what is wrong. */
enum dk_status dk_quarantine_max_parse(const char *text, struct dk_quarantine_max *out,
                                       struct dk_error *err) DK_CHECK;

/* All that a user can set, resolved. Its texts are borrowed, and live longer than the pipeline. */
struct dk_settings {
    struct dk_input_settings input;
    bool cohort_given; /* by the user: cohort_first, which is input.cohort, to cohort_last */
    int cohort_first, cohort_last;
    bool drop_given; /* by the user: others in logs/ may come before it */
    bool site_given; /* by the user, or a record of the archive: no folder's name is another site */
    bool well_given; /* by the user */
    bool future;     /* load a cohort whose last reading is in the future */
    bool gap;        /* load a cohort that is not the next one */
    int64_t now_minute; /* this machine's date; 0: not known, and nothing is in the future */
    struct dk_store_settings store;
    struct dk_s3_settings s3;            /* url NULL or "": no S3 */
    bool archive_zstd;                   /* compress what is archived */
    bool export_parquet;                 /* the current export as Parquet, too */
    bool export_samples;                 /* every sample of what a run loads, as Parquet */
    bool export_features;                /* the features of it, as Parquet */
    bool report_write;                   /* a run keeps report.html up to date */
    bool report_publish;                 /* and uploads it */
    bool replace;                        /* a drop replaces what is loaded */
    const char *reason;                  /* why it replaces or unloads; NULL: none is given */
    struct dk_limits limits[DK_SENSORS]; /* which values are plausible */
    bool allow_out_of_range; /* load a sensor most of whose values are outside its limits */
    struct dk_quarantine_max quarantine_max;
    bool replace_remote; /* upload over an object that somebody else changed */
    int late_days;       /* after its last day a cohort is late */
    unsigned threads;    /* 0: one per processor */
};

/* The defaults. */
void dk_settings_init(struct dk_settings *settings);

/* The file of an embedded database; NULL: the database is on a server. Borrowed. */
const char *dk_settings_database_file(const struct dk_settings *settings);

struct dk_intake;
struct dk_read_ahead;

/* The steps of a run that take time. */
enum dk_run_step {
    DK_STEP_READ,
    DK_STEP_LOAD,
    DK_STEP_EXPORT,
    DK_STEP_UPLOAD,
    DK_STEP_ARCHIVE,
    DK_RUN_STEPS
};

#define DK_RUN_PROBLEMS_MAX 20

/* What a run has done so far, for its row in the ledger. */
struct dk_run_notes {
    char source[512];
    int64_t readings;
    int64_t step_ms[DK_RUN_STEPS];
    struct dk_ledger_problem problems[DK_RUN_PROBLEMS_MAX];
    size_t problem_count;
    int64_t problem_total;
    bool summed_up;     /* the error counts the problems: the first of them says more */
    char attempted[16]; /* the command whose run has not begun yet; "": none */
    char attempted_at[DK_TIME_TEXT_MAX];
};

struct dk_pipeline {
    const struct dk_settings *settings;
    const struct dk_environment *environment;
    const struct dk_observer *observer;
    struct dk_workspace workspace;
    struct dk_store *store;    /* NULL until opened */
    int64_t run_id;            /* 0 outside a recorded run */
    int64_t first_run_id;      /* the first one under these locks; 0: none was begun here */
    int64_t verified_run;      /* the run that read back what earlier ones loaded; 0: none has */
    struct dk_origins origins; /* of the drops that were read */
    const char *const
        *held; /* paths of drops that stay where they are now, though loaded. Borrowed */
    size_t held_count;
    const char *next; /* the drop that is taken in after this one; NULL: none. Borrowed */
    struct dk_read_ahead *ahead; /* what was read of it, see read_ahead.h; NULL: nothing. Owned */
    struct dk_run_notes notes;
    const struct dk_readings *in_memory; /* what this run has parsed and loaded; NULL: nothing */
};

/* All three are borrowed. */
void dk_pipeline_init(struct dk_pipeline *pipeline, const struct dk_settings *settings,
                      const struct dk_environment *environment, const struct dk_observer *observer);
/* Closes the store, and releases the locks. */
void dk_pipeline_reset(struct dk_pipeline *pipeline);

/* Opens the store to read. It must be there, its schema current, and what this workspace has loaded
 * in it: see guard.h. */
enum dk_status dk_pipeline_open(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;
/* The same for a command that can do without the store: if it can't be opened, a notice is all.
 * There is none where nothing has been loaded yet. */
void dk_pipeline_try_open(struct dk_pipeline *pipeline);
/* DK_ERR_STORE if the database does not have what this workspace loaded, as far as it can be
 * reached: for a command that waits for other failures to pass. Leaves the store closed. */
enum dk_status dk_pipeline_check_database(struct dk_pipeline *pipeline, struct dk_error *err)
    DK_CHECK;
/* Takes the locks of workspace and database, opens the store, makes its schema if needed,
 * identifies the workspace, and records that a run of `command` has begun. DK_ERR_STORE, and
 * nothing is made, where this workspace has loaded data that the database does not have: see
 * guard.h. */
enum dk_status dk_pipeline_begin(struct dk_pipeline *pipeline, const char *command,
                                 struct dk_error *err) DK_CHECK;
/* A step of dk_pipeline_begin, for init: makes the workspace's identity if there is none, and
 * passes it to the store, for the runs, drops and exports that follow. A warning if the identity is
 * in use elsewhere. The lock is held, and the store prepared. */
enum dk_status dk_pipeline_identify(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;
/* A step of dk_pipeline_begin, for a command that begins its run otherwise: names to the store who
 * runs this derrick, and why. */
void dk_pipeline_name_actor(struct dk_pipeline *pipeline);
/* Records that another run of `command` has begun, after the one before has ended, under the same
 * locks. */
enum dk_status dk_pipeline_next(struct dk_pipeline *pipeline, const char *command,
                                struct dk_error *err) DK_CHECK;
/* Notes the problems of a drop that the run has read. */
void dk_pipeline_note_problems(struct dk_pipeline *pipeline, const struct dk_intake *intake);
/* Records how the run ended: its status, the program's exit code, and the message of a failure. If
 * that fails, it only warns. A run that could not begin, because the database can't be reached, is
 * kept in the workspace for the next run to record. */
void dk_pipeline_end(struct dk_pipeline *pipeline, enum dk_status status, int exit_code,
                     const char *message);

/* What to write, and where. All is borrowed. */
struct dk_output {
    const struct dk_export_settings *settings;
    struct dk_store_filter filter; /* only series that it lets through; zeroed: all */
    const char *path;              /* NULL: to `sink` */
    struct dk_sink *sink;
    bool with_hash; /* of the file, in the result */
};

/* --- intake: from a drop to readings -------------------------------------------------------- */

/* What a drop is read for: to check it (it needs no number), to convert it (numbered by --cohort)
 * or to load it (with hashes; numbered by --cohort or by what is loaded). */
enum dk_intake_use { DK_INTAKE_CHECK, DK_INTAKE_CONVERT, DK_INTAKE_LOAD };

struct dk_intake {
    struct dk_drop drop;
    struct dk_input_settings input; /* how the drop is read: columns resolved, cohort its number */
    struct dk_store_rig rig;        /* what was loaded before; zero where no store is open */
    struct dk_readings readings;
    struct dk_report report;
    char settings[DK_SETTINGS_TEXT_MAX]; /* dk_input_settings_text, as the rows were made */
    struct dk_match match; /* of a drop of one cohort, where a store is open; else zeroed */
    char quarantine[256];  /* the file that was written; "" if none was */
    struct dk_quality_counts values[DK_SENSORS];
    struct dk_bursts *bursts; /* owned; what is collected of every burst; NULL: nothing */
};

/* Frees what it holds. Legal on a zeroed struct. */
void dk_intake_reset(struct dk_intake *intake);

/* Finds the drop at `path`; if that is NULL, in the workspace's logs/: sensor files, or else the
 * first archive file by name. *found is false if logs/ holds no drop. Works out what its columns
 * are (dk_drop_resolve). */
enum dk_status dk_intake_open(struct dk_pipeline *pipeline, const char *path,
                              struct dk_intake *intake, bool *found, struct dk_error *err) DK_CHECK;

/* The second half of it, for a drop that was opened in another way. */
enum dk_status dk_intake_resolve(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 struct dk_error *err) DK_CHECK;

/* Reads the drop that was opened. Without a profile in it, the one that the store loaded last is
 * used, where a store is open. If cells went into quarantine, they are written to
 * quarantine/<quarantine_name>.tsv (NULL: nowhere). DK_ERR_DATA: intake->report has every problem,
 * or the values are not plausible, in which case intake->readings holds them.
 *
 * A drop that is one cohort gets its number here, as docs/pipeline.md says; of a history only the
 * cohorts that the user chose are kept. DK_ERR_USAGE: it has no number, and needs one. For a load,
 * DK_ERR_REFUSED: it leaves a gap, is in the future, or has bursts of another length than the
 * loaded cohorts of its rig. */
enum dk_status dk_intake_read(struct dk_pipeline *pipeline, struct dk_intake *intake,
                              enum dk_intake_use use, const char *quarantine_name,
                              struct dk_error *err) DK_CHECK;

/* Between open and read, for a format that needs every sample: collects them for
 * dk_pipeline_convert with the same output; for any other format it does nothing. DK_ERR_USAGE: the
 * path is the drop's own or has no ending that the format knows, or alignment = column. */
enum dk_status dk_intake_collect(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 const struct dk_output *output, struct dk_error *err) DK_CHECK;

/* --- the steps ------------------------------------------------------------------------------ */

/* Writes readings as CSV, without a database. DK_ERR_USAGE if the filter lets no series through, or
 * if the path is the drop's own. */
enum dk_status dk_pipeline_convert(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   const struct dk_output *output, struct dk_export_result *result,
                                   struct dk_error *err) DK_CHECK;

/* Loads readings into the database. The list of cells in quarantine goes again where the drop was
 * loaded before, or is refused. */
enum dk_status dk_pipeline_load(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                struct dk_load_result *result, struct dk_error *err) DK_CHECK;

/* What dk_pipeline_load would do; changes nothing. */
enum dk_status dk_pipeline_load_preview(struct dk_pipeline *pipeline,
                                        const struct dk_intake *intake,
                                        struct dk_load_preview *preview, struct dk_error *err)
    DK_CHECK;

struct dk_verification {
    size_t series; /* cohorts (of wells) in the database */
    uint64_t rows; /* readings of them */
    size_t bad;    /* cohorts that are not what was loaded */
};

/* Reads all rows of the database, and compares each cohort, its profile included, with its hash in
 * the ledger. DK_ERR_STORE: something else changed the database; a warning for each cohort, where
 * there are several, and the first one is the error. */
enum dk_status dk_pipeline_verify(struct dk_pipeline *pipeline, struct dk_verification *result,
                                  struct dk_error *err) DK_CHECK;

/* Whether there is anything to export or upload: DK_ERR_FAILED if no cohort is loaded. */
enum dk_status dk_pipeline_check_loaded(struct dk_pipeline *pipeline, struct dk_error *err)
    DK_CHECK;

/* Writes what is loaded as CSV, one series after the other, in bounded memory. DK_ERR_BUSY if the
 * database was loaded meanwhile. */
enum dk_status dk_pipeline_export(struct dk_pipeline *pipeline, const struct dk_output *output,
                                  struct dk_export_result *result, struct dk_error *err) DK_CHECK;

/* The same for all that is loaded. It replaces a file that an earlier run exported with the same
 * settings: the lines of cohorts that have not changed since come from there. If that file is
 * gone or was edited, all comes from the database. */
enum dk_status dk_pipeline_export_again(struct dk_pipeline *pipeline,
                                        const struct dk_ledger_publication *publication,
                                        const struct dk_export_settings *settings,
                                        struct dk_export_result *result, struct dk_error *err)
    DK_CHECK;

/* Writes the data dictionary beside what convert or export wrote to `path` (NULL: nowhere), where
 * that is the historical CSV under its own name; else it does nothing. */
enum dk_status dk_pipeline_dictionary(struct dk_pipeline *pipeline,
                                      const struct dk_export_settings *settings, const char *path,
                                      struct dk_error *err) DK_CHECK;

/* Brings the historical CSV and its dictionary in aws_s3/ up to date with the newest load, and
 * writes an edited CSV again. *publication is its row in the ledger; *fresh, whether it was written
 * just now. Before that, verifies what earlier runs loaded: DK_ERR_STORE if another program changed
 * it. The caller holds the store's lock. */
enum dk_status dk_pipeline_export_current(struct dk_pipeline *pipeline,
                                          struct dk_ledger_publication *publication, bool *fresh,
                                          struct dk_error *err) DK_CHECK;
/* Finds the current export; *current: it exists and shows the newest load. */
enum dk_status dk_pipeline_export_find(struct dk_pipeline *pipeline,
                                       struct dk_ledger_publication *publication, bool *current,
                                       struct dk_error *err) DK_CHECK;

struct dk_upload_result {
    unsigned sent;    /* objects uploaded */
    unsigned skipped; /* objects that were there already */
    unsigned removed; /* objects of cohorts that are no longer published */
    uint64_t bytes_sent;
};

/* Whether the settings name a bucket. */
bool dk_pipeline_s3_configured(const struct dk_pipeline *pipeline);
/* DK_ERR_CONFIG if it is not. */
enum dk_status dk_pipeline_check_s3(const struct dk_pipeline *pipeline, struct dk_error *err)
    DK_CHECK;
/* Uploads the current export, its dictionary, the partitions and, last, the manifest; removes what
 * derrick published of cohorts that are no longer there. DK_ERR_REMOTE also if such an object had
 * to stay. */
enum dk_status dk_pipeline_upload(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                  struct dk_error *err) DK_CHECK;
/* The same, and the report where report.publish is set, as a run does. */
enum dk_status dk_pipeline_upload_all(struct dk_pipeline *pipeline, struct dk_upload_result *result,
                                      struct dk_error *err) DK_CHECK;
/* Uploads other files, each under its own name. */
enum dk_status dk_pipeline_upload_files(struct dk_pipeline *pipeline, char *const *paths,
                                        size_t count, struct dk_upload_result *result,
                                        struct dk_error *err) DK_CHECK;
/* Whether the newest load is on S3, all of it, as far as the ledger knows. */
enum dk_status dk_pipeline_upload_current(struct dk_pipeline *pipeline, bool *current,
                                          struct dk_error *err) DK_CHECK;

/* Drops that are loaded and not archived yet, oldest first, except for those of other workspaces
 * that share the database. *list is on the heap (the caller frees), NULL and 0 if there is none. */
enum dk_status dk_pipeline_pending(struct dk_pipeline *pipeline, struct dk_ledger_drop **list,
                                   size_t *count, struct dk_error *err) DK_CHECK;

/* What in logs/ looks like a delivery, except for the files of pending drops, which are loaded.
 * Without a store, all files count. */
enum dk_status dk_pipeline_waiting(struct dk_pipeline *pipeline, struct dk_delivery *found,
                                   struct dk_error *err) DK_CHECK;
/* After a command worked on logs/. Where it found a drop: a warning if something there is left that
 * can't be read. Else DK_ERR_DATA if something there looks like a delivery, and a notice if there
 * are other files. */
enum dk_status dk_pipeline_check_unread(struct dk_pipeline *pipeline, bool drop_found,
                                        struct dk_error *err) DK_CHECK;

struct dk_archived {
    size_t drops;
    size_t files;
    char folder[256]; /* of the last drop */
};

/* DK_ERR_REMOTE if S3 is configured and does not have the newest load: nothing is archived then. */
enum dk_status dk_pipeline_check_published(struct dk_pipeline *pipeline, struct dk_error *err)
    DK_CHECK;
/* Archives every drop that is loaded, exported and (where S3 is set) uploaded. `begun_only`: only
 * those that an earlier run began to archive and did not finish. Half of such a drop may still be
 * in logs/, so this comes before anything looks there. */
enum dk_status dk_pipeline_archive(struct dk_pipeline *pipeline, bool begun_only,
                                   struct dk_archived *result, struct dk_error *err) DK_CHECK;

/* --- run: all of it ------------------------------------------------------------------------- */

struct dk_run_result {
    bool found; /* there was a drop */
    bool read;  /* it was parsed in this run */
    struct dk_load_result load;
    size_t burst_files; /* of samples and features, that were written in this run */
    bool exported;      /* the CSV was written in this run */
    struct dk_ledger_publication export; /* the current one; hash "" if there is none */
    struct dk_page_result report;        /* of report.html; zeroed if it was not written */
    bool s3;                             /* S3 is configured */
    struct dk_upload_result upload;
    struct dk_archived archived;
    bool worked; /* something was new */
};

/* The steps after a load: brings the export, and where S3 is configured what is there, up to date
 * with the database. Where nothing is loaded, removes what was published. */
enum dk_status dk_pipeline_publish(struct dk_pipeline *pipeline, struct dk_run_result *result,
                                   struct dk_error *err) DK_CHECK;

/* Whether something is loaded that the current export does not show yet. False if that is not
 * known. */
bool dk_pipeline_is_export_due(struct dk_pipeline *pipeline);

/* Check, load, export, report, upload, archive. What the ledger says is done is left out, so that
 * the next run finishes an interrupted one. Where the drop is refused, an export that is due is
 * published all the same. `intake` (the caller resets) holds the report, also
 * after a failure. */
enum dk_status dk_pipeline_run(struct dk_pipeline *pipeline, const char *path,
                               struct dk_intake *intake, struct dk_run_result *result,
                               struct dk_error *err) DK_CHECK;

/* Its two halves, for several drops of which all are loaded before the rest is done once: check and
 * load one; export, report, upload and archive all that is loaded. Each resets the result. While
 * the first one loads, it may already read pipeline->next. */
enum dk_status dk_pipeline_take_in(struct dk_pipeline *pipeline, const char *path,
                                   struct dk_intake *intake, struct dk_run_result *result,
                                   struct dk_error *err) DK_CHECK;
enum dk_status dk_pipeline_bring_out(struct dk_pipeline *pipeline, struct dk_run_result *result,
                                     struct dk_error *err) DK_CHECK;

#endif

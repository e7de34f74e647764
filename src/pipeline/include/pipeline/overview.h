/*
 * overview: what `status` shows of a workspace. Each function needs an open store, and none of them
 * writes anything.
 */
#ifndef DK_PIPELINE_OVERVIEW_H
#define DK_PIPELINE_OVERVIEW_H

#include "pipeline/pipeline.h"

/* How many of the newest runs are searched for one of this workspace: others may share the
 * database. */
#define DK_RUNS_SEARCHED 10000u

/* What is loaded of one rig. */
struct dk_rig_overview {
    char name[DK_RIG_NAME_MAX];
    const struct dk_store_series *series; /* [count] its cohorts in order; of the overview */
    size_t count;
    uint64_t readings;
    int newest_cohort; /* its number; the last of `series` */
};

/* The cohort after the newest one, by the calendar. */
struct dk_expected {
    const char *rig; /* or rigs, "texas-1 to texas-60"; NULL: every rig has got as far */
    char name[2 * DK_RIG_NAME_MAX + 4]; /* for `rig` */
    size_t first, rig_count;            /* which of the overview's rigs */
    int cohort;
    int64_t start_minute, end_minute; /* the end is the midnight after its last day */
    int64_t days_left;                /* until the end, whole days; below 0 it is overdue */
    bool is_over;
};

struct dk_overview {
    struct dk_store_series *series; /* owned, by rig, then cohort */
    struct dk_rig_overview *rigs;   /* [rig_count], owned; none if nothing is loaded */
    size_t rig_count;
    /* [expected_count], owned; none for a rig whose calendar has ended */
    struct dk_expected *expected;
    size_t expected_count;
};

/* Finds out what is loaded, and what is expected next. After DK_OK the caller resets. */
enum dk_status dk_pipeline_overview(struct dk_pipeline *pipeline, struct dk_overview *overview,
                                    struct dk_error *err) DK_CHECK;
void dk_overview_reset(struct dk_overview *overview);

/* How many rigs from `first` on are neighbours at one site and have as many readings of the same
 * cohorts loaded. */
size_t dk_overview_alike(const struct dk_overview *overview, size_t first);
/* Names them: "texas-1", or "texas-1 to texas-60". */
void dk_overview_name(const struct dk_overview *overview, size_t first, size_t count, char *text,
                      size_t size);

/* The newest runs, at most `limit`, newest first. A run of this workspace that is recorded as
 * running was interrupted if nobody holds the workspace's lock. *list is on the heap (the caller
 * frees). */
enum dk_status dk_pipeline_runs(struct dk_pipeline *pipeline, size_t limit,
                                struct dk_ledger_run **list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* Of each delivery that is in logs/, the newest run of this workspace that read it, if it refused
 * it for its data; its `source` is the delivery's path. *list is on the heap (the caller frees). */
enum dk_status dk_pipeline_refused(struct dk_pipeline *pipeline, struct dk_ledger_run **list,
                                   size_t *count, struct dk_error *err) DK_CHECK;

/* The newest run that could not reach the database, and is not recorded there yet, from the
 * workspace's file .derrick-missed-runs. *found is false where there is none. */
enum dk_status dk_pipeline_missed(struct dk_ledger_missed *last, bool *found, struct dk_error *err)
    DK_CHECK;

/* What waits in logs/ (dk_pipeline_waiting), none where there is no logs/. *problem: why a run
 * would refuse it before it reads a cell, or why logs/ can't be listed; DK_OK if nothing is
 * wrong. */
enum dk_status dk_pipeline_waiting_check(struct dk_pipeline *pipeline, struct dk_delivery *found,
                                         struct dk_error *problem, struct dk_error *err) DK_CHECK;

/* Cohorts of this workspace that lack their samples, or their features, in aws_s3/. */
struct dk_burst_lack {
    struct dk_store_series *series; /* owned; by rig, then cohort */
    size_t count;
};

/* Finds them, with `features` those without features, of the drop of that number (0: of all). There
 * are none where the settings do not ask for these files. After DK_OK the caller resets. */
enum dk_status dk_pipeline_burst_lack(struct dk_pipeline *pipeline, int64_t drop_id, bool features,
                                      struct dk_burst_lack *lack, struct dk_error *err) DK_CHECK;
void dk_burst_lack_reset(struct dk_burst_lack *lack);

/* Where a drop is now, and what it takes to read it again. */
struct dk_drop_place {
    char path[600]; /* its folder or file in the archive, or where it came from */
    char options
        [320]; /* for the command line, with a blank before each: " --quarantine" where it has bad
                        * cells, " --allow-missing" likewise, and settings that differ now */
};
enum dk_status dk_pipeline_drop_place(struct dk_pipeline *pipeline, int64_t drop_id,
                                      struct dk_drop_place *place, struct dk_error *err) DK_CHECK;

struct dk_s3_overview {
    bool configured;                  /* else the rest is zeroed */
    bool current;                     /* the newest load is there, as far as the ledger knows */
    char credentials[DK_S3_TEXT_MAX]; /* where they come from */
    struct dk_error problem;          /* of the settings or credentials; DK_OK: none */
};

/* Whether S3 is configured and up to date, without a request to it. */
enum dk_status dk_pipeline_s3_overview(struct dk_pipeline *pipeline, struct dk_s3_overview *s3,
                                       struct dk_error *err) DK_CHECK;

#endif

/*
 * preview: what a command would do, without doing any of it. It reads the drop, the database and
 * the files, takes no lock, writes nothing, and makes no request to S3: what is there is what the
 * ledger says.
 */
#ifndef DK_PIPELINE_PREVIEW_H
#define DK_PIPELINE_PREVIEW_H

#include "pipeline/pipeline.h"

enum dk_preview_action {
    DK_PREVIEW_LOAD,
    DK_PREVIEW_REPLACE, /* cohorts that are loaded with other values */
    DK_PREVIEW_SKIP,    /* what is loaded, or there, already */
    DK_PREVIEW_WRITE,   /* a file in the workspace, or those in a folder */
    DK_PREVIEW_SEND,    /* to S3 */
    DK_PREVIEW_REMOVE,  /* from S3, or from aws_s3/ */
    DK_PREVIEW_MOVE     /* into archive/ */
};
/* "load", "replace", ... */
const char *dk_preview_action_word(enum dk_preview_action action);

/* One thing that would be done. */
struct dk_preview_item {
    enum dk_preview_action action;
    const char *what;                /* a drop, a file, an object */
    const char *rig;                 /* of cohorts; else NULL */
    int first, last;                 /* the cohorts, 0: none */
    char dates[DK_SERIES_DATES_MAX]; /* of their first and last reading; "": none */
    uint64_t readings;               /* or rows */
    uint64_t files;
    int64_t run_id; /* SKIP: that loaded it */
};

/* Where they go, in the order in which they would be done. */
struct dk_preview {
    void (*item)(void *context, const struct dk_preview_item *item);
    void *context;
};

/* Which steps the command takes. */
enum dk_preview_steps {
    DK_PREVIEW_OF_LOAD = 1,
    DK_PREVIEW_OF_EXPORT = 2,
    DK_PREVIEW_OF_UPLOAD = 4,
    DK_PREVIEW_OF_ARCHIVE = 8
};

struct dk_preview_request {
    const char *path; /* the drop; NULL: in logs/ */
    unsigned steps;   /* enum dk_preview_steps */
    const struct dk_preview *to;
};

/* Previews the steps. The store is open to read. `intake` (the caller resets) holds the report.
 * *found: as of dk_intake_open. Fails as the steps would, as far as that is known beforehand. */
enum dk_status dk_pipeline_preview(struct dk_pipeline *pipeline,
                                   const struct dk_preview_request *request,
                                   struct dk_intake *intake, bool *found, struct dk_error *err)
    DK_CHECK;

#endif

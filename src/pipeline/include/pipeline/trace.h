/*
 * trace: where a value of the database came from, down to the cells of the file, which are read
 * again.
 */
#ifndef DK_PIPELINE_TRACE_H
#define DK_PIPELINE_TRACE_H

#include "pipeline/pipeline.h"

/* Which reading, and which value of it. */
struct dk_trace_request {
    struct dk_well well;
    int cohort;     /* 0: the one that has a reading at `minute` */
    size_t reading; /* number, from 1 */
    int64_t minute;
    int sensor; /* index; -1: all */
};

/* What the reading is, and what loaded it. */
struct dk_trace {
    struct dk_store_series series;
    size_t reading;
    int64_t minute;
    struct dk_ledger_drop drop;
    enum dk_sample sample; /* the rule by which a cell or a burst became a value */
};

/* How far the value was found again. */
enum dk_traced_state {
    DK_TRACED_SAME,       /* the file gives the value of the database */
    DK_TRACED_OTHER,      /* it gives another one */
    DK_TRACED_UNREADABLE, /* the file is gone, or is not the one that was loaded */
    DK_TRACED_ABSENT      /* the drop had no file of this sensor */
};

/* The value of one sensor. Texts are borrowed, and valid during the call. */
struct dk_traced {
    int sensor;
    enum dk_traced_state state;
    dk_decimal stored; /* in the database */
    /* from the file, with the corrections; DK_DECIMAL_MISSING where that is missing */
    dk_decimal computed;
    const char *name;   /* as found in the drop; NULL: absent */
    const char *path;   /* where it is now; NULL: absent */
    const char *sha256; /* of the file as it was loaded */
    uint64_t line, column;
    const char *const *cells; /* [count] as the file has them; NULL: there is no such cell */
    size_t count;             /* 0: not read */
    size_t corrected;         /* cells of it that somebody gave another value */
};

/* Finds the reading: *trace. DK_ERR_USAGE: it is not loaded. */
enum dk_status dk_pipeline_trace_find(struct dk_pipeline *pipeline,
                                      const struct dk_trace_request *request,
                                      struct dk_trace *trace, struct dk_error *err) DK_CHECK;

/* Traces its values: calls `each` for one sensor or for all. */
enum dk_status dk_pipeline_trace(struct dk_pipeline *pipeline, const struct dk_trace *trace,
                                 int sensor, void *context,
                                 void (*each)(void *context, const struct dk_traced *value),
                                 struct dk_error *err) DK_CHECK;

#endif

/*
 * quarantine: the cells that a load took as missing because they were bad, and what corrected them.
 *
 * A load records each cell in the table `quarantine`. A row with the wrong number of cells is
 * recorded once for each cohort, at the cell that would have represented its reading. A cell is
 * open while the drop that it came with owns its cohort, and nobody has given its value.
 * dk_store_correct gives values, all of them or none, and keeps what was there before in the table
 * `corrections`; when, by whom and why is in the row of its run. docs/store.md has the tables.
 */
#ifndef DK_STORE_QUARANTINE_H
#define DK_STORE_QUARANTINE_H

#include "store/ledger.h"

#define DK_QUARANTINE_TEXT_MAX 32
#define DK_QUARANTINE_REASON_MAX 384

/* A cell as a load finds it. Texts are borrowed, and valid until the next one is asked for. */
struct dk_quarantine_cell {
    size_t series;            /* index in the readings */
    int file;                 /* a sensor's index */
    uint64_t line, column;    /* from 1 */
    uint32_t sample, samples; /* index in its burst, and the burst's length */
    size_t reading;           /* index */
    const char *text, *reason;
};

/* Where a load gets them from. */
struct dk_quarantine_source {
    void *context;
    void (*rewind)(void *context);
    bool (*next)(void *context, struct dk_quarantine_cell *cell); /* false after the last */
};

/* A cell in quarantine, as it was recorded. */
struct dk_quarantined {
    int64_t drop_id;
    int64_t run_id; /* that loaded the drop; 0: not known */
    int64_t well_id;
    struct dk_well well;
    int cohort;
    int file;              /* a sensor's index */
    char file_name[256];   /* as found in the drop */
    uint64_t line, column; /* from 1 */
    uint32_t sample, samples;
    size_t reading; /* number, from 1 */
    char text[DK_QUARANTINE_TEXT_MAX];
    char reason[DK_QUARANTINE_REASON_MAX];
    dk_decimal value; /* DK_DECIMAL_MISSING while it is open */
};

/* How many cells of the cohorts that a filter selects are open. What an older derrick loaded
 * counts as it counted then. */
enum dk_status dk_store_quarantine_open(struct dk_store *store,
                                        const struct dk_store_filter *filter, int64_t *open,
                                        struct dk_error *err) DK_CHECK;

/* Calls `each` for the cells of the cohorts that a filter selects, by drop, file, line and
 * column: for the open ones or, with `all`, for every one. In bounded memory. Ends with the first
 * status of `each` that is not DK_OK. */
struct dk_quarantine_visit {
    const struct dk_store_filter *filter;
    bool all;
    void *context;
    enum dk_status (*each)(void *context, const struct dk_quarantined *cell, struct dk_error *err);
};
enum dk_status dk_store_quarantine_each(struct dk_store *store,
                                        const struct dk_quarantine_visit *visit,
                                        struct dk_error *err) DK_CHECK;

/* Which cell is meant: by rig and cohort, or by the run that loaded it and the name of its file. */
struct dk_quarantine_key {
    bool by_rig;
    struct dk_well well;
    int cohort;
    int file; /* a sensor's index */
    int64_t run_id;
    const char *file_name; /* borrowed */
    uint64_t line, column;
};
/* Finds the cell of a cohort that is loaded; *found. */
enum dk_status dk_store_quarantine_find(struct dk_store *store, const struct dk_quarantine_key *key,
                                        struct dk_quarantined *cell, bool *found,
                                        struct dk_error *err) DK_CHECK;

/* The cells of one burst that somebody corrected before: calls `each` with sample and value. */
enum dk_status
dk_store_quarantine_burst(struct dk_store *store, const struct dk_quarantined *cell, void *context,
                          void (*each)(void *context, uint32_t sample, dk_decimal value),
                          struct dk_error *err) DK_CHECK;

/* The value that a cell gets, and what happens to its reading. */
struct dk_correction {
    int64_t drop_id, well_id;
    int cohort;
    int file;
    uint64_t line, column;
    size_t reading; /* number */
    dk_decimal value;
    bool shapes;          /* the reading's value changes */
    dk_decimal represent; /* what it becomes then */
};
struct dk_correct {
    int64_t run_id;
    struct dk_correction *list; /* sorted by well_id and cohort */
    size_t count;
    const struct dk_limits *limits; /* [DK_SENSORS], for sensor_quality; NULL: the catalogue's */
};
struct dk_correct_result {
    size_t cells, readings, cohorts; /* that changed */
};
/* Gives cells their values, in one transaction: rows, sensor_quality, hashes and ledger. Each
 * cohort is compared with its hash before, and read back after. DK_ERR_STORE: a cohort is not what
 * was loaded. */
enum dk_status dk_store_correct(struct dk_store *store, const struct dk_correct *request,
                                struct dk_correct_result *result, struct dk_error *err) DK_CHECK;

/* --- what is kept beside the archived drop */

/* Drops whose corrections are not yet in the archive of the workspace in use, on the heap. */
enum dk_status dk_ledger_unkept(struct dk_store *store, struct dk_ledger_drop **list, size_t *count,
                                struct dk_error *err) DK_CHECK;
/* A value that somebody gave to a cell. */
struct dk_ledger_correction {
    int file; /* a sensor's index */
    uint64_t line, column;
    dk_decimal value;
};
/* All values ever given to cells of the drops that are archived in a folder, by file, line and
 * column; *list is on the heap. A schema that is older knows of none. */
enum dk_status dk_ledger_corrections(struct dk_store *store, const char *folder,
                                     struct dk_ledger_correction **list, size_t *count,
                                     struct dk_error *err) DK_CHECK;
/* Records that all corrections of a drop are there. */
enum dk_status dk_ledger_kept(struct dk_store *store, int64_t drop_id, struct dk_error *err)
    DK_CHECK;

#endif

/*
 * The store itself and the steps of a load, for the files that are no driver's. Private to
 * src/store/.
 */
#ifndef DK_STORE_PRIVATE_H
#define DK_STORE_PRIVATE_H

#include "store/ledger.h"
#include "store/query.h"
#include "store/sql.h"
#include "store/store.h"

struct dk_store {
    struct dk_sql *sql;
    char *fact_tail; /* owned: see dk_schema_put_ddl; NULL: well_reading is not spread */
    struct dk_store_settings settings; /* a copy; its texts are the caller's */
    const struct dk_observer *observer;
    struct dk_ledger_workspace workspace; /* whose runs, drops and exports; id "": nobody's */
    struct dk_ledger_actor actor;         /* who begins runs */
    /* The profile set that was read last, for the next series: sets never change, and a whole fleet
     * shares few. 0: none. */
    int64_t profile_set;
    int64_t first_profile;
    struct dk_profile profile;
    char fingerprint[DK_FINGERPRINT_MAX]; /* of the rows, when dk_store_rows_unchanged was called */
    bool rows_verified;                   /* dk_store_rows_verified was called after that */
};

/* --- store.c */

/* Ends the open transaction: commits after DK_OK, and rolls back after a failure, of the commit
 * too. Returns the first failure. */
enum dk_status dk_store_end(struct dk_store *store, enum dk_status status, struct dk_error *err)
    DK_CHECK;

/* --- verified.c */

/* Records the rows' fingerprint if they were compared with the ledger, or are as they were when a
 * run recorded it: inside the caller's transaction, before anything else in it. */
enum dk_status dk_store_verified_write(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* --- store_read.c */

/* The cohorts `c` of wells `w` that a filter selects, and the parameters of that text, in
 * order. */
#define DK_STORE_FILTER_SQL                                                                        \
    "(? = 0 OR (w.site = ? AND (w.well_number = ? OR ? <> 0))) "                                   \
    "AND c.cohort >= ? AND c.cohort <= ? AND (? = 0 OR c.drop_id = ?) "
void dk_store_filter_bind(struct dk_query *query, const struct dk_store_filter *filter);

/* --- match.c */

/* How the values of a series compare with those of a loaded one. */
struct dk_match_count {
    uint64_t equal, compared; /* values of the sensors that both have */
    bool lone;                /* a sensor has values on one side only */
    bool far;                 /* more differ than are tolerated; the counts may be of a part */
};

/* A series of a drop, and a loaded one to compare it with. All pointers are borrowed. */
struct dk_match_pair {
    const struct dk_readings *readings;
    size_t index; /* of the series in readings */
    const struct dk_store_series *loaded;
    uint64_t tolerated;         /* how many values may differ before the comparison gives up */
    struct dk_readings *buffer; /* of one series, with room for as many readings; overwritten */
};

/* Compares the values of a pair, in the readings that both have. It gives up early where most
 * values of three parts differ. */
enum dk_status dk_match_series(struct dk_store *store, const struct dk_match_pair *pair,
                               struct dk_match_count *count, struct dk_error *err) DK_CHECK;

/* --- ledger_drops.c */

/* Inserts a row into drops, and one into files for each file. `row` gives run_id, settings,
 * quarantined and duplicate_of; the rest is the drop's. Inside the caller's transaction. */
enum dk_status dk_ledger_drop_insert(struct dk_store *store, const struct dk_ledger_drop *row,
                                     const struct dk_drop *drop, int64_t *drop_id,
                                     struct dk_error *err) DK_CHECK;

/* --- ledger_workspaces.c */

/* Writes the row of the workspace in use, if there is one, inside the caller's transaction. */
enum dk_status dk_ledger_workspace_write(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* --- ledger_clock.c */

/* DK_ERR_FAILED unless the clock shows a time from 1970 to 9999, which the ledger can hold. */
enum dk_status dk_ledger_check_clock(struct dk_error *err) DK_CHECK;

/* --- load.c and load_*.c: the steps of one load */

/* A cohort of a well as the ledger knows it. */
struct dk_load_old {
    int64_t well_id;
    int64_t drop_id; /* 0: it is not loaded */
    int64_t run_id;
    int64_t profile_set;
    size_t rows;
    char hash[DK_HASH_HEX_MAX];
    char loaded_hash[DK_HASH_HEX_MAX];   /* of the drop, before cells were corrected */
    char settings[DK_SETTINGS_TEXT_MAX]; /* of the drop that loaded it */
};

/* One series of the readings, and what is loaded in its place. */
struct dk_load_item {
    size_t series; /* index in the readings */
    char hash[DK_HASH_HEX_MAX];
    int64_t well_id; /* known after dk_load_dimensions */
    struct dk_load_old old;
    bool skip; /* the same contents are loaded already */
};

/* A load under way. */
struct dk_loading {
    struct dk_store *store;
    const struct dk_load *load;
    struct dk_load_item *items; /* [readings->series_count] */
    struct dk_fact *facts;      /* those to insert, in the order of the primary key */
    size_t fact_count;
    int64_t same_drop; /* the newest loaded drop with these contents; 0: none */
    int64_t same_run;
    char same_settings[DK_SETTINGS_TEXT_MAX];
    bool other_settings; /* the contents are loaded, but with other settings */
    int64_t profile_set;
    int64_t first_profile;
    struct dk_load_result *result;
};

/* settings_text.c */

/* Which keys of a settings text count. */
enum dk_settings_scope {
    DK_SETTINGS_OF_DROP,    /* all that shape the rows of a drop */
    DK_SETTINGS_OF_READING, /* except for the number of its one cohort */
    DK_SETTINGS_OF_COHORT   /* and for how the columns belong to cohorts */
};
/* Names every key whose values differ: "sample was first, is mean; ...". Returns whether any does.
 * The rig does not count: only drops of the same rig are compared. */
bool dk_settings_differences(const char *was, const char *is, enum dk_settings_scope scope,
                             char *text, size_t cap);
bool dk_settings_differ(const char *was, const char *is, enum dk_settings_scope scope);

/* load_refuse.c: each sets the error and returns it. */
enum dk_status dk_load_refuse_settings(const struct dk_loading *loading, struct dk_error *err)
    DK_CHECK;
/* The item is loaded with other contents. */
enum dk_status dk_load_refuse_cohort(struct dk_loading *loading, const struct dk_load_item *item,
                                     struct dk_error *err) DK_CHECK;
/* The drop is the cohort that load->match names, not the one it is numbered as. */
enum dk_status dk_load_refuse_copy(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* The item would be replaced by a copy of cohort `copy`. */
enum dk_status dk_load_refuse_copied(struct dk_loading *loading, const struct dk_load_item *item,
                                     int copy, struct dk_error *err) DK_CHECK;
/* Warns that a drop that is loaded as a new cohort is much like the one that load->match names. */
void dk_load_warn_likeness(struct dk_loading *loading);
/* Another cohort of the rig that has all the item's values; 0: none has. */
enum dk_status dk_load_find_copy(struct dk_loading *loading, const struct dk_load_item *item,
                                 int *cohort, struct dk_error *err) DK_CHECK;

/* load.c: what is published of the rows is out of date from now on. */
enum dk_status dk_store_raise_generation(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* load_announce.c: reports, before anything changes, a rig that is new to the database, the same
 * values of another rig, and the dates that will be replaced. */
enum dk_status dk_load_announce(struct dk_loading *loading, struct dk_error *err) DK_CHECK;

/* load_record.c: the cohorts that the load removes, as a list on the heap, each once. */
struct dk_load_place {
    int64_t well_id;
    int cohort;
};
enum dk_status dk_load_removals(const struct dk_loading *loading, struct dk_load_place **list,
                                size_t *count, struct dk_error *err) DK_CHECK;

/* load_compare.c: hashes the series, finds what is loaded in their place and what the same contents
 * have loaded elsewhere, and refuses what contradicts. After DK_OK each item says whether to skip
 * it. */
enum dk_status dk_load_compare(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* load_record.c: wells and profile set, found or inserted. */
enum dk_status dk_load_dimensions(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* Deletes the rows of one cohort, in the caller's transaction. */
enum dk_status dk_load_remove_cohort(struct dk_store *store, int64_t well_id, int cohort,
                                     struct dk_error *err) DK_CHECK;
/* Deletes the cohorts that the items replace. */
enum dk_status dk_load_remove(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* store_rig.c: the cohorts of these wells that stay have bursts as long as the load's; else
 * DK_ERR_REFUSED. */
enum dk_status dk_load_check_bursts(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* Deletes the readings of a cohort, and what they amount to; its row of the ledger stays. */
enum dk_status dk_load_remove_rows(struct dk_store *store, int64_t well_id, int cohort,
                                   struct dk_error *err) DK_CHECK;
/* Inserts the rows of drops, files and cohorts; drops that lost their last cohort to this one are
 * marked as replaced. */
enum dk_status dk_load_record(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* load_quality.c: inserts the rows of sensor_quality for the series that were inserted. */
enum dk_status dk_load_quality(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* quarantine.c: inserts the cells in quarantine of the series that were inserted. */
enum dk_status dk_load_quarantine(struct dk_loading *loading, struct dk_error *err) DK_CHECK;
/* load_verify.c: reads every inserted row back, and compares rows and sums with the parse. */
enum dk_status dk_load_verify(struct dk_loading *loading, struct dk_error *err) DK_CHECK;

#endif

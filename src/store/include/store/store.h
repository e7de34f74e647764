/*
 * store: the database `energymobile`, embedded (SQLite) or on a server (MySQL, MariaDB).
 *
 * A store is opened and prepared (its schema is made or checked). Then readings are loaded into it,
 * or what is loaded is listed and read back into readings. Everything that decides (what is new,
 * what contradicts, what the ledger says) is written once, over the small SQL driver of sql.h; each
 * driver adds the fast ways in and out of the fact table. docs/store.md gives the reasons.
 *
 * Invariants: rows and ledger of a drop commit in one transaction, after every row was read back
 * and compared with the parse; SQL values are bound or streamed, never pasted; foreign keys are
 * enforced. A store belongs to one thread at a time.
 */
#ifndef DK_STORE_STORE_H
#define DK_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/observer.h"
#include "base/status.h"
#include "rig/drop.h"
#include "rig/limits.h"
#include "rig/readings.h"
#include "store/store_settings.h"

struct dk_store;
struct dk_match;             /* match.h */
struct dk_quarantine_source; /* quarantine.h */
struct dk_ledger_scope;      /* ledger.h */

/* Opens the database. If it is not there, `create` makes the SQLite file, or the database on the
 * server where the user may; otherwise that is DK_ERR_STORE. *settings is copied, but not its
 * texts. After DK_OK the caller closes. */
enum dk_status dk_store_open(struct dk_store **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
/* Whether dk_store_open failed with *err because there is no such file, or no such database on the
 * server, and nothing else. */
bool dk_store_is_absent(const struct dk_store_settings *settings, const struct dk_error *err);
/* Closes it, and rolls back what is open. NULL is legal. */
void dk_store_close(struct dk_store *store);

/* What runs the database: "sqlite 3.40.1", "mariadb 10.11.19". Borrowed. */
const char *dk_store_engine(const struct dk_store *store);
/* The URL without any secret, for people. Borrowed. */
const char *dk_store_url(const struct dk_store *store);

/* Makes the schema if there is none, migrates an older one, and fills the dimension tables; to
 * repeat it does no harm. DK_ERR_STORE: there are tables that the old scripts made, unless `adopt`,
 * which renames them to old_...; or a newer derrick made the schema. */
enum dk_status dk_store_prepare(struct dk_store *store, bool adopt, struct dk_error *err) DK_CHECK;

/* Makes what is missing of a schema that dk_store_prepare let pass: a table or a view that somebody
 * removed, empty. *made: whether there was any. Where there is none, no privilege is needed. */
enum dk_status dk_store_complete(struct dk_store *store, bool *made, struct dk_error *err) DK_CHECK;

/* Changes nothing: DK_OK if the schema is there and current; else fails as dk_store_prepare would,
 * or with DK_ERR_STORE "not initialised". For commands that only read. */
enum dk_status dk_store_check(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* Sets *empty if the database contains no cohort, and changes nothing. A schema that is not there
 * yet, or only half made, holds none. */
enum dk_status dk_store_is_empty(struct dk_store *store, bool *empty, struct dk_error *err)
    DK_CHECK;

/* Writes the DDL that dk_store_prepare would run, for a DBA; needs no open store. */
enum dk_status dk_store_print_sql(const struct dk_store_settings *settings, struct dk_sink *sink,
                                  struct dk_error *err) DK_CHECK;

/* The lock of one run on the database, held until dk_store_unlock or close, and gone with the
 * process. DK_ERR_BUSY names the holder where that is known. */
enum dk_status dk_store_lock(struct dk_store *store, struct dk_error *err) DK_CHECK;
void dk_store_unlock(struct dk_store *store);

/* --- loading -------------------------------------------------------------------------------- */

struct dk_load {
    int64_t run_id;
    const struct dk_drop *drop; /* with hashes */
    const struct dk_readings *readings;
    const char *settings; /* dk_input_settings_text */
    int burst_seconds;    /* dk_drop_burst_seconds; 0: not known */
    bool replace;
    uint64_t quarantined;                          /* cells in quarantine, for the ledger */
    const struct dk_quarantine_source *quarantine; /* each of them; NULL: there are none */
    /* Of a drop of one cohort: what dk_store_match found of it. NULL: of a history. */
    const struct dk_match *match;
    /* [series_count]: the values equal those that are loaded, and cells beside them do not. NULL:
     * none is so. */
    const bool *other_cells;
    const struct dk_limits *limits; /* [DK_SENSORS], for sensor_quality; NULL: the catalogue's */
};

enum dk_load_outcome {
    DK_LOAD_DONE,   /* rows were loaded */
    DK_LOAD_ALREADY /* all of it was loaded before, with the same contents: nothing was done */
};

struct dk_load_result {
    enum dk_load_outcome outcome;
    int64_t drop_id;       /* the drop loaded now, or the one that had loaded it */
    int64_t drop_run_id;   /* the run that loaded it */
    uint64_t rows;         /* rows of well_reading inserted */
    uint64_t values;       /* sensor values inserted that are not missing */
    size_t series_loaded;  /* cohorts (of wells) inserted */
    size_t series_skipped; /* cohorts that were loaded before with the same contents */
    size_t series_replaced;
};

/* What is loaded as the cohort of one series. */
struct dk_loaded {
    int64_t drop_id; /* 0: nothing */
    int64_t run_id;
    bool equal; /* with the same contents */
    char settings[DK_SETTINGS_TEXT_MAX];
};
/* Finds what is loaded as the cohort of each series: loaded[readings->series_count]. */
enum dk_status dk_store_loaded(struct dk_store *store, const struct dk_readings *readings,
                               struct dk_loaded *loaded, struct dk_error *err) DK_CHECK;

/* Loads rows, dimensions and ledger in one transaction: all of it or nothing. Cohorts that are
 * loaded already with the same contents stay as they are. DK_ERR_REFUSED, without `replace`: a
 * cohort is loaded with other contents, or the same contents were loaded with other settings; the
 * difference is named. The same where other cohorts of the rig have bursts of another length. With
 * `replace` the old cohorts of the same rig are removed in the same transaction, and their dates
 * are reported; what another rig has loaded is never touched. DK_ERR_REFUSED, with `replace` too: a
 * cohort would become a copy of another one. */
enum dk_status dk_store_load(struct dk_store *store, const struct dk_load *load,
                             struct dk_load_result *result, struct dk_error *err) DK_CHECK;

/* What a load would do with one series. */
enum dk_load_fate { DK_FATE_LOAD, DK_FATE_REPLACE, DK_FATE_SKIP };

struct dk_load_preview {
    enum dk_load_fate *fates; /* [series_count] of the readings; the caller's */
    bool already;             /* all is loaded; then by this run: */
    int64_t drop_run_id;
    size_t replaced; /* loaded cohorts that would go */
    uint64_t rows_replaced;
};

/* Works out what dk_store_load would do, with the same refusals and notices, and changes nothing.
 * Only bursts whose length differs from those of cohorts that stay are not found where `replace` is
 * set. */
enum dk_status dk_store_load_preview(struct dk_store *store, const struct dk_load *load,
                                     struct dk_load_preview *preview, struct dk_error *err)
    DK_CHECK;

/* Where a profile comes from. */
struct dk_profile_origin {
    bool found;
    struct dk_well well; /* the rig that it was loaded for */
    int64_t run_id;      /* 0: not known */
    char loaded_at[20];  /* UTC, "YYYY-MM-DD HH:MM:SS" */
};
/* Reads the profile of the drop that was loaded last for this rig, else for another rig of its site
 * (the caller resets), if origin->found. With `whole_site` all rigs of the site count alike. A
 * profile of another site is never used. */
enum dk_status dk_store_profile_newest(struct dk_store *store, const struct dk_ledger_scope *scope,
                                       struct dk_profile *profile, struct dk_profile_origin *origin,
                                       struct dk_error *err) DK_CHECK;

/* What is loaded of one rig. */
struct dk_store_rig {
    int newest;        /* its newest cohort; 0: nothing is loaded */
    int missing;       /* the first cohort that is missing before it; 0: none is */
    int burst_seconds; /* length of its bursts; 0: not known */
};

/* Sums up what is loaded of the well or, with `whole_site`, of all wells of its site. */
enum dk_status dk_store_rig_find(struct dk_store *store, const struct dk_well *well,
                                 bool whole_site, struct dk_store_rig *rig, struct dk_error *err)
    DK_CHECK;

/* One of the other sites of which this workspace has loaded a rig; "": it has loaded none. */
enum dk_status dk_store_other_site(struct dk_store *store, const char *site,
                                   char other[DK_SITE_MAX], struct dk_error *err) DK_CHECK;

/* --- reading back --------------------------------------------------------------------------- */

struct dk_store_filter {
    bool by_rig;
    struct dk_well rig;
    bool whole_site;               /* with by_rig: every well of rig.site */
    int cohort_first, cohort_last; /* 0: no bound */
    int64_t drop_id;               /* that loaded it; 0: any */
};

/* One series in the database. */
struct dk_store_series {
    int64_t well_id;
    struct dk_series series;
    size_t rows;
    int64_t profile_set;
    int64_t drop_id;
    int64_t run_id;                    /* that loaded it; 0 if that is not known */
    int64_t changed_run_id;            /* that corrected it last, or loaded it */
    char hash[DK_HASH_HEX_MAX];        /* dk_readings_series_hash */
    char loaded_hash[DK_HASH_HEX_MAX]; /* that of the drop, before corrections */
};

/* Lists what is loaded, by rig, then cohort. *list is on the heap (the caller frees), NULL if there
 * is nothing. */
enum dk_status dk_store_list(struct dk_store *store, const struct dk_store_filter *filter,
                             struct dk_store_series **list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* Reads one series, with its profile, into a table of one series, which is made here (the caller
 * resets). DK_ERR_STORE if it is not what was loaded, by its hash in the ledger: rows were changed,
 * removed or added by something else. */
enum dk_status dk_store_read(struct dk_store *store, const struct dk_store_series *series,
                             struct dk_readings *readings, struct dk_error *err) DK_CHECK;

/* Reads `rows` readings of a series, from row `first` on, into the first rows of *readings, which
 * has room for them. The profile of *readings stays as it is, and nothing is compared with the
 * ledger. */
enum dk_status dk_store_read_part(struct dk_store *store, const struct dk_store_series *series,
                                  size_t first, size_t rows, struct dk_readings *readings,
                                  struct dk_error *err) DK_CHECK;

/* Reads a set of profile rows by its number, as in struct dk_store_series, into *profile (the
 * caller resets it after DK_OK). DK_ERR_STORE if it is not what was loaded. */
enum dk_status dk_store_profile_read(struct dk_store *store, int64_t profile_set,
                                     struct dk_profile *profile, struct dk_error *err) DK_CHECK;

/* What a load counted of the values of one sensor in one cohort: a row of sensor_quality. */
struct dk_store_quality {
    int64_t well_id;
    int cohort;
    int sensor; /* index in the catalogue */
    uint64_t values, missing;
    uint64_t quarantined;      /* of the missing */
    uint64_t outside;          /* of the values: outside the plausible range */
    uint64_t longest_constant; /* equal values in a row, in readings */
};

/* Lists sensor_quality of what is loaded, cohorts in the order of dk_store_list. A cohort that an
 * older derrick loaded may have no rows. *list is on the heap (the caller frees), NULL if there is
 * nothing. */
enum dk_status dk_store_quality_list(struct dk_store *store, const struct dk_store_filter *filter,
                                     struct dk_store_quality **list, size_t *count,
                                     struct dk_error *err) DK_CHECK;

/* Looks for rows of well_reading that belong to no cohort of the ledger: DK_ERR_STORE names the
 * first rig and cohort. */
enum dk_status dk_store_find_foreign(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* Whether all rows are as they were when a run last compared them with the ledger, as far as
 * something else than derrick might have changed them. Costs next to nothing for a file, and a
 * checksum of the table on a server; docs/store.md says what it can't find. */
enum dk_status dk_store_rows_unchanged(struct dk_store *store, bool *unchanged,
                                       struct dk_error *err) DK_CHECK;
/* Says that all rows were compared with the ledger after dk_store_rows_unchanged was called: the
 * end of this run is to record that. */
void dk_store_rows_verified(struct dk_store *store);

/* Makes the rows of sensor_quality for cohorts without them, as after a migration, from their rows,
 * which are read and compared with the ledger first. *count: cohorts that got theirs. Commits by
 * itself; the caller holds the store's lock. */
enum dk_status dk_store_quality_complete(struct dk_store *store,
                                         const struct dk_limits limits[DK_SENSORS], size_t *count,
                                         struct dk_error *err) DK_CHECK;

#endif

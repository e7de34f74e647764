/*
 * For tests of the store: an embedded database in a temporary folder, and small tables of readings
 * to load into it. Every helper fails the test if it can't do its work.
 */
#ifndef DK_TESTS_SMALL_STORE_H
#define DK_TESTS_SMALL_STORE_H

#include "drop_folder.h"
#include "store/ledger.h"
#include "store/match.h"
#include "store/private.h"

struct small_store {
    struct drop_folder folder;
    struct dk_store_settings settings;
    char url[512];
    struct dk_store *store;
    struct dk_observer observer;
    char notices[8192]; /* one per line */
    struct dk_error err;
};

/* Makes a database with its schema. */
void small_store_open(struct small_store *small);
void small_store_close(struct small_store *small);

/* Fills a table of `cohorts` series of one well, numbered from `first_cohort`, `rows` readings
 * each. Values depend on `seed`, the cohort, the sensor and the reading; none is missing. */
void small_store_fill(struct dk_readings *readings, const char *site, int first_cohort,
                      size_t cohorts, size_t rows, unsigned seed);

/* Loads it as a run of its own, as a drop whose text is `contents`. *result may be NULL. The drop's
 * source is logs/<contents>. */
enum dk_status small_store_load(struct small_store *small, const struct dk_readings *readings,
                                const char *contents, const char *settings, bool replace,
                                struct dk_load_result *result);
/* Records a drop of that text as a duplicate of another one. Returns its number. */
int64_t small_store_duplicate(struct small_store *small, int64_t original, const char *contents);

/* From now on it is the workspace "<letter>0000000-...". */
void small_store_workspace(struct small_store *small, char letter);

/* One number by SQL; one statement. */
int64_t small_store_number(struct small_store *small, const char *sql);
void small_store_execute(struct small_store *small, const char *sql);

#endif

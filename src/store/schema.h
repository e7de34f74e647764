/*
 * schema: what the database's tables are, and how they become ours: made, migrated, completed, or
 * the old scripts' tables renamed first. Private to src/store/.
 *
 * SQLite changes a schema in one transaction. A server commits each statement by itself, so that
 * every step checks whether it is done already: a change that was interrupted is finished by the
 * next.
 */
#ifndef DK_STORE_SCHEMA_H
#define DK_STORE_SCHEMA_H

#include "base/file.h"
#include "store/sql.h"

#define DK_SCHEMA_VERSION 4

enum dk_schema_state {
    DK_SCHEMA_EMPTY, /* no table of ours, none of the old scripts */
    DK_SCHEMA_CURRENT,
    DK_SCHEMA_OLDER,
    DK_SCHEMA_NEWER,
    DK_SCHEMA_FOREIGN /* the old scripts' tables */
};

/* What the schema is; *version is its number, 0 if there is none. */
enum dk_status dk_schema_state(struct dk_sql *sql, enum dk_schema_state *state, int *version,
                               struct dk_error *err) DK_CHECK;
/* Makes the schema, or what is missing of it, and fills the dimension tables. `fact_tail`: see
 * dk_schema_put_ddl. */
enum dk_status dk_schema_create(struct dk_sql *sql, const char *fact_tail, struct dk_error *err)
    DK_CHECK;
/* Brings DK_SCHEMA_OLDER up to date: new columns of sensors and of the ledger, new tables,
 * dimension rows, views. */
enum dk_status dk_schema_migrate(struct dk_sql *sql, const char *fact_tail, struct dk_error *err)
    DK_CHECK;
/* Renames every table that has one of our names to old_<name>, with a notice for each. */
enum dk_status dk_schema_adopt(struct dk_sql *sql, const struct dk_observer *observer,
                               struct dk_error *err) DK_CHECK;
/* The name of table or view i of ours (from 0), in the order in which they are made; NULL past the
 * last. */
const char *dk_schema_table(size_t i);

/* Writes, for a DBA, the statements that dk_schema_create would run. */
enum dk_status dk_schema_print(const struct dk_dialect *dialect, const char *fact_tail,
                               struct dk_sink *sink, struct dk_error *err) DK_CHECK;

/* --- schema_half.c */

/* Of a schema without its version row, the name of a table of the old scripts that keeps it from
 * being completed; NULL if there is none, and all that is there is ours. */
enum dk_status dk_schema_half_foreign(struct dk_sql *sql, const char **name, struct dk_error *err)
    DK_CHECK;
/* Removes the empty tables of ours of such a schema, so that nothing of ours refers to theirs. */
enum dk_status dk_schema_half_remove(struct dk_sql *sql, struct dk_error *err) DK_CHECK;

#endif

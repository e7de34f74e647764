/*
 * The SQL driver: what SQLite and MySQL have in common, behind one table of functions.
 *
 * Schema, ledger and load are written once, over this. Parameters are written `?` and bound by
 * 1-based index; columns are read by 0-based index; names are the same in every database. A
 * connection and its statements belong to one thread at a time. Private to src/store/.
 */
#ifndef DK_STORE_SQL_H
#define DK_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/observer.h"
#include "base/status.h"
#include "rig/readings.h"
#include "store/store.h"

enum dk_dialect { DK_DIALECT_SQLITE, DK_DIALECT_MYSQL };

struct dk_sql;       /* a connection: first member is `const struct dk_sql_ops *ops` */
struct dk_statement; /* a prepared statement: first member is `struct dk_sql *sql` */

/* Columns of well_reading, in the order of its definition. */
enum dk_fact_column {
    DK_FACT_WELL,
    DK_FACT_COHORT,
    DK_FACT_READING,
    DK_FACT_DATE_TIME,
    DK_FACT_MINUTES,
    DK_FACT_PROFILE,
    DK_FACT_SENSORS /* the first sensor; the others follow */
};
#define DK_FACT_COLUMNS (DK_FACT_SENSORS + DK_SENSORS)

/* One series on its way into or out of the fact table. */
struct dk_fact {
    const struct dk_readings *readings; /* where the values are */
    size_t series;                      /* which of them */
    int64_t well_id;
    int64_t profile_id; /* of the profile's row 0; row r has profile_id + r */
    size_t head;        /* reads only as many readings, from the first on; 0: all there are */
};

/* The highest number of a reading that fact_read asks for: INTEGER's, for all. */
static inline int64_t dk_fact_reading_max(const struct dk_fact *fact)
{
    return fact->head > 0 && fact->head < INT32_MAX ? (int64_t)fact->head : INT32_MAX;
}

struct dk_sql_ops {
    enum dk_dialect dialect;
    void (*close)(struct dk_sql *sql);
    const char *(*engine)(struct dk_sql *sql);

    /* Runs a statement that has no parameters and gives no rows. */
    enum dk_status (*execute)(struct dk_sql *sql, const char *text, struct dk_error *err);
    enum dk_status (*begin)(struct dk_sql *sql, struct dk_error *err); /* for writing */
    enum dk_status (*commit)(struct dk_sql *sql, struct dk_error *err);
    void (*rollback)(struct dk_sql *sql);
    /* Whether the connection is lost. NULL: it can't be. A transaction that was cut off so is never
     * resumed: roll back, begin again (which connects), read the ledger (a commit whose answer was
     * lost may have happened), and start over. */
    bool (*lost)(struct dk_sql *sql);

    enum dk_status (*prepare)(struct dk_sql *sql, const char *text, struct dk_statement **out,
                              struct dk_error *err);
    enum dk_status (*bind_int)(struct dk_statement *statement, int index, int64_t value,
                               struct dk_error *err);
    enum dk_status (*bind_double)(struct dk_statement *statement, int index, double value,
                                  struct dk_error *err);
    /* The text is copied. NULL binds NULL. */
    enum dk_status (*bind_text)(struct dk_statement *statement, int index, const char *value,
                                struct dk_error *err);
    /* *row: whether there is a row. After the last one the statement is reset, and keeps its
     * bindings. */
    enum dk_status (*step)(struct dk_statement *statement, bool *row, struct dk_error *err);
    void (*reset)(struct dk_statement *statement);
    void (*finalize)(struct dk_statement *statement);                 /* NULL is legal */
    int64_t (*column_int)(struct dk_statement *statement, int index); /* 0 for NULL */
    /* Valid until the next step; "" for NULL. */
    const char *(*column_text)(struct dk_statement *statement, int index);
    int64_t (*last_id)(struct dk_sql *sql);  /* of the last INSERT with an automatic key */
    uint64_t (*changed)(struct dk_sql *sql); /* rows the last statement changed */

    /* Whether a table or view of that name is in the database. */
    enum dk_status (*has_table)(struct dk_sql *sql, const char *name, bool *has,
                                struct dk_error *err);
    /* The run's lock. */
    enum dk_status (*lock)(struct dk_sql *sql, struct dk_error *err);
    void (*unlock)(struct dk_sql *sql);

    /* Makes what the fact table needs outside of this database: called before the DDL runs, and
     * whenever the schema is prepared. NULL: it needs nothing. */
    enum dk_status (*facts_prepare)(struct dk_sql *sql, struct dk_error *err);
    /* Inserts all rows of `count` facts into well_reading, in primary-key order, inside the open
     * transaction. Progress: "load", rows. */
    enum dk_status (*facts_insert)(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                   const struct dk_observer *observer, struct dk_error *err);
    /* Deletes the rows of one cohort of a well from well_reading, inside the open transaction.
     * NULL: a plain DELETE does it. (It would not reach rows on other servers within the
     * transaction.) */
    enum dk_status (*facts_delete)(struct dk_sql *sql, int64_t well_id, int cohort,
                                   struct dk_error *err);
    /* Reads the rows of one series back into series `series` of `into`: into->rows of them, whose
     * values are overwritten. fact->readings is not used. DK_ERR_STORE if a row is missing or there
     * is one too many (past fact->head none is looked for), or if reading, date_time, cumulative_minutes or well_profile are not what
     * series and fact say. */
    enum dk_status (*fact_read)(struct dk_sql *sql, const struct dk_fact *fact,
                                struct dk_readings *into, size_t series, struct dk_error *err);
};

struct dk_sql {
    const struct dk_sql_ops *ops;
};

struct dk_statement {
    struct dk_sql *sql;
};

/* The server's code for a database that is not there (ER_BAD_DB_ERROR). */
#define DK_MYSQL_NO_DATABASE 1049

/* The drivers. */
enum dk_status dk_sqlite_open(struct dk_sql **out, const struct dk_store_settings *settings,
                              bool create, const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
enum dk_status dk_mysql_open(struct dk_sql **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;

/* Writes, for a DBA, the statements that make the database of settings->url and choose it. */
enum dk_status dk_mysql_print_database(const struct dk_store_settings *settings,
                                       struct dk_sink *sink, struct dk_error *err) DK_CHECK;

/* Appends what follows the columns of a well_reading that is spread over settings->shards. */
enum dk_status dk_mysql_spread_tail(const struct dk_store_settings *settings,
                                    struct dk_buffer *text, struct dk_error *err) DK_CHECK;

/* Writes, for a DBA, what the nodes of settings->shards need, and the head beside its schema. */
enum dk_status dk_mysql_spread_print(const struct dk_store_settings *settings, struct dk_sink *sink,
                                     struct dk_error *err) DK_CHECK;

/* --- schema.c: the DDL, once for both dialects */

#define DK_SCHEMA_VERSION 2
#define DK_SCHEMA_APPLICATION_ID 0x4452524B /* "DRRK" in the header of a SQLite file */

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
/* Makes the schema, or what is missing of it, and fills the dimension tables. */
enum dk_status dk_schema_create(struct dk_sql *sql, const struct dk_store_settings *settings,
                                struct dk_error *err) DK_CHECK;
/* Renames every table that bears one of our names to old_<name>, with a notice for each. */
enum dk_status dk_schema_adopt(struct dk_sql *sql, const struct dk_observer *observer,
                               struct dk_error *err) DK_CHECK;
/* schema_half.c: of a schema without its version row, the name of a table of the old scripts that
 * keeps it from being completed; NULL if there is none, and all that is there is ours. */
enum dk_status dk_schema_half_foreign(struct dk_sql *sql, const char **name, struct dk_error *err)
    DK_CHECK;
/* Removes the empty tables of ours of such a schema, so that nothing of ours refers to theirs. */
enum dk_status dk_schema_half_remove(struct dk_sql *sql, struct dk_error *err) DK_CHECK;
/* Brings DK_SCHEMA_OLDER up to date: new columns of sensors and of the ledger, new tables, dimension
 * rows, views. Every step checks whether it is done, so that a migration which was interrupted is
 * finished by the next. */
enum dk_status dk_schema_migrate(struct dk_sql *sql, const struct dk_store_settings *settings,
                                 struct dk_error *err) DK_CHECK;
/* The name of table or view i of ours (from 0), in the order in which they are made; NULL past the
 * last. */
const char *dk_schema_table(size_t i);
/* Appends the names of well_reading's columns, in the order of enum dk_fact_column, commas
 * between. */
enum dk_status dk_schema_fact_columns(struct dk_buffer *text, struct dk_error *err) DK_CHECK;
/* The CREATE TABLE of a spread well_reading for MySQL, under a name of its own, without foreign
 * keys (they can't cross servers) and without what follows the columns. Appended, not
 * terminated. */
enum dk_status dk_schema_fact_text(const char *name, struct dk_buffer *text, struct dk_error *err)
    DK_CHECK;
/* Calls `statement` for each DDL and dimension statement in order; for create and print alike. */
enum dk_status dk_schema_each(enum dk_dialect dialect, const struct dk_store_settings *settings,
                              enum dk_status (*statement)(void *context, const char *text,
                                                          struct dk_error *err),
                              void *context, struct dk_error *err) DK_CHECK;

#endif

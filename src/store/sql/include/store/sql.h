/*
 * sql: what SQLite and MySQL have in common, behind one table of functions, which each driver
 * fills.
 *
 * Schema, ledger and load are written once, over this. Parameters are written `?` and bound by
 * 1-based index; columns are read by 0-based index; names are the same in every database. A
 * connection and its statements belong to one thread at a time.
 */
#ifndef DK_STORE_SQL_H
#define DK_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/observer.h"
#include "base/status.h"
#include "store/dialect.h"
#include "store/fact.h"
#include "store/store_settings.h"

struct dk_sql;       /* a connection: first member is `const struct dk_sql_ops *ops` */
struct dk_statement; /* a prepared statement: first member is `struct dk_sql *sql` */

#define DK_FINGERPRINT_MAX 64

struct dk_sql_ops {
    const struct dk_dialect *dialect;
    void (*close)(struct dk_sql *sql);
    const char *(*engine)(struct dk_sql *sql);

    /* Runs a statement that has no parameters and gives no rows. */
    enum dk_status (*execute)(struct dk_sql *sql, const char *text, struct dk_error *err);
    enum dk_status (*begin)(struct dk_sql *sql, struct dk_error *err); /* for writing */
    enum dk_status (*commit)(struct dk_sql *sql, struct dk_error *err);
    void (*rollback)(struct dk_sql *sql);
    /* Whether the connection is lost. NULL: it can't be. A transaction that was interrupted so is
     * never resumed: roll back, begin again (which connects), read the ledger (a commit whose
     * answer was lost may have happened), and start over. */
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

    /* The run's lock. */
    enum dk_status (*lock)(struct dk_sql *sql, struct dk_error *err);
    void (*unlock)(struct dk_sql *sql);

    /* Makes what the fact table needs outside this database: called before the DDL runs, and
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
     * is one too many (none is looked for past fact->limit), or if reading, date_time,
     * cumulative_minutes or well_profile are not what series and fact say. */
    enum dk_status (*fact_read)(struct dk_sql *sql, const struct dk_fact *fact,
                                struct dk_readings *into, size_t series, struct dk_error *err);

    /* A text that is another one once something else has changed a row of well_reading or
     * well_profile; "" where that can't be known. Far cheaper than reading the rows. */
    enum dk_status (*fingerprint)(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                  struct dk_error *err);
    /* Where `fingerprint` leaves out what this connection has changed since it took the lock: the
     * one that the next connection will see once the open transaction, in which nothing was written
     * yet, is committed. "" if something else made a change since `fingerprint` was last called.
     * NULL: `fingerprint` leaves out nothing. */
    enum dk_status (*fingerprint_next)(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                       struct dk_error *err);
};

struct dk_sql {
    const struct dk_sql_ops *ops;
};

struct dk_statement {
    struct dk_sql *sql;
};

#endif

/* The driver's table: opening, transactions, and what the other files do. */
#include <stdio.h>
#include <stdlib.h>

#include "facts.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/server_lock.h"
#include "store/mysql/session.h"
#include "store/mysql/statement.h"
#include "store/mysql_driver.h"
#include "store/query.h"

/* The session of a run that was killed ends a moment after it. */
#define LOCK_WAIT_S 1

struct driver {
    struct dk_mysql head; /* first: dk_sql is this */
    struct dk_mysql_spread spread;
};

static struct driver *driver_of(struct dk_sql *sql)
{
    return (struct driver *)sql;
}

static void rollback(struct dk_sql *sql)
{
    struct driver *driver = driver_of(sql);
    struct dk_mysql *head = &driver->head;
    if (!head->in_transaction)
        return;
    dk_mysql_nodes_rollback(driver->spread.nodes);
    /* The server rolls back by itself where the connection is lost. */
    if (!head->broken && dk_mysql_run(head, "ROLLBACK", "can't roll back in", NULL) != DK_OK)
        head->broken = true;
    head->in_transaction = false;
}

static void close_driver(struct dk_sql *sql)
{
    struct driver *driver = driver_of(sql);
    if (!driver)
        return;
    rollback(sql);
    dk_mysql_lock_release(&driver->head); /* now: the server ends a session in its own time */
    dk_mysql_nodes_close(driver->spread.nodes);
    dk_mysql_finalize(driver->head.read_fact);
    dk_mysql_disconnect(&driver->head);
    free(driver);
}

static const char *engine(struct dk_sql *sql)
{
    return dk_mysql_of(sql)->engine;
}

/* Before a transaction: what an earlier one left undone on the nodes, if there are any. */
static enum dk_status recover(struct driver *driver, struct dk_error *err)
{
    bool on_nodes = false;
    struct dk_mysql_nodes *nodes = driver->spread.nodes;
    if (!nodes || nodes->recovered || !driver->head.locked)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_mysql_spread_find(&driver->spread, &on_nodes, err));
    return on_nodes ? dk_mysql_nodes_recover(nodes, err) : DK_OK;
}

static enum dk_status begin(struct dk_sql *sql, struct dk_error *err)
{
    struct driver *driver = driver_of(sql);
    DK_RETURN_IF_ERROR(dk_mysql_ready_sure(&driver->head, err));
    DK_RETURN_IF_ERROR(recover(driver, err));
    DK_RETURN_IF_ERROR(dk_mysql_run(&driver->head, "START TRANSACTION READ WRITE",
                                    "can't begin a transaction in", err));
    driver->head.in_transaction = true;
    return DK_OK;
}

static enum dk_status commit(struct dk_sql *sql, struct dk_error *err)
{
    struct driver *driver = driver_of(sql);
    struct dk_mysql_nodes *nodes = driver->spread.nodes;
    DK_RETURN_IF_ERROR(dk_mysql_ready(&driver->head, err));
    DK_RETURN_IF_ERROR(dk_mysql_nodes_prepare(nodes, err));
    enum dk_status status = dk_mysql_run(&driver->head, "COMMIT", "can't commit to", err);
    if (status != DK_OK) {
        if (nodes)
            nodes->undecided = driver->head.broken;
        return status;
    }
    driver->head.in_transaction = false;
    return dk_mysql_nodes_commit(nodes, err);
}

static enum dk_status lock(struct dk_sql *sql, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_mysql_ready_sure(dk_mysql_of(sql), err));
    return dk_mysql_lock_take(dk_mysql_of(sql), LOCK_WAIT_S, err);
}

static void unlock(struct dk_sql *sql)
{
    dk_mysql_lock_release(dk_mysql_of(sql));
}

/* A server that was given up is not asked again. */
static bool lost(struct dk_sql *sql)
{
    return dk_mysql_of(sql)->broken && dk_mysql_of(sql)->exchange.verdict == DK_MYSQL_FINE;
}

static enum dk_status facts_prepare(struct dk_sql *sql, struct dk_error *err)
{
    return dk_mysql_spread_prepare(&driver_of(sql)->spread, err);
}

static enum dk_status facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                   const struct dk_observer *observer, struct dk_error *err)
{
    return dk_mysql_facts_insert(&driver_of(sql)->spread, facts, count, observer, err);
}

static enum dk_status facts_delete(struct dk_sql *sql, int64_t well_id, int cohort,
                                   struct dk_error *err)
{
    return dk_mysql_facts_delete(&driver_of(sql)->spread, well_id, cohort, err);
}

static enum dk_status fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                struct dk_readings *into, size_t series, struct dk_error *err)
{
    return dk_mysql_fact_read(&driver_of(sql)->spread, fact, into, series, err);
}

/* Sums of a CRC-32 of each row, which the server computes in half of the time that reading the rows
 * takes. NULL, thus "", for a table that it can't compute one for. */
static enum dk_status fingerprint(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                  struct dk_error *err)
{
    char sums[2][24] = {"", ""};
    char table[160];
    struct dk_query query;
    text[0] = '\0';
    dk_query_begin(&query, sql, "CHECKSUM TABLE well_reading, well_profile", err);
    for (int i = 0; i < 2 && dk_query_next(&query); i++) {
        dk_query_text(&query, table, sizeof(table));
        dk_query_text(&query, sums[i], sizeof(sums[i]));
    }
    if (sums[0][0] && sums[1][0])
        snprintf(text, DK_FINGERPRINT_MAX, "%s %s", sums[0], sums[1]);
    return dk_query_end(&query);
}

static const struct dk_sql_ops ops = {
    DK_MYSQL_STATEMENT_OPS,
    .close = close_driver,
    .engine = engine,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .lost = lost,
    .lock = lock,
    .unlock = unlock,
    .facts_prepare = facts_prepare,
    .facts_insert = facts_insert,
    .facts_delete = facts_delete,
    .fact_read = fact_read,
    .fingerprint = fingerprint,
};

static enum dk_status open_driver(struct driver *driver, bool create, struct dk_error *err)
{
    struct dk_mysql *head = &driver->head;
    DK_RETURN_IF_ERROR(dk_mysql_url_parse(&head->url, head->settings->url, err));
    dk_mysql_url_place(&head->url, head->place, sizeof(head->place));
    if (head->settings->shards)
        DK_RETURN_IF_ERROR(dk_mysql_nodes_open(&driver->spread.nodes, head, err));
    return dk_mysql_connect(head, create, err);
}

enum dk_status dk_mysql_open(struct dk_sql **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
{
    *out = NULL;
    struct driver *driver = calloc(1, sizeof(*driver));
    if (!driver)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection to the database");
    driver->head.sql.ops = &ops;
    driver->head.settings = settings;
    driver->head.observer = observer;
    driver->spread.head = &driver->head;
    enum dk_status status = open_driver(driver, create, err);
    if (status == DK_OK)
        *out = &driver->head.sql;
    else
        close_driver(&driver->head.sql);
    return status;
}

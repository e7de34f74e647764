/*
 * The driver's table: opening, transactions, and what the other mysql_*.c files do.
 */
#include "mysql_nodes.h"

#include <stdlib.h>
#include <string.h>

/* The session of a run that was killed ends a moment after it. */
#define LOCK_WAIT_S 1

static struct dk_mysql *mysql_of(struct dk_sql *sql)
{
    return (struct dk_mysql *)sql;
}

static void rollback(struct dk_sql *sql)
{
    struct dk_mysql *conn = mysql_of(sql);
    if (!conn->in_transaction)
        return;
    dk_mysql_nodes_rollback(conn);
    /* The server rolls back by itself where the connection is lost. */
    if (!conn->broken && mysql_rollback(conn->handle) != 0)
        conn->broken = true;
    conn->in_transaction = false;
}

static void close_sql(struct dk_sql *sql)
{
    struct dk_mysql *conn = mysql_of(sql);
    if (!conn)
        return;
    rollback(sql);
    dk_mysql_drop_lock(conn); /* here and now: the server ends a session in its own time */
    dk_mysql_nodes_close(conn);
    dk_mysql_finalize(conn->read_fact);
    dk_mysql_disconnect(conn);
    free(conn);
}

static const char *engine(struct dk_sql *sql)
{
    return mysql_of(sql)->engine;
}

static enum dk_status execute(struct dk_sql *sql, const char *text, struct dk_error *err)
{
    struct dk_mysql *conn = mysql_of(sql);
    enum dk_status status = dk_mysql_ready_sure(conn, err);
    return status == DK_OK ? dk_mysql_run(conn, text, "a statement failed in", err) : status;
}

/* Before a transaction: what an earlier one left undone on the nodes, if there are any. */
static enum dk_status recover(struct dk_mysql *conn, struct dk_error *err)
{
    bool spread = false;
    if (!conn->nodes || conn->nodes->recovered || !conn->locked)
        return DK_OK;
    enum dk_status status = dk_mysql_spread_find(conn, &spread, err);
    return status == DK_OK && spread ? dk_mysql_nodes_recover(conn, err) : status;
}

static enum dk_status begin(struct dk_sql *sql, struct dk_error *err)
{
    struct dk_mysql *conn = mysql_of(sql);
    enum dk_status status = dk_mysql_ready_sure(conn, err);
    if (status == DK_OK)
        status = recover(conn, err);
    if (status == DK_OK)
        status =
            dk_mysql_run(conn, "START TRANSACTION READ WRITE", "can't begin a transaction in", err);
    conn->in_transaction = status == DK_OK;
    return status;
}

static enum dk_status commit(struct dk_sql *sql, struct dk_error *err)
{
    struct dk_mysql *conn = mysql_of(sql);
    enum dk_status status = dk_mysql_ready(conn, err);
    if (status == DK_OK)
        status = dk_mysql_nodes_prepare(conn, err);
    if (status != DK_OK)
        return status;
    status = dk_mysql_run(conn, "COMMIT", "can't commit to", err);
    if (status != DK_OK) {
        if (conn->nodes)
            conn->nodes->undecided = conn->broken;
        return status;
    }
    conn->in_transaction = false;
    return dk_mysql_nodes_commit(conn, err);
}

static int64_t last_id(struct dk_sql *sql)
{
    return mysql_of(sql)->last_id;
}

static uint64_t changed(struct dk_sql *sql)
{
    return mysql_of(sql)->changed;
}

static enum dk_status lock(struct dk_sql *sql, struct dk_error *err)
{
    struct dk_mysql *conn = mysql_of(sql);
    enum dk_status status = dk_mysql_ready_sure(conn, err);
    return status == DK_OK ? dk_mysql_take_lock(conn, LOCK_WAIT_S, err) : status;
}

static void unlock(struct dk_sql *sql)
{
    dk_mysql_drop_lock(mysql_of(sql));
}

static bool lost(struct dk_sql *sql)
{
    return mysql_of(sql)->broken;
}

const struct dk_sql_ops dk_mysql_ops = {
    .dialect = &dk_dialect_mysql,
    .close = close_sql,
    .engine = engine,
    .execute = execute,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .lost = lost,
    .prepare = dk_mysql_prepare,
    .bind_int = dk_mysql_bind_int,
    .bind_double = dk_mysql_bind_double,
    .bind_text = dk_mysql_bind_text,
    .step = dk_mysql_step,
    .reset = dk_mysql_statement_reset,
    .finalize = dk_mysql_finalize,
    .column_int = dk_mysql_column_int,
    .column_text = dk_mysql_column_text,
    .last_id = last_id,
    .changed = changed,
    .lock = lock,
    .unlock = unlock,
    .facts_prepare = dk_mysql_facts_prepare,
    .facts_insert = dk_mysql_facts_insert,
    .facts_delete = dk_mysql_facts_delete,
    .fact_read = dk_mysql_fact_read,
};

enum dk_status dk_mysql_open(struct dk_sql **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
{
    *out = NULL;
    struct dk_mysql *conn = calloc(1, sizeof(*conn));
    if (!conn)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection to the database");
    conn->sql.ops = &dk_mysql_ops;
    conn->settings = settings;
    conn->observer = observer;
    enum dk_status status = dk_mysql_url_parse(&conn->url, settings->url, err);
    dk_mysql_url_place(&conn->url, conn->place, sizeof(conn->place));
    if (status == DK_OK)
        status = dk_mysql_nodes_open(conn, err);
    if (status == DK_OK)
        status = dk_mysql_connect(conn, create, err);
    if (status != DK_OK) {
        dk_mysql_nodes_close(conn);
        free(conn);
        return status;
    }
    *out = &conn->sql;
    return DK_OK;
}

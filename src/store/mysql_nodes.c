#include "mysql_nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static const char gtrid_prefix[] = "derrick-";

#define TEXT_MAX 256

enum dk_status dk_mysql_nodes_open(struct dk_mysql *conn, struct dk_error *err)
{
    if (!conn->settings->shards)
        return DK_OK;
    conn->nodes = calloc(1, sizeof(*conn->nodes));
    if (!conn->nodes)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of shards");
    return dk_mysql_shards_parse(&conn->nodes->shards, conn->settings->shards, err);
}

static void close_node(struct dk_mysql *node)
{
    if (!node)
        return;
    dk_mysql_finalize(node->read_fact);
    dk_mysql_disconnect(node);
    free(node);
}

void dk_mysql_nodes_close(struct dk_mysql *conn)
{
    if (!conn->nodes)
        return;
    for (size_t i = 0; i < DK_MYSQL_SHARDS_MAX; i++)
        close_node(conn->nodes->conn[i]);
    free(conn->nodes);
    conn->nodes = NULL;
}

enum dk_status dk_mysql_nodes_connect(struct dk_mysql *conn, size_t i, bool create,
                                      struct dk_mysql **node, struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    *node = nodes->conn[i];
    if (*node)
        return dk_mysql_ready_sure(*node, err);
    struct dk_mysql *made = calloc(1, sizeof(*made));
    if (!made)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection to the database");
    made->sql.ops = &dk_mysql_ops;
    made->settings = conn->settings;
    made->observer = conn->observer;
    made->is_node = true;
    made->url = nodes->shards.url[i];
    dk_mysql_url_place(&made->url, made->place, sizeof(made->place));
    enum dk_status status = dk_mysql_connect(made, create, err);
    if (status != DK_OK) {
        dk_error_prefix(err, "node %zu of the shards", i + 1);
        free(made);
        return status;
    }
    nodes->conn[i] = *node = made;
    return DK_OK;
}

/* --- branches ------------------------------------------------------------------------------- */

/* The second half of a branch's name: which table of a server that several databases may use. */
static enum dk_status branch_name(const struct dk_mysql *conn, size_t i,
                                  char bqual[DK_MYSQL_BQUAL_MAX], struct dk_error *err)
{
    const char *database = conn->nodes->shards.url[i].database;
    char hex[DK_HASH_HEX_MAX];
    enum dk_status status = dk_hash_bytes(database, strlen(database), hex, err);
    if (status == DK_OK)
        snprintf(bqual, DK_MYSQL_BQUAL_MAX, "%.16s", hex);
    return status;
}

/* "XA <verb> '<gtrid>','<bqual>'" at node i. Both names are ours: letters, digits and '-'. */
static enum dk_status xa(struct dk_mysql *conn, size_t i, const char *verb, const char *gtrid,
                         struct dk_error *err)
{
    char bqual[DK_MYSQL_BQUAL_MAX];
    char text[TEXT_MAX];
    struct dk_mysql *node = conn->nodes->conn[i];
    enum dk_status status = branch_name(conn, i, bqual, err);
    if (status != DK_OK)
        return status;
    snprintf(text, sizeof(text), "XA %s '%s','%s'", verb, gtrid, bqual);
    status = dk_mysql_ready(node, err);
    if (status == DK_OK)
        status = dk_mysql_run(node, text, "can't take part in a transaction:", err);
    if (status != DK_OK)
        dk_error_prefix(err, "node %zu of the shards", i + 1);
    return status;
}

/* A name that no transaction had before. */
static enum dk_status name_transaction(struct dk_mysql *conn, struct dk_error *err)
{
    char uuid[40];
    bool found;
    if (conn->nodes->gtrid[0] != '\0')
        return DK_OK;
    enum dk_status status = dk_mysql_ask(conn, "SELECT UUID()", uuid, sizeof(uuid), &found, err);
    if (status == DK_OK)
        snprintf(conn->nodes->gtrid, sizeof(conn->nodes->gtrid), "%s%s", gtrid_prefix, uuid);
    return status;
}

enum dk_status dk_mysql_nodes_branch(struct dk_mysql *conn, size_t i, struct dk_mysql **node,
                                     struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    if (nodes->active[i]) {
        *node = nodes->conn[i];
        return DK_OK;
    }
    enum dk_status status = dk_mysql_nodes_connect(conn, i, false, node, err);
    if (status == DK_OK)
        status = name_transaction(conn, err);
    if (status == DK_OK)
        status = xa(conn, i, "START", nodes->gtrid, err);
    if (status != DK_OK)
        return status;
    nodes->active[i] = true;
    (*node)->in_transaction = true;
    return DK_OK;
}

/* --- two phases ----------------------------------------------------------------------------- */

static enum dk_status note_commit(struct dk_mysql *conn, struct dk_error *err)
{
    struct dk_statement *insert = NULL;
    bool row;
    enum dk_status status =
        dk_mysql_prepare(&conn->sql, "INSERT INTO node_commits (gtrid) VALUES (?)", &insert, err);
    if (status == DK_OK)
        status = dk_mysql_bind_text(insert, 1, conn->nodes->gtrid, err);
    if (status == DK_OK)
        status = dk_mysql_step(insert, &row, err);
    dk_mysql_finalize(insert);
    return status;
}

static bool has_branch(const struct dk_mysql_nodes *nodes)
{
    return nodes && nodes->gtrid[0] != '\0';
}

enum dk_status dk_mysql_nodes_prepare(struct dk_mysql *conn, struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    enum dk_status status = DK_OK;
    if (!has_branch(nodes))
        return DK_OK;
    for (size_t i = 0; status == DK_OK && i < nodes->shards.count; i++) {
        if (nodes->active[i])
            status = xa(conn, i, "END", nodes->gtrid, err);
        if (nodes->active[i] && status == DK_OK)
            status = xa(conn, i, "PREPARE", nodes->gtrid, err);
    }
    return status == DK_OK ? note_commit(conn, err) : status;
}

/* The transaction is over, one way or the other. */
static void forget(struct dk_mysql_nodes *nodes)
{
    for (size_t i = 0; i < nodes->shards.count; i++) {
        if (nodes->active[i])
            nodes->conn[i]->in_transaction = false;
        nodes->active[i] = false;
    }
    nodes->gtrid[0] = '\0';
}

enum dk_status dk_mysql_nodes_commit(struct dk_mysql *conn, struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    enum dk_status first = DK_OK;
    if (!has_branch(nodes))
        return DK_OK;
    for (size_t i = 0; i < nodes->shards.count; i++) {
        if (!nodes->active[i])
            continue;
        enum dk_status status = xa(conn, i, "COMMIT", nodes->gtrid, first == DK_OK ? err : NULL);
        if (first == DK_OK)
            first = status;
    }
    forget(nodes);
    if (first != DK_OK) {
        nodes->recovered = false;
        dk_error_hint(err, "the load is decided, and that node has its rows prepared: start it, "
                           "then run again, which ends it");
        return first;
    }
    /* A name that stays does no harm; the next recovery takes it away. */
    nodes->recovered = dk_mysql_run(conn, "DELETE FROM node_commits", "", NULL) == DK_OK;
    return DK_OK;
}

void dk_mysql_nodes_rollback(struct dk_mysql *conn)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    if (!has_branch(nodes))
        return;
    for (size_t i = 0; i < nodes->shards.count && !nodes->undecided; i++) {
        struct dk_mysql *node = nodes->conn[i];
        if (!nodes->active[i] || node->broken)
            continue;
        /* END fails for a branch that is prepared already, which is what is wanted of it. */
        if (xa(conn, i, "END", nodes->gtrid, NULL) != DK_OK && node->broken)
            continue;
        if (xa(conn, i, "ROLLBACK", nodes->gtrid, NULL) != DK_OK)
            node->broken = true; /* the session's end rolls back what is not prepared */
    }
    nodes->recovered = false; /* a node that is gone may hold a branch that it had prepared */
    nodes->undecided = false;
    forget(nodes);
}

/* --- recovery ------------------------------------------------------------------------------- */

static enum dk_status was_committed(struct dk_mysql *conn, const char *gtrid, bool *committed,
                                    struct dk_error *err)
{
    struct dk_statement *select = NULL;
    enum dk_status status =
        dk_mysql_prepare(&conn->sql, "SELECT 1 FROM node_commits WHERE gtrid = ?", &select, err);
    if (status == DK_OK)
        status = dk_mysql_bind_text(select, 1, gtrid, err);
    if (status == DK_OK)
        status = dk_mysql_step(select, committed, err);
    dk_mysql_finalize(select);
    return status;
}

/* One row of XA RECOVER: format, length of gtrid, length of bqual, both names in one. */
static enum dk_status recover_branch(struct dk_mysql *conn, size_t i, MYSQL_ROW row,
                                     const char *bqual, struct dk_error *err)
{
    char gtrid[DK_MYSQL_GTRID_MAX];
    bool committed;
    unsigned long size = row[1] ? strtoul(row[1], NULL, 10) : 0;
    if (!row[3] || size >= sizeof(gtrid) || strlen(row[3]) < size ||
        strncmp(row[3], gtrid_prefix, sizeof(gtrid_prefix) - 1) != 0 ||
        strcmp(row[3] + size, bqual) != 0)
        return DK_OK; /* somebody else's */
    snprintf(gtrid, sizeof(gtrid), "%.*s", (int)size, row[3]);
    enum dk_status status = was_committed(conn, gtrid, &committed, err);
    if (status == DK_OK)
        status = xa(conn, i, committed ? "COMMIT" : "ROLLBACK", gtrid, err);
    if (status == DK_OK)
        dk_observer_notice(conn->observer, DK_LEVEL_NOTICE,
                           "node %zu of the shards had a transaction of a run that was cut off; "
                           "it is %s now",
                           i + 1, committed ? "committed" : "rolled back");
    return status;
}

static enum dk_status recover_node(struct dk_mysql *conn, size_t i, struct dk_error *err)
{
    struct dk_mysql *node;
    char bqual[DK_MYSQL_BQUAL_MAX];
    enum dk_status status = dk_mysql_nodes_connect(conn, i, false, &node, err);
    if (status == DK_OK)
        status = dk_mysql_spread_check(node, i, err);
    if (status == DK_OK)
        status = branch_name(conn, i, bqual, err);
    if (status != DK_OK)
        return status;
    MYSQL_RES *rows =
        mysql_query(node->handle, "XA RECOVER") == 0 ? mysql_store_result(node->handle) : NULL;
    if (!rows)
        return dk_mysql_fail(node, "can't look for transactions in", err);
    for (MYSQL_ROW row = mysql_fetch_row(rows); row && status == DK_OK; row = mysql_fetch_row(rows))
        status = recover_branch(conn, i, row, bqual, err);
    mysql_free_result(rows);
    return status;
}

enum dk_status dk_mysql_nodes_recover(struct dk_mysql *conn, struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    enum dk_status status = DK_OK;
    if (!nodes || nodes->recovered || !conn->locked)
        return DK_OK;
    for (size_t i = 0; status == DK_OK && i < nodes->shards.count; i++)
        status = recover_node(conn, i, err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, "DELETE FROM node_commits", "can't tidy up", err);
    nodes->recovered = status == DK_OK;
    return status;
}

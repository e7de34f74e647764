#include "nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "node_table.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/session.h"
#include "store/mysql/statement.h"
#include "store/query.h"

static const char gtrid_prefix[] = "derrick-";

#define TEXT_MAX 256
#define NAMES_BYTES_MAX (256u << 10)

enum dk_status dk_mysql_nodes_open(struct dk_mysql_nodes **out, struct dk_mysql *head,
                                   struct dk_error *err)
{
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of shards");
    (*out)->head = head;
    return dk_mysql_shards_parse(&(*out)->shards, head->settings->shards, err);
}

static void close_node(struct dk_mysql *node)
{
    if (!node)
        return;
    dk_mysql_finalize(node->read_fact);
    dk_mysql_disconnect(node);
    free(node);
}

void dk_mysql_nodes_close(struct dk_mysql_nodes *nodes)
{
    if (!nodes)
        return;
    for (size_t i = 0; i < DK_MYSQL_SHARDS_MAX; i++)
        close_node(nodes->conn[i]);
    free(nodes);
}

enum dk_status dk_mysql_nodes_connect(struct dk_mysql_nodes *nodes, size_t i, bool create,
                                      struct dk_mysql **node, struct dk_error *err)
{
    *node = nodes->conn[i];
    if (*node)
        return dk_mysql_ready_sure(*node, err);
    struct dk_mysql *made = calloc(1, sizeof(*made));
    if (!made)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection to the database");
    made->sql.ops = &dk_mysql_statement_ops;
    made->settings = nodes->head->settings;
    made->observer = nodes->head->observer;
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
static enum dk_status branch_name(const struct dk_mysql_nodes *nodes, size_t i,
                                  char bqual[DK_MYSQL_BQUAL_MAX], struct dk_error *err)
{
    const char *database = nodes->shards.url[i].database;
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_bytes(database, strlen(database), hex, err));
    snprintf(bqual, DK_MYSQL_BQUAL_MAX, "%.16s", hex);
    return DK_OK;
}

/* "XA <verb> '<gtrid>','<bqual>'" at node i. Both names are ours: letters, digits and '-'. */
static enum dk_status xa(struct dk_mysql_nodes *nodes, size_t i, const char *verb,
                         const char *gtrid, struct dk_error *err)
{
    char bqual[DK_MYSQL_BQUAL_MAX];
    char text[TEXT_MAX];
    struct dk_mysql *node = nodes->conn[i];
    DK_RETURN_IF_ERROR(branch_name(nodes, i, bqual, err));
    snprintf(text, sizeof(text), "XA %s '%s','%s'", verb, gtrid, bqual);
    enum dk_status status = dk_mysql_ready(node, err);
    if (status == DK_OK)
        status = dk_mysql_run(node, text, "can't take part in a transaction:", err);
    if (status != DK_OK)
        dk_error_prefix(err, "node %zu of the shards", i + 1);
    return status;
}

/* A name that no transaction had before. */
static enum dk_status name_transaction(struct dk_mysql_nodes *nodes, struct dk_error *err)
{
    char uuid[40];
    bool found;
    if (nodes->gtrid[0] != '\0')
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_mysql_ask(nodes->head, "SELECT UUID()", uuid, sizeof(uuid), &found, err));
    snprintf(nodes->gtrid, sizeof(nodes->gtrid), "%s%s", gtrid_prefix, uuid);
    return DK_OK;
}

enum dk_status dk_mysql_nodes_branch(struct dk_mysql_nodes *nodes, size_t i, struct dk_mysql **node,
                                     struct dk_error *err)
{
    *node = nodes->conn[i];
    if (nodes->active[i])
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_mysql_nodes_connect(nodes, i, false, node, err));
    DK_RETURN_IF_ERROR(name_transaction(nodes, err));
    DK_RETURN_IF_ERROR(xa(nodes, i, "START", nodes->gtrid, err));
    nodes->active[i] = true;
    (*node)->in_transaction = true;
    return DK_OK;
}

/* --- two phases ----------------------------------------------------------------------------- */

static enum dk_status record_commit(struct dk_mysql_nodes *nodes, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, &nodes->head->sql, "INSERT INTO node_commits (gtrid) VALUES (?)", err);
    dk_query_bind_text(&query, nodes->gtrid);
    dk_query_run(&query);
    return dk_query_end(&query);
}

static bool has_branch(const struct dk_mysql_nodes *nodes)
{
    return nodes && nodes->gtrid[0] != '\0';
}

enum dk_status dk_mysql_nodes_prepare(struct dk_mysql_nodes *nodes, struct dk_error *err)
{
    if (!has_branch(nodes))
        return DK_OK;
    for (size_t i = 0; i < nodes->shards.count; i++) {
        if (!nodes->active[i])
            continue;
        DK_RETURN_IF_ERROR(xa(nodes, i, "END", nodes->gtrid, err));
        DK_RETURN_IF_ERROR(xa(nodes, i, "PREPARE", nodes->gtrid, err));
    }
    return record_commit(nodes, err);
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

enum dk_status dk_mysql_nodes_commit(struct dk_mysql_nodes *nodes, struct dk_error *err)
{
    enum dk_status first = DK_OK;
    if (!has_branch(nodes))
        return DK_OK;
    for (size_t i = 0; i < nodes->shards.count; i++) {
        if (!nodes->active[i])
            continue;
        enum dk_status status = xa(nodes, i, "COMMIT", nodes->gtrid, first == DK_OK ? err : NULL);
        if (first == DK_OK)
            first = status;
    }
    forget(nodes);
    if (first != DK_OK) {
        nodes->recovered = false;
        dk_error_hint(err,
                      "the rest of the load is committed, and that node has its rows prepared: "
                      "start it, then run again, which commits them");
        return first;
    }
    /* A name that stays does no harm; the next recovery removes it. */
    nodes->recovered = dk_mysql_run(nodes->head, "DELETE FROM node_commits", "", NULL) == DK_OK;
    return DK_OK;
}

void dk_mysql_nodes_rollback(struct dk_mysql_nodes *nodes)
{
    if (!has_branch(nodes))
        return;
    for (size_t i = 0; i < nodes->shards.count && !nodes->undecided; i++) {
        struct dk_mysql *node = nodes->conn[i];
        if (!nodes->active[i] || node->broken)
            continue;
        /* END fails for a branch that is prepared already, which is what is needed. */
        if (xa(nodes, i, "END", nodes->gtrid, NULL) != DK_OK && node->broken)
            continue;
        if (xa(nodes, i, "ROLLBACK", nodes->gtrid, NULL) != DK_OK)
            node->broken = true; /* the session's end rolls back what is not prepared */
    }
    nodes->recovered = false; /* a node that is gone may hold a branch that it had prepared */
    nodes->undecided = false;
    forget(nodes);
}

/* --- recovery ------------------------------------------------------------------------------- */

static enum dk_status recover_branch(struct dk_mysql_nodes *nodes, size_t i, const char *gtrid,
                                     struct dk_error *err)
{
    bool committed = false;
    DK_RETURN_IF_ERROR(dk_query_find(&nodes->head->sql,
                                     "SELECT 1 FROM node_commits WHERE gtrid = ?", gtrid, NULL,
                                     &committed, err));
    DK_RETURN_IF_ERROR(xa(nodes, i, committed ? "COMMIT" : "ROLLBACK", gtrid, err));
    dk_observer_notice(nodes->head->observer, DK_LEVEL_NOTICE,
                       "node %zu of the shards had a transaction of an interrupted run; %s it",
                       i + 1, committed ? "committed" : "rolled back");
    return DK_OK;
}

/* The name of a branch of ours in a row of XA RECOVER: format, length of gtrid, length of bqual,
 * both names in one. */
static bool read_branch(MYSQL_ROW row, const char *bqual, char gtrid[DK_MYSQL_GTRID_MAX])
{
    unsigned long size = row[1] ? strtoul(row[1], NULL, 10) : 0;
    if (!row[3] || size >= DK_MYSQL_GTRID_MAX || strlen(row[3]) < size ||
        strncmp(row[3], gtrid_prefix, sizeof(gtrid_prefix) - 1) != 0 ||
        strcmp(row[3] + size, bqual) != 0)
        return false;
    snprintf(gtrid, DK_MYSQL_GTRID_MAX, "%.*s", (int)size, row[3]);
    return true;
}

/* The names of our branches that a node has prepared, each with its NUL. */
struct branches {
    struct dk_mysql_each each;
    char bqual[DK_MYSQL_BQUAL_MAX];
    struct dk_buffer names;
};

static enum dk_status keep_branch(struct dk_mysql_each *each, MYSQL_ROW row, unsigned columns,
                                  struct dk_error *err)
{
    struct branches *branches = (struct branches *)each;
    char gtrid[DK_MYSQL_GTRID_MAX];
    if (columns < 4 || !read_branch(row, branches->bqual, gtrid))
        return DK_OK; /* somebody else's */
    return dk_buffer_append(&branches->names, gtrid, strlen(gtrid) + 1, err);
}

static enum dk_status recover_branches(struct dk_mysql_nodes *nodes, size_t i,
                                       struct branches *branches, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_mysql_each(nodes->conn[i], "XA RECOVER", &branches->each, err));
    const char *end = branches->names.data + branches->names.size;
    for (const char *at = branches->names.data; at < end; at += strlen(at) + 1)
        DK_RETURN_IF_ERROR(recover_branch(nodes, i, at, err));
    return DK_OK;
}

static enum dk_status recover_node(struct dk_mysql_nodes *nodes, size_t i, struct dk_error *err)
{
    struct dk_mysql *node;
    struct branches branches = {.each = {.row = keep_branch}};
    DK_RETURN_IF_ERROR(dk_mysql_nodes_connect(nodes, i, false, &node, err));
    DK_RETURN_IF_ERROR(dk_mysql_node_table_check(node, i, err));
    DK_RETURN_IF_ERROR(branch_name(nodes, i, branches.bqual, err));
    dk_buffer_init(&branches.names, NAMES_BYTES_MAX);
    enum dk_status status = recover_branches(nodes, i, &branches, err);
    dk_buffer_reset(&branches.names);
    return status;
}

enum dk_status dk_mysql_nodes_recover(struct dk_mysql_nodes *nodes, struct dk_error *err)
{
    if (nodes->recovered || !nodes->head->locked)
        return DK_OK;
    for (size_t i = 0; i < nodes->shards.count; i++)
        DK_RETURN_IF_ERROR(recover_node(nodes, i, err));
    DK_RETURN_IF_ERROR(
        dk_mysql_run(nodes->head, "DELETE FROM node_commits", "can't clean up", err));
    nodes->recovered = true;
    return DK_OK;
}

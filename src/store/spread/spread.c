#include "spread.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "head_table.h"
#include "node_table.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/session.h"
#include "store/query.h"

#define STATEMENT_BYTES_MAX (64u << 10)

const char dk_mysql_node_commits[] = "CREATE TABLE IF NOT EXISTS node_commits (\n"
                                     "    gtrid VARCHAR(64) NOT NULL PRIMARY KEY\n"
                                     ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/* --- where the rows are --------------------------------------------------------------------- */

static enum dk_status check_nodes(const struct dk_mysql_spread *spread,
                                  const struct dk_mysql_head_table *table, struct dk_error *err)
{
    const struct dk_mysql_nodes *nodes = spread->nodes;
    const char *database = spread->head->url.database;
    if (table->spider && !nodes) {
        dk_error_set(err, DK_ERR_CONFIG, "the readings of '%s' are on %zu other servers", database,
                     table->count);
        dk_error_hint(err, "set database.shards to the urls of those servers, in their order");
        return DK_ERR_CONFIG;
    }
    if (nodes && !table->spider) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "database.shards is set, but the readings of '%s' are on its own server",
                     database);
        dk_error_hint(err, "'derrick init' spreads an empty database; docs/scale.md says how to "
                           "move one that is loaded");
        return DK_ERR_CONFIG;
    }
    if (nodes && nodes->shards.count != table->count) {
        dk_error_set(err, DK_ERR_CONFIG, "database.shards names %zu nodes, '%s' has %zu",
                     nodes->shards.count, database, table->count);
        dk_error_hint(err, "'derrick init' gives new nodes their share; a node can't be removed");
        return DK_ERR_CONFIG;
    }
    return DK_OK;
}

enum dk_status dk_mysql_spread_find(struct dk_mysql_spread *spread, bool *on_nodes,
                                    struct dk_error *err)
{
    struct dk_mysql_head_table table;
    *on_nodes = spread->where == DK_MYSQL_WHERE_NODES;
    if (spread->where != DK_MYSQL_WHERE_UNKNOWN)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_mysql_head_table_read(spread->head, &table, err));
    if (!table.there)
        return DK_OK; /* not made yet: nothing is known */
    DK_RETURN_IF_ERROR(check_nodes(spread, &table, err));
    if (spread->nodes)
        memcpy(spread->nodes->shards.first, table.first, sizeof(table.first));
    spread->where = table.spider ? DK_MYSQL_WHERE_NODES : DK_MYSQL_WHERE_HERE;
    *on_nodes = table.spider;
    return DK_OK;
}

/* --- making it ------------------------------------------------------------------------------ */

static enum dk_status need_spider(struct dk_mysql *head, struct dk_error *err)
{
    char support[16];
    bool found;
    DK_RETURN_IF_ERROR(
        dk_mysql_ask(head, "SELECT support FROM information_schema.engines WHERE engine = 'SPIDER'",
                     support, sizeof(support), &found, err));
    if (found && strcasecmp(support, "NO") != 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_STORE, "the server at %s, %s, has no Spider engine, which shards need",
                 head->place, head->engine);
    dk_error_hint(err, "on MariaDB: install its package (mariadb-plugin-spider), then INSTALL "
                       "SONAME 'ha_spider'");
    return DK_ERR_STORE;
}

static void put_option(struct dk_mysql *head, struct dk_buffer *text, const char *name,
                       const char *value)
{
    if (!value || value[0] == '\0')
        return;
    dk_buffer_putf(text, ", %s ", name);
    dk_mysql_put_quoted(head, text, value);
}

/* CREATE SERVER with the user and password that we have just connected to the node with. */
static void put_server(struct dk_mysql *head, const struct dk_mysql *node, size_t i,
                       struct dk_buffer *text)
{
    char name[DK_MYSQL_SERVER_MAX];
    bool by_socket = dk_mysql_url_by_socket(&node->url);
    dk_mysql_shards_server(name, head->url.database, i);
    dk_buffer_put(text, "CREATE OR REPLACE SERVER ");
    dk_mysql_put_name(text, name);
    dk_buffer_putf(text, " FOREIGN DATA WRAPPER mysql OPTIONS (PORT %u",
                   node->url.port ? node->url.port : 3306u);
    put_option(head, text, "HOST", by_socket ? "localhost" : node->url.host);
    put_option(head, text, "SOCKET", node->handle->unix_socket);
    put_option(head, text, "USER", node->handle->user);
    put_option(head, text, "PASSWORD", node->handle->passwd);
    put_option(head, text, "DATABASE", node->url.database);
    dk_buffer_put(text, ")");
}

static enum dk_status make_server(struct dk_mysql *head, const struct dk_mysql *node, size_t i,
                                  struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    put_server(head, node, i, &text);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(head, text.data, "can't name a node as a server in", err);
    if (text.data)
        explicit_bzero(text.data, text.capacity); /* the node's password */
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status too_few(const struct dk_mysql_spread *spread,
                              const struct dk_mysql_head_table *table, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE, "database.shards names %zu nodes, '%s' has %zu",
                 spread->nodes->shards.count, spread->head->url.database, table->count);
    dk_error_hint(err, "a node that holds readings can't be removed; add new ones to the end of "
                       "the list");
    return DK_ERR_STORE;
}

/* Whether the head's table has a column for every sensor. */
static enum dk_status has_sensors(struct dk_mysql *head, bool *has, struct dk_error *err)
{
    *has = true;
    for (int i = 0; *has && i < DK_SENSORS; i++)
        DK_RETURN_IF_ERROR(dk_query_find(&head->sql, dk_dialect_mysql.find_column, "well_reading",
                                         dk_sensors[i].name, has, err));
    return DK_OK;
}

/* Plans where the nodes begin: as they do in the table, and new ones after the newest cohort. */
static enum dk_status plan(struct dk_mysql_spread *spread, const struct dk_mysql_head_table *table,
                           struct dk_error *err)
{
    struct dk_mysql_shards *shards = &spread->nodes->shards;
    struct dk_query query;
    int64_t newest = 0;
    if (table->count == shards->count) {
        memcpy(shards->first, table->first, sizeof(table->first));
        return DK_OK;
    }
    dk_query_begin(&query, &spread->head->sql, "SELECT COALESCE(MAX(cohort), 0) FROM cohorts", err);
    DK_RETURN_IF_ERROR(dk_query_end_int(&query, &newest));
    dk_mysql_shards_plan(shards, table->first, table->count, (int)newest);
    return DK_OK;
}

/* The head's table with a part for every node and a column for every sensor. */
static enum dk_status remake(struct dk_mysql_spread *spread,
                             const struct dk_mysql_head_table *table, struct dk_error *err)
{
    const struct dk_mysql_shards *shards = &spread->nodes->shards;
    DK_RETURN_IF_ERROR(plan(spread, table, err));
    DK_RETURN_IF_ERROR(dk_mysql_head_table_remake(spread->head, shards, err));
    for (size_t i = table->count; i < shards->count; i++)
        dk_observer_notice(spread->head->observer, DK_LEVEL_NOTICE,
                           "node %zu of the shards takes the cohorts from %d on", i + 1,
                           shards->first[i]);
    return DK_OK;
}

/* Nodes first: the head never has a column, or a part, that a node lacks. */
static enum dk_status prepare_nodes(struct dk_mysql_spread *spread, size_t first,
                                    struct dk_error *err)
{
    for (size_t i = first; i < spread->nodes->shards.count; i++) {
        struct dk_mysql *node;
        DK_RETURN_IF_ERROR(dk_mysql_nodes_connect(spread->nodes, i, true, &node, err));
        DK_RETURN_IF_ERROR(dk_mysql_node_table_make(node, i, err));
        DK_RETURN_IF_ERROR(make_server(spread->head, node, i, err));
    }
    return DK_OK;
}

static enum dk_status prepare_all(struct dk_mysql_spread *spread, struct dk_error *err)
{
    struct dk_mysql_head_table table;
    struct dk_mysql *head = spread->head;
    size_t count = spread->nodes->shards.count;
    bool complete = true;
    bool has = false;
    DK_RETURN_IF_ERROR(need_spider(head, err));
    DK_RETURN_IF_ERROR(dk_mysql_head_table_read(head, &table, err));
    if (table.spider && table.count > count)
        return too_few(spread, &table, err);
    if (table.there && !table.spider)
        DK_RETURN_IF_ERROR(dk_mysql_head_table_drop_empty(head, err));
    if (table.spider)
        DK_RETURN_IF_ERROR(has_sensors(head, &complete, err));
    DK_RETURN_IF_ERROR(prepare_nodes(spread, complete ? table.count : 0, err));
    DK_RETURN_IF_ERROR(dk_sql_has_table(&head->sql, "node_commits", &has, err));
    if (!has)
        DK_RETURN_IF_ERROR(
            dk_mysql_run(head, dk_mysql_node_commits, "can't make node_commits in", err));
    return table.spider && (!complete || table.count < count)
               ? remake(spread, &table, err)
               : dk_mysql_head_table_clean(head, err);
}

enum dk_status dk_mysql_spread_prepare(struct dk_mysql_spread *spread, struct dk_error *err)
{
    if (!spread->nodes)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_mysql_ready_sure(spread->head, err));
    spread->where = DK_MYSQL_WHERE_UNKNOWN;
    return prepare_all(spread, err);
}

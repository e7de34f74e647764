/*
 * The spread fact table: a Spider table on the head, partitioned by cohort, over a plain InnoDB
 * table on every node.
 *
 * A longer list of nodes is given its part by making the head's table anew and swapping the two:
 * the definition is all that the head has of it, no row moves.
 */
#include "mysql_nodes.h"
#include "query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STATEMENT_BYTES_MAX (64u << 10)

/* The comment of a node's table: which one it was made for. */
#define NODE_COMMENT "derrick: node "

static const char node_commits[] = "CREATE TABLE IF NOT EXISTS node_commits (\n"
                                   "    gtrid VARCHAR(64) NOT NULL PRIMARY KEY\n"
                                   ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/* What the head has under the name well_reading. */
struct head_table {
    bool there;
    bool spider;
    size_t count; /* partitions */
    int first[DK_MYSQL_SHARDS_MAX];
};

static enum dk_status read_partitions(struct dk_mysql *conn, struct head_table *table,
                                      struct dk_error *err)
{
    struct dk_statement *select = NULL;
    bool row = false;
    int next = 1;
    enum dk_status status = dk_mysql_prepare(
        &conn->sql,
        "SELECT partition_description FROM information_schema.partitions WHERE table_schema = "
        "DATABASE() AND table_name = 'well_reading' ORDER BY partition_ordinal_position",
        &select, err);
    while (status == DK_OK) {
        status = dk_mysql_step(select, &row, err);
        if (status != DK_OK || !row)
            break;
        if (table->count == DK_MYSQL_SHARDS_MAX) {
            status = dk_error_set(err, DK_ERR_STORE, "well_reading has more than %d partitions",
                                  DK_MYSQL_SHARDS_MAX);
            break;
        }
        table->first[table->count++] = next;
        next = (int)dk_mysql_column_int(select, 0); /* 0 for MAXVALUE, which is the last */
    }
    dk_mysql_finalize(select);
    return status;
}

static enum dk_status read_table(struct dk_mysql *conn, struct head_table *table,
                                 struct dk_error *err)
{
    char engine[64];
    memset(table, 0, sizeof(*table));
    enum dk_status status =
        dk_mysql_ask(conn,
                     "SELECT engine FROM information_schema.tables WHERE table_schema = "
                     "DATABASE() AND table_name = 'well_reading'",
                     engine, sizeof(engine), &table->there, err);
    table->spider = strcasecmp(engine, "SPIDER") == 0;
    return status == DK_OK && table->spider ? read_partitions(conn, table, err) : status;
}

/* --- where the rows lie --------------------------------------------------------------------- */

static enum dk_status check_nodes(struct dk_mysql *conn, const struct head_table *table,
                                  struct dk_error *err)
{
    struct dk_mysql_nodes *nodes = conn->nodes;
    if (table->spider && !nodes) {
        dk_error_set(err, DK_ERR_CONFIG, "the readings of '%s' lie on %zu other servers",
                     conn->url.database, table->count);
        dk_error_hint(err, "set database.shards = mysql://..., mysql://...");
        return DK_ERR_CONFIG;
    }
    if (nodes && !table->spider) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "database.shards is set, but the readings of '%s' lie on its own server",
                     conn->url.database);
        dk_error_hint(err, "'derrick init' spreads an empty database; docs/scale.md tells how to "
                           "move one that is loaded");
        return DK_ERR_CONFIG;
    }
    if (nodes && nodes->shards.count != table->count) {
        dk_error_set(err, DK_ERR_CONFIG, "database.shards names %zu nodes, '%s' has %zu",
                     nodes->shards.count, conn->url.database, table->count);
        dk_error_hint(err, "'derrick init' gives new nodes their part; a node can't be left out");
        return DK_ERR_CONFIG;
    }
    return DK_OK;
}

enum dk_status dk_mysql_spread_find(struct dk_mysql *conn, bool *spread, struct dk_error *err)
{
    struct head_table table;
    *spread = conn->spread == DK_MYSQL_SPREAD_YES;
    if (conn->spread != DK_MYSQL_SPREAD_UNKNOWN)
        return DK_OK;
    enum dk_status status = read_table(conn, &table, err);
    if (status != DK_OK || !table.there) /* not made yet: nothing is known */
        return status;
    status = check_nodes(conn, &table, err);
    if (status != DK_OK)
        return status;
    if (conn->nodes)
        memcpy(conn->nodes->shards.first, table.first, sizeof(table.first));
    conn->spread = table.spider ? DK_MYSQL_SPREAD_YES : DK_MYSQL_SPREAD_NO;
    *spread = table.spider;
    return DK_OK;
}

/* --- making it ------------------------------------------------------------------------------ */

static enum dk_status need_spider(struct dk_mysql *conn, struct dk_error *err)
{
    char support[16];
    bool found;
    enum dk_status status =
        dk_mysql_ask(conn, "SELECT support FROM information_schema.engines WHERE engine = 'SPIDER'",
                     support, sizeof(support), &found, err);
    if (status != DK_OK || (found && strcasecmp(support, "NO") != 0))
        return status;
    dk_error_set(err, DK_ERR_STORE, "the server at %s, %s, has no Spider engine, which shards need",
                 conn->place, conn->engine);
    dk_error_hint(err, "on MariaDB: install its package (mariadb-plugin-spider), then "
                       "INSTALL SONAME 'ha_spider'");
    return DK_ERR_STORE;
}

static enum dk_status put_node_table(struct dk_buffer *text, size_t i, struct dk_error *err)
{
    dk_fact_put_table(text, &dk_dialect_mysql, "well_reading");
    dk_buffer_putf(text,
                   "\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin "
                   "COMMENT='" NODE_COMMENT "%zu'",
                   i + 1);
    return dk_buffer_finish(text, err);
}

enum dk_status dk_mysql_spread_check(struct dk_mysql *node, size_t i, struct dk_error *err)
{
    char comment[64];
    bool found;
    size_t start = sizeof(NODE_COMMENT) - 1;
    enum dk_status status =
        dk_mysql_ask(node,
                     "SELECT table_comment FROM information_schema.tables WHERE table_schema = "
                     "DATABASE() AND table_name = 'well_reading'",
                     comment, sizeof(comment), &found, err);
    if (status != DK_OK || strncmp(comment, NODE_COMMENT, start) != 0 ||
        strtoul(comment + start, NULL, 10) == i + 1)
        return status;
    dk_error_set(err, DK_ERR_CONFIG, "node %zu of the shards, %s, was made as node %s", i + 1,
                 node->place, comment + start);
    dk_error_hint(err, "keep the order of database.shards; new nodes go to its end");
    return DK_ERR_CONFIG;
}

static enum dk_status make_node_table(struct dk_mysql *conn, size_t i, struct dk_error *err)
{
    struct dk_mysql *node;
    struct dk_buffer text;
    bool has = false;
    enum dk_status status = dk_mysql_nodes_connect(conn, i, true, &node, err);
    if (status == DK_OK)
        status = dk_sql_has_table(&node->sql, "well_reading", &has, err);
    if (status == DK_OK && has)
        status = dk_mysql_spread_check(node, i, err);
    if (status != DK_OK || has)
        return status;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    status = put_node_table(&text, i, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(node, text.data, "can't make well_reading in", err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status put_option(struct dk_mysql *conn, struct dk_buffer *text, const char *name,
                                 const char *value, struct dk_error *err)
{
    if (!value || value[0] == '\0')
        return DK_OK;
    enum dk_status status = dk_buffer_printf(text, err, ", %s ", name);
    return status == DK_OK ? dk_mysql_quote(conn, text, value, err) : status;
}

/* CREATE SERVER with the user and password that we have just connected to the node with. */
static enum dk_status put_server(struct dk_mysql *conn, size_t i, struct dk_buffer *text,
                                 struct dk_error *err)
{
    char name[DK_MYSQL_SERVER_MAX];
    const struct dk_mysql *node = conn->nodes->conn[i];
    bool by_socket = dk_mysql_url_by_socket(&node->url);
    dk_mysql_shards_server(name, conn->url.database, i);
    enum dk_status status = dk_buffer_printf(text, err, "CREATE OR REPLACE SERVER ");
    if (status == DK_OK)
        status = dk_mysql_quote_name(text, name, err);
    if (status == DK_OK)
        status = dk_buffer_printf(text, err, " FOREIGN DATA WRAPPER mysql OPTIONS (PORT %u",
                                  node->url.port ? node->url.port : 3306u);
    if (status == DK_OK)
        status = put_option(conn, text, "HOST", by_socket ? "localhost" : node->url.host, err);
    if (status == DK_OK)
        status = put_option(conn, text, "SOCKET", node->handle->unix_socket, err);
    if (status == DK_OK)
        status = put_option(conn, text, "USER", node->handle->user, err);
    if (status == DK_OK)
        status = put_option(conn, text, "PASSWORD", node->handle->passwd, err);
    if (status == DK_OK)
        status = put_option(conn, text, "DATABASE", node->url.database, err);
    if (status == DK_OK)
        status = dk_buffer_append(text, ")", 2, err); /* with its NUL */
    return status;
}

static enum dk_status make_server(struct dk_mysql *conn, size_t i, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = put_server(conn, i, &text, err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, text.data, "can't name a node as a server in", err);
    if (text.data)
        explicit_bzero(text.data, text.capacity); /* the node's password */
    dk_buffer_reset(&text);
    return status;
}

/* A table on the head itself makes way if nothing is in it. */
static enum dk_status drop_empty(struct dk_mysql *conn, struct dk_error *err)
{
    char one[8];
    bool found;
    enum dk_status status =
        dk_mysql_ask(conn, "SELECT 1 FROM well_reading LIMIT 1", one, sizeof(one), &found, err);
    if (status == DK_OK && !found)
        return dk_mysql_run(conn, "DROP TABLE well_reading", "can't drop the empty table of", err);
    if (status != DK_OK)
        return status;
    dk_error_set(err, DK_ERR_STORE, "the readings of '%s' lie on its own server already",
                 conn->url.database);
    dk_error_hint(err, "docs/scale.md tells how to move them to several servers");
    return DK_ERR_STORE;
}

static enum dk_status newest_cohort(struct dk_mysql *conn, int *newest, struct dk_error *err)
{
    char text[32];
    bool found;
    enum dk_status status = dk_mysql_ask(conn, "SELECT COALESCE(MAX(cohort), 0) FROM cohorts", text,
                                         sizeof(text), &found, err);
    *newest = (int)strtol(text, NULL, 10);
    return status;
}

/* Makes the head's table anew with a part for every node, and swaps it in. */
static enum dk_status extend(struct dk_mysql *conn, const struct head_table *table,
                             struct dk_error *err)
{
    struct dk_mysql_shards *shards = &conn->nodes->shards;
    struct dk_buffer text;
    int newest;
    enum dk_status status = newest_cohort(conn, &newest, err);
    if (status != DK_OK)
        return status;
    dk_mysql_shards_plan(shards, table->first, table->count, newest);
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_fact_put_table(&text, &dk_dialect_mysql, "well_reading_next");
    dk_buffer_put(&text, "\n)");
    status = dk_mysql_shards_tail(shards, conn->url.database, &text, err);
    if (status == DK_OK)
        status = dk_buffer_terminate(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, "DROP TABLE IF EXISTS well_reading_next, well_reading_past",
                              "can't tidy up", err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, text.data, "can't make well_reading anew in", err);
    if (status == DK_OK)
        status = dk_mysql_run(conn,
                              "RENAME TABLE well_reading TO well_reading_past, well_reading_next "
                              "TO well_reading",
                              "can't swap well_reading in", err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, "DROP TABLE well_reading_past", "can't tidy up", err);
    dk_buffer_reset(&text);
    for (size_t i = table->count; status == DK_OK && i < shards->count; i++)
        dk_observer_notice(conn->observer, DK_LEVEL_NOTICE,
                           "node %zu of the shards takes the cohorts from %d on", i + 1,
                           shards->first[i]);
    return status;
}

static enum dk_status too_few(struct dk_mysql *conn, const struct head_table *table,
                              struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE, "database.shards names %zu nodes, '%s' has %zu",
                 conn->nodes->shards.count, conn->url.database, table->count);
    dk_error_hint(err, "a node that holds readings can't be left out; new ones go to the end "
                       "of the list");
    return DK_ERR_STORE;
}

static enum dk_status prepare_nodes(struct dk_mysql *conn, struct dk_error *err)
{
    struct head_table table;
    bool has = false;
    size_t count = conn->nodes->shards.count;
    enum dk_status status = read_table(conn, &table, err);
    if (status != DK_OK)
        return status;
    if (table.spider && table.count > count)
        return too_few(conn, &table, err);
    if (table.there && !table.spider)
        status = drop_empty(conn, err);
    for (size_t i = table.count; status == DK_OK && i < count; i++) {
        status = make_node_table(conn, i, err);
        if (status == DK_OK)
            status = make_server(conn, i, err);
    }
    if (status == DK_OK)
        status = dk_sql_has_table(&conn->sql, "node_commits", &has, err);
    if (status == DK_OK && !has)
        status = dk_mysql_run(conn, node_commits, "can't make node_commits in", err);
    if (status == DK_OK && table.spider && table.count < count)
        status = extend(conn, &table, err);
    return status;
}

enum dk_status dk_mysql_facts_prepare(struct dk_sql *sql, struct dk_error *err)
{
    struct dk_mysql *conn = (struct dk_mysql *)sql;
    if (!conn->nodes)
        return DK_OK;
    enum dk_status status = dk_mysql_ready_sure(conn, err);
    if (status == DK_OK)
        status = need_spider(conn, err);
    if (status == DK_OK)
        status = prepare_nodes(conn, err);
    conn->spread = DK_MYSQL_SPREAD_UNKNOWN;
    return status;
}

enum dk_status dk_mysql_spread_put_tail(const struct dk_store_settings *settings,
                                        struct dk_buffer *text, struct dk_error *err)
{
    struct dk_mysql_url url;
    struct dk_mysql_shards *shards = calloc(1, sizeof(*shards));
    if (!shards)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of shards");
    enum dk_status status = dk_mysql_url_parse(&url, settings->url, err);
    if (status == DK_OK)
        status = dk_mysql_shards_parse(shards, settings->shards, err);
    if (status == DK_OK)
        status = dk_mysql_shards_tail(shards, url.database, text, err);
    free(shards);
    return status;
}

/* --- printing it ---------------------------------------------------------------------------- */

/* Appends the lines of `block` as SQL comments. */
static enum dk_status put_comment(struct dk_buffer *text, const char *block, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (const char *line = block; status == DK_OK && *line;) {
        const char *end = strchrnul(line, '\n');
        status = dk_buffer_printf(text, err, "-- %.*s\n", (int)(end - line), line);
        line = *end ? end + 1 : end;
    }
    return status;
}

static enum dk_status print_nodes(const struct dk_mysql_shards *shards, struct dk_buffer *text,
                                  struct dk_error *err)
{
    struct dk_buffer table;
    enum dk_status status = DK_OK;
    dk_buffer_init(&table, STATEMENT_BYTES_MAX);
    for (size_t i = 0; status == DK_OK && i < shards->count; i++) {
        char place[DK_MYSQL_PLACE_MAX];
        dk_mysql_url_place(&shards->url[i], place, sizeof(place));
        status = dk_buffer_printf(text, err, "-- on node %zu, %s, in database %s\n", i + 1, place,
                                  shards->url[i].database);
        table.size = 0;
        if (status == DK_OK)
            status = put_node_table(&table, i, err);
        if (status == DK_OK)
            status = dk_buffer_append(&table, ";", 2, err); /* with its NUL */
        if (status == DK_OK)
            status = put_comment(text, table.data, err);
    }
    dk_buffer_reset(&table);
    return status;
}

/* The servers have placeholders for what is secret, or not known without asking. */
static enum dk_status print_servers(const struct dk_mysql_shards *shards, const char *database,
                                    struct dk_buffer *text, struct dk_error *err)
{
    enum dk_status status =
        dk_buffer_printf(text, err, "-- on the head, with the user that Spider is to be there\n");
    for (size_t i = 0; status == DK_OK && i < shards->count; i++) {
        const struct dk_mysql_url *url = &shards->url[i];
        char name[DK_MYSQL_SERVER_MAX];
        dk_mysql_shards_server(name, database, i);
        status = dk_buffer_printf(
            text, err,
            "-- CREATE SERVER `%s` FOREIGN DATA WRAPPER mysql OPTIONS (HOST '%s', PORT %u, "
            "DATABASE '%s', USER '...', PASSWORD '...');\n",
            name, url->host[0] ? url->host : "localhost", url->port ? url->port : 3306u,
            url->database);
    }
    return status;
}

static enum dk_status print_spread(const struct dk_store_settings *settings, struct dk_sink *sink,
                                   struct dk_error *err)
{
    struct dk_mysql_url url;
    struct dk_buffer text;
    struct dk_mysql_shards *shards = calloc(1, sizeof(*shards));
    if (!shards)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of shards");
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    enum dk_status status = dk_mysql_url_parse(&url, settings->url, err);
    if (status == DK_OK)
        status = dk_mysql_shards_parse(shards, settings->shards, err);
    if (status == DK_OK)
        status = print_nodes(shards, &text, err);
    if (status == DK_OK)
        status = print_servers(shards, url.database, &text, err);
    if (status == DK_OK)
        status = dk_buffer_printf(&text, err, "%s;\n", node_commits);
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    free(shards);
    return status;
}

enum dk_status dk_mysql_print(const struct dk_store_settings *settings, struct dk_sink *sink,
                              struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_mysql_print_database(settings, sink, err));
    return settings->shards ? print_spread(settings, sink, err) : DK_OK;
}

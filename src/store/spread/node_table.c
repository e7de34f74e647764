#include "node_table.h"

#include <stdlib.h>
#include <string.h>

#include "store/mysql/plain_query.h"
#include "store/query.h"

#define STATEMENT_BYTES_MAX (64u << 10)

/* The comment of a node's table: which one it was made for. */
#define NODE_COMMENT "derrick: node "

void dk_mysql_node_table_put(struct dk_buffer *text, size_t i)
{
    dk_fact_put_table(text, &dk_dialect_mysql, "well_reading");
    dk_buffer_putf(text, "\n)%s COMMENT='" NODE_COMMENT "%zu'", dk_dialect_mysql.table_end, i + 1);
}

enum dk_status dk_mysql_node_table_check(struct dk_mysql *node, size_t i, struct dk_error *err)
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

static enum dk_status create(struct dk_mysql *node, size_t i, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_mysql_node_table_put(&text, i);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(node, text.data, "can't make well_reading in", err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_mysql_node_table_make(struct dk_mysql *node, size_t i, struct dk_error *err)
{
    bool has = false;
    DK_RETURN_IF_ERROR(dk_sql_has_table(&node->sql, "well_reading", &has, err));
    if (!has)
        return create(node, i, err);
    DK_RETURN_IF_ERROR(dk_mysql_node_table_check(node, i, err));
    for (int sensor = 0; sensor < DK_SENSORS; sensor++)
        DK_RETURN_IF_ERROR(dk_sql_add_column(&node->sql, "well_reading", dk_sensors[sensor].name,
                                             "DOUBLE NULL", err));
    return DK_OK;
}

/* node_table: well_reading on one node, a plain InnoDB table that knows which node it was made
 * for. */
#ifndef DK_SPREAD_NODE_TABLE_H
#define DK_SPREAD_NODE_TABLE_H

#include "base/buffer.h"
#include "store/mysql/connection.h"

/* Appends its CREATE TABLE, for node i (0-based). */
void dk_mysql_node_table_put(struct dk_buffer *text, size_t i);

/* Refuses a node whose table was made for another place in the list: the head would look elsewhere
 * for what went there. DK_ERR_CONFIG. */
enum dk_status dk_mysql_node_table_check(struct dk_mysql *node, size_t i, struct dk_error *err)
    DK_CHECK;

/* Makes it, or adds the columns that it lacks. To repeat it does no harm. */
enum dk_status dk_mysql_node_table_make(struct dk_mysql *node, size_t i, struct dk_error *err)
    DK_CHECK;

#endif

/* head_table: what the head has under the name well_reading. */
#ifndef DK_SPREAD_HEAD_TABLE_H
#define DK_SPREAD_HEAD_TABLE_H

#include "shards.h"
#include "store/mysql/connection.h"

struct dk_mysql_head_table {
    bool there;
    bool spider;
    size_t count; /* partitions */
    int first[DK_MYSQL_SHARDS_MAX];
};

enum dk_status dk_mysql_head_table_read(struct dk_mysql *head, struct dk_mysql_head_table *table,
                                        struct dk_error *err) DK_CHECK;

/* Makes the table that the shards describe and replaces the one that is there by it. That is only
 * its definition: no row moves. What an interruption leaves of it, the next call removes. */
enum dk_status dk_mysql_head_table_remake(struct dk_mysql *head,
                                          const struct dk_mysql_shards *shards,
                                          struct dk_error *err) DK_CHECK;
/* Removes what an interrupted remake left. */
enum dk_status dk_mysql_head_table_clean(struct dk_mysql *head, struct dk_error *err) DK_CHECK;
/* Removes a plain table without rows. DK_ERR_STORE: it has some. */
enum dk_status dk_mysql_head_table_drop_empty(struct dk_mysql *head, struct dk_error *err) DK_CHECK;

#endif

/*
 * The plan of a fact table that MariaDB's Spider engine spreads over several servers: which
 * servers, which cohorts are where, and the DDL that says so. Pure.
 *
 * Node i holds the cohorts from first[i] up to first[i + 1] - 1, the last node all that follow. A
 * cohort is whole on one node. New nodes at the end of the list never move a cohort: they take
 * those that are not loaded yet.
 */
#ifndef DK_STORE_MYSQL_SHARDS_H
#define DK_STORE_MYSQL_SHARDS_H

#include "base/buffer.h"
#include "store/mysql/url.h"

#define DK_MYSQL_SHARDS_MAX 64
#define DK_MYSQL_SERVER_MAX 65 /* the name of a server in CREATE SERVER */

struct dk_mysql_shards {
    size_t count;
    struct dk_mysql_url url[DK_MYSQL_SHARDS_MAX];
    int first[DK_MYSQL_SHARDS_MAX]; /* first[0] is 1, ascending */
};

/* Parses a comma-separated list of mysql:// URLs; blanks around each are ignored. DK_ERR_CONFIG
 * names the one that is wrong, or that is there twice. shards->first becomes the plan of an empty
 * table. */
enum dk_status dk_mysql_shards_parse(struct dk_mysql_shards *shards, const char *list,
                                     struct dk_error *err) DK_CHECK;

/* Plans first[0..count): the first old_count nodes began at old_first so far (0: a new table), and
 * `newest` is the highest cohort that is loaded (0: none). Nodes that hold loaded cohorts keep
 * their beginning; the others share what comes. old_count <= count. */
void dk_mysql_shards_plan(struct dk_mysql_shards *shards, const int *old_first, size_t old_count,
                          int newest);

/* The node of a cohort, 0-based. */
size_t dk_mysql_shards_node(const struct dk_mysql_shards *shards, int cohort);

/* The name under which the head knows node i of a database. */
void dk_mysql_shards_server(char name[DK_MYSQL_SERVER_MAX], const char *database, size_t node);

/* Appends what follows the columns of the head's table: engine, comment, partitions. */
void dk_mysql_shards_put_tail(const struct dk_mysql_shards *shards, const char *database,
                              struct dk_buffer *text);

#endif

/*
 * spread: where the rows of well_reading are, in this database or on the nodes, and how a spread
 * one is made: a Spider table on the head, partitioned by cohort, over a plain table on every node.
 */
#ifndef DK_SPREAD_SPREAD_H
#define DK_SPREAD_SPREAD_H

#include "nodes.h"

enum dk_mysql_where { DK_MYSQL_WHERE_UNKNOWN, DK_MYSQL_WHERE_HERE, DK_MYSQL_WHERE_NODES };

struct dk_mysql_spread {
    struct dk_mysql *head;        /* borrowed */
    struct dk_mysql_nodes *nodes; /* owned; NULL without settings->shards */
    enum dk_mysql_where where;
};

/* Finds out where the rows are, once for each connection, and checks that the nodes are those of
 * the table: *spread, on the nodes. DK_ERR_CONFIG: settings and table contradict each other. */
enum dk_status dk_mysql_spread_find(struct dk_mysql_spread *spread, bool *on_nodes,
                                    struct dk_error *err) DK_CHECK;

/* Makes what a spread well_reading needs on the nodes and on the head, but not a table that the
 * head does not have yet, which the schema makes. Nodes and head get the columns of new sensors;
 * new nodes at the end of the list get their part. */
enum dk_status dk_mysql_spread_prepare(struct dk_mysql_spread *spread, struct dk_error *err)
    DK_CHECK;

/* The table of the head that holds the names of committed transactions. */
extern const char dk_mysql_node_commits[];

#endif

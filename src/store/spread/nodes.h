/*
 * nodes: the servers of a spread fact table, and one transaction over them and the head.
 *
 * Rows go to the nodes directly, each cohort to its own; each node has a branch of a distributed
 * transaction (XA). Commit is in two phases, and the head's ledger decides: every branch is
 * prepared, which a node keeps through a crash; then the head commits the ledger together with the
 * transaction's name in node_commits; then the branches commit. Branches that a crash left prepared
 * are ended by the next run that holds the lock: committed if node_commits has their name, rolled
 * back if not. Spider's own XA is not used: it takes two nodes on one machine for the same one, and
 * its commit without XA is not atomic.
 *
 * One thread at a time, except that different threads may use different nodes.
 */
#ifndef DK_SPREAD_NODES_H
#define DK_SPREAD_NODES_H

#include "shards.h"
#include "store/mysql/connection.h"

#define DK_MYSQL_GTRID_MAX 65 /* XA: a global name of at most 64 bytes */
#define DK_MYSQL_BQUAL_MAX 17

struct dk_mysql_nodes {
    struct dk_mysql *head; /* borrowed */
    struct dk_mysql_shards shards;
    struct dk_mysql *conn[DK_MYSQL_SHARDS_MAX]; /* owned; NULL until used */
    bool active[DK_MYSQL_SHARDS_MAX];           /* a branch is open there */
    char gtrid[DK_MYSQL_GTRID_MAX];             /* of the open transaction; "" if no branch is */
    bool undecided; /* the head's commit was sent, its answer lost: only the ledger knows */
    bool recovered; /* no branch of an earlier run is left */
};

/* Makes *out of head->settings->shards. Connects to none. */
enum dk_status dk_mysql_nodes_open(struct dk_mysql_nodes **out, struct dk_mysql *head,
                                   struct dk_error *err) DK_CHECK;
void dk_mysql_nodes_close(struct dk_mysql_nodes *nodes); /* NULL is legal */

/* The connection to node i, which is created if needed; `create` makes its database, too.
 * Borrowed. */
enum dk_status dk_mysql_nodes_connect(struct dk_mysql_nodes *nodes, size_t i, bool create,
                                      struct dk_mysql **node, struct dk_error *err) DK_CHECK;
/* The same, with a branch open. The head must be in a transaction. */
enum dk_status dk_mysql_nodes_branch(struct dk_mysql_nodes *nodes, size_t i, struct dk_mysql **node,
                                     struct dk_error *err) DK_CHECK;

/* Ends what an earlier run left prepared. To be called before a transaction, while the run's lock
 * is held. */
enum dk_status dk_mysql_nodes_recover(struct dk_mysql_nodes *nodes, struct dk_error *err) DK_CHECK;
/* First phase: prepares all branches, and writes their name to the head, which commits next. */
enum dk_status dk_mysql_nodes_prepare(struct dk_mysql_nodes *nodes, struct dk_error *err) DK_CHECK;
/* Second phase, after the head's commit. A failure leaves the rest to the next run. */
enum dk_status dk_mysql_nodes_commit(struct dk_mysql_nodes *nodes, struct dk_error *err) DK_CHECK;
/* Rolls all branches back, unless the transaction is undecided. */
void dk_mysql_nodes_rollback(struct dk_mysql_nodes *nodes);

#endif

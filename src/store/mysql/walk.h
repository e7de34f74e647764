/* walk: over all rows of all facts that are inserted, in order, with progress. */
#ifndef DK_STORE_MYSQL_WALK_H
#define DK_STORE_MYSQL_WALK_H

#include "store/mysql/rows.h"

struct dk_mysql_walk {
    const struct dk_fact *facts;
    size_t count;
    size_t fact; /* where it is */
    size_t row;
    uint64_t done;
    uint64_t total;
    struct dk_mysql_progress *progress;
};

void dk_mysql_walk_init(struct dk_mysql_walk *walk, const struct dk_fact *facts, size_t count,
                        struct dk_mysql_progress *progress);
/* Moves to the next row that is there, if it is not on one; false at the end. */
bool dk_mysql_walk_settle(struct dk_mysql_walk *walk);
/* Leaves the row. */
void dk_mysql_walk_next(struct dk_mysql_walk *walk);

#endif

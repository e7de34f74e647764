#include "walk.h"

#define PROGRESS_ROWS 2048u

void dk_mysql_walk_init(struct dk_mysql_walk *walk, const struct dk_fact *facts, size_t count,
                        struct dk_mysql_progress *progress)
{
    *walk = (struct dk_mysql_walk){
        .facts = facts, .count = count, .total = dk_fact_rows(facts, count), .progress = progress};
}

bool dk_mysql_walk_settle(struct dk_mysql_walk *walk)
{
    while (walk->fact < walk->count && walk->row >= walk->facts[walk->fact].readings->rows) {
        walk->fact++;
        walk->row = 0;
    }
    return walk->fact < walk->count;
}

void dk_mysql_walk_next(struct dk_mysql_walk *walk)
{
    walk->row++;
    walk->done++;
    if (walk->done % PROGRESS_ROWS != 0 && walk->done != walk->total)
        return;
    struct dk_mysql_progress *progress = walk->progress;
    uint64_t step = walk->done % PROGRESS_ROWS ? walk->done % PROGRESS_ROWS : PROGRESS_ROWS;
    dk_observer_progress(progress->observer, "load", atomic_fetch_add(&progress->done, step) + step,
                         progress->total, "rows");
}

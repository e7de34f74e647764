/*
 * The problems that one worker meets, and what becomes of all of them.
 *
 * Each worker has a list of its own. A list counts everything, and keeps the first
 * DK_PROBLEMS_SHOWN by place; under quarantine a pool, which the lists share, keeps all. Joined, the
 * lists give the same report whichever worker met what.
 */
#ifndef DK_INPUT_PROBLEMS_H
#define DK_INPUT_PROBLEMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "input/input.h"

/* More bad cells than this are no accident of a sensor: the drop is refused. */
#define DK_PROBLEMS_QUARANTINE_MAX 1000000

/* Keeps every problem. Any thread. */
struct dk_problem_pool {
    pthread_mutex_t lock;
    struct dk_problem *items; /* owned */
    size_t count, capacity;
    bool full; /* more came than the ceiling allows */
    bool out_of_memory;
};

void dk_problem_pool_init(struct dk_problem_pool *pool);
void dk_problem_pool_reset(struct dk_problem_pool *pool);

/* One worker's. */
struct dk_problems {
    struct dk_problem_pool *pool; /* NULL: strict. Borrowed */
    struct dk_problem first[DK_PROBLEMS_SHOWN];
    size_t first_count; /* of them, in order */
    uint64_t total;
    bool fatal; /* one of them can't be mended by quarantine */
};

/* Adds a problem. Its text is made here, from cell[0..size), if the problem is kept at all; cell
 * may be NULL. */
void dk_problems_add(struct dk_problems *problems, const struct dk_problem *problem,
                     const char *cell, size_t size);

/* Bytes as a reader should see them: printable ASCII as it is, the rest as \xNN, cut with "..". */
void dk_problem_text(char text[DK_PROBLEM_TEXT_MAX], const char *cell, size_t size);

/* Whether this kind of problem, in this file, is one that quarantine can't mend. */
bool dk_problem_is_fatal(enum dk_problem_kind kind, int file);

/* Adds the problems of another list, of the same pool. */
void dk_problems_join(struct dk_problems *problems, const struct dk_problems *other);

/* Puts counts and problems, in order, into an empty report; the pool is emptied. DK_ERR_NOMEM;
 * DK_ERR_DATA where the pool overflowed (the report then holds the first problems only, and is
 * fatal). */
enum dk_status dk_problems_report(const struct dk_problems *problems, struct dk_report *report,
                                  struct dk_error *err) DK_CHECK;

/* The one to name in an error: the first that is fatal where any is, else the first. NULL: none. */
const struct dk_problem *dk_report_foremost(const struct dk_report *report);

#endif

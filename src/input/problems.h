/*
 * The problems that the workers find, before they become a report. Private to src/input/.
 *
 * Each worker has a list of its own, which counts all problems and keeps the first
 * DK_PROBLEMS_SHOWN by place. Under quarantine a pool that the lists share keeps them all. Joined,
 * the lists give the same report whichever worker found what.
 */
#ifndef DK_INPUT_PROBLEMS_H
#define DK_INPUT_PROBLEMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "input/input.h"

/* More bad cells than a failing sensor explains: the drop is refused. */
#define DK_PROBLEMS_QUARANTINE_MAX 1000000

/* Keeps every problem, from any thread. */
struct dk_problem_pool {
    pthread_mutex_t lock;
    struct dk_problem *items; /* owned */
    size_t count, capacity;
    bool full; /* more came than the ceiling allows */
    bool out_of_memory;
};

void dk_problem_pool_init(struct dk_problem_pool *pool);
void dk_problem_pool_reset(struct dk_problem_pool *pool);

/* The list of one worker. Zeroed at first, except for the pool. */
struct dk_problems {
    struct dk_problem_pool *pool; /* NULL: strict. Borrowed */
    struct dk_problem first[DK_PROBLEMS_SHOWN];
    size_t first_count; /* of them, in order */
    uint64_t total;
    uint64_t by_file[DK_DROP_FILES];
    bool fatal; /* quarantine does not help against one of them */
};

/* Adds a problem. If it is kept, its text is made from cell[0..size); cell may be NULL. */
void dk_problems_add(struct dk_problems *problems, const struct dk_problem *problem,
                     const char *cell, size_t size);

/* Bytes as people can read them: printable ASCII as it is, the rest as \xNN; cut with "..". */
void dk_problem_text(char text[DK_PROBLEM_TEXT_MAX], const char *cell, size_t size);

/* Whether quarantine does not help against this kind of problem in this file. */
bool dk_problem_is_fatal(enum dk_problem_kind kind, int file);

/* Adds the problems of another list, of the same pool. */
void dk_problems_join(struct dk_problems *problems, const struct dk_problems *other);

/* Puts the counts and the problems, in order, into an empty report, and empties the pool.
 * DK_ERR_DATA if the pool overflowed: the report then holds the first problems only, and is fatal.
 * DK_ERR_NOMEM. */
enum dk_status dk_problems_report(const struct dk_problems *problems, struct dk_report *report,
                                  struct dk_error *err) DK_CHECK;

/* Sets the error for a problem, with its place. Returns DK_ERR_DATA. */
enum dk_status dk_problem_refuse(const struct dk_problem *problem, const struct dk_drop *drop,
                                 struct dk_error *err);

/* The problem to name in an error: the first fatal one, else the first. NULL: there is none. */
const struct dk_problem *dk_report_foremost(const struct dk_report *report);

#endif

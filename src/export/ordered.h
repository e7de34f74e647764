/*
 * Blocks that several threads make in any order, and that are consumed in order. Private
 * to src/export/.
 *
 * A block is made (formatted) in a slot of a small ring, then goes through every stage (is written,
 * is hashed). A stage takes the blocks one at a time and in ascending order, whichever thread runs
 * it; different stages may run at the same time. No thread waits for its turn to write: it leaves
 * its block in the ring and makes the next, and whoever finds a stage idle whose next block is
 * ready runs that stage. The ring bounds the memory, and the number of threads never shows in the
 * output.
 */
#ifndef DK_EXPORT_ORDERED_H
#define DK_EXPORT_ORDERED_H

#include <stddef.h>

#include "base/status.h"

#define DK_ORDERED_STAGES_MAX 2

/* A step on block `block`, which is in slot `slot` (block modulo slots). */
typedef enum dk_status (*dk_ordered_fn)(void *context, size_t block, size_t slot,
                                        struct dk_error *err);

struct dk_ordered {
    size_t blocks; /* how many there are */
    size_t slots;  /* of the ring, at least 1; one thread uses a slot at a time */
    dk_ordered_fn make;
    size_t stage_count; /* 1..DK_ORDERED_STAGES_MAX */
    dk_ordered_fn stages[DK_ORDERED_STAGES_MAX];
    void *context; /* for all of them, shared by all threads */
};

/* Runs it with `threads` threads, the caller's among them. Returns when every block has gone
 * through every stage, or at the first failure, with its status and error. */
enum dk_status dk_ordered_run(const struct dk_ordered *ordered, unsigned threads,
                              struct dk_error *err) DK_CHECK;

#endif

/*
 * readers: several threads that read series from the database, each over a connection of its own.
 */
#ifndef DK_STORE_READERS_H
#define DK_STORE_READERS_H

#include "base/team.h"
#include "store/store.h"

/* How many readers to use for `series` series; `threads` as in the settings, 0: one per
 * processor. At least 1. */
unsigned dk_readers_count(unsigned threads, size_t series);

/* The work of one reader, as dk_team_fn, with the store to read from. */
typedef enum dk_status (*dk_reader_fn)(struct dk_team *team, unsigned index, struct dk_store *store,
                                       void *context, struct dk_error *err);

/* Runs `count` readers, as dk_team_run. The first one reads from `store`, in the calling thread. */
enum dk_status dk_readers_run(struct dk_store *store, unsigned count, dk_reader_fn work,
                              void *context, struct dk_error *err) DK_CHECK;

#endif

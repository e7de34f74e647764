/*
 * The next drop of a fleet is read while the one before it is stored: a database has one writer, so
 * the other processors would have nothing to do.
 *
 * Only files are read ahead. What the database says of the next drop is asked before the store
 * begins, and again at that drop's turn, with all messages; what was read ahead is used only if it
 * would be read again in the same way: the same files, which have not changed since and which
 * nobody is writing, the same settings, the same borrowed profile. If it is not, or if it was
 * refused, the drop is read at its turn as if nothing had been read before. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_READ_AHEAD_H
#define DK_PIPELINE_READ_AHEAD_H

#include "pipeline/pipeline.h"

/* Begins to read the drop at pipeline->next, if that is worth while: a folder of the wells of
 * one site, none of whose samples are exported, and not more than 32 MB of values, so that
 * memory stays bounded. Ends what was read ahead before. No transaction is open. A failure means
 * only that nothing is read ahead. */
void dk_read_ahead_begin(struct dk_pipeline *pipeline);

/* What dk_drop_read would do for `request`, if exactly that was read ahead: waits for it, sends
 * its notices to the observer of the request, and fills the drop, `readings` and `report`.
 * False: nothing is changed. What was read ahead is gone afterwards. */
bool dk_read_ahead_take(struct dk_pipeline *pipeline, const struct dk_drop_request *request,
                        struct dk_readings *readings, struct dk_report *report);

/* Waits until all of it is read. */
void dk_read_ahead_wait(struct dk_pipeline *pipeline);

/* Ends it, and frees what was read. Legal if nothing was begun. */
void dk_read_ahead_end(struct dk_pipeline *pipeline);

#endif

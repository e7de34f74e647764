/*
 * burst_mark: which rows of the ledger are samples and features of a cohort as it is loaded now.
 *
 * The etag of such a row is "<mark>-3": the mark of the cohort's contents, and how many files of
 * that kind the cohort has.
 */
#ifndef DK_STORE_BURST_MARK_H
#define DK_STORE_BURST_MARK_H

#include "store/ledger.h"
#include "store/store.h"

/* The mark of a cohort's contents: of its rows, and of the drop that loaded them, whose other
 * samples are in the files. */
enum dk_status dk_burst_mark_make(const struct dk_store_series *series, char mark[DK_HASH_HEX_MAX],
                                  struct dk_error *err) DK_CHECK;

/* Sets the etag of one of `file_count` files, which is at most 9. */
void dk_burst_mark_put(struct dk_ledger_publication *row, const char *mark, int file_count);

/* How many files the etag of a row counts; 0: it has another mark. */
int dk_burst_mark_files(const struct dk_ledger_publication *row, const char *mark);

#endif

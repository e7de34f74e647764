/*
 * The historical CSV that an earlier run wrote, as a source of rows: the lines of cohorts that have
 * not changed since are taken over as they are, so that one new cohort does not cost a read of all
 * history from the database.
 *
 * The file is read once, from beginning to end, and hashed on the way. Its lines are worth nothing
 * unless the hash is the ledger's: what was made of them must not be committed before
 * dk_previous_csv_finish has found that. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_PREVIOUS_CSV_H
#define DK_PIPELINE_PREVIOUS_CSV_H

#include "base/hash.h"
#include "export/export.h"
#include "store/ledger.h"
#include "store/store.h"

struct dk_previous_csv {
    const struct dk_ledger_publication *publication; /* borrowed */
    int fd;
    char *window;   /* owned */
    size_t at, end; /* the bytes of the window that are not taken yet */
    bool at_end;    /* the file has been read to its end */
    struct dk_hash hash;
};

/* Opens the file of a publication. *usable is false, with nothing to close, if it is gone. */
enum dk_status dk_previous_csv_open(struct dk_previous_csv *csv,
                                    const struct dk_ledger_publication *publication, bool *usable,
                                    struct dk_error *err) DK_CHECK;

/* Whether the file has this series as the database has it now. */
bool dk_previous_csv_holds(const struct dk_previous_csv *csv, const struct dk_store_series *series);

/* Appends the lines of `series`, which comes after all series asked for before; lines of others in
 * between are ignored. DK_ERR_DATA: they are not there. */
enum dk_status dk_previous_csv_append(struct dk_previous_csv *csv,
                                      const struct dk_store_series *series,
                                      struct dk_export *export, struct dk_error *err) DK_CHECK;

/* Reads the rest. DK_ERR_DATA: the file is not what the ledger says. */
enum dk_status dk_previous_csv_finish(struct dk_previous_csv *csv, struct dk_error *err) DK_CHECK;

void dk_previous_csv_close(struct dk_previous_csv *csv);

#endif

/*
 * The historical CSV that an earlier run wrote, as a source of rows: the lines of a cohort that has
 * not changed since are taken over as they stand, which spares the database a read of all history
 * whenever one cohort is new.
 *
 * The file is read once, from its beginning to its end, and its hash taken on the way. Only when
 * that is the one in the ledger are the lines worth anything: what was made of them must not be
 * committed before dk_former_finish has said so. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_FORMER_H
#define DK_PIPELINE_FORMER_H

#include "base/hash.h"
#include "export/export.h"
#include "store/ledger.h"
#include "store/store.h"

struct dk_former {
    const struct dk_ledger_publication *publication; /* borrowed */
    int fd;
    char *window;      /* owned */
    size_t at, end;    /* what of the window is not taken yet */
    bool at_end;       /* nothing is left to be read */
    struct dk_hash hash;
};

/* Opens the file of a publication. *usable false, and nothing to close: it is not there any more. */
enum dk_status dk_former_open(struct dk_former *former,
                              const struct dk_ledger_publication *publication, bool *usable,
                              struct dk_error *err) DK_CHECK;

/* Whether the file holds this series as it is in the database now. */
bool dk_former_holds(const struct dk_former *former, const struct dk_store_series *series);

/* Passes over what was replaced or removed since, and appends the lines of `series`, which comes
 * after all that were asked for before. DK_ERR_DATA: they are not there. */
enum dk_status dk_former_append(struct dk_former *former, const struct dk_store_series *series,
                                struct dk_export *export, struct dk_error *err) DK_CHECK;

/* Reads the rest. DK_ERR_DATA: the file is not what the ledger says. */
enum dk_status dk_former_finish(struct dk_former *former, struct dk_error *err) DK_CHECK;

void dk_former_close(struct dk_former *former);

#endif

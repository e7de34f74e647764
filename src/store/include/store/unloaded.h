/*
 * unloaded: cohorts out of the database, and what the ledger keeps of them.
 *
 * The rows of a cohort go; the rows of its drop, its files and its run stay. Table `unloaded` has
 * one row for each cohort that a run unloaded. The archive folder of the drop gets a note of it too
 * (archive/unloaded_note.h), so that a rebuild does not bring the cohort back.
 */
#ifndef DK_STORE_UNLOADED_H
#define DK_STORE_UNLOADED_H

#include "store/ledger.h"

/* Cohorts to unload, as dk_store_list gave them. All is borrowed. */
struct dk_unload {
    int64_t run_id;
    const struct dk_store_series *list;
    size_t count;
};

/* Unloads them in one transaction: all or none. Drops without a cohort then count as unloaded,
 * with their duplicates: they are no longer pending, and the same drop can be loaded again.
 * DK_ERR_BUSY: one of them is no longer what the list says. */
enum dk_status dk_store_unload(struct dk_store *store, const struct dk_unload *unload,
                               struct dk_error *err) DK_CHECK;

/* A cohort that was unloaded. */
struct dk_ledger_unloaded {
    int64_t run_id; /* of the unload */
    int64_t drop_id;
    struct dk_well well;
    int cohort;
    int64_t readings;
    char hash[DK_HASH_HEX_MAX];
    char at[DK_TIME_TEXT_MAX]; /* when that run began, UTC */
    struct dk_ledger_actor actor;
};

/* What was unloaded of a drop, or of the one that it duplicates, in the order of the runs. *list
 * is on the heap. */
enum dk_status dk_ledger_unloaded(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_unloaded **list, size_t *count,
                                  struct dk_error *err) DK_CHECK;

/* The archived drops of this workspace of which cohorts were unloaded, by whichever workspace.
 * Their duplicates count as drops of their own. *list is on the heap. */
enum dk_status dk_ledger_unloaded_drops(struct dk_store *store, struct dk_ledger_drop **list,
                                        size_t *count, struct dk_error *err) DK_CHECK;
/* Folders of this workspace have their notes now. Commits by itself. */
enum dk_status dk_ledger_noted(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* The newest run that unloaded cohorts which a filter selects or, where `loaded_by` is not 0, that
 * this run had loaded; *run_id 0: none did. */
enum dk_status dk_ledger_unloaded_by(struct dk_store *store, const struct dk_store_filter *filter,
                                     int64_t loaded_by, int64_t *run_id, struct dk_error *err)
    DK_CHECK;

/* Whether any cohort was ever unloaded. A schema that is older, or not there, knows of none. */
enum dk_status dk_store_was_unloaded(struct dk_store *store, bool *was, struct dk_error *err)
    DK_CHECK;

/* The cohort that a drop with this content hash was before it was unloaded; 0: none. NULL: any
 * drop's, if nothing is in its place now. *run_id: the run that unloaded it. */
enum dk_status dk_ledger_unloaded_find(struct dk_store *store, const char *content_hash,
                                       const struct dk_ledger_scope *scope, int *cohort,
                                       int64_t *run_id, struct dk_error *err) DK_CHECK;

#endif

/*
 * unloaded_note: what an archive folder says of cohorts that were unloaded since: `unloaded.json`.
 * The database may be lost with the ledger; the folder then says what a rebuild must leave out.
 *
 *     {"format": 1, "unloaded": [{"rig": "texas-1", "cohort": 61, "readings": 2205,
 *      "sha256": "...", "run": 9, "at": "2023-06-02 08:00:00", "user": "ann", "host": "rig-pc",
 *      "reason": null}]}
 *
 * Each unload writes it again; the manifest does not list it.
 */
#ifndef DK_ARCHIVE_UNLOADED_NOTE_H
#define DK_ARCHIVE_UNLOADED_NOTE_H

#include "store/unloaded.h"

#define DK_ARCHIVE_UNLOADED "unloaded.json"

struct dk_unloaded_note {
    struct dk_ledger_unloaded *list; /* owned; drop_id is 0 */
    size_t count;
};

/* Writes all that the ledger has unloaded of the drop into its folder, whole. */
enum dk_status dk_unloaded_note_write(struct dk_store *store, int64_t drop_id, const char *folder,
                                      struct dk_error *err) DK_CHECK;

/* Reads the note in a folder; without one it is empty. DK_ERR_DATA: it is damaged, or of a newer
 * format. After DK_OK the caller resets. */
enum dk_status dk_unloaded_note_read(const char *folder, struct dk_unloaded_note *note,
                                     struct dk_error *err) DK_CHECK;
void dk_unloaded_note_reset(struct dk_unloaded_note *note);

/* Whether the folder has a note. */
bool dk_unloaded_note_exists(const char *folder);

/* What it says of that cohort of a rig; NULL: nothing. */
const struct dk_ledger_unloaded *dk_unloaded_note_find(const struct dk_unloaded_note *note,
                                                       const struct dk_well *well, int cohort);

#endif

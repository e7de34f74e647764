#include "unload_notes.h"

#include <stdlib.h>

#include "archive/unloaded_note.h"
#include "base/file.h"

/* Writes the note of a drop's folder, unless the one that is there says all that the ledger
 * does. */
static enum dk_status note_drop(struct dk_pipeline *pipeline, const struct dk_ledger_drop *drop,
                                bool *written, struct dk_error *err)
{
    struct dk_ledger_unloaded *list = NULL;
    struct dk_unloaded_note note = {0};
    size_t count = 0;
    /* A folder that somebody moved away gets its note when it is back. */
    if (!dk_path_exists(drop->archive_folder))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_ledger_unloaded(pipeline->store, drop->drop_id, &list, &count, err));
    free(list);
    bool noted = dk_unloaded_note_read(drop->archive_folder, &note, NULL) == DK_OK;
    noted = noted && note.count >= count;
    dk_unloaded_note_reset(&note);
    if (noted)
        return DK_OK;
    *written = true;
    return dk_unloaded_note_write(pipeline->store, drop->drop_id, drop->archive_folder, err);
}

enum dk_status dk_unload_note_all(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_ledger_drop *drops = NULL;
    size_t count = 0;
    bool written = false;
    enum dk_status status = dk_ledger_unloaded_drops(pipeline->store, &drops, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = note_drop(pipeline, &drops[i], &written, err);
    free(drops);
    return status == DK_OK && written ? dk_ledger_noted(pipeline->store, err) : status;
}

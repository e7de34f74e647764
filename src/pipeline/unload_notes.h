/* The notes of unloads in the folders of the archive (archive/unloaded_note.h). Private to
 * src/pipeline/. */
#ifndef DK_PIPELINE_UNLOAD_NOTES_H
#define DK_PIPELINE_UNLOAD_NOTES_H

#include "pipeline/pipeline.h"

/* Writes the notes that folders of this workspace lack: of an interrupted unload, or one of another
 * workspace on this database, and of folders that were away. Each run begins with it. */
enum dk_status dk_unload_note_all(struct dk_pipeline *pipeline, struct dk_error *err) DK_CHECK;

#endif

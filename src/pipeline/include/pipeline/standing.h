/*
 * The standing export: the historical CSV of all that is loaded and its dictionary, in aws_s3/,
 * where the newest always lie. Private to src/pipeline/ and to the commands that name the files.
 */
#ifndef DK_PIPELINE_STANDING_H
#define DK_PIPELINE_STANDING_H

#include "export/historical.h"
#include "pipeline/pipeline.h"

#define DK_STANDING_CSV DK_WORKSPACE_S3 "/" DK_HISTORICAL_FILE
#define DK_STANDING_DICTIONARY DK_WORKSPACE_S3 "/" DK_HISTORICAL_DICTIONARY_FILE

/* Whether the file that a publication names is there, as long as it was when it was written. That
 * does not tell of its contents, which are hashed where they matter. */
bool dk_standing_is_there(const struct dk_ledger_publication *publication);

/* Tells that a file in aws_s3/ was edited since it was exported; the edit goes nowhere. */
void dk_standing_tell_edited(const struct dk_pipeline *pipeline, const char *path);

/* Hashes the CSV that an earlier run wrote, and writes both files anew if it is not what
 * *publication says, which then becomes what stands now. *fresh (may be NULL): they were. */
enum dk_status dk_standing_make_sure(struct dk_pipeline *pipeline,
                                     struct dk_ledger_publication *publication, bool *fresh,
                                     struct dk_error *err) DK_CHECK;

/* Writes both files anew, whatever lies there; *publication, what stood before (its hash "" if
 * nothing did), becomes what stands now. */
enum dk_status dk_standing_write(struct dk_pipeline *pipeline,
                                 struct dk_ledger_publication *publication, struct dk_error *err)
    DK_CHECK;

#endif

/*
 * exported_file: a file in aws_s3/ that an export wrote, against what the ledger recorded of it. Private
 * to src/pipeline/.
 */
#ifndef DK_PIPELINE_EXPORTED_FILE_H
#define DK_PIPELINE_EXPORTED_FILE_H

#include "pipeline/pipeline.h"

/* Whether the file of a publication exists and has the size that was recorded. Its contents are
 * hashed where they matter. */
bool dk_exported_file_exists(const struct dk_ledger_publication *publication);

/* Prints a notice that a file in aws_s3/ was edited since it was exported, and is overwritten. */
void dk_exported_file_report_edited(const struct dk_pipeline *pipeline, const char *path);

#endif

/*
 * exported_file: one file in aws_s3/, and whether it is still what derrick exported. Private to
 * src/pipeline/.
 */
#ifndef DK_PIPELINE_EXPORTED_FILE_H
#define DK_PIPELINE_EXPORTED_FILE_H

#include "export/historical.h"
#include "pipeline/pipeline.h"

#define DK_CURRENT_CSV DK_WORKSPACE_S3 "/" DK_HISTORICAL_FILE
#define DK_CURRENT_DICTIONARY DK_WORKSPACE_S3 "/" DK_HISTORICAL_DICTIONARY_FILE

/* Whether the file of a publication exists and has the size that was recorded. Its contents are
 * hashed where they matter. */
bool dk_exported_file_exists(const struct dk_ledger_publication *publication);

/* Prints a notice that a file in aws_s3/ was edited since it was exported, and is overwritten. */
void dk_exported_file_report_edited(const struct dk_pipeline *pipeline, const char *path);

#endif

/*
 * current_report: the report of all that is loaded, as a run keeps it up to date: report.html in
 * the workspace, and, where the settings say so, its copy beside the CSV on S3. Nobody's data waits
 * for a report: whatever fails here is a warning. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_CURRENT_REPORT_H
#define DK_PIPELINE_CURRENT_REPORT_H

#include "pipeline/pipeline.h"

/* Writes report.html, unless it is there and shows the newest load as of today. *page is what was
 * written, zeroed if nothing was. */
void dk_current_report_write(struct dk_pipeline *pipeline, struct dk_page_result *page);

/* Uploads it where report.publish is set and S3 has another one; removes it from S3 where that is
 * no longer set. `total` has what this run uploaded, and counts this, too. */
void dk_current_report_publish(struct dk_pipeline *pipeline, struct dk_upload_result *total);

#endif

/* report: what is loaded as one HTML page for people. */
#ifndef DK_PIPELINE_HTML_REPORT_H
#define DK_PIPELINE_HTML_REPORT_H

#include "pipeline/pipeline.h"
#include "report/html_page.h"

/* The report of the workspace, which `run` keeps up to date. */
#define DK_REPORT_FILE "report.html"

/* A report on what `filter` selects, as of a minute (struct dk_page_request). */
struct dk_report_request {
    struct dk_store_filter filter;
    int64_t as_of_minute;
    const char *path;     /* written whole or not at all. NULL: `sink` gets the report */
    struct dk_sink *sink; /* borrowed */
};

/* The store is open; nothing in it changes. DK_ERR_FAILED: nothing is loaded; DK_ERR_USAGE: the
 * filter selects nothing; DK_ERR_BUSY: the database was loaded meanwhile. */
enum dk_status dk_pipeline_report(struct dk_pipeline *pipeline,
                                  const struct dk_report_request *request,
                                  struct dk_page_result *result, struct dk_error *err) DK_CHECK;

#endif

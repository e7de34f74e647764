#include "pipeline/html_report.h"

#include <stdlib.h>

#include "output.h"

/* Says what the filter leaves nothing of. */
static enum dk_status check_filter(struct dk_pipeline *pipeline,
                                   const struct dk_store_filter *filter, struct dk_error *err)
{
    struct dk_store_series *list = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_store_list(pipeline->store, filter, &list, &count, err));
    free(list);
    return count > 0
               ? DK_OK
               : dk_output_nothing(filter, "report", "'derrick status' lists what is loaded", err);
}

static enum dk_status write_page(struct dk_pipeline *pipeline,
                                 const struct dk_report_request *report, struct dk_sink *sink,
                                 struct dk_page_result *result, struct dk_error *err)
{
    const struct dk_page_request request = {.filter = report->filter,
                                            .calendar = pipeline->settings->input.calendar,
                                            .as_of_minute = report->as_of_minute,
                                            .limits = pipeline->settings->limits,
                                            .threads = pipeline->settings->threads,
                                            .observer = pipeline->observer};
    struct dk_error busy = {0};
    int64_t generation = 0;
    DK_RETURN_IF_ERROR(check_filter(pipeline, &report->filter, err));
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &generation, err));
    enum dk_status status = dk_page_write(pipeline->store, &request, sink, result, err);
    if (status != DK_OK && status != DK_ERR_STORE)
        return status;
    /* Rows that differ from the ledger may be those of a load that happened meanwhile. */
    enum dk_status changed = dk_output_check_unchanged(pipeline, generation, "the report", &busy);
    if (changed == DK_OK)
        return status;
    if (err)
        *err = busy;
    return changed;
}

enum dk_status dk_pipeline_report(struct dk_pipeline *pipeline,
                                  const struct dk_report_request *request,
                                  struct dk_page_result *result, struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    if (!request->path)
        return write_page(pipeline, request, request->sink, result, err);
    DK_RETURN_IF_ERROR(dk_file_create(&file, request->path, err));
    struct dk_sink whole = dk_file_sink(&file);
    enum dk_status status = write_page(pipeline, request, &whole, result, err);
    if (status == DK_OK)
        return dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

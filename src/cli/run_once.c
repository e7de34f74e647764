/* One drop: all steps, and what they print. */
#include "command.h"
#include "feedback.h"
#include "pipeline/html_report.h"

/* What happened to the drop. */
static void report_drop(struct dk_session *session, const char *path,
                        const struct dk_intake *intake, const struct dk_run_result *result,
                        enum dk_status status)
{
    session->feedback.worked = result->worked;
    session->feedback.delivered = result->found || result->archived.drops > 0;
    session->feedback.loaded = result->load.drop_id != 0;
    session->console.has_loaded = session->console.has_loaded || session->feedback.loaded;
    dk_feedback_place(&session->feedback, path, result->found ? &intake->drop : NULL);
    if (result->read && result->load.outcome != DK_LOAD_ALREADY)
        dk_session_report_intake(session, intake, status);
    if (result->read && result->load.drop_id != 0)
        dk_session_report_load(session, intake->drop.path, &result->load);
}

/* What happened to all that is loaded. */
static void report_rest(struct dk_session *session, const struct dk_run_result *result)
{
    if (result->export.hash[0] && result->worked)
        dk_session_report_export(session, &result->export, result->exported);
    if (result->report.rigs > 0 && result->worked)
        dk_session_report_page(session, DK_REPORT_FILE, &result->report);
    if (result->upload.sent + result->upload.skipped > 0)
        dk_session_report_upload(session, &result->upload);
    if (result->archived.drops > 0)
        dk_session_report_archive(session, &result->archived);
}

enum dk_status dk_session_take_in(struct dk_session *session, const char *path,
                                  struct dk_run_result *result, struct dk_error *err)
{
    struct dk_intake intake = {0};
    dk_console_begin_run(&session->console);
    enum dk_status status = dk_pipeline_take_in(&session->pipeline, path, &intake, result, err);
    report_drop(session, path, &intake, result, status);
    dk_intake_reset(&intake);
    return status;
}

enum dk_status dk_session_bring_out(struct dk_session *session, bool *worked, struct dk_error *err)
{
    struct dk_run_result result = {0};
    enum dk_status status = dk_pipeline_bring_out(&session->pipeline, &result, err);
    *worked = result.worked;
    report_rest(session, &result);
    return status;
}

enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err)
{
    struct dk_intake intake = {0};
    struct dk_run_result result = {0};
    dk_console_begin_run(&session->console);
    enum dk_status status = dk_pipeline_run(&session->pipeline, path, &intake, &result, err);
    *worked = result.worked;
    report_drop(session, path, &intake, &result, status);
    report_rest(session, &result);
    if (status == DK_OK && !path)
        status = dk_pipeline_check_unread(&session->pipeline, result.found, err);
    dk_intake_reset(&intake);
    return status;
}

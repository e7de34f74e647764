/* What several commands say in the same words. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "command.h"
#include "pipeline/preview.h"

enum dk_status dk_session_report_empty(struct dk_session *session, struct dk_error *err)
{
    enum dk_status status = dk_pipeline_check_unread(&session->pipeline, false, err);
    if (status == DK_OK && !session->console.quiet)
        dk_console_result(&session->console, "empty", DK_FIELDS(DK_FLAG("new", 0)),
                          "nothing new: no sensor file in '%s'", DK_WORKSPACE_LOGS);
    return status;
}

void dk_session_report_load(struct dk_session *session, const char *drop,
                            const struct dk_load_result *result)
{
    char rows[DK_COUNT_TEXT_MAX];
    char values[DK_COUNT_TEXT_MAX];
    char replaced[48] = "";
    bool wells = session->config.settings.input.columns == DK_COLUMNS_WELLS;
    const struct dk_field fields[] = {
        DK_TEXT("drop", drop),
        DK_TEXT("outcome", result->outcome == DK_LOAD_DONE ? "loaded" : "already"),
        DK_NUMBER("readings", result->rows),
        DK_NUMBER("values", result->values),
        DK_NUMBER("cohorts", result->series_loaded),
        DK_NUMBER("skipped", result->series_skipped),
        DK_NUMBER("replaced", result->series_replaced),
        DK_NUMBER("run", result->drop_run_id),
        {.kind = DK_FIELD_NONE}};
    if (result->outcome == DK_LOAD_ALREADY && session->console.quiet) {
        dk_console_keep_result(&session->console, "load", fields);
        return;
    }
    if (result->outcome == DK_LOAD_ALREADY) {
        dk_console_result(&session->console, "load", fields,
                          "already loaded: '%s', by run %lld; nothing was changed", drop,
                          (long long)result->drop_run_id);
        return;
    }
    if (result->series_replaced > 0)
        dk_text_format(replaced, sizeof(replaced), ", %zu replaced", result->series_replaced);
    dk_console_result(&session->console, "load", fields,
                      "loaded: '%s', %s readings, %s values, %zu %s%s%s", drop,
                      dk_count_text(result->rows, rows), dk_count_text(result->values, values),
                      result->series_loaded, wells ? "well" : "cohort",
                      result->series_loaded == 1 ? "" : "s", replaced);
}

void dk_session_report_page(struct dk_session *session, const char *path,
                            const struct dk_page_result *page)
{
    char readings[DK_COUNT_TEXT_MAX];
    char rigs[DK_COUNT_TEXT_MAX];
    dk_console_result(&session->console, "report",
                      DK_FIELDS(DK_TEXT("output", path), DK_NUMBER("rigs", page->rigs),
                                DK_NUMBER("rigs_in_full", page->rigs_in_full),
                                DK_NUMBER("readings", page->readings),
                                DK_NUMBER("bytes", page->size_bytes)),
                      "report: '%s', %s reading%s of %s rig%s", path,
                      dk_count_text(page->readings, readings), page->readings == 1 ? "" : "s",
                      dk_count_text(page->rigs, rigs), page->rigs == 1 ? "" : "s");
}

void dk_session_report_upload(struct dk_session *session, const struct dk_upload_result *result)
{
    const char *url = session->config.settings.s3.url;
    char removed[32] = "";
    if (session->console.quiet && result->sent == 0 && result->removed == 0)
        return;
    if (result->removed > 0)
        dk_text_format(removed, sizeof(removed), ", %u removed", result->removed);
    dk_console_result(
        &session->console, "upload",
        DK_FIELDS(DK_TEXT("url", url), DK_NUMBER("sent", result->sent),
                  DK_NUMBER("skipped", result->skipped), DK_NUMBER("removed", result->removed),
                  DK_NUMBER("bytes_sent", result->bytes_sent)),
        "uploaded: '%s', %u sent, %u already there%s", url, result->sent, result->skipped, removed);
}

void dk_session_report_export(struct dk_session *session,
                              const struct dk_ledger_publication *export, bool fresh)
{
    char rows[DK_COUNT_TEXT_MAX];
    dk_console_result(&session->console, "export",
                      DK_FIELDS(DK_TEXT("output", export->target), DK_NUMBER("rows", export->rows),
                                DK_NUMBER("bytes", export->size_bytes),
                                DK_TEXT("sha256", export->hash), DK_FLAG("new", fresh)),
                      "exported: '%s', %s rows%s", export->target,
                      dk_count_text((uint64_t) export->rows, rows),
                      fresh ? "" : ", up to date already");
}

void dk_session_report_archive(struct dk_session *session, const struct dk_archived *result)
{
    if (result->drops == 0 && session->console.quiet)
        return;
    if (result->drops > 1) {
        dk_console_result(&session->console, "archive",
                          DK_FIELDS(DK_NUMBER("drops", result->drops),
                                    DK_NUMBER("files", result->files),
                                    DK_TEXT("folder", result->folder)),
                          "archived: %zu drops in '%s', %zu file%s", result->drops,
                          DK_WORKSPACE_ARCHIVE, result->files, result->files == 1 ? "" : "s");
        return;
    }
    if (result->drops == 0) {
        dk_console_result(&session->console, "archive", DK_FIELDS(DK_NUMBER("drops", 0)),
                          "nothing to archive");
        return;
    }
    dk_console_result(
        &session->console, "archive",
        DK_FIELDS(DK_NUMBER("drops", result->drops), DK_NUMBER("files", result->files),
                  DK_TEXT("folder", result->folder)),
        "archived: '%s', %zu file%s", result->folder, result->files, result->files == 1 ? "" : "s");
}

/* --- --dry-run ------------------------------------------------------------------------------ */

/* "cohorts 1 to 60 of texas-1 (2008-03-26 to 2023-05-06) from 'logs'" */
static void preview_text(const struct dk_preview_item *item, char *text, size_t cap)
{
    char count[DK_COUNT_TEXT_MAX];
    const char *unit = item->rig ? "readings" : "rows";
    size_t used = 0;
    if (item->rig && item->first == item->last)
        dk_text_format(text, cap, "cohort %d of %s (%s) from '%s'", item->first, item->rig,
                       item->dates, item->what);
    else if (item->rig)
        dk_text_format(text, cap, "cohorts %d to %d of %s (%s) from '%s'", item->first, item->last,
                       item->rig, item->dates, item->what);
    else
        dk_text_format(text, cap, "'%s'", item->what);
    used = strlen(text);
    if (item->readings > 0)
        dk_text_format(text + used, cap - used, ", %s %s", dk_count_text(item->readings, count),
                       unit);
    used = strlen(text);
    if (item->files > 0)
        dk_text_format(text + used, cap - used, ", %s file%s", dk_count_text(item->files, count),
                       item->files == 1 ? "" : "s");
    used = strlen(text);
    if (item->run_id > 0)
        dk_text_format(text + used, cap - used, ", loaded by run %lld", (long long)item->run_id);
}

struct preview_output {
    struct dk_session *session;
    size_t count; /* of what would change something */
};

static void print_preview(void *context, const struct dk_preview_item *item)
{
    struct preview_output *output = context;
    char text[DK_ERROR_TEXT_MAX];
    preview_text(item, text, sizeof(text));
    output->count += item->action != DK_PREVIEW_SKIP;
    dk_console_result(&output->session->console, "preview",
                      DK_FIELDS(DK_TEXT("action", dk_preview_action_word(item->action)),
                                DK_TEXT("what", item->what), DK_TEXT("rig", item->rig),
                                DK_NUMBER("first_cohort", item->first),
                                DK_NUMBER("last_cohort", item->last),
                                DK_TEXT("dates", item->dates[0] ? item->dates : NULL),
                                DK_NUMBER("rows", item->readings), DK_NUMBER("files", item->files)),
                      "would %s%s: %s", dk_preview_action_word(item->action),
                      item->action == DK_PREVIEW_SKIP ? " what is loaded already" : "", text);
}

enum dk_status dk_session_preview(struct dk_session *session, const char *path, unsigned steps,
                                  struct dk_error *err)
{
    struct preview_output output = {.session = session};
    struct dk_intake intake = {0};
    const struct dk_preview to = {.item = print_preview, .context = &output};
    const struct dk_preview_request request = {.path = path, .steps = steps, .to = &to};
    bool found = false;
    enum dk_status status = dk_pipeline_preview(&session->pipeline, &request, &intake, &found, err);
    dk_session_report_intake(session, &intake, status);
    if (status == DK_OK && (steps & DK_PREVIEW_OF_LOAD) && !path)
        status = dk_pipeline_check_unread(&session->pipeline, found, err);
    dk_intake_reset(&intake);
    if (status == DK_OK && output.count == 0 && !session->console.quiet)
        dk_console_print(&session->console, "nothing would be done");
    return status;
}

#include "current_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "exported_file.h"
#include "pipeline/html_report.h"
#include "upload.h"

#define REPORT_BYTES_MAX (64u << 20)
#define LAYOUT_REPORT "report" /* in the ledger */
#define MARK_MAX 160

/* --- report.html ---------------------------------------------------------------------------- */

/* What a report depends on besides the rows: as long as this is the same, so are its bytes. */
static enum dk_status make_mark(struct dk_pipeline *pipeline, char mark[MARK_MAX],
                                struct dk_error *err)
{
    const struct dk_calendar *calendar = &pipeline->settings->input.calendar;
    struct dk_ledger_run *last = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_ledger_runs(pipeline->store, 1, &last, &count, err));
    dk_text_format(mark, MARK_MAX, "derrick %s as of %.10s, %lld %d %d", dk_page_version(),
                   count > 0 ? last->started : "", (long long)calendar->start_day,
                   (int)calendar->cohort_days, (int)calendar->interval_minutes);
    free(last);
    return DK_OK;
}

/* Whether the file is the one of the publication, and that shows the newest load. */
static enum dk_status is_current(struct dk_pipeline *pipeline,
                                 const struct dk_ledger_publication *known, const char *mark,
                                 bool *current, struct dk_error *err)
{
    char hash[DK_HASH_HEX_MAX];
    int64_t generation = 0;
    *current = false;
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &generation, err));
    if (known->generation != generation || strcmp(known->etag, mark) != 0 ||
        !dk_exported_file_exists(known))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_hash_file(DK_REPORT_FILE, hash, NULL, err));
    *current = strcmp(hash, known->hash) == 0;
    return DK_OK;
}

static enum dk_status write_text(struct dk_pipeline *pipeline, const char *mark,
                                 struct dk_buffer *text, struct dk_page_result *page,
                                 struct dk_error *err)
{
    struct dk_sink sink = dk_sink_buffer(text);
    const struct dk_report_request all = {.as_of_minute = INT64_MIN, .sink = &sink};
    struct dk_ledger_publication row = {.run_id = pipeline->run_id,
                                        .kind = DK_PUBLICATION_EXPORT,
                                        .target = DK_REPORT_FILE,
                                        .layout = LAYOUT_REPORT};
    /* The generation before the rows, as for an export. */
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &row.generation, err));
    DK_RETURN_IF_ERROR(dk_pipeline_report(pipeline, &all, page, err));
    DK_RETURN_IF_ERROR(dk_hash_bytes(text->data, text->size, row.hash, err));
    DK_RETURN_IF_ERROR(dk_file_put(DK_REPORT_FILE, text->data, text->size, err));
    row.size_bytes = text->size;
    row.rows = (int64_t)page->readings;
    dk_text_format(row.etag, sizeof(row.etag), "%s", mark);
    return dk_ledger_publication_put(pipeline->store, &row, err);
}

static enum dk_status write_report(struct dk_pipeline *pipeline, struct dk_page_result *page,
                                   struct dk_error *err)
{
    struct dk_ledger_publication known = {0};
    struct dk_buffer text;
    char mark[MARK_MAX];
    bool found = false;
    bool current = false;
    DK_RETURN_IF_ERROR(make_mark(pipeline, mark, err));
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT,
                                                 DK_REPORT_FILE, &known, &found, err));
    if (found)
        DK_RETURN_IF_ERROR(is_current(pipeline, &known, mark, &current, err));
    if (current)
        return DK_OK;
    dk_buffer_init(&text, REPORT_BYTES_MAX);
    enum dk_status status = write_text(pipeline, mark, &text, page, err);
    dk_buffer_reset(&text);
    return status;
}

static void warn(const struct dk_pipeline *pipeline, const char *what, const struct dk_error *err)
{
    dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                       "the report was not %s: %s%s%s; the next run tries again", what,
                       err->message, err->hint[0] ? "; " : "", err->hint);
}

void dk_current_report_write(struct dk_pipeline *pipeline, struct dk_page_result *page)
{
    struct dk_error err = {0};
    *page = (struct dk_page_result){0};
    if (!pipeline->settings->report_write || write_report(pipeline, page, &err) == DK_OK)
        return;
    *page = (struct dk_page_result){0};
    warn(pipeline, "written", &err);
}

/* --- its copy on S3 ------------------------------------------------------------------------- */

/* What the ledger says is there; its hash is "" where derrick has put no report. */
static enum dk_status find_published(struct dk_pipeline *pipeline,
                                     struct dk_ledger_publication *known, struct dk_error *err)
{
    char place[DK_S3_TEXT_MAX];
    char location[DK_S3_TEXT_MAX];
    bool found = false;
    DK_RETURN_IF_ERROR(
        dk_s3_place_find(&pipeline->settings->s3, pipeline->environment, place, err));
    place[strcspn(place, " ")] = '\0'; /* without its endpoint, as dk_s3_location */
    dk_text_format(location, sizeof(location), "%s/%s", place, DK_REPORT_FILE);
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_UPLOAD, location,
                                                 known, &found, err));
    if (!found || strcmp(known->layout, LAYOUT_REPORT) != 0)
        *known = (struct dk_ledger_publication){0};
    return DK_OK;
}

static enum dk_status put(struct dk_upload *upload, const struct dk_ledger_publication *report,
                          struct dk_error *err)
{
    const struct dk_upload_object object = {.key = DK_REPORT_FILE,
                                            .path = DK_REPORT_FILE,
                                            .content_type = "text/html; charset=utf-8",
                                            .layout = LAYOUT_REPORT,
                                            .hash = report->hash,
                                            .rows = report->rows,
                                            .generation = report->generation};
    return dk_upload_put(upload, &object, NULL, err);
}

/* What somebody else has put there since stays. */
static enum dk_status take_back(struct dk_upload *upload, const struct dk_ledger_publication *known,
                                struct dk_error *err)
{
    struct dk_s3_removal removal;
    DK_RETURN_IF_ERROR(dk_s3_remove(upload->s3, DK_REPORT_FILE, known->etag, &removal, err));
    if (removal.end == DK_S3_DENIED)
        return dk_error_set(err, DK_ERR_REMOTE, "can't remove '%s': %s", known->target,
                            removal.why);
    if (removal.end == DK_S3_REMOVED) {
        upload->result->removed++;
        dk_observer_notice(upload->pipeline->observer, DK_LEVEL_NOTICE,
                           "removed '%s', which is no longer published", known->target);
    }
    return dk_ledger_publication_remove(upload->pipeline->store, DK_PUBLICATION_UPLOAD,
                                        known->target, err);
}

static enum dk_status publish_report(struct dk_pipeline *pipeline, bool again,
                                     struct dk_upload_result *result, struct dk_error *err)
{
    struct dk_upload upload = {0};
    struct dk_ledger_publication report = {0};
    struct dk_ledger_publication known = {0};
    bool wanted = pipeline->settings->report_write && pipeline->settings->report_publish;
    bool found = false;
    DK_RETURN_IF_ERROR(find_published(pipeline, &known, err));
    DK_RETURN_IF_ERROR(dk_ledger_publication_get(pipeline->store, DK_PUBLICATION_EXPORT,
                                                 DK_REPORT_FILE, &report, &found, err));
    bool sent = known.hash[0] != '\0' && strcmp(known.hash, report.hash) == 0 && !again;
    if (wanted ? !found || sent : known.hash[0] == '\0')
        return DK_OK;
    enum dk_status status = dk_upload_open(&upload, pipeline, result, err);
    if (status == DK_OK)
        status = wanted ? put(&upload, &report, err) : take_back(&upload, &known, err);
    dk_upload_close(&upload);
    return status;
}

void dk_current_report_publish(struct dk_pipeline *pipeline, struct dk_upload_result *total)
{
    struct dk_error err = {0};
    struct dk_upload_result own = {0};
    bool again = total->sent + total->skipped > 0;
    if (publish_report(pipeline, again, &own, &err) != DK_OK)
        warn(pipeline, "published", &err);
    total->sent += own.sent;
    total->skipped += own.skipped;
    total->removed += own.removed;
    total->bytes_sent += own.bytes_sent;
}

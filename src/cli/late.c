#include "late.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/file.h"
#include "feedback.h"
#include "pipeline/overview.h"

#define LATE_FILE ".derrick-late"
#define TEXT_BYTES_MAX (256u << 10)

/* What is late. */
struct late {
    char *reported;        /* lines "texas-1 61"; owned */
    struct dk_buffer keys; /* the same of all that is late now */
    struct dk_buffer text; /* sentences on what was not reported yet */
    size_t fresh;          /* of these */
};

/* The file's text, "" if there is none; NULL: no memory. */
static char *read_reported(void)
{
    char *text = calloc(1, TEXT_BYTES_MAX);
    FILE *stream = text ? fopen(LATE_FILE, "re") : NULL;
    if (stream) {
        size_t size = fread(text, 1, TEXT_BYTES_MAX - 1, stream);
        text[size] = '\0';
        (void)fclose(stream);
    }
    return text;
}

/* Whether the list has this line. */
static bool has_line(const char *list, const char *line)
{
    size_t size = strlen(line);
    for (const char *at = list; *at; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        if (length == size && memcmp(at, line, size) == 0)
            return true;
        at += length;
    }
    return false;
}

/* Lists each rig that the cohort is expected of: those that are alike change when one of them
 * delivers. Whether one was not reported yet. */
static bool add_keys(struct late *late, const struct dk_overview *overview,
                     const struct dk_expected *next)
{
    char key[DK_RIG_NAME_MAX + 16];
    bool fresh = false;
    for (size_t i = next->first; i < next->first + next->rig_count; i++) {
        dk_text_format(key, sizeof(key), "%s %d", overview->rigs[i].name, next->cohort);
        dk_buffer_putf(&late->keys, "%s\n", key);
        fresh = fresh || !has_line(late->reported, key);
    }
    return fresh;
}

static void add_cohort(struct dk_session *session, struct late *late,
                       const struct dk_overview *overview, const struct dk_expected *next)
{
    char last_day[DK_DATE_TIME_SIZE + 1] = "";
    char sentence[DK_ERROR_TEXT_MAX];
    char count[DK_COUNT_TEXT_MAX];
    if (!add_keys(late, overview, next))
        return;
    dk_date_time_format(next->end_minute - DK_DAY_MINUTES, last_day);
    dk_text_format(sentence, sizeof(sentence),
                   "cohort %d%s%s is late: it ended %s day%s ago, its last day was %.10s",
                   next->cohort, next->rig ? " of " : "", next->rig ? next->rig : "",
                   dk_count_text((uint64_t)-next->days_left, count),
                   next->days_left == -1 ? "" : "s", last_day);
    dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING, "%s", sentence);
    dk_buffer_putf(&late->text, "%s\n", sentence);
    late->fresh++;
}

static enum dk_status find_late(struct dk_session *session, struct late *late, struct dk_error *err)
{
    struct dk_overview overview = {0};
    DK_RETURN_IF_ERROR(dk_pipeline_overview(&session->pipeline, &overview, err));
    /* Where nothing is loaded yet, nobody knows when deliveries begin. */
    for (size_t i = 0; overview.rig_count > 0 && i < overview.expected_count; i++)
        if (overview.expected[i].is_over &&
            -overview.expected[i].days_left > session->config.settings.late_days)
            add_cohort(session, late, &overview, &overview.expected[i]);
    dk_overview_reset(&overview);
    DK_RETURN_IF_ERROR(dk_buffer_finish(&late->text, err));
    return dk_buffer_finish(&late->keys, err);
}

static enum dk_status notify(struct dk_session *session, const struct late *late,
                             struct dk_error *err)
{
    char subject[DK_ERROR_TEXT_MAX];
    if (!session->config.notify_command || !(session->config.notify_on & DK_NOTIFY_LATE))
        return DK_OK;
    dk_text_format(subject, sizeof(subject), "derrick: %zu cohort%s late", late->fresh,
                   late->fresh == 1 ? " is" : "s are");
    return dk_feedback_send(session, "late", subject, late->text.data, err);
}

static enum dk_status report(struct dk_session *session, struct late *late, struct dk_error *err)
{
    late->reported = read_reported();
    if (!late->reported)
        return dk_error_nomem(err, "read", LATE_FILE);
    enum dk_status status = dk_pipeline_open(&session->pipeline, err);
    /* Whatever keeps the database from being read, a run reports it. */
    bool is_open = status == DK_OK;
    if (is_open)
        status = find_late(session, late, err);
    dk_pipeline_reset(&session->pipeline);
    if (!is_open || (status == DK_OK && strcmp(late->reported, late->keys.data) == 0))
        return DK_OK;
    if (status == DK_OK && late->fresh > 0)
        status = notify(session, late, err);
    return status == DK_OK ? dk_file_put(LATE_FILE, late->keys.data, late->keys.size, err) : status;
}

void dk_late_report(struct dk_session *session, int64_t *day)
{
    struct dk_error err = {0};
    struct late late = {0};
    if (dk_session_clock(session, NULL) != DK_OK ||
        session->config.settings.now_minute / DK_DAY_MINUTES == *day)
        return;
    *day = session->config.settings.now_minute / DK_DAY_MINUTES;
    dk_console_keep(&session->console);
    dk_buffer_init(&late.keys, TEXT_BYTES_MAX);
    dk_buffer_init(&late.text, TEXT_BYTES_MAX);
    if (report(session, &late, &err) != DK_OK)
        dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING,
                           "can't report whether a cohort is late: %s", err.message);
    dk_buffer_reset(&late.keys);
    dk_buffer_reset(&late.text);
    free(late.reported);
    dk_pipeline_init(&session->pipeline, &session->config.settings, &session->environment,
                     &session->console.observer);
}

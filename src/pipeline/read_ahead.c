#include "read_ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/team.h"
#include "borrowed_profile.h"
#include "known_drop.h"

#define VALUES_BYTES_MAX (32u << 20)
/* More than dk_drop_read ever sends of a drop that it accepts: one for each habit, one for
 * absent sensors. */
#define NOTICES_MAX 16

struct notice {
    enum dk_level level;
    char text[DK_ERROR_TEXT_MAX];
};

struct dk_read_ahead {
    /* Its readings and report are the thread's, until that has ended. */
    struct dk_intake intake;
    struct dk_profile profile;
    struct dk_drop_request request;
    struct dk_observer observer; /* of the thread */
    struct notice notices[NOTICES_MAX];
    size_t notice_count;
    bool notices_full;
    atomic_bool cancel;
    pthread_t thread;
    bool started;
    enum dk_status status; /* of the reading */
};

/* --- the thread ----------------------------------------------------------------------------- */

static void keep_notice(void *context, enum dk_level level, const char *text)
{
    struct dk_read_ahead *ahead = context;
    if (ahead->notice_count == NOTICES_MAX) {
        ahead->notices_full = true;
        return;
    }
    struct notice *notice = &ahead->notices[ahead->notice_count++];
    notice->level = level;
    dk_text_format(notice->text, sizeof(notice->text), "%s", text);
}

static void *read_drop(void *context)
{
    struct dk_read_ahead *ahead = context;
    ahead->status =
        dk_drop_read(&ahead->request, &ahead->intake.readings, &ahead->intake.report, NULL);
    return NULL;
}

void dk_read_ahead_wait(struct dk_pipeline *pipeline)
{
    struct dk_read_ahead *ahead = pipeline->ahead;
    if (ahead && ahead->started)
        pthread_join(ahead->thread, NULL);
    if (ahead)
        ahead->started = false;
}

void dk_read_ahead_end(struct dk_pipeline *pipeline)
{
    struct dk_read_ahead *ahead = pipeline->ahead;
    if (!ahead)
        return;
    atomic_store(&ahead->cancel, true);
    dk_read_ahead_wait(pipeline);
    pipeline->ahead = NULL;
    dk_profile_reset(&ahead->profile);
    dk_intake_reset(&ahead->intake);
    free(ahead);
}

/* --- begin ---------------------------------------------------------------------------------- */

static bool are_settings_fit(const struct dk_settings *settings)
{
    unsigned threads =
        settings->input.threads ? settings->input.threads : dk_team_threads_default();
    return threads > 1 && !settings->export_samples && !settings->export_features &&
           !settings->input.quarantine;
}

static bool is_drop_fit(const struct dk_intake *intake)
{
    const struct dk_input_settings *input = &intake->input;
    size_t readings = (size_t)dk_calendar_readings_max(&input->calendar);
    size_t values_max = VALUES_BYTES_MAX / sizeof(dk_decimal) / DK_SENSORS;
    return !intake->drop.is_archive && input->columns == DK_COLUMNS_WELLS &&
           readings <= values_max / (size_t)input->cohorts;
}

/* Finds the drop and what it is to be read with, as its turn will do: there all of it is said. */
static bool find_next(const struct dk_pipeline *pipeline, struct dk_read_ahead *ahead)
{
    struct dk_pipeline silent = *pipeline;
    struct dk_ledger_drop known;
    bool found = false;
    bool is_known = false;
    bool borrowed = false;
    silent.observer = NULL;
    if (dk_intake_open(&silent, pipeline->next, &ahead->intake, &found, NULL) != DK_OK || !found ||
        !is_drop_fit(&ahead->intake) ||
        dk_known_drop_find(&silent, &ahead->intake, &known, &is_known, NULL) != DK_OK || is_known ||
        dk_profile_borrow(&silent, &ahead->intake, &ahead->profile, &borrowed, NULL) != DK_OK)
        return false;
    ahead->observer = (struct dk_observer){.context = ahead, .notice = keep_notice};
    ahead->request = (struct dk_drop_request){.drop = &ahead->intake.drop,
                                              .settings = &ahead->intake.input,
                                              .profile = borrowed ? &ahead->profile : NULL,
                                              .with_hashes = true,
                                              .observer = &ahead->observer,
                                              .cancel = &ahead->cancel};
    return true;
}

void dk_read_ahead_begin(struct dk_pipeline *pipeline)
{
    dk_read_ahead_end(pipeline);
    if (!pipeline->next || !are_settings_fit(pipeline->settings))
        return;
    pipeline->ahead = calloc(1, sizeof(*pipeline->ahead));
    if (!pipeline->ahead)
        return;
    struct dk_read_ahead *ahead = pipeline->ahead;
    ahead->started =
        find_next(pipeline, ahead) && pthread_create(&ahead->thread, NULL, read_drop, ahead) == 0;
    if (!ahead->started)
        dk_read_ahead_end(pipeline);
}

/* --- take ----------------------------------------------------------------------------------- */

static bool are_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether both have the same names. */
static bool is_same_drop(const struct dk_drop *a, const struct dk_drop *b)
{
    bool is = are_equal(a->path, b->path) && !b->is_archive;
    for (int i = 0; is && i < DK_DROP_FILES; i++)
        is = are_equal(a->files[i].path, b->files[i].path) &&
             a->files[i].near == b->files[i].near &&
             are_equal(a->files[i].near_path, b->files[i].near_path);
    return is;
}

/* What is not compared is the same for all drops of a pipeline. */
static bool is_same_request(const struct dk_drop_request *a, const struct dk_drop_request *b)
{
    char texts[2][DK_SETTINGS_TEXT_MAX];
    dk_input_settings_text(a->settings, texts[0]);
    dk_input_settings_text(b->settings, texts[1]);
    return a->with_hashes == b->with_hashes && strcmp(texts[0], texts[1]) == 0 &&
           are_equal(a->profile ? a->profile->hash : NULL, b->profile ? b->profile->hash : NULL) &&
           is_same_drop(a->drop, b->drop);
}

/* What the reading found out of the files; their names stay where they are. */
static void pass_drop(struct dk_drop *to, const struct dk_drop *from)
{
    memcpy(to->content_hash, from->content_hash, sizeof(to->content_hash));
    for (int i = 0; i < DK_DROP_FILES; i++) {
        struct dk_drop_file file = from->files[i];
        file.name = to->files[i].name;
        file.path = to->files[i].path;
        file.near_path = to->files[i].near_path;
        to->files[i] = file;
    }
}

static void pass_on(struct dk_read_ahead *ahead, const struct dk_drop_request *request,
                    struct dk_readings *readings, struct dk_report *report)
{
    pass_drop(request->drop, &ahead->intake.drop);
    *readings = ahead->intake.readings;
    *report = ahead->intake.report;
    ahead->intake.readings = (struct dk_readings){0};
    ahead->intake.report = (struct dk_report){0};
    dk_observer_progress(request->observer, "read", report->bytes, report->bytes, "bytes");
    for (size_t i = 0; i < ahead->notice_count; i++)
        dk_observer_notice(request->observer, ahead->notices[i].level, "%s",
                           ahead->notices[i].text);
    dk_observer_notice(request->observer, DK_LEVEL_DEBUG,
                       "'%s' was read while the drop before it was stored", request->drop->path);
}

bool dk_read_ahead_take(struct dk_pipeline *pipeline, const struct dk_drop_request *request,
                        struct dk_readings *readings, struct dk_report *report)
{
    struct dk_read_ahead *ahead = pipeline->ahead;
    if (!ahead)
        return false;
    bool fits = !request->settings->sink && is_same_request(&ahead->request, request);
    if (fits) {
        dk_read_ahead_wait(pipeline);
        fits = ahead->status == DK_OK && !ahead->notices_full &&
               dk_drop_is_unchanged(&ahead->intake.drop);
    }
    if (fits)
        pass_on(ahead, request, readings, report);
    dk_read_ahead_end(pipeline);
    return fits;
}

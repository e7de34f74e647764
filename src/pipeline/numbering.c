#include "numbering.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/deliveries.h"
#include "pipeline/fleet.h"
#include "resampled.h"
#include "store/unloaded.h"

#define DAY_MINUTES 1440
#define DATE_SIZE 10 /* "YYYY-MM-DD" of a date-time */

/* --- before the drop is read ---------------------------------------------------------------- */

static enum dk_status refuse_range(const struct dk_pipeline *pipeline,
                                   const struct dk_intake *intake, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_USAGE, "'%s' is one cohort, and --cohort names cohorts %d to %d",
                 intake->drop.path, pipeline->settings->cohort_first,
                 pipeline->settings->cohort_last);
    dk_error_hint(err, "give the number of this cohort: --cohort N");
    return DK_ERR_USAGE;
}

static enum dk_status refuse_unnumbered(const struct dk_intake *intake, enum dk_intake_use use,
                                        struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char start[DK_DATE_TIME_SIZE];
    const struct dk_calendar *calendar = &intake->input.calendar;
    dk_well_rig_name(&intake->input.well, rig);
    dk_date_time_format(calendar->start_day * DAY_MINUTES, start);
    if (use == DK_INTAKE_CONVERT)
        dk_error_set(err, DK_ERR_USAGE,
                     "'%s' is one cohort, and 'convert' can't know which: it does not ask the "
                     "database",
                     intake->drop.path);
    else
        dk_error_set(err, DK_ERR_USAGE,
                     "'%s' is one cohort, and nothing is loaded for rig '%s' that it could follow",
                     intake->drop.path, rig);
    dk_error_hint(err,
                  "give its number with --cohort N: cohort 1 begins on %.*s, and each cohort has "
                  "%d days",
                  DATE_SIZE, start, (int)calendar->cohort_days);
    return DK_ERR_USAGE;
}

enum dk_status dk_numbering_check(const struct dk_pipeline *pipeline,
                                  const struct dk_intake *intake, enum dk_intake_use use,
                                  struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    if (!dk_columns_are_one_cohort(intake->input.columns))
        return DK_OK;
    if (settings->cohort_given)
        return settings->cohort_first == settings->cohort_last
                   ? DK_OK
                   : refuse_range(pipeline, intake, err);
    bool follows = use == DK_INTAKE_LOAD && intake->rig.newest > 0;
    /* Whoever says what the columns are gets cohort 1 where there is nothing to follow. */
    if (follows || use == DK_INTAKE_CHECK || settings->input.columns != DK_COLUMNS_AUTO)
        return DK_OK;
    return refuse_unnumbered(intake, use, err);
}

/* --- the length of a burst ------------------------------------------------------------------ */

/* What a drop whose bursts are of another length than the loaded ones looks like. */
static void hint_shape(const struct dk_intake *intake, uint64_t columns, int rate,
                       struct dk_error *err)
{
    uint64_t bursts = columns / (uint64_t)rate;
    int loaded = intake->rig.burst_seconds;
    bool samples = intake->input.columns == DK_COLUMNS_SAMPLES;
    if (samples && loaded == 1)
        (void)dk_error_hint(err,
                            "it looks like a history of %llu cohorts (--columns cohorts --cohorts "
                            "%llu)",
                            (unsigned long long)bursts, (unsigned long long)bursts);
    else if (!samples && bursts == (uint64_t)loaded)
        (void)dk_error_hint(err, "it looks like one cohort with bursts of %d s (--columns samples)",
                            loaded);
    else
        (void)dk_error_hint(err,
                            "check rig.site and rig.well: it looks like a drop of another rig");
}

/* Bursts of one rig are all of one length. With --replace the store decides, which knows what
 * goes. */
static enum dk_status check_bursts(const struct dk_pipeline *pipeline,
                                   const struct dk_intake *intake, struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char count[DK_COUNT_TEXT_MAX];
    char what[64] = "one burst";
    int file = 0;
    int seconds = dk_drop_burst_seconds(&intake->drop, &intake->input, &file);
    int loaded = intake->rig.burst_seconds;
    if (seconds == 0 || loaded == 0 || seconds == loaded || pipeline->settings->replace)
        return DK_OK;
    const struct dk_drop_file *shown = &intake->drop.files[file];
    dk_well_rig_name(&intake->input.well, rig);
    if (intake->input.columns != DK_COLUMNS_SAMPLES)
        dk_text_format(what, sizeof(what), "%d bursts", intake->input.cohorts);
    dk_error_set(
        err, DK_ERR_REFUSED,
        "%s has %s columns: with columns = %s that is %s of %d s; the loaded cohorts of %s have "
        "bursts of %d s",
        shown->name, dk_count_text(shown->columns, count), dk_columns_name(intake->input.columns),
        what, seconds, rig, loaded);
    dk_error_place(err, shown->path, 0, 0, 0);
    hint_shape(intake, shown->columns, dk_sensors[file].rate_hz, err);
    return DK_ERR_REFUSED;
}

/* --- gaps and the future -------------------------------------------------------------------- */

static enum dk_status check_gap(const struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    int next = intake->rig.newest + 1;
    int cohort = intake->readings.series[0].cohort;
    if (intake->rig.newest == 0 || cohort <= next || pipeline->settings->gap)
        return DK_OK;
    dk_well_rig_name(&intake->input.well, rig);
    dk_error_set(err, DK_ERR_REFUSED, "cohort %d is not the next one of %s: that is cohort %d",
                 cohort, rig, next);
    dk_error_hint(
        err,
        "check the number: --cohort %d loads it as the next one; --gap loads it as cohort %d, and "
        "leaves a gap",
        next, cohort);
    return DK_ERR_REFUSED;
}

/* One cohort in the future is refused: its number is wrong, or the clock. A history only warns. */
static enum dk_status check_future(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                   struct dk_error *err)
{
    char last_text[DK_DATE_TIME_SIZE];
    char now_text[DK_DATE_TIME_SIZE];
    const struct dk_settings *settings = pipeline->settings;
    const struct dk_readings *readings = &intake->readings;
    const struct dk_series *series = &readings->series[readings->series_count - 1];
    int64_t last = series->start_minute + ((int64_t)readings->rows - 1) * series->interval_minutes;
    bool one_cohort = dk_columns_are_one_cohort(intake->input.columns);
    if (settings->now_minute == 0 || readings->rows == 0 || settings->future ||
        last <= settings->now_minute + DAY_MINUTES)
        return DK_OK;
    dk_date_time_format(last, last_text);
    dk_date_time_format(settings->now_minute, now_text);
    if (!one_cohort) {
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "cohort %d ends in the future, on %.*s; this machine's date is %.*s",
                           series->cohort, DATE_SIZE, last_text, DATE_SIZE, now_text);
        return DK_OK;
    }
    dk_error_set(err, DK_ERR_REFUSED,
                 "cohort %d ends in the future, on %.*s; this machine's date is %.*s",
                 series->cohort, DATE_SIZE, last_text, DATE_SIZE, now_text);
    dk_error_hint(err, "check the cohort's number, calendar.start and the machine's clock; "
                       "--future loads it");
    return DK_ERR_REFUSED;
}

/* --- the number ----------------------------------------------------------------------------- */

/* Says which cohort it is, with its first and last day. */
static void announce(const struct dk_pipeline *pipeline, const struct dk_intake *intake,
                     enum dk_intake_use use)
{
    char first[DK_DATE_TIME_SIZE];
    char last[DK_DATE_TIME_SIZE];
    const struct dk_series *series = &intake->readings.series[0];
    int64_t days = intake->input.calendar.cohort_days - 1;
    if (use == DK_INTAKE_CHECK)
        return;
    dk_date_time_format(series->start_minute, first);
    dk_date_time_format(series->start_minute + days * DAY_MINUTES, last);
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "%s as cohort %d (%.*s to %.*s)",
                       use == DK_INTAKE_LOAD ? "loading" : "converting", series->cohort, DATE_SIZE,
                       first, DATE_SIZE, last);
}

/* The cohort that a drop's contents were, until they were unloaded or replaced. */
struct former {
    int cohort; /* 0: none */
    int64_t run_id;
    const char *what; /* the run did to it */
    bool is_replaced; /* by another drop, not unloaded */
};

static bool was_of_rig(const struct dk_input_settings *loaded,
                       const struct dk_input_settings *input)
{
    if (!dk_columns_are_one_cohort(loaded->columns))
        return false;
    if (input->columns == DK_COLUMNS_WELLS)
        return strcmp(loaded->well.site, input->well.site) == 0;
    return dk_well_compare(&loaded->well, &input->well) == 0;
}

static enum dk_status find_replaced(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                    struct former *former, struct dk_error *err)
{
    struct dk_ledger_drop *list = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(
        dk_ledger_replaced_drops(pipeline->store, intake->drop.content_hash, &list, &count, err));
    for (size_t i = 0; i < count && former->cohort == 0; i++) {
        struct dk_input_settings loaded;
        dk_input_settings_init(&loaded);
        if (dk_input_settings_parse(list[i].settings, &loaded, NULL) == DK_OK &&
            was_of_rig(&loaded, &intake->input))
            *former = (struct former){.cohort = loaded.cohort,
                                      .run_id = list[i].run_id,
                                      .what = "loaded and a later one replaced",
                                      .is_replaced = true};
    }
    free(list);
    return DK_OK;
}

static enum dk_status find_former(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                  const struct dk_ledger_scope *scope, struct former *former,
                                  struct dk_error *err)
{
    *former = (struct former){.what = "unloaded"};
    DK_RETURN_IF_ERROR(dk_ledger_unloaded_find(pipeline->store, intake->drop.content_hash, scope,
                                               &former->cohort, &former->run_id, err));
    return former->cohort > 0 ? DK_OK : find_replaced(pipeline, intake, former, err);
}

/* Its number is not the next one. Either may be the wrong one, so a person decides. */
static enum dk_status refuse_former(const struct dk_intake *intake, const struct former *former,
                                    struct dk_error *err)
{
    int next = intake->match.newest + 1;
    dk_error_set(err, DK_ERR_REFUSED,
                 "'%s' has the contents of cohort %d, which run %lld %s, and the next one is "
                 "cohort %d",
                 intake->drop.path, former->cohort, (long long)former->run_id, former->what, next);
    dk_error_hint(err,
                  "give its number: --cohort %d%s if that was the right one, --cohort %d if it was "
                  "the wrong one",
                  former->cohort, former->is_replaced ? " --replace" : "", next);
    return DK_ERR_REFUSED;
}

/* Whether a delivery in logs/ is of the rig that the drop is read for. */
static bool is_of_rig(const struct dk_intake *intake, const char *path,
                      const struct dk_settings *settings)
{
    char site[DK_DELIVERY_PATH_MAX];
    if (settings->input.columns != DK_COLUMNS_WELLS)
        return !settings->site_given && !settings->well_given;
    bool has_folder = dk_fleet_folder(path, site);
    return strcmp(has_folder ? site : settings->input.well.site, intake->input.well.site) == 0;
}

/* Whether what was delivered at `path` is loaded, and not archived yet. */
static bool is_pending(const struct dk_ledger_drop *pending, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pending[i].source, path) == 0)
            return true;
    return false;
}

/* The index of the first delivery before the drop that waits, or `count`. */
static size_t find_earlier(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                           const struct dk_waiting_drop *list, size_t count)
{
    struct dk_ledger_drop *pending = NULL;
    size_t pending_count = 0;
    size_t earlier = count;
    size_t i = 0;
    if (dk_pipeline_pending(pipeline, &pending, &pending_count, NULL) != DK_OK)
        return count;
    for (; i < count && !dk_path_is_same(list[i].path, intake->drop.path); i++)
        if (earlier == count && is_of_rig(intake, list[i].path, pipeline->settings) &&
            !is_pending(pending, pending_count, list[i].path))
            earlier = i;
    free(pending);
    return i < count ? earlier : count;
}

/* A drop in logs/ that the user names gets no date of one that comes before it there. */
static enum dk_status check_earlier(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                    struct dk_error *err)
{
    struct dk_waiting_drop *list = NULL;
    size_t count = 0;
    if (!pipeline->settings->drop_given || !dk_path_exists(DK_WORKSPACE_LOGS))
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_pipeline_deliveries(pipeline, &list, &count, err));
    size_t earlier = find_earlier(pipeline, intake, list, count);
    enum dk_status status = earlier < count ? DK_ERR_REFUSED : DK_OK;
    if (status != DK_OK) {
        dk_error_set(err, status, "'%s' comes first: '%s' would get the dates of that one",
                     list[earlier].path, intake->drop.path);
        dk_error_hint(err,
                      "load '%s' first; if its cohort is to be skipped, give the number of this "
                      "one: --cohort N --gap; if it is not a delivery, move it out of logs/",
                      list[earlier].path);
    }
    free(list);
    return status;
}

/* A drop that is like no loaded cohort is the next one. A cohort that is missing, unloaded or never
 * loaded, may be what this drop is. */
static enum dk_status number_new(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 struct dk_error *err)
{
    const struct dk_ledger_scope scope = {.well = intake->input.well,
                                          .whole_site = intake->input.columns == DK_COLUMNS_WELLS};
    struct former former;
    int cohort = 0;
    int64_t run_id = 0;
    intake->input.cohort = intake->match.newest + 1;
    DK_RETURN_IF_ERROR(find_former(pipeline, intake, &scope, &former, err));
    if (former.cohort > 0 && former.cohort != intake->input.cohort)
        return refuse_former(intake, &former, err);
    if (former.cohort > 0) {
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "'%s' has the contents of cohort %d, which run %lld %s",
                           intake->drop.path, former.cohort, (long long)former.run_id, former.what);
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(
        dk_ledger_unloaded_find(pipeline->store, NULL, &scope, &cohort, &run_id, err));
    if (cohort > 0 && cohort < intake->input.cohort)
        dk_observer_notice(
            pipeline->observer, DK_LEVEL_WARNING,
            "run %lld unloaded cohort %d, which is missing now: if '%s' is that cohort, its number "
            "is wrong (unload cohort %d and load it with --cohort %d)",
            (long long)run_id, cohort, intake->drop.path, intake->input.cohort, cohort);
    else if (cohort > 0 && cohort == intake->input.cohort)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "run %lld unloaded cohort %d, and '%s' becomes cohort %d with other "
                           "contents: if it is a later cohort, its number is wrong",
                           (long long)run_id, cohort, intake->drop.path, cohort);
    else if (intake->rig.missing > 0)
        dk_observer_notice(
            pipeline->observer, DK_LEVEL_WARNING,
            "cohort %d is missing: if '%s' is that cohort, its number is wrong (unload cohort %d "
            "and load it with --cohort %d)",
            intake->rig.missing, intake->drop.path, intake->input.cohort, intake->rig.missing);
    return check_earlier(pipeline, intake, err);
}

/* Finds the loaded cohort that the drop is; without --cohort it gets its number, else the next
 * one. */
static enum dk_status find_number(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                  struct dk_error *err)
{
    struct dk_input_settings *input = &intake->input;
    bool given = pipeline->settings->cohort_given;
    const struct dk_match_request request = {.content_hash = intake->drop.content_hash,
                                             .readings = &intake->readings,
                                             .well = input->well,
                                             .whole_site = input->columns == DK_COLUMNS_WELLS,
                                             .cohort = given ? input->cohort : 0};
    enum dk_status status = dk_store_match(pipeline->store, &request, &intake->match, err);
    if (status == DK_OK && intake->match.kind == DK_MATCH_NEW)
        status = dk_resampled_check(pipeline, intake, err);
    if (status != DK_OK || given)
        return status;
    input->cohort = intake->match.cohort;
    return intake->match.kind == DK_MATCH_NEW ? number_new(pipeline, intake, err) : DK_OK;
}

static enum dk_status number_one(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 enum dk_intake_use use, struct dk_error *err)
{
    struct dk_input_settings *input = &intake->input;
    struct dk_readings *readings = &intake->readings;
    int64_t start = 0;
    if (use == DK_INTAKE_LOAD)
        DK_RETURN_IF_ERROR(find_number(pipeline, intake, err));
    DK_RETURN_IF_ERROR(dk_calendar_cohort_start(&input->calendar, input->cohort, &start, err));
    for (size_t i = 0; i < readings->series_count; i++) {
        readings->series[i].cohort = input->cohort;
        readings->series[i].start_minute = start;
    }
    announce(pipeline, intake, use);
    return DK_OK;
}

/* Keeps the chosen cohorts of a history. */
static enum dk_status select_cohorts(const struct dk_pipeline *pipeline, struct dk_intake *intake,
                                     struct dk_error *err)
{
    const struct dk_settings *settings = pipeline->settings;
    int count = (int)intake->readings.series_count;
    int last = settings->cohort_last < count ? settings->cohort_last : count;
    if (settings->cohort_first > count) {
        dk_error_set(err, DK_ERR_USAGE, "no cohort %d in '%s': it is a history of cohorts 1 to %d",
                     settings->cohort_first, intake->drop.path, count);
        dk_error_hint(err, "choose some of these with --cohort A[-B], or leave it out");
        return DK_ERR_USAGE;
    }
    dk_readings_select(&intake->readings, (size_t)(settings->cohort_first - 1),
                       (size_t)(last - settings->cohort_first + 1));
    return DK_OK;
}

enum dk_status dk_numbering_apply(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                  enum dk_intake_use use, struct dk_error *err)
{
    if (use != DK_INTAKE_CONVERT)
        DK_RETURN_IF_ERROR(check_bursts(pipeline, intake, err));
    if (dk_columns_are_one_cohort(intake->input.columns))
        DK_RETURN_IF_ERROR(number_one(pipeline, intake, use, err));
    else if (use != DK_INTAKE_CONVERT && pipeline->settings->cohort_given)
        DK_RETURN_IF_ERROR(select_cohorts(pipeline, intake, err));
    /* A drop that is loaded already adds no cohort, whatever its number. */
    if (use != DK_INTAKE_LOAD || intake->match.kind == DK_MATCH_SAME)
        return DK_OK;
    DK_RETURN_IF_ERROR(check_future(pipeline, intake, err));
    return check_gap(pipeline, intake, err);
}

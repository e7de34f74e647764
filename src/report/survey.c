/* Reads what every rig's row needs: lists, counts, profiles, states, what is due next. */
#include "survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rig/condition_block.h"
#include "rig/quality.h"

/* The sections of a rig in full take about this much, and a day of its data, and a rig's row; all
 * of a page's at most PAGE_BYTES, but one rig is always in full. */
#define PAGE_BYTES 1400000u
#define FULL_BYTES 175000u
#define FULL_DAY_BYTES 90u
#define ROW_BYTES 280u

int dk_code_severity(int condition, int code)
{
    const struct dk_condition *row = &dk_conditions[condition];
    /* Codes ascend: 0 means without leakage or unrest, 100 % and 130 bar are the best of the
     * rest. */
    return row->codes[0].code == 0 ? code : (int)row->code_count - 1 - code;
}

int dk_severity_code(int condition, int severity)
{
    return dk_code_severity(condition, severity);
}

int64_t dk_rig_first_day(const struct dk_survey_rig *rig)
{
    int64_t first = rig->cohorts[0].first_day;
    for (size_t i = 1; i < rig->cohort_count; i++)
        if (rig->cohorts[i].first_day < first)
            first = rig->cohorts[i].first_day;
    return first;
}

int64_t dk_rig_end_day(const struct dk_survey *survey, const struct dk_survey_rig *rig)
{
    int64_t last = rig->cohorts[0].first_day;
    for (size_t i = 1; i < rig->cohort_count; i++)
        if (rig->cohorts[i].first_day > last)
            last = rig->cohorts[i].first_day;
    return last + survey->request->calendar.cohort_days;
}

/* --- profiles ------------------------------------------------------------------------------- */

static size_t split_stretches(const struct dk_profile *profile, int condition,
                              struct dk_stretch *stretches)
{
    size_t count = 0;
    for (size_t row = 0; row < profile->rows; row++) {
        uint8_t label = profile->codes[row][condition];
        if (count > 0 && stretches[count - 1].label == label) {
            stretches[count - 1].count++;
            continue;
        }
        stretches[count] = (struct dk_stretch){.start = (uint32_t)row, .count = 1, .label = label};
        count++;
    }
    return count;
}

static enum dk_status add_profile(struct dk_survey *survey, struct dk_store *store,
                                  int64_t profile_set, struct dk_error *err)
{
    struct dk_profile profile = {0};
    struct dk_survey_profile *made = &survey->profiles[survey->profile_count];
    DK_RETURN_IF_ERROR(dk_store_profile_read(store, profile_set, &profile, err));
    *made = (struct dk_survey_profile){.profile_set = profile_set, .rows = profile.rows};
    survey->profile_count++;
    enum dk_status status = DK_OK;
    for (int i = 0; status == DK_OK && i < DK_CONDITIONS; i++) {
        made->stretches[i] = calloc(profile.rows + 1, sizeof(*made->stretches[i]));
        if (!made->stretches[i])
            status = dk_error_nomem(err, "sum up a profile", NULL);
        else
            made->counts[i] = split_stretches(&profile, i, made->stretches[i]);
    }
    int32_t *blocks = calloc(2 * profile.rows + 1, sizeof(*blocks));
    if (status == DK_OK && !blocks)
        status = dk_error_nomem(err, "sum up a profile", NULL);
    if (status == DK_OK && profile.rows > 0) {
        dk_condition_blocks(&profile, blocks, blocks + profile.rows);
        made->blocks = (size_t)blocks[profile.rows - 1];
    }
    free(blocks);
    dk_profile_reset(&profile);
    return status;
}

/* The profiles, each once; there are at most as many as cohorts. */
static enum dk_status read_profiles(struct dk_survey *survey, struct dk_store *store,
                                    struct dk_error *err)
{
    survey->profiles = calloc(survey->cohort_count, sizeof(*survey->profiles));
    if (!survey->profiles)
        return dk_error_nomem(err, "list profiles", NULL);
    for (size_t i = 0; i < survey->cohort_count; i++) {
        struct dk_survey_cohort *cohort = &survey->cohorts[i];
        size_t at = survey->profile_count;
        while (at > 0 && survey->profiles[at - 1].profile_set != cohort->place.profile_set)
            at--;
        if (at == 0) {
            DK_RETURN_IF_ERROR(add_profile(survey, store, cohort->place.profile_set, err));
            at = survey->profile_count;
        }
        cohort->profile = at - 1;
    }
    return DK_OK;
}

/* --- cohorts and counts --------------------------------------------------------------------- */

static enum dk_status read_cohorts(struct dk_survey *survey, struct dk_store *store,
                                   struct dk_error *err)
{
    struct dk_store_series *list = NULL;
    size_t count = 0;
    DK_RETURN_IF_ERROR(dk_store_list(store, &survey->request->filter, &list, &count, err));
    if (count == 0) {
        dk_error_set(err, DK_ERR_USAGE, "nothing is loaded that a report could show");
        dk_error_hint(err, "'derrick status' lists what is loaded");
        return DK_ERR_USAGE;
    }
    survey->cohorts = calloc(count, sizeof(*survey->cohorts));
    if (!survey->cohorts) {
        free(list);
        return dk_error_nomem(err, "list cohorts", NULL);
    }
    for (size_t i = 0; i < count; i++) {
        survey->cohorts[i].place = list[i];
        survey->cohorts[i].first_day = list[i].series.start_minute / DK_DAY_MINUTES;
    }
    survey->cohort_count = count;
    free(list);
    return DK_OK;
}

static enum dk_status read_quality(struct dk_survey *survey, struct dk_store *store,
                                   struct dk_error *err)
{
    struct dk_store_quality *list = NULL;
    size_t count = 0;
    size_t at = 0;
    DK_RETURN_IF_ERROR(dk_store_quality_list(store, &survey->request->filter, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        while (at < survey->cohort_count &&
               (survey->cohorts[at].place.well_id != list[i].well_id ||
                survey->cohorts[at].place.series.cohort != list[i].cohort))
            at++;
        if (at == survey->cohort_count)
            break;
        survey->cohorts[at].quality[list[i].sensor] = list[i];
        survey->cohorts[at].has_quality = true;
    }
    free(list);
    return DK_OK;
}

static enum dk_status measure_cohort(const struct dk_page_request *request,
                                     struct dk_survey_cohort *cohort,
                                     const struct dk_readings *readings, struct dk_error *err)
{
    struct dk_limits preset[DK_SENSORS];
    struct dk_quality table[DK_SENSORS];
    dk_limits_default(preset);
    DK_RETURN_IF_ERROR(dk_quality_measure(readings, request->limits ? request->limits : preset,
                                          false, request->threads, table, err));
    for (int s = 0; s < DK_SENSORS; s++)
        cohort->quality[s] = (struct dk_store_quality){
            .well_id = cohort->place.well_id,
            .cohort = cohort->place.series.cohort,
            .sensor = s,
            .values = table[s].sum.count,
            .missing = table[s].missing_count,
            .quarantined = table[s].quarantined_count,
            .outside = table[s].outside_count,
            .longest_constant = table[s].longest_constant,
        };
    cohort->has_quality = true;
    return DK_OK;
}

/* Counts the values of cohorts that an older derrick loaded, if no run has done it since. */
static enum dk_status complete_quality(struct dk_survey *survey, struct dk_store *store,
                                       struct dk_error *err)
{
    for (size_t i = 0; i < survey->cohort_count; i++) {
        struct dk_readings readings = {0};
        if (survey->cohorts[i].has_quality)
            continue;
        DK_RETURN_IF_ERROR(dk_store_read(store, &survey->cohorts[i].place, &readings, err));
        enum dk_status status =
            measure_cohort(survey->request, &survey->cohorts[i], &readings, err);
        dk_readings_reset(&readings);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

static void count_rig(const struct dk_survey *survey, struct dk_survey_rig *rig)
{
    struct dk_rig_counts *counts = &rig->counts;
    uint64_t full = (uint64_t)dk_calendar_readings_full(&survey->request->calendar);
    uint64_t values[DK_SENSORS] = {0};
    bool known = true;
    for (size_t i = 0; i < rig->cohort_count; i++) {
        counts->readings += rig->cohorts[i].place.rows;
        counts->cohorts_incomplete += rig->cohorts[i].place.rows < full;
        known = known && rig->cohorts[i].has_quality;
        for (int s = 0; s < DK_SENSORS; s++)
            values[s] += rig->cohorts[i].quality[s].values;
    }
    for (int s = 0; s < DK_SENSORS; s++) {
        counts->absent[s] = known && values[s] == 0;
        counts->absent_sensors += counts->absent[s];
    }
    for (size_t i = 0; i < rig->cohort_count; i++)
        for (int s = 0; s < DK_SENSORS; s++) {
            const struct dk_store_quality *quality = &rig->cohorts[i].quality[s];
            counts->values += quality->values;
            counts->missing += counts->absent[s] ? 0 : quality->missing;
            counts->quarantined += quality->quarantined;
            counts->outside += quality->outside;
        }
    int first = rig->cohorts[0].place.series.cohort;
    int newest = rig->cohorts[rig->cohort_count - 1].place.series.cohort;
    counts->cohorts_expected = (size_t)newest - (size_t)first + 1;
    counts->expected = full * counts->cohorts_expected;
}

/* --- states --------------------------------------------------------------------------------- */

/* How long the last state has lasted, across cohorts that follow each other. */
static void find_now(const struct dk_survey *survey, struct dk_survey_rig *rig, int condition)
{
    struct dk_component_now *now = &rig->now[condition];
    for (size_t i = rig->cohort_count; i-- > 0;) {
        const struct dk_survey_cohort *cohort = &rig->cohorts[i];
        const struct dk_survey_profile *profile = &survey->profiles[cohort->profile];
        size_t count = profile->counts[condition];
        const struct dk_stretch *last = &profile->stretches[condition][count - 1];
        bool newest = i + 1 == rig->cohort_count;
        if (!newest && (last->label != now->code ||
                        cohort[1].place.series.cohort != cohort->place.series.cohort + 1))
            return;
        now->code = last->label;
        now->readings += last->count;
        now->since_minute = cohort->place.series.start_minute +
                            (int64_t)last->start * cohort->place.series.interval_minutes;
        if (count > 1)
            return;
    }
}

static void count_states(const struct dk_survey *survey, struct dk_survey_rig *rig)
{
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_survey_profile *profile = &survey->profiles[rig->cohorts[i].profile];
        for (int c = 0; c < DK_CONDITIONS; c++)
            for (size_t at = 0; at < profile->counts[c]; at++) {
                const struct dk_stretch *stretch = &profile->stretches[c][at];
                rig->state_readings[c][stretch->label] += stretch->count;
                rig->state_stretches[c][stretch->label]++;
            }
    }
}

static void find_profiles(struct dk_survey_rig *rig)
{
    for (size_t i = 0; i < rig->cohort_count; i++) {
        size_t before = 0;
        while (before < i && rig->cohorts[before].profile != rig->cohorts[i].profile)
            before++;
        rig->profiles += before == i;
    }
    rig->one_profile = rig->profiles == 1;
}

static void find_next(const struct dk_survey *survey, struct dk_survey_rig *rig)
{
    int64_t minute = 0;
    int64_t days = survey->request->calendar.cohort_days;
    int newest = rig->cohorts[rig->cohort_count - 1].place.series.cohort;
    rig->ends_early = rig->newest_loaded > newest;
    rig->next_cohort = (rig->ends_early ? rig->newest_loaded : newest) + 1;
    rig->next_first_day = dk_rig_end_day(survey, rig);
    if (dk_calendar_cohort_start(&survey->request->calendar, rig->next_cohort, &minute, NULL) ==
        DK_OK)
        rig->next_first_day = minute / DK_DAY_MINUTES;
    rig->next_end_day = rig->next_first_day + days;
    rig->late_days = survey->as_of_day - rig->next_end_day;
}

static void sum_up_rig(const struct dk_survey *survey, struct dk_survey_rig *rig)
{
    rig->well = rig->cohorts[0].place.series.well;
    dk_well_rig_name(&rig->well, rig->name);
    count_rig(survey, rig);
    for (int c = 0; c < DK_CONDITIONS; c++)
        find_now(survey, rig, c);
    for (int c = 0; c < DK_COMPONENTS; c++)
        rig->worst_count +=
            dk_code_severity(c, rig->now[c].code) == (int)dk_conditions[c].code_count - 1;
    count_states(survey, rig);
    find_profiles(rig);
    find_next(survey, rig);
    for (int c = 0; c < DK_COMPONENTS; c++)
        for (int s = 0; s < DK_SENSORS; s++)
            rig->chance[c][s] = NAN;
}

/* --- rigs ----------------------------------------------------------------------------------- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? 1 : a > b ? -1 : 0;
}

static uint64_t absent_readings(const struct dk_survey_rig *rig)
{
    return rig->counts.expected > rig->counts.readings ? rig->counts.expected - rig->counts.readings
                                                       : 0;
}

/* What needs attention first: components in their worst state, readings that are missing, values
 * that are, days late; else by name. */
static int compare_rigs(const void *a, const void *b)
{
    const struct dk_survey_rig *one = a;
    const struct dk_survey_rig *other = b;
    int order = other->worst_count - one->worst_count;
    if (order == 0)
        order = compare_numbers(absent_readings(one), absent_readings(other));
    if (order == 0)
        order = compare_numbers(one->counts.missing, other->counts.missing);
    if (order == 0)
        order = compare_numbers((uint64_t)(one->late_days > 0 ? one->late_days : 0),
                                (uint64_t)(other->late_days > 0 ? other->late_days : 0));
    return order != 0 ? order : dk_well_compare(&one->well, &other->well);
}

static void choose_full(struct dk_survey *survey)
{
    uint64_t bytes = survey->rig_count * ROW_BYTES;
    for (size_t i = 0; i < survey->rig_count; i++) {
        struct dk_survey_rig *rig = &survey->rigs[i];
        bytes += FULL_BYTES + FULL_DAY_BYTES * rig->cohort_count *
                                  (uint64_t)survey->request->calendar.cohort_days;
        rig->in_full = survey->rig_count == 1 || bytes <= PAGE_BYTES;
        if (!rig->in_full)
            return;
    }
}

/* What each rig has beside the cohorts that the request asks for. */
static enum dk_status find_hidden(struct dk_survey *survey, struct dk_store *store,
                                  struct dk_error *err)
{
    struct dk_store_filter filter = survey->request->filter;
    struct dk_store_series *list = NULL;
    size_t count = 0;
    if (filter.cohort_first == 0 && filter.cohort_last == 0)
        return DK_OK;
    filter.cohort_first = 0;
    filter.cohort_last = 0;
    DK_RETURN_IF_ERROR(dk_store_list(store, &filter, &list, &count, err));
    for (size_t r = 0; r < survey->rig_count; r++) {
        struct dk_survey_rig *rig = &survey->rigs[r];
        size_t loaded = 0;
        for (size_t i = 0; i < count; i++) {
            if (list[i].well_id != rig->cohorts[0].place.well_id)
                continue;
            loaded++;
            if (list[i].series.cohort > rig->newest_loaded)
                rig->newest_loaded = list[i].series.cohort;
        }
        rig->cohorts_hidden = loaded > rig->cohort_count ? loaded - rig->cohort_count : 0;
    }
    free(list);
    return DK_OK;
}

static enum dk_status make_rigs(struct dk_survey *survey, struct dk_store *store,
                                struct dk_error *err)
{
    survey->rigs = calloc(survey->cohort_count, sizeof(*survey->rigs));
    if (!survey->rigs)
        return dk_error_nomem(err, "list rigs", NULL);
    struct dk_survey_rig *rig = NULL;
    for (size_t i = 0; i < survey->cohort_count; i++) {
        struct dk_survey_cohort *cohort = &survey->cohorts[i];
        if (!rig || rig->cohorts[0].place.well_id != cohort->place.well_id) {
            rig = &survey->rigs[survey->rig_count++];
            rig->cohorts = cohort;
        }
        rig->cohort_count++;
    }
    DK_RETURN_IF_ERROR(find_hidden(survey, store, err));
    for (size_t i = 0; i < survey->rig_count; i++)
        sum_up_rig(survey, &survey->rigs[i]);
    qsort(survey->rigs, survey->rig_count, sizeof(*survey->rigs), compare_rigs);
    choose_full(survey);
    return DK_OK;
}

/* --- ledger --------------------------------------------------------------------------------- */

static enum dk_status read_runs(struct dk_survey *survey, struct dk_store *store,
                                struct dk_error *err)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    int64_t minute = 0;
    DK_RETURN_IF_ERROR(dk_ledger_runs(store, 1, &runs, &count, err));
    if (count > 0)
        survey->last_run = runs[0];
    free(runs);
    survey->as_of_day = survey->request->as_of_minute / DK_DAY_MINUTES;
    if (survey->request->as_of_minute == INT64_MIN) {
        char day[11];
        dk_text_format(day, sizeof(day), "%s", survey->last_run.started);
        /* Without a run, the day of the newest reading. */
        if (dk_date_time_parse(day, &minute) != 0)
            for (size_t i = 0; i < survey->cohort_count; i++) {
                const struct dk_store_series *place = &survey->cohorts[i].place;
                int64_t last = place->series.start_minute +
                               (int64_t)place->rows * place->series.interval_minutes;
                minute = last > minute ? last : minute;
            }
        survey->as_of_day = minute / DK_DAY_MINUTES;
    }
    return DK_OK;
}

static bool has_drop(const struct dk_survey *survey, int64_t drop_id)
{
    for (size_t i = 0; i < survey->drop_count; i++)
        if (survey->drops[i].row.drop_id == drop_id)
            return true;
    return false;
}

static int compare_drops(const void *a, const void *b)
{
    const struct dk_survey_drop *one = a;
    const struct dk_survey_drop *other = b;
    return one->row.drop_id > other->row.drop_id ? -1 : one->row.drop_id < other->row.drop_id;
}

static enum dk_status read_drops(struct dk_survey *survey, struct dk_store *store,
                                 struct dk_error *err)
{
    survey->drops = calloc(survey->cohort_count, sizeof(*survey->drops));
    if (!survey->drops)
        return dk_error_nomem(err, "list drops", NULL);
    for (size_t r = 0; r < survey->rig_count; r++) {
        const struct dk_survey_rig *rig = &survey->rigs[r];
        for (size_t i = 0; rig->in_full && i < rig->cohort_count; i++) {
            int64_t drop_id = rig->cohorts[i].place.drop_id;
            if (has_drop(survey, drop_id))
                continue;
            struct dk_survey_drop *drop = &survey->drops[survey->drop_count++];
            DK_RETURN_IF_ERROR(dk_ledger_drop_get(store, drop_id, &drop->row, err));
            DK_RETURN_IF_ERROR(
                dk_ledger_files(store, drop_id, &drop->files, &drop->file_count, err));
        }
    }
    qsort(survey->drops, survey->drop_count, sizeof(*survey->drops), compare_drops);
    return DK_OK;
}

static enum dk_status begin(struct dk_survey *survey, struct dk_store *store,
                            const struct dk_page_request *request, bool complete,
                            struct dk_error *err)
{
    *survey = (struct dk_survey){.request = request};
    DK_RETURN_IF_ERROR(read_cohorts(survey, store, err));
    DK_RETURN_IF_ERROR(read_quality(survey, store, err));
    if (complete)
        DK_RETURN_IF_ERROR(complete_quality(survey, store, err));
    DK_RETURN_IF_ERROR(read_profiles(survey, store, err));
    DK_RETURN_IF_ERROR(read_runs(survey, store, err));
    return make_rigs(survey, store, err);
}

enum dk_status dk_survey_begin(struct dk_survey *survey, struct dk_store *store,
                               const struct dk_page_request *request, struct dk_error *err)
{
    return begin(survey, store, request, false, err);
}

enum dk_status dk_survey_read(struct dk_survey *survey, struct dk_store *store,
                              const struct dk_page_request *request, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(begin(survey, store, request, true, err));
    DK_RETURN_IF_ERROR(read_drops(survey, store, err));
    return dk_survey_read_details(survey, store, err);
}

void dk_survey_reset(struct dk_survey *survey)
{
    for (size_t i = 0; i < survey->cohort_count; i++) {
        if (survey->cohorts[i].detail)
            free(survey->cohorts[i].detail->days);
        free(survey->cohorts[i].detail);
    }
    for (size_t i = 0; i < survey->profile_count; i++) {
        for (int c = 0; c < DK_CONDITIONS; c++)
            free(survey->profiles[i].stretches[c]);
        for (int c = 0; c < DK_COMPONENTS; c++)
            free(survey->profiles[i].orders[c]);
    }
    for (size_t i = 0; i < survey->drop_count; i++)
        free(survey->drops[i].files);
    free(survey->cohorts);
    free(survey->profiles);
    free(survey->rigs);
    free(survey->drops);
    *survey = (struct dk_survey){0};
}

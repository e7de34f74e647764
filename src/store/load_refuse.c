/*
 * The refusals of a load: what differs from what is loaded, with its dates, and what to do. No hint
 * names --replace, except for a quarter that most of its values show to be a corrected one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "store/match.h"

#define HINT_CHECK_NUMBER "check the number; 'derrick status' lists what is loaded"
#define HINT_DELIVERIES                                                                            \
    "nothing was changed; compare the two deliveries, and read 'When a drop contradicts what is "  \
    "loaded' in docs/store.md"

/* "cohort 4 of rig 'texas-1' (2008-12-26 to 2009-03-27)" */
#define COHORT_TEXT_MAX (DK_RIG_NAME_MAX + DK_SERIES_DATES_MAX + 40)

static void cohort_text(const struct dk_series *series, size_t rows, char text[COHORT_TEXT_MAX])
{
    char rig[DK_RIG_NAME_MAX];
    char dates[DK_SERIES_DATES_MAX];
    dk_well_rig_name(&series->well, rig);
    dk_series_dates(series, rows, dates);
    snprintf(text, COHORT_TEXT_MAX, "cohort %d of rig '%s' (%s)", series->cohort, rig, dates);
}

/* The loaded series of that well and cohort; *found. */
static enum dk_status list_one(struct dk_store *store, const struct dk_well *well, int cohort,
                               struct dk_store_series *series, bool *found, struct dk_error *err)
{
    const struct dk_store_filter filter = {
        .by_rig = true, .rig = *well, .cohort_first = cohort, .cohort_last = cohort};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(store, &filter, &list, &count, err);
    *found = status == DK_OK && count > 0;
    if (*found)
        *series = list[0];
    free(list);
    return status;
}

/* --- settings ------------------------------------------------------------------------------- */

enum dk_status dk_load_refuse_settings(const struct dk_loading *loading, struct dk_error *err)
{
    char text[512];
    dk_settings_differences(loading->same_settings, loading->load->settings, DK_SETTINGS_OF_DROP,
                            text, sizeof(text));
    dk_error_set(err, DK_ERR_REFUSED,
                 "run %lld already loaded the data of '%s' with different settings: %s",
                 (long long)loading->same_run, loading->load->drop->path, text);
    dk_error_hint(err, "use those settings again, or read 'When a drop contradicts what is loaded' "
                       "in docs/store.md");
    return DK_ERR_REFUSED;
}

/* --- a cohort that is loaded with different values ------------------------------------------ */

/* A value as text, "missing" for none. */
static void put_value(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    size_t size = dk_decimal_format(value, text);
    if (size == 0)
        memcpy(text, "missing", sizeof("missing"));
    else
        text[size] = '\0';
}

/* The first value of a series that differs from the table `was` (of one series). */
static bool first_difference(const struct dk_readings *was, const struct dk_readings *is,
                             size_t series, char *text, size_t cap)
{
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        const dk_decimal *old = dk_readings_column(was, sensor, 0);
        const dk_decimal *new = dk_readings_column(is, sensor, series);
        for (size_t row = 0; row < is->rows; row++) {
            char old_text[DK_DECIMAL_TEXT_MAX + 1];
            char new_text[DK_DECIMAL_TEXT_MAX + 1];
            if (old[row] == new[row])
                continue;
            put_value(old[row], old_text);
            put_value(new[row], new_text);
            snprintf(text, cap, "%s, reading %zu is %s in the database, %s here",
                     dk_sensors[sensor].name, row + 1, old_text, new_text);
            return true;
        }
    }
    return false;
}

/* Whether the series lacks a value that the table `was` (of one series) has. */
static bool lacks_values(const struct dk_readings *was, const struct dk_readings *is, size_t series)
{
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        const dk_decimal *old = dk_readings_column(was, sensor, 0);
        const dk_decimal *new = dk_readings_column(is, sensor, series);
        for (size_t row = 0; row < is->rows; row++)
            if (new[row] == DK_DECIMAL_MISSING && old[row] != DK_DECIMAL_MISSING)
                return true;
    }
    return false;
}

/* How the contents of a cohort differ from what is loaded. */
struct contents {
    char text[512];
    bool less; /* it lacks readings or values that are loaded */
};

/* What is different about the contents of a series: its clock, its length, its profile, a value. */
static enum dk_status name_contents(struct dk_loading *loading, const struct dk_load_item *item,
                                    const struct dk_store_series *loaded, struct contents *contents,
                                    struct dk_error *err)
{
    const struct dk_readings *is = loading->load->readings;
    const struct dk_series *series = &is->series[item->series];
    struct dk_readings was = {0};
    if (loaded->rows != is->rows) {
        snprintf(contents->text, sizeof(contents->text), "%zu readings in the database, %zu here",
                 loaded->rows, is->rows);
        contents->less = is->rows < loaded->rows;
        return DK_OK;
    }
    enum dk_status status = dk_store_read(loading->store, loaded, &was, err);
    if (status == DK_OK) {
        if (loaded->series.start_minute != series->start_minute ||
            loaded->series.interval_minutes != series->interval_minutes)
            snprintf(contents->text, sizeof(contents->text), "its readings have different dates");
        else if (!first_difference(&was, is, item->series, contents->text, sizeof(contents->text)))
            snprintf(contents->text, sizeof(contents->text), "the profile is different");
        contents->less = lacks_values(&was, is, item->series);
    }
    dk_readings_reset(&was);
    return status;
}

/* Appends how many of the values are equal, where that is most of them. */
static void append_share(const struct dk_match *match, char *text, size_t cap)
{
    size_t used = strlen(text);
    if (match->equal == match->compared)
        snprintf(text + used, cap - used, "; all values that both have are equal");
    else
        snprintf(text + used, cap - used, "; %" PRIu64 ".%" PRIu64 " %% of its values are equal",
                 match->equal * 100 / match->compared, match->equal * 1000 / match->compared % 10);
}

/* Whether the drop is the loaded cohort in a corrected form. */
static bool is_corrected(const struct dk_match *match, int cohort)
{
    return match && match->kind != DK_MATCH_NEW && match->cohort == cohort && match->compared > 0;
}

/* The run that loaded these contents with these settings before a later drop replaced them; 0:
 * none. */
static int64_t find_superseded(struct dk_loading *loading)
{
    const struct dk_load *load = loading->load;
    struct dk_ledger_drop *list = NULL;
    size_t count = 0;
    int64_t run_id = 0;
    if (dk_ledger_replaced_drops(loading->store, load->drop->content_hash, &list, &count, NULL) !=
        DK_OK)
        return 0;
    for (size_t i = 0; run_id == 0 && i < count; i++)
        if (strcmp(list[i].settings, load->settings) == 0)
            run_id = list[i].run_id;
    free(list);
    return run_id;
}

static void hint_corrected(struct dk_loading *loading, int cohort, struct dk_error *err)
{
    int64_t run_id = find_superseded(loading);
    if (run_id > 0)
        dk_error_hint(err,
                      "run %lld loaded this version before, and a later run replaced it: move this "
                      "drop away, or, if it is the right one after all: --cohort %d --replace",
                      (long long)run_id, cohort);
    else
        dk_error_hint(err, "if this drop corrects that cohort, replace it: --cohort %d --replace",
                      cohort);
}

static enum dk_status hint_cohort(struct dk_loading *loading, const struct dk_load_item *item,
                                  bool less, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    int cohort = load->readings->series[item->series].cohort;
    struct dk_error ignored = {0};
    int copy = 0;
    if (is_corrected(load->match, cohort) && less) {
        dk_error_hint(err, "it lacks data that is loaded: nothing was changed; look for the rest "
                           "of the delivery");
        return DK_ERR_REFUSED;
    }
    if (is_corrected(load->match, cohort)) {
        hint_corrected(loading, cohort, err);
        return DK_ERR_REFUSED;
    }
    if (load->match) {
        dk_error_hint(err, HINT_CHECK_NUMBER);
        return DK_ERR_REFUSED;
    }
    if (dk_load_find_copy(loading, item, &copy, &ignored) == DK_OK && copy > 0) {
        dk_error_hint(err,
                      "all its values equal those of cohort %d: check whether columns are shifted, "
                      "and calendar.start",
                      copy);
        return DK_ERR_REFUSED;
    }
    dk_error_hint(err, HINT_DELIVERIES);
    return DK_ERR_REFUSED;
}

enum dk_status dk_load_refuse_cohort(struct dk_loading *loading, const struct dk_load_item *item,
                                     struct dk_error *err)
{
    const struct dk_series *series = &loading->load->readings->series[item->series];
    struct dk_store_series loaded = {0};
    char cohort[COHORT_TEXT_MAX];
    struct contents contents = {0};
    bool found = false;
    DK_RETURN_IF_ERROR(
        list_one(loading->store, &series->well, series->cohort, &loaded, &found, err));
    bool settings =
        dk_settings_differences(item->old.settings, loading->load->settings, DK_SETTINGS_OF_COHORT,
                                contents.text, sizeof(contents.text));
    if (!settings)
        DK_RETURN_IF_ERROR(name_contents(loading, item, &loaded, &contents, err));
    if (is_corrected(loading->load->match, series->cohort))
        append_share(loading->load->match, contents.text, sizeof(contents.text));
    cohort_text(&loaded.series, loaded.rows, cohort);
    dk_error_set(err, DK_ERR_REFUSED, "%s is already loaded with different %s: %s", cohort,
                 settings ? "settings" : "values", contents.text);
    return hint_cohort(loading, item, contents.less, err);
}

/* --- copies --------------------------------------------------------------------------------- */

enum dk_status dk_load_find_copy(struct dk_loading *loading, const struct dk_load_item *item,
                                 int *cohort, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    const struct dk_series *series = &readings->series[item->series];
    const struct dk_store_filter filter = {.by_rig = true, .rig = series->well};
    struct dk_store_series *list = NULL;
    struct dk_readings buffer = {0};
    size_t count = 0;
    *cohort = 0;
    enum dk_status status = dk_store_list(loading->store, &filter, &list, &count, err);
    if (status == DK_OK)
        status = dk_readings_init(&buffer, 1, readings->rows, err);
    for (size_t i = 0; status == DK_OK && *cohort == 0 && i < count; i++) {
        struct dk_match_count same;
        if (list[i].series.cohort == series->cohort || list[i].rows != readings->rows)
            continue;
        const struct dk_match_pair pair = {readings, item->series, &list[i], 0, &buffer};
        status = dk_match_series(loading->store, &pair, &same, err);
        if (status == DK_OK && !same.far && !same.lone && same.compared > 0)
            *cohort = list[i].series.cohort;
    }
    dk_readings_reset(&buffer);
    free(list);
    return status;
}

enum dk_status dk_load_refuse_copied(struct dk_loading *loading, const struct dk_load_item *item,
                                     int copy, struct dk_error *err)
{
    const struct dk_series *series = &loading->load->readings->series[item->series];
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&series->well, rig);
    dk_error_set(
        err, DK_ERR_REFUSED,
        "all values of cohort %d in '%s' equal cohort %d of rig '%s': loading it would replace "
        "cohort %d with a copy",
        series->cohort, loading->load->drop->path, copy, rig, series->cohort);
    dk_error_hint(err, "check whether columns are shifted, and calendar.start");
    return DK_ERR_REFUSED;
}

/* "cohort 4 of rig 'texas-1' (...)", the one that the drop is like. */
static enum dk_status matched_text(struct dk_loading *loading, char text[COHORT_TEXT_MAX],
                                   struct dk_error *err)
{
    const struct dk_match *match = loading->load->match;
    const struct dk_series *series = &loading->load->readings->series[0];
    struct dk_store_series loaded = {.series = *series};
    bool found = false;
    enum dk_status status =
        list_one(loading->store, &series->well, match->cohort, &loaded, &found, err);
    loaded.series.cohort = match->cohort;
    cohort_text(&loaded.series, loaded.rows, text);
    return status;
}

/* "all values", "97.5 % of the values" */
static void share_text(const struct dk_match *match, char text[48])
{
    if (match->kind == DK_MATCH_SAME)
        snprintf(text, 48, "all values");
    else
        snprintf(text, 48, "%" PRIu64 ".%" PRIu64 " %% of the values",
                 match->equal * 100 / match->compared, match->equal * 1000 / match->compared % 10);
}

enum dk_status dk_load_refuse_copy(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_load *load = loading->load;
    char cohort[COHORT_TEXT_MAX];
    char share[48];
    DK_RETURN_IF_ERROR(matched_text(loading, cohort, err));
    share_text(load->match, share);
    dk_error_set(
        err, DK_ERR_REFUSED, "%s of '%s' equal %s, loaded by run %lld: it is not cohort %d", share,
        load->drop->path, cohort, (long long)load->match->run_id, load->readings->series[0].cohort);
    dk_error_hint(err, HINT_CHECK_NUMBER);
    return DK_ERR_REFUSED;
}

void dk_load_warn_likeness(struct dk_loading *loading)
{
    char cohort[COHORT_TEXT_MAX];
    char share[48];
    if (matched_text(loading, cohort, NULL) != DK_OK)
        return;
    share_text(loading->load->match, share);
    dk_observer_notice(loading->store->observer, DK_LEVEL_WARNING,
                       "%s of '%s' equal %s: is it a corrected delivery of that cohort?", share,
                       loading->load->drop->path, cohort);
}

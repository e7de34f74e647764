/*
 * What a load meets: the same contents loaded before, with the same or other settings, and cohorts
 * that are there already. What contradicts is refused, unless it is to be replaced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/private.h"

#define REPLACE_HINT "run again with --replace to put this drop in the place of what is loaded"

/* --- the settings, key by key --------------------------------------------------------------- */

/* One "key=value" of a settings text. */
struct setting {
    const char *key;
    int key_size;
    const char *value;
    int value_size;
};

/* The next setting at *at, which moves on; false at the end. */
static bool next_setting(const char **at, struct setting *out)
{
    const char *start = *at + strspn(*at, " ");
    size_t size = strcspn(start, " ");
    size_t key = strcspn(start, "= ");
    if (size == 0)
        return false;
    *at = start + size;
    size_t skip = key < size ? key + 1 : size;
    *out = (struct setting){.key = start,
                            .key_size = (int)key,
                            .value = start + skip,
                            .value_size = (int)(size - skip)};
    return true;
}

static bool find_setting(const char *text, const struct setting *key, struct setting *out)
{
    while (next_setting(&text, out))
        if (out->key_size == key->key_size &&
            memcmp(out->key, key->key, (size_t)key->key_size) == 0)
            return true;
    *out = (struct setting){.value = "none", .value_size = 4};
    return false;
}

static bool is_key(const struct setting *setting, const char *key)
{
    return (size_t)setting->key_size == strlen(key) &&
           memcmp(setting->key, key, (size_t)setting->key_size) == 0;
}

/* Appends "<key> was <old>, is <new>" to text[cap], where it fits. */
static void append_difference(char *text, size_t cap, const struct setting *key,
                              const struct setting *was, const struct setting *is)
{
    size_t used = strlen(text);
    snprintf(text + used, cap - used, "%s%.*s was %.*s, is %.*s", used > 0 ? "; " : "",
             key->key_size, key->key, was->value_size, was->value, is->value_size, is->value);
}

/* Names every key whose values differ. `growing`: how many cohorts lie side by side shapes no row
 * by itself. Returns whether any does. */
static bool name_differences(const char *was, const char *is, bool growing, char *text, size_t cap)
{
    struct setting old;
    struct setting new;
    text[0] = '\0';
    for (const char *at = was; next_setting(&at, &old);) {
        bool found = find_setting(is, &old, &new);
        if (growing && is_key(&old, "cohorts"))
            continue;
        if (!found || old.value_size != new.value_size ||
            memcmp(old.value, new.value, (size_t)old.value_size) != 0)
            append_difference(text, cap, &old, &old, &new);
    }
    for (const char *at = is; next_setting(&at, &new);)
        if (!find_setting(was, &new, &old) && !(growing && is_key(&new, "cohorts")))
            append_difference(text, cap, &new, &old, &new);
    return text[0] != '\0';
}

/* --- the same contents ---------------------------------------------------------------------- */

/* The newest drop with these contents that is loaded. */
static enum dk_status find_same(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_ledger_drop drop;
    bool found = false;
    const char *hash = loading->load->drop->content_hash;
    if (hash[0] == '\0')
        return DK_OK;
    enum dk_status status = dk_ledger_drop_find(loading->store, hash, &drop, &found, err);
    if (status != DK_OK || !found)
        return status;
    loading->same_drop = drop.drop_id;
    loading->same_run = drop.run_id;
    memcpy(loading->same_settings, drop.settings, sizeof(drop.settings));
    loading->other_settings = strcmp(drop.settings, loading->load->settings) != 0;
    return DK_OK;
}

static enum dk_status refuse_settings(const struct dk_loading *loading, struct dk_error *err)
{
    char text[512];
    name_differences(loading->same_settings, loading->load->settings, false, text, sizeof(text));
    dk_error_set(err, DK_ERR_REFUSED,
                 "run %lld loaded the contents of '%s' with other settings: %s",
                 (long long)loading->same_run, loading->load->drop->path, text);
    return dk_error_hint(err, REPLACE_HINT);
}

/* --- cohorts that are there ----------------------------------------------------------------- */

static void read_old(struct dk_query *query, const struct dk_series *series,
                     struct dk_load_old *old)
{
    *old = (struct dk_load_old){0};
    dk_query_bind_text(query, series->well.site);
    dk_query_bind_int(query, series->well.number);
    dk_query_bind_int(query, series->cohort);
    if (dk_query_next(query)) {
        old->well_id = dk_query_int(query);
        old->drop_id = dk_query_int(query);
        old->run_id = dk_query_int(query);
        old->profile_set = dk_query_int(query);
        old->rows = (size_t)dk_query_int(query);
        dk_query_text(query, old->hash, sizeof(old->hash));
        dk_query_text(query, old->settings, sizeof(old->settings));
    }
    dk_query_rewind(query);
}

static enum dk_status find_old(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    struct dk_query query;
    dk_query_begin(&query, loading->store->sql,
                   "SELECT c.well_id, c.drop_id, d.run_id, c.profile_set, c.readings, c.hash, "
                   "d.settings FROM cohorts c JOIN wells w ON w.well_id = c.well_id "
                   "JOIN drops d ON d.drop_id = c.drop_id "
                   "WHERE w.site = ? AND w.well_number = ? AND c.cohort = ?",
                   err);
    for (size_t i = 0; i < readings->series_count; i++)
        read_old(&query, &readings->series[i], &loading->items[i].old);
    return dk_query_end(&query);
}

static enum dk_status hash_series(struct dk_loading *loading, struct dk_error *err)
{
    const struct dk_readings *readings = loading->load->readings;
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < readings->series_count; i++) {
        loading->items[i].series = i;
        status = dk_readings_series_hash(readings, i, loading->items[i].hash, err);
    }
    return status;
}

/* --- naming the difference ------------------------------------------------------------------ */

/* A value as text, "missing" for none. */
static void put_value(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 1])
{
    size_t size = dk_decimal_format(value, text);
    if (size == 0)
        memcpy(text, "missing", sizeof("missing"));
    else
        text[size] = '\0';
}

/* The first value of a series that is not what the table `was` (of one series) has. */
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
            snprintf(text, cap, "%s of reading %zu was %s, is %s", dk_sensors[sensor].name, row + 1,
                     old_text, new_text);
            return true;
        }
    }
    return false;
}

/* The series as it is loaded. */
static enum dk_status read_loaded(struct dk_loading *loading, const struct dk_load_item *item,
                                  struct dk_readings *readings, struct dk_error *err)
{
    const struct dk_series *series = &loading->load->readings->series[item->series];
    const struct dk_store_filter filter = {.by_rig = true,
                                           .rig = series->well,
                                           .cohort_first = series->cohort,
                                           .cohort_last = series->cohort};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    enum dk_status status = dk_store_list(loading->store, &filter, &list, &count, err);
    if (status == DK_OK && count > 0)
        status = dk_store_read(loading->store, &list[0], readings, err);
    free(list);
    return status;
}

/* What is different about the contents of a series: its clock, its length, its profile, a value. */
static enum dk_status name_contents(struct dk_loading *loading, const struct dk_load_item *item,
                                    char *text, size_t cap, struct dk_error *err)
{
    const struct dk_readings *is = loading->load->readings;
    struct dk_readings was = {0};
    if (item->old.rows != is->rows) {
        snprintf(text, cap, "it has %zu readings, and had %zu", is->rows, item->old.rows);
        return DK_OK;
    }
    enum dk_status status = read_loaded(loading, item, &was, err);
    if (status == DK_OK && was.series && was.rows == is->rows) {
        if (was.series[0].start_minute != is->series[item->series].start_minute ||
            was.series[0].interval_minutes != is->series[item->series].interval_minutes)
            snprintf(text, cap, "its readings have other date-times");
        else if (!first_difference(&was, is, item->series, text, cap))
            snprintf(text, cap, "it has another profile");
    }
    dk_readings_reset(&was);
    return status;
}

static enum dk_status refuse_cohort(struct dk_loading *loading, const struct dk_load_item *item,
                                    struct dk_error *err)
{
    const struct dk_series *series = &loading->load->readings->series[item->series];
    char rig[DK_RIG_NAME_MAX];
    char text[512] = "";
    enum dk_status status = DK_OK;
    bool settings =
        name_differences(item->old.settings, loading->load->settings, true, text, sizeof(text));
    if (!settings)
        status = name_contents(loading, item, text, sizeof(text), err);
    if (status != DK_OK)
        return status;
    dk_well_rig_name(&series->well, rig);
    dk_error_set(err, DK_ERR_REFUSED, "run %lld loaded cohort %d of rig '%s' with other %s: %s",
                 (long long)item->old.run_id, series->cohort, rig,
                 settings ? "settings" : "contents", text);
    return dk_error_hint(err, REPLACE_HINT);
}

enum dk_status dk_load_compare(struct dk_loading *loading, struct dk_error *err)
{
    size_t count = loading->load->readings->series_count;
    bool replace = loading->load->replace;
    enum dk_status status = find_same(loading, err);
    if (status == DK_OK && loading->other_settings && !replace)
        return refuse_settings(loading, err);
    if (status == DK_OK)
        status = hash_series(loading, err);
    if (status == DK_OK)
        status = find_old(loading, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_load_item *item = &loading->items[i];
        bool there = item->old.drop_id != 0;
        /* With other settings the old cohorts go, all of them; so equal ones come in again. */
        item->skip = there && strcmp(item->hash, item->old.hash) == 0 && !loading->other_settings;
        if (there && !item->skip && !replace)
            status = refuse_cohort(loading, item, err);
    }
    return status;
}

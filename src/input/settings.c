/* The words that shape rows: columns, sample, alignment; their defaults and canonical text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "input/input.h"

static const char *const columns_names[] = {
    [DK_COLUMNS_AUTO] = "auto",
    [DK_COLUMNS_COHORTS] = "cohorts",
    [DK_COLUMNS_SAMPLES] = "samples",
    [DK_COLUMNS_WELLS] = "wells",
};

static const char *const sample_names[] = {
    [DK_SAMPLE_FIRST] = "first", [DK_SAMPLE_MEAN] = "mean", [DK_SAMPLE_MIN] = "min",
    [DK_SAMPLE_MAX] = "max",     [DK_SAMPLE_LAST] = "last",
};

static const char *const alignment_names[] = {
    [DK_ALIGNMENT_SECOND] = "second",
    [DK_ALIGNMENT_COLUMN] = "column",
};

static int find_word(const char *const *names, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], word) == 0)
            return (int)i;
    return -1;
}

const char *dk_columns_name(enum dk_columns columns)
{
    return columns_names[columns];
}

const char *dk_sample_name(enum dk_sample sample)
{
    return sample_names[sample];
}

const char *dk_alignment_name(enum dk_alignment alignment)
{
    return alignment_names[alignment];
}

int dk_columns_find(const char *word)
{
    return find_word(columns_names, DK_COUNT_OF(columns_names), word);
}

int dk_sample_find(const char *word)
{
    return find_word(sample_names, DK_COUNT_OF(sample_names), word);
}

int dk_alignment_find(const char *word)
{
    return find_word(alignment_names, DK_COUNT_OF(alignment_names), word);
}

bool dk_columns_are_one_cohort(enum dk_columns columns)
{
    return columns == DK_COLUMNS_SAMPLES || columns == DK_COLUMNS_WELLS;
}

void dk_input_settings_init(struct dk_input_settings *settings)
{
    *settings = (struct dk_input_settings){
        .columns = DK_COLUMNS_AUTO,
        .cohorts = DK_INPUT_COHORTS_DEFAULT,
        .sample = DK_SAMPLE_FIRST,
        .alignment = DK_ALIGNMENT_SECOND,
        .calendar = dk_calendar_default(),
        .well = {.site = "texas", .number = 1},
        .cohort = 1,
    };
}

void dk_input_settings_text(const struct dk_input_settings *settings,
                            char text[DK_SETTINGS_TEXT_MAX])
{
    char start[DK_DATE_TIME_SIZE];
    char rig[DK_RIG_NAME_MAX];
    char cohort[24] = "";
    dk_date_time_format(settings->calendar.start_day * 1440, start);
    dk_well_rig_name(&settings->well, rig);
    if (dk_columns_are_one_cohort(settings->columns))
        snprintf(cohort, sizeof(cohort), " cohort=%d", settings->cohort);
    snprintf(text, DK_SETTINGS_TEXT_MAX,
             "columns=%s cohorts=%d sample=%s alignment=%s start=%.10s cohort_days=%" PRId32
             " interval_minutes=%" PRId32 " rig=%s%s",
             dk_columns_name(settings->columns), settings->cohorts,
             dk_sample_name(settings->sample), dk_alignment_name(settings->alignment), start,
             settings->calendar.cohort_days, settings->calendar.interval_minutes, rig, cohort);
}

size_t dk_input_settings_find(const char *text, const char *name, const char **value)
{
    size_t name_size = strlen(name);
    for (const char *at = text; *at; at += *at == ' ') {
        size_t size = strcspn(at, " ");
        if (size > name_size && at[name_size] == '=' && memcmp(at, name, name_size) == 0) {
            *value = at + name_size + 1;
            return size - name_size - 1;
        }
        at += size;
    }
    *value = "";
    return 0;
}

int dk_input_settings_sample(const char *text)
{
    const char *value;
    char word[16];
    size_t size = dk_input_settings_find(text, "sample", &value);
    dk_text_format(word, sizeof(word), "%.*s", (int)size, value);
    return dk_sample_find(word);
}

/* The words that shape rows: columns, sample, alignment; their defaults and canonical text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

static const char *const decimal_names[] = {
    [DK_MARK_POINT] = "point",
    [DK_MARK_COMMA] = "comma",
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

const char *dk_decimal_mark_name(enum dk_decimal_mark mark)
{
    return decimal_names[mark];
}

int dk_decimal_mark_find(const char *word)
{
    return find_word(decimal_names, DK_COUNT_OF(decimal_names), word);
}

bool dk_columns_are_one_cohort(enum dk_columns columns)
{
    return columns == DK_COLUMNS_SAMPLES || columns == DK_COLUMNS_WELLS;
}

void dk_input_settings_init(struct dk_input_settings *settings)
{
    *settings = (struct dk_input_settings){
        .columns = DK_COLUMNS_AUTO,
        .cohorts = DK_COHORTS_DEFAULT,
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
             " interval_minutes=%" PRId32 " rig=%s%s%s",
             dk_columns_name(settings->columns), settings->cohorts,
             dk_sample_name(settings->sample), dk_alignment_name(settings->alignment), start,
             settings->calendar.cohort_days, settings->calendar.interval_minutes, rig, cohort,
             settings->decimal == DK_MARK_COMMA ? " decimal=comma" : "");
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

/* A word of a settings text; "" if it is not there, or too long. */
static void find_text(const char *text, const char *name, char *out, size_t cap)
{
    const char *value;
    size_t size = dk_input_settings_find(text, name, &value);
    out[0] = '\0';
    if (size < cap)
        dk_text_format(out, cap, "%.*s", (int)size, value);
}

static long find_number(const char *text, const char *name)
{
    char word[24];
    find_text(text, name, word, sizeof(word));
    return strtol(word, NULL, 10);
}

static enum dk_status not_settings(const char *text, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_DATA, "this derrick does not know the settings '%s'", text);
    dk_error_hint(err, "use the derrick that loaded the drop, or a newer one");
    return DK_ERR_DATA;
}

enum dk_status dk_input_settings_parse(const char *text, struct dk_input_settings *settings,
                                       struct dk_error *err)
{
    char columns[16];
    char alignment[16];
    char start[16];
    char rig[DK_RIG_NAME_MAX];
    char decimal[16];
    char again[DK_SETTINGS_TEXT_MAX];
    struct dk_input_settings read = *settings;
    find_text(text, "columns", columns, sizeof(columns));
    find_text(text, "alignment", alignment, sizeof(alignment));
    find_text(text, "start", start, sizeof(start));
    find_text(text, "rig", rig, sizeof(rig));
    find_text(text, "decimal", decimal, sizeof(decimal));
    int found[] = {dk_columns_find(columns), dk_input_settings_sample(text),
                   dk_alignment_find(alignment)};
    if (found[0] < 0 || found[1] < 0 || found[2] < 0 ||
        dk_well_parse(rig, &read.well, NULL) != DK_OK ||
        dk_calendar_init(&read.calendar, start, find_number(text, "cohort_days"),
                         find_number(text, "interval_minutes"), NULL) != DK_OK)
        return not_settings(text, err);
    read.columns = (enum dk_columns)found[0];
    read.sample = (enum dk_sample)found[1];
    read.alignment = (enum dk_alignment)found[2];
    read.decimal = decimal[0] != '\0' ? DK_MARK_COMMA : DK_MARK_POINT;
    read.cohorts = (int)find_number(text, "cohorts");
    read.cohort = (int)find_number(text, "cohort");
    read.cohort = read.cohort < 1 ? 1 : read.cohort;
    /* What it says besides, this derrick would leave out. */
    dk_input_settings_text(&read, again);
    if (strcmp(again, text) != 0)
        return not_settings(text, err);
    *settings = read;
    return DK_OK;
}

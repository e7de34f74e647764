#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "input/name.h"
#include "nearest.h"

struct dk_config_text {
    struct dk_config_text *next;
    char text[];
};

/* A key: its name, its default, and how it is set. */
struct key_row {
    const char *key;     /* "section.key" */
    const char *preset;  /* the default, as text; "" where nothing is set; NULL: the sensor's range
                            in the catalogue */
    const char *comment; /* for derrick.ini; '\n' breaks lines */
    enum dk_status (*set)(struct dk_config *config, const struct key_row *row, const char *value,
                          struct dk_error *err);
};

/* --- values --------------------------------------------------------------------------------- */

static enum dk_status wrong_value(const struct key_row *row, const char *value, const char *want,
                                  struct dk_error *err)
{
    dk_error_set(err, DK_ERR_CONFIG, "%s '%s' is not valid", row->key, value);
    dk_error_hint(err, "%s", want);
    return DK_ERR_CONFIG;
}

enum dk_status dk_config_keep(struct dk_config *config, const char *value, const char **out,
                              struct dk_error *err)
{
    if (value[0] == '\0') {
        *out = NULL;
        return DK_OK;
    }
    size_t size = strlen(value) + 1;
    struct dk_config_text *text = malloc(sizeof(*text) + size);
    if (!text)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the configuration");
    memcpy(text->text, value, size);
    text->next = config->texts;
    config->texts = text;
    *out = text->text;
    return DK_OK;
}

static enum dk_status read_number(const struct key_row *row, const char *value, long min, long max,
                                  long *out, struct dk_error *err)
{
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || isspace((unsigned char)value[0]) ||
        number < min || number > max) {
        char want[96];
        snprintf(want, sizeof(want), "give a whole number from %ld to %ld", min, max);
        return wrong_value(row, value, want, err);
    }
    *out = number;
    return DK_OK;
}

/* --- one setter a key ----------------------------------------------------------------------- */

#define SETTER(name)                                                                               \
    static enum dk_status name(struct dk_config *config, const struct key_row *row,                \
                               const char *value, struct dk_error *err)

#define TEXT_SETTER(name, field)                                                                   \
    SETTER(name)                                                                                   \
    {                                                                                              \
        (void)row;                                                                                 \
        return dk_config_keep(config, value, &config->field, err);                                 \
    }

#define NUMBER_SETTER(name, field, type, min, max)                                                 \
    SETTER(name)                                                                                   \
    {                                                                                              \
        long number = 0;                                                                           \
        enum dk_status status = read_number(row, value, min, max, &number, err);                   \
        if (status == DK_OK)                                                                       \
            config->field = (type)number;                                                          \
        return status;                                                                             \
    }

#define WORD_SETTER(name, field, type, find, want)                                                 \
    SETTER(name)                                                                                   \
    {                                                                                              \
        int word = find(value);                                                                    \
        if (word < 0)                                                                              \
            return wrong_value(row, value, want, err);                                             \
        config->field = (type)word;                                                                \
        return DK_OK;                                                                              \
    }

static int find_word(const char *const *words, const char *value)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    return -1;
}

static int find_tls(const char *value)
{
    static const char *const words[] = {"auto", "verify", "plain", NULL};
    return find_word(words, value);
}

static int find_load(const char *value)
{
    static const char *const words[] = {"auto", "infile", "insert", NULL};
    return find_word(words, value);
}

static int find_compress(const char *value)
{
    static const char *const words[] = {"none", "zstd", NULL};
    return find_word(words, value);
}

static int find_parquet(const char *value)
{
    static const char *const words[] = {"none", "parquet", NULL};
    return find_word(words, value);
}

static int find_allow(const char *value)
{
    static const char *const words[] = {"refuse", "allow", NULL};
    return find_word(words, value);
}

static int find_yes(const char *value)
{
    static const char *const words[] = {"no", "yes", NULL};
    return find_word(words, value);
}

/* A site such as texas-01 would name its rig texas-01-1: what was meant is the rig. */
static enum dk_status check_site(const char *site, struct dk_error *err)
{
    struct dk_well well;
    if (dk_well_parse(site, &well, NULL) != DK_OK)
        return dk_well_init(&well, site, 1, err);
    dk_error_set(err, DK_ERR_CONFIG, "rig.site '%s' is the name of a rig, not of a site", site);
    dk_error_hint(err, "set rig.site = %s and rig.well = %d", well.site, well.number);
    return DK_ERR_CONFIG;
}

SETTER(set_site)
{
    (void)row;
    DK_RETURN_IF_ERROR(check_site(value, err));
    return dk_config_keep(config, value, &config->site, err);
}

SETTER(set_start)
{
    (void)row;
    struct dk_calendar calendar;
    DK_RETURN_IF_ERROR(dk_calendar_init(&calendar, value, 1, 1440, err));
    return dk_config_keep(config, value, &config->start, err);
}

SETTER(set_url)
{
    if (value[0] == '\0')
        return wrong_value(row, value,
                           "write sqlite:FILE, or mysql://[user@]host[:port]/energymobile", err);
    return dk_config_keep(config, value, &config->settings.store.url, err);
}

SETTER(set_ignore)
{
    if (dk_name_ignore_hides(value))
        return wrong_value(row, value, "it would hide files that derrick reads, such as PS1.txt",
                           err);
    return dk_config_keep(config, value, &config->settings.input.ignore, err);
}

NUMBER_SETTER(set_well, well, long, 1, DK_WELL_NUMBER_MAX)
NUMBER_SETTER(set_cohort_days, cohort_days, long, 1, 36600)
NUMBER_SETTER(set_interval, interval_minutes, long, 1, 36600L * 1440)
WORD_SETTER(set_columns, settings.input.columns, enum dk_columns, dk_columns_find,
            "write auto, cohorts, samples or wells")
NUMBER_SETTER(set_cohorts, settings.input.cohorts, int, 1, DK_SERIES_MAX)
WORD_SETTER(set_sample, settings.input.sample, enum dk_sample, dk_sample_find,
            "write first, mean, min, max or last")
WORD_SETTER(set_alignment, settings.input.alignment, enum dk_alignment, dk_alignment_find,
            "write second or column")
WORD_SETTER(set_decimal, settings.input.decimal, enum dk_decimal_mark, dk_decimal_mark_find,
            "write point or comma")
WORD_SETTER(set_open_end, settings.input.allow_open_end, bool, find_allow, "write refuse or allow")
WORD_SETTER(set_tls, settings.store.tls, enum dk_tls, find_tls, "write auto, verify or plain")
TEXT_SETTER(set_tls_ca, settings.store.tls_ca)
TEXT_SETTER(set_tls_cert, settings.store.tls_cert)
TEXT_SETTER(set_tls_key, settings.store.tls_key)
TEXT_SETTER(set_option_file, settings.store.option_file)
WORD_SETTER(set_load, settings.store.load, enum dk_load_by, find_load,
            "write auto, infile or insert")
NUMBER_SETTER(set_connect_timeout, settings.store.connect_timeout_s, long, 0, 3600)
TEXT_SETTER(set_shards, settings.store.shards)
TEXT_SETTER(set_s3_url, settings.s3.url)
WORD_SETTER(set_addressing, settings.s3.addressing, enum dk_s3_addressing, dk_s3_addressing_find,
            "write auto, path or virtual")
WORD_SETTER(set_sse, settings.s3.sse, enum dk_s3_sse, dk_s3_sse_find,
            "write none, AES256 or aws:kms")
TEXT_SETTER(set_kms_key_id, settings.s3.kms_key_id)
TEXT_SETTER(set_storage_class, settings.s3.storage_class)
WORD_SETTER(set_partition, settings.s3.partition, enum dk_s3_partition, dk_s3_partition_find,
            "write none or cohort")
TEXT_SETTER(set_region, settings.s3.region)
TEXT_SETTER(set_endpoint, settings.s3.endpoint)
WORD_SETTER(set_insecure_http, settings.s3.insecure_http, enum dk_s3_insecure_http,
            dk_s3_insecure_http_find, "write refuse or allow")
WORD_SETTER(set_compress, settings.archive_zstd, bool, find_compress, "write none or zstd")
WORD_SETTER(set_report_write, settings.report_write, bool, find_yes, "write yes or no")
WORD_SETTER(set_report_publish, settings.report_publish, bool, find_yes, "write yes or no")
WORD_SETTER(set_export_parquet, settings.export_parquet, bool, find_yes, "write yes or no")
WORD_SETTER(set_export_samples, settings.export_samples, bool, find_parquet,
            "write none or parquet")
WORD_SETTER(set_export_features, settings.export_features, bool, find_parquet,
            "write none or parquet")
NUMBER_SETTER(set_late, settings.late_days, int, 0, 36500)
TEXT_SETTER(set_notify_command, notify_command)
NUMBER_SETTER(set_threads, settings.threads, unsigned, 0, 64)

/* The sensor of a key "limits.PS1". */
static int limits_sensor(const struct key_row *row)
{
    const char *name = strchr(row->key, '.') + 1;
    return dk_sensor_find(name, strlen(name));
}

SETTER(set_limits)
{
    enum dk_status status =
        dk_limits_parse(value, &config->settings.limits[limits_sensor(row)], err);
    if (status != DK_OK)
        dk_error_prefix(err, "%s", row->key);
    return status;
}

SETTER(set_notify_on)
{
    return dk_notify_parse(value, &config->notify_on)
               ? DK_OK
               : wrong_value(
                     row, value,
                     "write one or more of failure, quarantine, late and success, separated by "
                     "commas",
                     err);
}

SETTER(set_quarantine_max)
{
    enum dk_status status = dk_quarantine_max_parse(value, &config->settings.quarantine_max, err);
    if (status != DK_OK)
        dk_error_prefix(err, "%s", row->key);
    return status;
}

static const struct key_row key_table[] = {
    {"rig.site", "texas",
     "The site, without a number. A rig's name is <site>-<number>, such as texas-1.", set_site},
    {"rig.well", "1", "The well's number at its site.", set_well},
    {"calendar.start", DK_CALENDAR_START_DEFAULT, "The first day of cohort 1.", set_start},
    {"calendar.cohort_days", "92", "Days in a cohort.", set_cohort_days},
    {"calendar.interval_minutes", "60", "Minutes between two readings.", set_interval},
    {"input.columns", "auto",
     "What the columns of a file are. auto: cohorts side by side where there are as many as\n"
     "input.cohorts says, otherwise one cohort with one burst per row. Or always: cohorts, "
     "samples\n"
     "(all columns are the burst of one cohort), or wells 1..n of the site side by side.",
     set_columns},
    {"input.cohorts", "60", "How many cohorts (or wells) are side by side in a file.", set_cohorts},
    {"input.sample", "first",
     "Which value of a burst represents the reading: first, mean, min, max or last.", set_sample},
    {"input.alignment", "second",
     "second: read all sensors at the cohort's own second. column: as the old scripts did, column\n"
     "c-1 of every file, whatever its rate.",
     set_alignment},
    {"input.decimal", "point",
     "The mark between the whole number and the decimals in the logs: point or comma. derrick "
     "refuses\n"
     "the other one. Values that it writes always have a point.",
     set_decimal},
    {"input.open_end", "refuse",
     "A file without a newline at its end, where other sensors' files have one, may be cut off in "
     "its\n"
     "last value: refuse the drop, or allow it.",
     set_open_end},
    {"input.ignore", "",
     "Names in a drop or in logs/ to ignore: patterns separated by commas, such as *.bak, old_*",
     set_ignore},
    {"input.quarantine_max", "1%",
     "With --quarantine: how many of a sensor's cells, and of its loaded values, may be bad "
     "before\n"
     "derrick refuses the drop after all. A percentage, which allows at least 10, or a number.",
     set_quarantine_max},
    {"limits.PS1", NULL,
     "The plausible values of each sensor, LOW..HIGH in its unit: bar (PS1 to PS6), W (EPS1),\n"
     "l/min (FS1, FS2), celsius (TS1 to TS4), mm/s (VS1), percent (CE, SE), kW (CP). derrick "
     "loads\n"
     "and reports values outside; where most values of a sensor are, it refuses the drop.",
     set_limits},
    {"limits.PS2", NULL, NULL, set_limits},
    {"limits.PS3", NULL, NULL, set_limits},
    {"limits.PS4", NULL, NULL, set_limits},
    {"limits.PS5", NULL, NULL, set_limits},
    {"limits.PS6", NULL, NULL, set_limits},
    {"limits.EPS1", NULL, NULL, set_limits},
    {"limits.FS1", NULL, NULL, set_limits},
    {"limits.FS2", NULL, NULL, set_limits},
    {"limits.TS1", NULL, NULL, set_limits},
    {"limits.TS2", NULL, NULL, set_limits},
    {"limits.TS3", NULL, NULL, set_limits},
    {"limits.TS4", NULL, NULL, set_limits},
    {"limits.VS1", NULL, NULL, set_limits},
    {"limits.CE", NULL, NULL, set_limits},
    {"limits.CP", NULL, NULL, set_limits},
    {"limits.SE", NULL, NULL, set_limits},
    {"database.url", "sqlite:energymobile.db",
     "sqlite:FILE or mysql://[user@]host[:port]/energymobile. A server's password comes from\n"
     "DERRICK_DB_PASSWORD or from ~/.my.cnf, group [derrick] or [client]; never put it here.",
     set_url},
    {"database.tls", "auto",
     "auto: verified TLS; unencrypted only to this machine, where tls_ca is empty. verify: always\n"
     "verified TLS. plain: never; anyone on the way can read and change the data.",
     set_tls},
    {"database.tls_ca", "", "The server's certificate authority, a PEM file.", set_tls_ca},
    {"database.tls_cert", "", "The client's own certificate and its key, PEM files.", set_tls_cert},
    {"database.tls_key", "", NULL, set_tls_key},
    {"database.option_file", "", "A MySQL option file to read instead of ~/.my.cnf.",
     set_option_file},
    {"database.connect_timeout_s", "0", "Seconds to wait for a connection; 0: 10.",
     set_connect_timeout},
    {"database.load", "auto",
     "How to send rows to a MySQL server. auto: LOAD DATA LOCAL, or slower INSERTs where the "
     "server\n"
     "refuses that. infile: LOAD DATA LOCAL or nothing. insert: INSERTs.",
     set_load},
    {"database.shards", "",
     "Servers to spread the readings over: mysql:// URLs separated by commas; see docs/scale.md.\n"
     "Empty: one server.",
     set_shards},
    {"s3.url", "",
     "Where to upload the export: s3://bucket or s3://bucket/prefix. Empty: no upload.",
     set_s3_url},
    {"s3.region", "", "The bucket's region; overrides the environment and ~/.aws/config.",
     set_region},
    {"s3.endpoint", "", "An S3 server other than AWS: https://host[:port].", set_endpoint},
    {"s3.addressing", "auto", "How to address the bucket: auto, path or virtual.", set_addressing},
    {"s3.partition", "none",
     "cohort: also upload one CSV per cohort, under cohort=NN/. site: one per site, under\n"
     "site=NAME/.",
     set_partition},
    {"s3.sse", "none", "Encryption at rest: none (the bucket decides), AES256 or aws:kms.",
     set_sse},
    {"s3.kms_key_id", "", "The key for aws:kms.", set_kms_key_id},
    {"s3.storage_class", "", "STANDARD_IA and so on; empty: the bucket decides.",
     set_storage_class},
    {"s3.insecure_http", "refuse",
     "allow: unencrypted http:// to another machine, which anyone on the way can read.",
     set_insecure_http},
    {"export.parquet", "no", "yes: also write the current export as Parquet, and upload it.",
     set_export_parquet},
    {"export.samples", "none",
     "parquet: a run also writes every sample of the drop to aws_s3/samples_100hz/, samples_10hz/ "
     "and\n"
     "samples_1hz/, and uploads them.",
     set_export_samples},
    {"export.features", "none",
     "parquet: a run also writes numbers computed from each burst to aws_s3/features/, and uploads "
     "them.",
     set_export_features},
    {"report.write", "yes",
     "yes: a run keeps report.html in the workspace up to date; no: only 'derrick report' writes "
     "it.",
     set_report_write},
    {"report.publish", "no",
     "yes: a run also uploads report.html, beside the CSV. It needs report.write and s3.url.",
     set_report_publish},
    {"archive.compress", "none", "How to compress archived files: none or zstd.", set_compress},
    {"status.late", "14",
     "A cohort is late when more than this many full days have passed since its last day.",
     set_late},
    {"notify.command", "",
     "A command to run when a run has ended, by /bin/sh -c. It gets the run as JSON on its "
     "standard\n"
     "input, and has 30 seconds. docs/notify.md has examples. Here a ';' after a blank begins a\n"
     "comment: for more than one command use && or a script.",
     set_notify_command},
    {"notify.on", "failure, quarantine, late",
     "When: failure, quarantine (cells are missing), late (watch: a cohort is late), success.",
     set_notify_on},
    {"run.threads", "0", "Threads to use; 0: one per processor.", set_threads},
};
#define KEY_COUNT DK_COUNT_OF(key_table)

/* Names of earlier versions, which are still read. */
static const struct {
    const char *old, *key;
} old_keys[] = {{"s3.plain_text", "s3.insecure_http"}};

static const char *preset_of(const struct key_row *row)
{
    return row->preset ? row->preset : dk_sensors[limits_sensor(row)].range;
}

enum dk_status dk_config_init(struct dk_config *config, struct dk_error *err)
{
    *config = (struct dk_config){0};
    dk_settings_init(&config->settings);
    for (size_t i = 0; i < KEY_COUNT; i++)
        DK_RETURN_IF_ERROR(dk_config_set(config, key_table[i].key, preset_of(&key_table[i]), err));
    return DK_OK;
}

void dk_config_reset(struct dk_config *config)
{
    while (config->texts) {
        struct dk_config_text *next = config->texts->next;
        free(config->texts);
        config->texts = next;
    }
    dk_secret_reset(&config->password);
    *config = (struct dk_config){0};
}

static enum dk_status unknown_key(const char *key, struct dk_error *err)
{
    struct dk_nearest nearest = {.word = key, .size = strlen(key), .edits_max = 3};
    for (size_t i = 0; i < KEY_COUNT; i++)
        dk_nearest_try(&nearest, key_table[i].key);
    /* In other letters it is that key, and not a neighbour of it: limits.ts1 is not limits.PS1. */
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcasecmp(key_table[i].key, key) == 0)
            nearest.found = key_table[i].key;
    dk_error_set(err, DK_ERR_CONFIG, "unknown key '%s'", key);
    if (nearest.found)
        dk_error_hint(err, "did you mean '%s'?", nearest.found);
    else
        dk_error_hint(err, "'derrick config' lists every key");
    return DK_ERR_CONFIG;
}

int dk_config_find(const char *key)
{
    for (size_t i = 0; i < DK_COUNT_OF(old_keys); i++)
        if (strcmp(old_keys[i].old, key) == 0)
            key = old_keys[i].key;
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(key_table[i].key, key) == 0)
            return (int)i;
    return -1;
}

enum dk_status dk_config_set(struct dk_config *config, const char *key, const char *value,
                             struct dk_error *err)
{
    int i = dk_config_find(key);
    if (i < 0)
        return unknown_key(key, err);
    const struct key_row *row = &key_table[i];
    struct dk_config_value kept = {.source = config->source};
    DK_RETURN_IF_ERROR(row->set(config, row, value, err));
    DK_RETURN_IF_ERROR(dk_config_keep(config, value, &kept.text, err));
    config->values[i] = kept;
    return DK_OK;
}

_Static_assert(KEY_COUNT <= DK_CONFIG_KEYS_MAX, "there are more keys than values");

const char *dk_config_key(size_t i)
{
    return i < KEY_COUNT ? key_table[i].key : NULL;
}

const char *dk_config_preset(size_t i)
{
    return preset_of(&key_table[i]);
}

const char *dk_config_comment(size_t i)
{
    return key_table[i].comment ? key_table[i].comment : "";
}

const char *dk_config_old_key(size_t i)
{
    for (size_t k = 0; k < DK_COUNT_OF(old_keys); k++)
        if (strcmp(old_keys[k].key, key_table[i].key) == 0)
            return old_keys[k].old;
    return NULL;
}

/* --- the whole ------------------------------------------------------------------------------ */

enum dk_status dk_config_resolve(struct dk_config *config, struct dk_error *err)
{
    struct dk_settings *settings = &config->settings;
    settings->input.threads = settings->threads;
    settings->store.threads = settings->threads;
    DK_RETURN_IF_ERROR(dk_well_init(&settings->input.well, config->site, config->well, err));
    DK_RETURN_IF_ERROR(dk_calendar_init(&settings->input.calendar, config->start,
                                        config->cohort_days, config->interval_minutes, err));
    if (settings->report_publish && !settings->report_write) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "report.publish = yes has no effect with report.write = no");
        dk_error_hint(err, "set both to yes, or both to no");
        return DK_ERR_CONFIG;
    }
    return settings->s3.url ? dk_s3_settings_check(&settings->s3, err) : DK_OK;
}

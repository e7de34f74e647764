/*
 * The configuration: one table of keys, and one way to set them, whether the value comes from a
 * flag, from the environment (DERRICK_<SECTION>_<KEY>), from derrick.ini, or is the default.
 *
 * Sources are applied from the weakest to the strongest. Each value is checked at once, and an
 * error names the place it came from ("derrick.ini:12: ..."). Where each value came from is kept,
 * for `derrick config`. Texts are owned here, until dk_config_reset.
 */
#ifndef DK_CLI_CONFIG_H
#define DK_CLI_CONFIG_H

#include "base/secret.h"
#include "base/status.h"
#include "pipeline/pipeline.h"

struct dk_config_text; /* a list of owned texts */

enum dk_source_kind { DK_SOURCE_DEFAULT, DK_SOURCE_FILE, DK_SOURCE_ENVIRONMENT, DK_SOURCE_FLAG };

/* Where the value of a key comes from. */
struct dk_config_source {
    enum dk_source_kind kind;
    const char *name; /* of the file, the variable or the flag (without dashes); borrowed */
    uint64_t line;    /* of a file */
};

struct dk_config_value {
    const char *text; /* as it was written */
    struct dk_config_source source;
};

#define DK_CONFIG_KEYS_MAX 80

/* Why somebody is notified, as bits. */
enum dk_notify {
    DK_NOTIFY_FAILURE = 1,
    DK_NOTIFY_QUARANTINE = 2,
    DK_NOTIFY_LATE = 4,
    DK_NOTIFY_SUCCESS = 8,
};

/* Reads "failure, late". false: another word is in it. */
bool dk_notify_parse(const char *text, unsigned *reasons);

struct dk_config {
    struct dk_config_source source;                    /* of what dk_config_set sets now */
    struct dk_config_value values[DK_CONFIG_KEYS_MAX]; /* as dk_config_key counts them */
    struct dk_settings settings;
    const char *notify_command; /* NULL: none */
    unsigned notify_on;         /* enum dk_notify */
    struct dk_config_text *texts;
    struct dk_secret password; /* of the database; text NULL: none */
    /* Kept until all sources are read, then resolved into settings. */
    const char *site, *start;
    long well, cohort_days, interval_minutes;
};

/* Sets every key to its default. DK_ERR_NOMEM: dk_config_reset is still due. */
enum dk_status dk_config_init(struct dk_config *config, struct dk_error *err) DK_CHECK;
/* Frees the texts; the settings point to nothing then. */
void dk_config_reset(struct dk_config *config);

/* Copies a text, which the configuration then owns; an empty one becomes NULL. */
enum dk_status dk_config_keep(struct dk_config *config, const char *value, const char **out,
                              struct dk_error *err) DK_CHECK;

/* Sets "section.key" to a value that comes from config->source, whose name lives as long as the
 * configuration. A key may be given by its old name, too. DK_ERR_CONFIG: there is no such key (the
 * hint names the nearest one), or the value is wrong. */
enum dk_status dk_config_set(struct dk_config *config, const char *key, const char *value,
                             struct dk_error *err) DK_CHECK;

/* Reads an INI file. `required`: a missing file is DK_ERR_CONFIG. Errors carry path and line. */
enum dk_status dk_config_read(struct dk_config *config, const char *path, bool required,
                              struct dk_error *err) DK_CHECK;

/* Sets every key that the environment names. DERRICK_DB is database.url, too, and
 * DERRICK_DB_PASSWORD the password, which has no key: neither derrick.ini nor a flag may hold
 * it. */
enum dk_status dk_config_environment(struct dk_config *config,
                                     const struct dk_environment *environment, struct dk_error *err)
    DK_CHECK;

/* The index of a key, also of one that is given by its old name; -1: there is none. */
int dk_config_find(const char *key);
/* The i-th key ("rig.site"), NULL past the last; its default, and what it is about. */
const char *dk_config_key(size_t i);
const char *dk_config_preset(size_t i);
const char *dk_config_comment(size_t i);
/* The same for names that keys had in earlier versions. */
const char *dk_config_old_key(size_t i);

/* Copies a value with every password in a URL ("//user:password@host") replaced by "***". */
void dk_config_show(const char *value, char *text, size_t cap);

/* Checks each variable ("NAME=value", NULL-terminated) that begins with DERRICK_. DK_ERR_CONFIG:
 * its name differs from one that derrick knows by at most two letters, or by upper and lower case;
 * the setting that is meant would be at its default, and a run could load another database. Warns
 * of every other unknown name. Names that begin with DERRICK_TEST_ are for tests. */
enum dk_status dk_config_variables_check(char *const *variables, const struct dk_observer *observer,
                                         struct dk_error *err) DK_CHECK;

/* Makes settings of what needs several keys (calendar, well), and checks how the keys go
 * together. */
enum dk_status dk_config_resolve(struct dk_config *config, struct dk_error *err) DK_CHECK;

/* A key as the command line sets it. */
struct dk_config_given {
    char key[96];
    const char *value; /* borrowed */
};

/* Writes derrick.ini with every key, a comment, and its default or what is given for it; the last
 * one wins. DK_ERR_USAGE if a value would not be read back as it is, or holds a password. */
enum dk_status dk_config_write_template(struct dk_sink *sink, const struct dk_config_given *given,
                                        size_t count, struct dk_error *err) DK_CHECK;

#endif

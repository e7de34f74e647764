/*
 * The configuration: one table of keys, and one way to set them, whether the value comes from a
 * flag, from the environment (DERRICK_<SECTION>_<KEY>), from derrick.ini, or is the default.
 *
 * Sources are applied from the weakest to the strongest. Each value is checked at once, and an
 * error names the place it came from ("derrick.ini:12: ..."). Texts are owned here, until
 * dk_config_reset.
 */
#ifndef DK_CLI_CONFIG_H
#define DK_CLI_CONFIG_H

#include "base/secret.h"
#include "base/status.h"
#include "pipeline/pipeline.h"

struct dk_config_text; /* a list of owned texts */

struct dk_config {
    struct dk_settings settings;
    struct dk_config_text *texts;
    struct dk_secret password; /* of the database; text NULL: none */
    /* Kept until all sources are read, then resolved into settings. */
    const char *site, *start;
    long well, cohort_days, interval_minutes;
};

/* Sets every key to its default. */
void dk_config_init(struct dk_config *config);
/* Frees the texts; the settings point to nothing then. */
void dk_config_reset(struct dk_config *config);

/* Sets "section.key". DK_ERR_CONFIG: there is no such key (the hint names the nearest one), or the
 * value is wrong. */
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

/* The i-th key ("rig.site"), with earlier names at the end; NULL past the last. */
const char *dk_config_key(size_t i);

#define DK_CONFIG_VARIABLE_MAX 96

/* The variable of a key: "DERRICK_RIG_SITE". */
void dk_config_variable(const char *key, char name[DK_CONFIG_VARIABLE_MAX]);

/* Checks the names of all variables ("NAME=value", NULL-terminated): one that begins as those of a
 * section do ("DERRICK_S3_") has a key, and none is a misspelling of another. DK_ERR_CONFIG names
 * the one that is not right: what was misspelt would be at its default, and nobody would notice.
 * Other names are none of derrick's business. */
enum dk_status dk_config_variables_check(char *const *variables, struct dk_error *err) DK_CHECK;

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

/*
 * The configuration: one table of keys, one way to set them, whether the value comes from a flag,
 * from the environment (DERRICK_<SECTION>_<KEY>), from derrick.ini, or is the default.
 *
 * Sources are applied from the weakest to the strongest; each checks the value at once and blames
 * its own place ("derrick.ini:12: ..."). Texts are owned here and live until dk_config_reset.
 */
#ifndef DK_CLI_CONFIG_H
#define DK_CLI_CONFIG_H

#include <stdio.h>

#include "base/status.h"
#include "pipeline/pipeline.h"

struct dk_config_text; /* a list of owned texts */

struct dk_config {
    struct dk_settings settings;
    struct dk_config_text *texts;
    /* Held until all sources are read, then resolved into settings. */
    const char *site, *start;
    long well, cohort_days, interval_minutes;
};

void dk_config_init(struct dk_config *config);
void dk_config_reset(struct dk_config *config);

/* Sets "section.key". DK_ERR_CONFIG if the key is unknown (with the nearest known one as hint) or the
 * value is wrong. */
enum dk_status dk_config_set(struct dk_config *config, const char *key, const char *value,
                             struct dk_error *err) DK_CHECK;

/* Reads an INI file. `required`: a missing file is DK_ERR_CONFIG. Errors carry path and line. */
enum dk_status dk_config_read(struct dk_config *config, const char *path, bool required,
                              struct dk_error *err) DK_CHECK;

/* The same from a stream; `path` is for messages. */
enum dk_status dk_config_read_stream(struct dk_config *config, FILE *stream, const char *path,
                                     struct dk_error *err) DK_CHECK;

/* Sets every key that the environment names, and DERRICK_DB as database.url; DERRICK_DB_PASSWORD
 * is the password, which no file and no flag may hold. */
enum dk_status dk_config_environment(struct dk_config *config,
                                     const struct dk_environment *environment,
                                     struct dk_error *err) DK_CHECK;

/* Resolves what needs several keys (calendar, well) into settings, and checks the whole. */
enum dk_status dk_config_resolve(struct dk_config *config, struct dk_error *err) DK_CHECK;

/* Writes derrick.ini with every key, its default, and a comment. */
enum dk_status dk_config_write_template(struct dk_sink *sink, struct dk_error *err) DK_CHECK;

#endif

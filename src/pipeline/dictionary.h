/*
 * The data dictionary of the historical CSV, as a file. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_DICTIONARY_H
#define DK_PIPELINE_DICTIONARY_H

#include "base/hash.h"
#include "pipeline/pipeline.h"

#define DK_SAMPLE_RULES_MAX 48

/* The sample rules by which the readings were made, as "first" or, where drops differ, "first or
 * mean": those of all that is loaded or, where no store is open, the one that is set. */
enum dk_status dk_dictionary_rules(struct dk_pipeline *pipeline, char rules[DK_SAMPLE_RULES_MAX],
                                   struct dk_error *err) DK_CHECK;

/* Writes the dictionary to `path`; *hash and *size_bytes are those of what it holds. */
enum dk_status dk_dictionary_put(struct dk_pipeline *pipeline, const char *path,
                                 char hash[DK_HASH_HEX_MAX], uint64_t *size_bytes,
                                 struct dk_error *err) DK_CHECK;

/* Writes the dictionary of a split export in the format of the settings to `path`. */
enum dk_status dk_dictionary_put_beside(struct dk_pipeline *pipeline,
                                        const struct dk_export_settings *settings, const char *path,
                                        struct dk_error *err) DK_CHECK;

#endif

/* Exports in three parts, for training, validation and test. Private to src/pipeline/. */
#ifndef DK_PIPELINE_SPLIT_EXPORT_H
#define DK_PIPELINE_SPLIT_EXPORT_H

#include "pipeline/pipeline.h"

/* Writes one part to the file `path`, as the settings say, and adds to their tally. */
typedef enum dk_status (*dk_split_part_fn)(void *context, const struct dk_export_settings *settings,
                                           const char *path, struct dk_export_result *result,
                                           struct dk_error *err);
/* Writes the data dictionary. */
typedef enum dk_status (*dk_split_dictionary_fn)(void *context,
                                                 const struct dk_export_settings *settings,
                                                 const char *path, struct dk_error *err);

struct dk_split_job {
    dk_split_part_fn part;
    dk_split_dictionary_fn dictionary;
    void *context;
};

/* Writes all parts below `folder`, then its dictionary and split.json. Each file appears whole. */
enum dk_status dk_split_write(const struct dk_split_job *job,
                              const struct dk_export_settings *settings, const char *folder,
                              struct dk_export_result *result, struct dk_error *err) DK_CHECK;

#endif

#include "split_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define SPLIT_FILE "split.json"
#define DICTIONARY_FILE "dictionary.csv"

static const char *file_name_of(const struct dk_export_settings *settings)
{
    return settings->format == DK_FORMAT_SAGEMAKER ? "part-0.csv" : "part-0.parquet";
}

static enum dk_status write_part(const struct dk_split_job *job,
                                 const struct dk_export_settings *settings, const char *folder,
                                 struct dk_export_result *total, struct dk_error *err)
{
    struct dk_export_result result = {0};
    char *below = dk_path_join(folder, dk_split_part_name(settings->part));
    char *path = below ? dk_path_join(below, file_name_of(settings)) : NULL;
    const bool made = path && !dk_path_exists(below);
    enum dk_status status =
        path ? dk_folder_make(below, err) : dk_error_nomem(err, "write", folder);
    if (status == DK_OK)
        status = job->part(job->context, settings, path, &result, err);
    if (status != DK_OK && made)
        (void)rmdir(below); /* unless something is in it */
    total->rows += result.rows;
    total->size_bytes += result.size_bytes;
    total->files += result.files;
    free(path);
    free(below);
    return status;
}

static enum dk_status write_dictionary(const struct dk_split_job *job,
                                       const struct dk_export_settings *settings,
                                       const char *folder, struct dk_error *err)
{
    char *path = dk_path_join(folder, DICTIONARY_FILE);
    enum dk_status status = path ? job->dictionary(job->context, settings, path, err)
                                 : dk_error_nomem(err, "write", folder);
    free(path);
    return status;
}

static enum dk_status write_json(const struct dk_export_settings *settings, const char *folder,
                                 struct dk_error *err)
{
    char *text = NULL;
    char *path = dk_path_join(folder, SPLIT_FILE);
    enum dk_status status =
        path ? dk_split_json(&settings->split, settings->tally, file_name_of(settings), &text, err)
             : dk_error_nomem(err, "write", folder);
    if (status == DK_OK)
        status = dk_file_put(path, text, strlen(text), err);
    free(text);
    free(path);
    return status;
}

enum dk_status dk_split_write(const struct dk_split_job *job,
                              const struct dk_export_settings *settings, const char *folder,
                              struct dk_export_result *result, struct dk_error *err)
{
    struct dk_split_tally tally = {0};
    struct dk_export_settings part = *settings;
    const bool made = !dk_path_exists(folder);
    enum dk_status status = DK_OK;
    *result = (struct dk_export_result){0};
    part.tally = &tally;
    for (part.part = 0; status == DK_OK && part.part < DK_SPLIT_PARTS; part.part++)
        status = write_part(job, &part, folder, result, err);
    if (status == DK_OK)
        status = write_dictionary(job, &part, folder, err);
    if (status == DK_OK)
        status = write_json(&part, folder, err);
    if (status != DK_OK && made)
        (void)rmdir(folder);
    return status;
}

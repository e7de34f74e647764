#include "set_aside.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "exported_file.h"
#include "guard.h"
#include "pipeline/init.h"

/* How the names of what is exported beside the CSV begin. */
static const char *const parts[] = {
    "cohort=",       "site=",        "parquet",     DK_HISTORICAL_PARQUET_FILE,
    "samples_100hz", "samples_10hz", "samples_1hz", "features"};

/* "<folder>/before-2023-06-01", a name that is free. */
static void name_aside(const char *folder, char *text, size_t cap)
{
    char day[16];
    struct tm date;
    time_t now = time(NULL);
    gmtime_r(&now, &date);
    (void)strftime(day, sizeof(day), "%Y-%m-%d", &date); /* ten digits and dashes always fit */
    dk_text_format(text, cap, "%s/before-%s", folder, day);
    for (int number = 2; dk_path_exists(text) && number < 1000; number++)
        dk_text_format(text, cap, "%s/before-%s-%d", folder, day, number);
}

static enum dk_status move_into(const char *path, const char *aside, struct dk_error *err)
{
    char *target = dk_path_join(aside, dk_path_name(path));
    if (!target)
        return dk_error_nomem(err, "move", path);
    enum dk_status status = DK_OK;
    if (rename(path, target) != 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't move", path);
    free(target);
    return status;
}

static enum dk_status sync_both(const char *folder, const char *aside, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_folder_sync(aside, err));
    return dk_folder_sync(folder, err);
}

static enum dk_status set_archive_aside(struct dk_pipeline *pipeline,
                                        const struct dk_evidence *evidence, struct dk_error *err)
{
    char aside[DK_ASIDE_MAX];
    if (evidence->folder_count == 0)
        return DK_OK;
    name_aside(DK_WORKSPACE_ARCHIVE, aside, sizeof(aside));
    DK_RETURN_IF_ERROR(dk_folder_make(aside, err));
    for (size_t i = 0; i < evidence->folder_count; i++)
        DK_RETURN_IF_ERROR(move_into(evidence->folders[i].path, aside, err));
    DK_RETURN_IF_ERROR(sync_both(DK_WORKSPACE_ARCHIVE, aside, err));
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE, "the previous archive is kept in '%s'",
                       aside);
    return DK_OK;
}

/* Whether a name in aws_s3/ is of a part: "cohort=07", or one of the others. */
static bool is_part(const char *name)
{
    for (size_t i = 0; i < DK_COUNT_OF(parts); i++) {
        const size_t size = strlen(parts[i]);
        if (strncmp(name, parts[i], size) == 0 && (name[size] == '\0' || parts[i][size - 1] == '='))
            return true;
    }
    return false;
}

static enum dk_status move_partitions(const char *aside, struct dk_error *err)
{
    DIR *list = opendir(DK_WORKSPACE_S3);
    if (!list)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the folder", DK_WORKSPACE_S3);
    enum dk_status status = DK_OK;
    for (struct dirent *entry = readdir(list); status == DK_OK && entry; entry = readdir(list)) {
        char path[300];
        if (!is_part(entry->d_name))
            continue;
        dk_text_format(path, sizeof(path), "%s/%s", DK_WORKSPACE_S3, entry->d_name);
        status = move_into(path, aside, err);
    }
    closedir(list);
    return status;
}

enum dk_status dk_set_aside_export(struct dk_pipeline *pipeline, char aside[DK_ASIDE_MAX],
                                   struct dk_error *err)
{
    name_aside(DK_WORKSPACE_S3, aside, DK_ASIDE_MAX);
    DK_RETURN_IF_ERROR(dk_folder_make(aside, err));
    DK_RETURN_IF_ERROR(move_partitions(aside, err));
    /* The CSV before its dictionary, which is worth nothing without it. */
    DK_RETURN_IF_ERROR(move_into(DK_CURRENT_CSV, aside, err));
    DK_RETURN_IF_ERROR(move_into(DK_CURRENT_DICTIONARY, aside, err));
    DK_RETURN_IF_ERROR(sync_both(DK_WORKSPACE_S3, aside, err));
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "the export of the previous database is kept in '%s'", aside);
    return DK_OK;
}

enum dk_status dk_pipeline_set_aside(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_evidence evidence;
    char aside[DK_ASIDE_MAX];
    enum dk_status status = dk_evidence_find(&evidence, err);
    if (status == DK_OK)
        status = set_archive_aside(pipeline, &evidence, err);
    if (status == DK_OK && evidence.exported)
        status = dk_set_aside_export(pipeline, aside, err);
    dk_evidence_reset(&evidence);
    return status;
}

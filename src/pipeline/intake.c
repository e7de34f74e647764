/* intake: finds the drop, and what its columns are. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bursts.h"
#include "input/delivery.h"
#include "pipeline/deliveries.h"
#include "pipeline/fleet.h"
#include "pipeline/pipeline.h"

void dk_intake_reset(struct dk_intake *intake)
{
    dk_drop_reset(&intake->drop);
    dk_readings_reset(&intake->readings);
    dk_report_reset(&intake->report);
    dk_bursts_free(intake->bursts);
    *intake = (struct dk_intake){0};
}

/* Archives in logs/ and its direct sub-folders, where no logs are. */
struct archives {
    char *first; /* owned */
    size_t count;
};

static void add_archive(void *context, const struct dk_delivery_item *item)
{
    struct archives *archives = context;
    if (item->kind == DK_DELIVERY_ARCHIVE && archives->count++ == 0)
        archives->first = strdup(item->path);
}

static bool is_below(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

static enum dk_status open_drop(struct dk_pipeline *pipeline, const char *path,
                                struct dk_intake *intake, struct dk_error *err)
{
    char own_folder[DK_FLEET_PROFILE_MAX];
    struct dk_well well;
    bool wells = pipeline->settings->input.columns == DK_COLUMNS_WELLS;
    DK_RETURN_IF_ERROR(dk_fleet_well(pipeline->settings, path, &well, err));
    dk_fleet_profile_folder(&well, own_folder);
    const struct dk_drop_search search = {
        .path = path,
        .profile_folder = DK_WORKSPACE_PROFILE,
        .own_folder = wells ? own_folder : NULL,
        .delivery_folder = is_below(path, DK_WORKSPACE_LOGS) ? DK_WORKSPACE_LOGS : NULL,
        .ignore = pipeline->settings->input.ignore,
        .observer = pipeline->observer,
        .readings_max = (uint64_t)dk_calendar_readings_max(&pipeline->settings->input.calendar),
    };
    return dk_drop_find(&intake->drop, &search, err);
}

/* The archive's own profile is used, else the nearest one beside it, else the one of profile/. */
static enum dk_status open_archive_in_logs(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                           bool *found, struct dk_error *err)
{
    struct archives archives = {0};
    enum dk_status status = dk_delivery_walk(DK_WORKSPACE_LOGS, pipeline->settings->input.ignore,
                                             add_archive, &archives, err);
    if (status == DK_OK && archives.count > 0 && !archives.first)
        status = dk_error_nomem(err, "list", DK_WORKSPACE_LOGS);
    if (status == DK_OK && archives.count > 1)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "%zu archives in '%s': reading only the first, '%s'; name another one "
                           "to read it",
                           archives.count, DK_WORKSPACE_LOGS, archives.first);
    dk_drop_reset(&intake->drop);
    if (status == DK_OK && archives.count > 0) {
        status = open_drop(pipeline, archives.first, intake, err);
        *found = status == DK_OK;
    }
    free(archives.first);
    return status;
}

/* Of several deliveries in logs/, opens the one that a run would load first. What is in the folder
 * of a site is that site's, even if it is all that is there. */
static enum dk_status open_first(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 bool *opened, struct dk_error *err)
{
    struct dk_waiting_drop *list = NULL;
    size_t count = 0;
    bool wells = pipeline->settings->input.columns == DK_COLUMNS_WELLS;
    *opened = false;
    enum dk_status status = dk_pipeline_deliveries(pipeline, &list, &count, err);
    size_t first = 0;
    while (wells && first < count && !list[first].readable)
        first++;
    bool several = count > 1 || (wells && count == 1);
    if (status == DK_OK && several && first < count && list[first].readable) {
        *opened = true;
        if (count > 1)
            dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                               "%zu deliveries in '%s': reading only the first, '%s'; name another "
                               "one to read it",
                               count, DK_WORKSPACE_LOGS, list[first].path);
        status = open_drop(pipeline, list[first].path, intake, err);
    }
    free(list);
    return status;
}

/* A name that is not there is a wrong argument, as for every command. */
static enum dk_status absent_drop(struct dk_error *err)
{
    if (err)
        err->status = DK_ERR_USAGE;
    return DK_ERR_USAGE;
}

/* A folder without logs may hold archives, each of which is a drop. */
static enum dk_status no_drop(struct dk_pipeline *pipeline, const char *path, struct dk_error *err)
{
    struct archives archives = {0};
    dk_error_set(err, DK_ERR_DATA, "no sensor file in '%s'", path);
    dk_error_hint(
        err, "a drop contains PS1.txt, PS2.txt, ... and profile.txt, in a folder, a zip or a tar");
    if (dk_path_is_folder(path) &&
        dk_delivery_walk(path, pipeline->settings->input.ignore, add_archive, &archives, NULL) ==
            DK_OK &&
        archives.first) {
        dk_error_set(err, DK_ERR_DATA, "no sensor file in '%s', only %zu archive%s", path,
                     archives.count, archives.count == 1 ? "" : "s");
        dk_error_hint(err, "each archive is a drop of its own: name one, such as '%s'",
                      archives.first);
    }
    free(archives.first);
    return DK_ERR_DATA;
}

static enum dk_status find_drop(struct dk_pipeline *pipeline, const char *path,
                                struct dk_intake *intake, bool *found, struct dk_error *err)
{
    *found = false;
    if (path) {
        enum dk_status opened = open_drop(pipeline, path, intake, err);
        *found = opened == DK_OK;
        if (opened == DK_ERR_IO && !dk_path_exists(path))
            opened = absent_drop(err);
        if (opened != DK_OK || dk_drop_sensor_count(&intake->drop) > 0)
            return opened;
        return no_drop(pipeline, path, err);
    }
    if (!dk_path_exists(DK_WORKSPACE_LOGS)) {
        dk_error_set(err, DK_ERR_USAGE, "no drop given, and no '%s' folder here",
                     DK_WORKSPACE_LOGS);
        dk_error_hint(err, "name a drop, or make a workspace with 'derrick init'");
        return DK_ERR_USAGE;
    }
    DK_RETURN_IF_ERROR(open_first(pipeline, intake, found, err));
    if (*found)
        return DK_OK;
    DK_RETURN_IF_ERROR(open_drop(pipeline, DK_WORKSPACE_LOGS, intake, err));
    *found = dk_drop_sensor_count(&intake->drop) > 0;
    return *found ? DK_OK : open_archive_in_logs(pipeline, intake, found, err);
}

enum dk_status dk_intake_open(struct dk_pipeline *pipeline, const char *path,
                              struct dk_intake *intake, bool *found, struct dk_error *err)
{
    enum dk_status status = find_drop(pipeline, path, intake, found, err);
    if (status == DK_OK && *found)
        status = dk_intake_resolve(pipeline, intake, err);
    *found = *found && status == DK_OK;
    const char *source = *found || !path ? intake->drop.path : path;
    if (source && (*found || status != DK_OK))
        dk_text_format(pipeline->notes.source, sizeof(pipeline->notes.source), "%s", source);
    return status;
}

enum dk_status dk_intake_resolve(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                 struct dk_error *err)
{
    enum dk_status status = DK_OK;
    intake->input = pipeline->settings->input;
    /* A drop that is archived was loaded so, and no copy of it is interrupted. */
    if (is_below(intake->drop.path, DK_WORKSPACE_ARCHIVE))
        intake->input.allow_open_end = true;
    DK_RETURN_IF_ERROR(
        dk_fleet_well(pipeline->settings, intake->drop.path, &intake->input.well, err));
    if (pipeline->store)
        status = dk_store_rig_find(pipeline->store, &intake->input.well,
                                   intake->input.columns == DK_COLUMNS_WELLS, &intake->rig, err);
    return status == DK_OK
               ? dk_drop_resolve(&intake->drop, &intake->input, intake->rig.burst_seconds, err)
               : status;
}

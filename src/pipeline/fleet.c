#include "pipeline/fleet.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/record.h"
#include "base/file.h"

static const char shared_folder[] = "profile"; /* in logs/, and no site */

/* The name of `path`, where that is directly below `root`: under whatever name that is reached. */
static bool is_below(const char *path, const char *root, char name[DK_DELIVERY_PATH_MAX])
{
    char *folder = dk_path_folder(path);
    bool is = folder && dk_path_is_same(folder, root);
    free(folder);
    if (is)
        dk_text_format(name, DK_DELIVERY_PATH_MAX, "%s", dk_path_name(path));
    return is;
}

/* The name of the folder directly below `root` that is at `path`, or that the archive at `path` is
 * in. */
static bool find_folder(const char *path, const char *root, char name[DK_DELIVERY_PATH_MAX])
{
    bool is = false;
    if (dk_path_is_folder(path)) {
        is = is_below(path, root, name);
    } else {
        char *folder = dk_path_folder(path);
        is = folder && is_below(folder, root, name);
        free(folder);
    }
    if (!is)
        name[0] = '\0';
    return is;
}

bool dk_fleet_folder(const char *path, char name[DK_DELIVERY_PATH_MAX])
{
    return find_folder(path, DK_WORKSPACE_LOGS, name);
}

/* The well that the archived drop in archive/<name>/ was loaded for; `well` stays where nothing
 * says it. */
static enum dk_status find_archived(const char *name, struct dk_well *well, struct dk_error *err)
{
    char folder[sizeof(DK_WORKSPACE_ARCHIVE) + DK_DELIVERY_PATH_MAX];
    struct dk_record record;
    struct dk_input_settings input;
    bool found = false;
    dk_text_format(folder, sizeof(folder), "%s/%s", DK_WORKSPACE_ARCHIVE, name);
    DK_RETURN_IF_ERROR(dk_record_read(folder, &record, &found, err));
    dk_input_settings_init(&input);
    if (found && dk_input_settings_parse(record.settings, &input, NULL) == DK_OK)
        *well = input.well;
    dk_record_reset(&record);
    return DK_OK;
}

enum dk_status dk_fleet_well(const struct dk_settings *settings, const char *path,
                             struct dk_well *well, struct dk_error *err)
{
    char name[DK_DELIVERY_PATH_MAX];
    *well = settings->input.well;
    if (settings->site_given || !path)
        return DK_OK;
    if (find_folder(path, DK_WORKSPACE_ARCHIVE, name))
        return settings->well_given ? DK_OK : find_archived(name, well, err);
    if (settings->input.columns != DK_COLUMNS_WELLS || !dk_fleet_folder(path, name) ||
        dk_well_init(well, name, well->number, NULL) == DK_OK)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "'%s/%s' can't be loaded: '%s' is not the name of a site",
                 DK_WORKSPACE_LOGS, name, name);
    dk_error_hint(err,
                  "each folder in '%s' is a site: rename it (1 to %d letters, digits, '-', '_' or "
                  "'.', a letter or digit first); input.columns = wells says so",
                  DK_WORKSPACE_LOGS, DK_SITE_MAX - 1);
    return DK_ERR_DATA;
}

/* A folder in logs/ that has the name of a site; "": there is none. */
static void find_site_folder(char name[DK_SITE_MAX])
{
    struct dirent *entry;
    struct dk_well well;
    DIR *list = opendir(DK_WORKSPACE_LOGS);
    name[0] = '\0';
    while (list && (entry = readdir(list)) != NULL) {
        char *path = dk_path_join(DK_WORKSPACE_LOGS, entry->d_name);
        if (path && dk_path_is_folder(path) && strcasecmp(entry->d_name, shared_folder) != 0 &&
            dk_well_init(&well, entry->d_name, 1, NULL) == DK_OK &&
            (name[0] == '\0' || strcmp(entry->d_name, name) < 0))
            dk_text_format(name, DK_SITE_MAX, "%s", entry->d_name);
        free(path);
    }
    if (list)
        closedir(list);
}

enum dk_status dk_fleet_check_site(struct dk_pipeline *pipeline, const char *path,
                                   struct dk_error *err)
{
    char name[DK_DELIVERY_PATH_MAX];
    char site[DK_SITE_MAX];
    const struct dk_settings *settings = pipeline->settings;
    const char *set = settings->input.well.site;
    if (settings->site_given || settings->input.columns != DK_COLUMNS_WELLS ||
        dk_fleet_folder(path, name) || find_folder(path, DK_WORKSPACE_ARCHIVE, name))
        return DK_OK;
    find_site_folder(site);
    if (site[0] == '\0')
        DK_RETURN_IF_ERROR(dk_store_other_site(pipeline->store, set, site, err));
    if (site[0] == '\0')
        return DK_OK;
    dk_error_set(err, DK_ERR_REFUSED,
                 "'%s' is not in a site's folder: it would be loaded as site '%s', and there are "
                 "others, such as '%s'",
                 path, set, site);
    dk_error_hint(err,
                  "put it in the folder of its site, '%s/<site>/', or name the site: --set "
                  "rig.site=NAME",
                  DK_WORKSPACE_LOGS);
    return DK_ERR_REFUSED;
}

void dk_fleet_profile_folder(const struct dk_well *well, char path[DK_FLEET_PROFILE_MAX])
{
    dk_text_format(path, DK_FLEET_PROFILE_MAX, "%s/%s", DK_WORKSPACE_PROFILE, well->site);
}

bool dk_fleet_is_shared_profile(const struct dk_delivery_item *item)
{
    const char *name = item->path + strlen(DK_WORKSPACE_LOGS) + 1;
    const char *slash = strchr(name, '/');
    return item->kind == DK_DELIVERY_PROFILE &&
           (!slash || ((size_t)(slash - name) == strlen(shared_folder) &&
                       strncasecmp(name, shared_folder, strlen(shared_folder)) == 0));
}

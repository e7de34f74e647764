/*
 * fleet: several sites that are delivered together. With columns = wells, each folder directly
 * below logs/ is a site, and its name is the site's. What is not in such a folder is of the site
 * that is set, if there is no other one.
 */
#ifndef DK_PIPELINE_FLEET_H
#define DK_PIPELINE_FLEET_H

#include "pipeline/pipeline.h"

/* The name of the folder directly below logs/ that is at `path`, or that the archive at `path` is
 * in, in `name`. False, and "": neither. */
bool dk_fleet_folder(const char *path, char name[DK_DELIVERY_PATH_MAX]);

/* The well of a drop at `path` (NULL: none yet): that of the settings, and of a fleet, at the site
 * of the folder, or the rig that a drop in archive/ was loaded for. What the command line sets is
 * never another. DK_ERR_DATA: the folder does not have the name of a site, or the archive's record
 * is damaged. */
enum dk_status dk_fleet_well(const struct dk_settings *settings, const char *path,
                             struct dk_well *well, struct dk_error *err) DK_CHECK;

/* Before a drop at `path` is loaded: DK_ERR_REFUSED where nothing says of which site it is, and
 * there are others than the one that is set: folders in logs/, or loaded by this workspace. */
enum dk_status dk_fleet_check_site(struct dk_pipeline *pipeline, const char *path,
                                   struct dk_error *err) DK_CHECK;

/* Where the site's own profile for drops without one is: "profile/texas". */
#define DK_FLEET_PROFILE_MAX (sizeof(DK_WORKSPACE_PROFILE) + DK_SITE_MAX)
void dk_fleet_profile_folder(const struct dk_well *well, char path[DK_FLEET_PROFILE_MAX]);

/* Whether a file of logs/ is a profile that all sites share: it is in no site's folder. */
bool dk_fleet_is_shared_profile(const struct dk_delivery_item *item);

#endif

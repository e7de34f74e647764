/*
 * What happens to a profile that came with the logs of a site. The site's own, in logs/<site>/,
 * moves to profile/<site>/. One that is in logs/ itself is the fleet's: it moves to profile/ with
 * the last drop that uses it, once nothing else waits in logs/. Private to src/pipeline/.
 */
#ifndef DK_PIPELINE_FLEET_PROFILE_H
#define DK_PIPELINE_FLEET_PROFILE_H

#include "pipeline/fleet.h"

/* What the archiving of a drop does with its profile: see struct dk_archive_settings. */
struct dk_fleet_profile {
    char folder[DK_FLEET_PROFILE_MAX];
    bool stays, is_new;
};

enum dk_status dk_fleet_profile_find(struct dk_pipeline *pipeline,
                                     const struct dk_ledger_drop *drop,
                                     struct dk_fleet_profile *profile, struct dk_error *err)
    DK_CHECK;

#endif

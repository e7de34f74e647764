#include "borrowed_profile.h"

enum dk_status dk_profile_borrow(struct dk_pipeline *pipeline, const struct dk_intake *intake,
                                 struct dk_profile *profile, bool *found, struct dk_error *err)
{
    const struct dk_input_settings *input = &intake->input;
    struct dk_profile_origin origin;
    char rig[DK_RIG_NAME_MAX];
    *found = false;
    const struct dk_drop_file *own = &intake->drop.files[DK_DROP_PROFILE];
    if (own->name || own->near != DK_NEAR_NONE || !pipeline->store)
        return DK_OK;
    const struct dk_ledger_scope scope = {.well = input->well,
                                          .whole_site = input->columns == DK_COLUMNS_WELLS};
    enum dk_status status = dk_store_profile_newest(pipeline->store, &scope, profile, &origin, err);
    *found = origin.found;
    dk_well_rig_name(&origin.well, rig);
    if (status == DK_OK && *found)
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "the drop has no profile: using the one that run %lld loaded for %s on "
                           "%.10s",
                           (long long)origin.run_id, rig, origin.loaded_at);
    return status;
}

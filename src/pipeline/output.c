#include "pipeline/output.h"

enum dk_status dk_output_open(struct dk_export **out, const struct dk_export_settings *settings,
                              const char *path, struct dk_sink *sink, bool with_hash,
                              struct dk_error *err)
{
    return path ? dk_export_open(out, settings, path, with_hash, err)
                : dk_export_open_sink(out, settings, *sink, err);
}

enum dk_status dk_output_nothing(const struct dk_store_filter *filter, struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX] = "";
    if (filter->by_rig)
        dk_well_rig_name(&filter->rig, rig);
    dk_error_set(err, DK_ERR_USAGE, "nothing to export%s%s%s", rig[0] ? " of rig '" : "", rig,
                 rig[0] ? "'" : "");
    return dk_error_hint(err, "'derrick status' lists the rigs and cohorts there are");
}

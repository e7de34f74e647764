#include "output.h"
#include "pipeline/pipeline.h"

enum dk_status dk_output_open(struct dk_export **out, const struct dk_export_settings *settings,
                              const char *path, struct dk_sink *sink, bool with_hash,
                              struct dk_error *err)
{
    return path ? dk_export_open(out, settings, path, with_hash, err)
                : dk_export_open_sink(out, settings, *sink, err);
}

enum dk_status dk_output_nothing(const struct dk_store_filter *filter, const char *hint,
                                 struct dk_error *err)
{
    char cohorts[48] = "";
    char rig[DK_RIG_NAME_MAX + 8] = "";
    if (filter->cohort_first > 0 && filter->cohort_first == filter->cohort_last)
        dk_text_format(cohorts, sizeof(cohorts), "cohort %d", filter->cohort_first);
    else if (filter->cohort_first > 0)
        dk_text_format(cohorts, sizeof(cohorts), "cohorts %d to %d", filter->cohort_first,
                       filter->cohort_last);
    if (filter->by_rig) {
        char name[DK_RIG_NAME_MAX];
        dk_well_rig_name(&filter->rig, name);
        dk_text_format(rig, sizeof(rig), "rig '%s'", name);
    }
    if (!cohorts[0] && !rig[0])
        return dk_pipeline_nothing_loaded(err);
    dk_error_set(err, DK_ERR_USAGE, "nothing to export: no %s%s%s", cohorts,
                 cohorts[0] && rig[0] ? " of " : "", rig);
    dk_error_hint(err, "%s", hint);
    return DK_ERR_USAGE;
}

enum dk_status dk_pipeline_nothing_loaded(struct dk_error *err)
{
    dk_error_set(err, DK_ERR_FAILED, "nothing is loaded yet");
    dk_error_hint(err, "load a drop first: 'derrick load DROP', or 'derrick run'");
    return DK_ERR_FAILED;
}

#include "output.h"

#include <stdlib.h>
#include <string.h>

enum dk_status dk_output_open(struct dk_export **out, const struct dk_output *output,
                              struct dk_error *err)
{
    return output->path
               ? dk_export_open(out, output->settings, output->path, output->with_hash, err)
               : dk_export_open_sink(out, output->settings, *output->sink, err);
}

static enum dk_status nothing_loaded(struct dk_error *err)
{
    dk_error_set(err, DK_ERR_FAILED, "nothing is loaded yet");
    dk_error_hint(err, "load a drop first: 'derrick load DROP', or 'derrick run'");
    return DK_ERR_FAILED;
}

enum dk_status dk_output_nothing(const struct dk_store_filter *filter, const char *verb,
                                 const char *hint, struct dk_error *err)
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
        dk_text_format(rig, sizeof(rig), "%s '%s'", filter->whole_site ? "site" : "rig",
                       filter->whole_site ? filter->rig.site : name);
    }
    if (!cohorts[0] && !rig[0])
        return nothing_loaded(err);
    dk_error_set(err, DK_ERR_USAGE, "nothing to %s: no %s%s%s", verb, cohorts,
                 cohorts[0] && rig[0] ? " of " : "", rig);
    dk_error_hint(err, "%s", hint);
    return DK_ERR_USAGE;
}

enum dk_status dk_pipeline_check_loaded(struct dk_pipeline *pipeline, struct dk_error *err)
{
    bool empty = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    return empty ? nothing_loaded(err) : DK_OK;
}

static enum dk_status refuse(const char *path, const char *why, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_USAGE, "can't write '%s': it is %s", path, why);
    dk_error_hint(err, "choose another path with -o");
    return DK_ERR_USAGE;
}

enum dk_status dk_output_spare_drop(const struct dk_drop *drop,
                                    const struct dk_export_settings *settings, const char *path,
                                    struct dk_error *err)
{
    if (dk_path_is_same(path, drop->path))
        return refuse(path, drop->is_archive ? "the drop" : "the drop's folder", err);
    for (int i = 0; !drop->is_archive && i < DK_DROP_FILES; i++) {
        if (!drop->files[i].path)
            continue;
        if (dk_path_is_same(path, drop->files[i].path))
            return refuse(path, "a file of the drop", err);
        if (!dk_export_is_folder(settings))
            continue;
        char *folder = dk_path_folder(drop->files[i].path);
        bool inside = folder && dk_path_is_same(path, folder);
        free(folder);
        if (inside)
            return refuse(path, "the drop's folder", err);
    }
    return DK_OK;
}

bool dk_output_is_wanted(const struct dk_series *series, const struct dk_store_filter *filter)
{
    if (filter->by_rig && filter->whole_site && strcmp(series->well.site, filter->rig.site) != 0)
        return false;
    if (filter->by_rig && !filter->whole_site && dk_well_compare(&series->well, &filter->rig) != 0)
        return false;
    if (filter->cohort_first > 0 && series->cohort < filter->cohort_first)
        return false;
    return filter->cohort_last == 0 || series->cohort <= filter->cohort_last;
}

enum dk_status dk_output_check_unchanged(struct dk_pipeline *pipeline, int64_t generation,
                                         const char *what, struct dk_error *err)
{
    int64_t now = 0;
    DK_RETURN_IF_ERROR(dk_ledger_generation(pipeline->store, &now, err));
    if (now == generation)
        return DK_OK;
    dk_error_set(err, DK_ERR_BUSY, "another run changed the database while derrick wrote %s", what);
    dk_error_hint(err, "run again when the load is done");
    return DK_ERR_BUSY;
}

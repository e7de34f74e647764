/* load: readings into the database, and what the ledger knows of the drop. */
#include <unistd.h>

#include "pipeline/pipeline.h"

/* The list of a drop that was surely not loaded: its cells are in no quarantine. */
static void drop_quarantine(struct dk_intake *intake)
{
    if (intake->quarantine[0])
        (void)unlink(intake->quarantine);
    intake->quarantine[0] = '\0';
}

/* What a drop of one cohort replaces is for the user to name, never for us to work out. */
static enum dk_status check_replace(const struct dk_pipeline *pipeline,
                                    const struct dk_intake *intake, struct dk_error *err)
{
    if (!pipeline->settings->replace || !intake->one_cohort || pipeline->settings->cohort_given)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "--replace needs --cohort: '%s' is one cohort",
                 intake->drop.path);
    return dk_error_hint(err, "without --replace, derrick recognises a cohort that is loaded");
}

enum dk_status dk_pipeline_load(struct dk_pipeline *pipeline, struct dk_intake *intake,
                                struct dk_load_result *result, struct dk_error *err)
{
    const struct dk_load load = {
        .run_id = pipeline->run_id,
        .drop = &intake->drop,
        .readings = &intake->readings,
        .settings = intake->settings,
        .replace = pipeline->settings->replace,
        .quarantined = intake->report.problems_total,
        .match = intake->one_cohort ? &intake->match : NULL,
        .limits = pipeline->settings->limits,
    };
    enum dk_status status = check_replace(pipeline, intake, err);
    if (status == DK_OK)
        status = dk_store_load(pipeline->store, &load, result, err);
    /* After another failure it is not sure: the answer to a commit may have been lost. */
    if (status == DK_ERR_REFUSED || (status == DK_OK && result->outcome == DK_LOAD_ALREADY))
        drop_quarantine(intake);
    return status;
}

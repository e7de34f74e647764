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
    };
    enum dk_status status = dk_store_load(pipeline->store, &load, result, err);
    /* After another failure it is not sure: the answer to a commit may have been lost. */
    if (status == DK_ERR_REFUSED || (status == DK_OK && result->outcome == DK_LOAD_ALREADY))
        drop_quarantine(intake);
    return status;
}

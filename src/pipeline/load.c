/* load: readings into the database, and what the ledger knows of the drop. */
#include "pipeline/pipeline.h"

enum dk_status dk_pipeline_load(struct dk_pipeline *pipeline, const struct dk_intake *intake,
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
    return dk_store_load(pipeline->store, &load, result, err);
}

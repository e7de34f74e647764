/*
 * Formats that need every sample of a drop. They are not layouts of readings: dk_export_open
 * refuses them, and convert makes them of the bursts.
 */
#include "export/feature_table.h"
#include "layout.h"

static enum dk_status refuse(struct dk_plan *plan, struct dk_error *err)
{
    dk_error_set(
        err, DK_ERR_USAGE,
        "--format %s needs every sample of a drop, and the database has one value per burst",
        plan->layout->word);
    dk_error_hint(err,
                  "make it of the drop: 'derrick convert DROP --format %s', where DROP may be in "
                  "archive/",
                  plan->layout->word);
    return DK_ERR_USAGE;
}

const struct dk_layout dk_layout_samples = {.word = "samples", .outputs = 1, .open = refuse};
const struct dk_layout dk_layout_features = {
    .word = "features", .file_name = DK_FEATURES_FILE, .outputs = 1, .open = refuse};

#include "file_layout.h"

#include "rig/catalogue.h"

uint32_t dk_layout_series(const struct dk_input_settings *settings)
{
    return settings->columns == DK_COLUMNS_SAMPLES ? 1 : (uint32_t)settings->cohorts;
}

uint32_t dk_layout_columns_due(const struct dk_input_settings *settings, int sensor)
{
    if (settings->columns == DK_COLUMNS_SAMPLES)
        return 0;
    return dk_layout_series(settings) * (uint32_t)dk_sensors[sensor].rate_hz;
}

static struct dk_scan_plan make_plan(const struct dk_file_layout *layout)
{
    if (layout->every_cell)
        return (struct dk_scan_plan){.columns = layout->columns,
                                     .stride = 1,
                                     .count = layout->columns,
                                     .mark = layout->mark};
    return (struct dk_scan_plan){.columns = layout->columns,
                                 .first = layout->cell,
                                 .stride = layout->burst,
                                 .count = layout->series,
                                 .mark = layout->mark};
}

bool dk_layout_init(struct dk_file_layout *layout, const struct dk_input_settings *settings,
                    int sensor, uint64_t columns, struct dk_problem *problem)
{
    uint32_t series = dk_layout_series(settings);
    uint32_t rate = (uint32_t)dk_sensors[sensor].rate_hz;
    bool by_column = settings->alignment == DK_ALIGNMENT_COLUMN;
    bool one_second = settings->columns != DK_COLUMNS_SAMPLES;
    uint64_t burst = columns / series;
    bool fits = columns % series == 0 && burst > 0;
    if (fits && !by_column)
        fits = one_second ? burst == rate : burst % rate == 0;
    if (!fits) {
        problem->got = columns;
        problem->expected = one_second ? (uint64_t)series * rate : 0;
        return false;
    }
    *layout = (struct dk_file_layout){
        .columns = (uint32_t)columns,
        .series = series,
        .burst = by_column ? 1 : (uint32_t)burst,
        .sample = settings->sample,
        .mark = settings->decimal,
        .whole_burst =
            !by_column && (settings->sample == DK_SAMPLE_MEAN ||
                           settings->sample == DK_SAMPLE_MIN || settings->sample == DK_SAMPLE_MAX),
    };
    layout->every_cell = layout->whole_burst || settings->sink;
    layout->cell = settings->sample == DK_SAMPLE_LAST ? layout->burst - 1 : 0;
    layout->plan = make_plan(layout);
    return true;
}

#include "layout.h"

#include <string.h>

static const struct dk_layout *const layouts[DK_FORMAT_COUNT] = {
    [DK_FORMAT_HISTORICAL] = &dk_layout_historical, [DK_FORMAT_TEMPLATE] = &dk_layout_template,
    [DK_FORMAT_SENSORS] = &dk_layout_sensors,       [DK_FORMAT_SAGEMAKER] = &dk_layout_sagemaker,
    [DK_FORMAT_PARQUET] = &dk_layout_parquet,       [DK_FORMAT_SAMPLES] = &dk_layout_samples,
    [DK_FORMAT_FEATURES] = &dk_layout_features,
};

const struct dk_layout *dk_layout_of(enum dk_format format)
{
    return (unsigned)format < DK_FORMAT_COUNT ? layouts[format] : NULL;
}

const char *dk_format_name(enum dk_format format)
{
    const struct dk_layout *layout = dk_layout_of(format);
    return layout ? layout->word : "unknown";
}

int dk_format_find(const char *word)
{
    for (int i = 0; i < DK_FORMAT_COUNT; i++)
        if (strcmp(layouts[i]->word, word) == 0)
            return i;
    return -1;
}

const char *dk_format_file_name(enum dk_format format)
{
    const struct dk_layout *layout = dk_layout_of(format);
    return layout ? layout->file_name : NULL;
}

bool dk_export_is_folder(const struct dk_export_settings *settings)
{
    return settings->split.on || !dk_format_file_name(settings->format);
}

#include "series_text.h"

#include <stdio.h>

struct dk_series_text dk_series_text_rig(const struct dk_series *series)
{
    /* A site is made of letters, digits, '_', '.' and '-' (dk_well_init): it never needs quotes. */
    struct dk_series_text text = {0};
    char rig_name[DK_RIG_NAME_MAX];
    dk_well_rig_name(&series->well, rig_name);
    int size = snprintf(text.text, sizeof(text.text), "%s,%d,", rig_name, series->cohort);
    text.size = (size_t)size;
    return text;
}

struct dk_series_text dk_series_text_sensor(const struct dk_series *series, size_t sensor)
{
    struct dk_series_text text = {0};
    int size =
        snprintf(text.text, sizeof(text.text), ",%s,%d,", dk_sensors[sensor].name, series->cohort);
    text.size = (size_t)size;
    return text;
}

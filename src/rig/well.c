#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/readings.h"

static bool is_site_byte(char c, bool first)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return true;
    return !first && (c == '_' || c == '.' || c == '-');
}

enum dk_status dk_well_init(struct dk_well *well, const char *site, long number,
                            struct dk_error *err)
{
    size_t size = strlen(site);
    bool good = size > 0 && size < DK_SITE_MAX;
    for (size_t i = 0; good && i < size; i++)
        good = is_site_byte(site[i], i == 0);
    if (!good) {
        dk_error_set(err, DK_ERR_CONFIG, "rig.site '%s' is not a site name", site);
        dk_error_hint(err, "use 1 to %d letters, digits, '-', '_' or '.', a letter or digit first",
                      DK_SITE_MAX - 1);
        return DK_ERR_CONFIG;
    }
    if (number < 1 || number > DK_WELL_NUMBER_MAX) {
        dk_error_set(err, DK_ERR_CONFIG, "rig.well '%ld' is out of range", number);
        dk_error_hint(err, "give a whole number from 1 to %d", DK_WELL_NUMBER_MAX);
        return DK_ERR_CONFIG;
    }
    *well = (struct dk_well){.number = (int)number};
    memcpy(well->site, site, size + 1);
    return DK_OK;
}

void dk_well_rig_name(const struct dk_well *well, char text[DK_RIG_NAME_MAX])
{
    snprintf(text, DK_RIG_NAME_MAX, "%s-%d", well->site, well->number);
}

enum dk_status dk_well_parse(const char *rig_name, struct dk_well *well, struct dk_error *err)
{
    const char *dash = strrchr(rig_name, '-');
    char *end = NULL;
    long number = 0;
    if (dash && dash != rig_name && dash[1] >= '0' && dash[1] <= '9')
        number = strtol(dash + 1, &end, 10);
    char site[DK_SITE_MAX];
    if (end && *end == '\0' && (size_t)(dash - rig_name) < sizeof(site)) {
        memcpy(site, rig_name, (size_t)(dash - rig_name));
        site[dash - rig_name] = '\0';
        if (dk_well_init(well, site, number, NULL) == DK_OK)
            return DK_OK;
    }
    dk_error_set(err, DK_ERR_USAGE, "'%s' is not a rig name", rig_name);
    dk_error_hint(err, "write it as <site>-<number>, such as texas-1");
    return DK_ERR_USAGE;
}

int dk_well_compare(const struct dk_well *a, const struct dk_well *b)
{
    int order = strcmp(a->site, b->site);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

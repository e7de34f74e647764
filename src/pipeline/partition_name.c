#include "partition_name.h"

#include <stdio.h>
#include <string.h>

#include "export/historical.h"

#define RIG_PREFIX "/rig_name="

/* What differs between the kinds. */
static const struct {
    const char *name;
    const char *folder; /* of the kinds with a file for each cohort of a rig */
} kinds[] = {
    [DK_PARTITION_CSV] = {"cohort", NULL},
    [DK_PARTITION_HISTORY] = {"parquet", NULL},
    [DK_PARTITION_SITE] = {"site", NULL},
    [DK_PARTITION_PARQUET] = {"parquet-cohort", "parquet"},
    [DK_PARTITION_SAMPLES] = {"samples_100hz", "samples_100hz"},
    [DK_PARTITION_SAMPLES_10HZ] = {"samples_10hz", "samples_10hz"},
    [DK_PARTITION_SAMPLES_1HZ] = {"samples_1hz", "samples_1hz"},
    [DK_PARTITION_FEATURES] = {"features", "features"},
};

const char *dk_partition_name(enum dk_partition_kind kind)
{
    return kinds[kind].name;
}

const char *dk_partition_content_type(enum dk_partition_kind kind)
{
    return kind == DK_PARTITION_CSV || kind == DK_PARTITION_SITE ? DK_CONTENT_CSV
                                                                 : DK_CONTENT_PARQUET;
}

void dk_partition_init(struct dk_partition *partition, enum dk_partition_kind kind,
                       const struct dk_series *series)
{
    if (kind == DK_PARTITION_SITE) {
        *partition = (struct dk_partition){.kind = kind};
        memcpy(partition->rig.site, series->well.site, sizeof(partition->rig.site));
        dk_publish_site_key(partition->rig.site, partition->key);
        return;
    }
    *partition = (struct dk_partition){.kind = kind, .rig = series->well, .cohort = series->cohort};
    dk_well_rig_name(&series->well, partition->rig_name);
    snprintf(partition->key, sizeof(partition->key),
             "%s" RIG_PREFIX "%s/cohort=%02d/part-0.parquet", kinds[kind].folder,
             partition->rig_name, series->cohort);
}

static bool find_kind(const char *layout, enum dk_partition_kind *kind)
{
    for (int i = DK_PARTITION_HISTORY; i < DK_PARTITION_KINDS; i++)
        if (strcmp(kinds[i].name, layout) == 0) {
            *kind = (enum dk_partition_kind)i;
            return true;
        }
    return false;
}

static bool parse_site(struct dk_partition *partition, const char *key)
{
    const size_t prefix = strlen(DK_PUBLISH_SITE_PREFIX);
    char site[DK_SITE_MAX];
    struct dk_series series = {0};
    if (strncmp(key, DK_PUBLISH_SITE_PREFIX, prefix) != 0)
        return false;
    const char *name = key + prefix;
    const size_t size = strcspn(name, "/");
    if (size >= sizeof(site))
        return false;
    memcpy(site, name, size);
    site[size] = '\0';
    if (dk_well_init(&series.well, site, 1, NULL) != DK_OK)
        return false;
    dk_partition_init(partition, DK_PARTITION_SITE, &series);
    return strcmp(key, partition->key) == 0;
}

bool dk_partition_parse(struct dk_partition *partition, const char *layout, const char *key)
{
    enum dk_partition_kind kind;
    char rig_name[DK_RIG_NAME_MAX];
    struct dk_series series = {0};
    if (!find_kind(layout, &kind))
        return false;
    if (kind == DK_PARTITION_SITE)
        return parse_site(partition, key);
    if (!kinds[kind].folder)
        return false;
    const char *rig = strstr(key, RIG_PREFIX);
    rig = rig ? rig + strlen(RIG_PREFIX) : "";
    size_t size = strcspn(rig, "/");
    if (size >= sizeof(rig_name) || rig[size] == '\0')
        return false;
    memcpy(rig_name, rig, size);
    rig_name[size] = '\0';
    series.cohort = dk_publish_cohort_of_folder(rig + size + 1);
    if (series.cohort < 1 || series.cohort > DK_COHORT_MAX ||
        dk_well_parse(rig_name, &series.well, NULL) != DK_OK)
        return false;
    dk_partition_init(partition, kind, &series);
    return strcmp(key, partition->key) == 0;
}

bool dk_partition_is_named(const char *layout)
{
    enum dk_partition_kind kind;
    return find_kind(layout, &kind);
}

bool dk_partition_is_of_bursts(const struct dk_partition *partition)
{
    return partition->kind >= DK_PARTITION_SAMPLES;
}

enum dk_status dk_partition_check_key(const struct dk_ledger_publication *publication,
                                      const char *key, struct dk_error *err)
{
    struct dk_partition partition;
    bool ours = strcmp(publication->layout, kinds[DK_PARTITION_HISTORY].name) == 0
                    ? strcmp(key, DK_HISTORICAL_PARQUET_FILE) == 0
                    : dk_partition_parse(&partition, publication->layout, key);
    if (ours)
        return DK_OK;
    dk_error_set(err, DK_ERR_STORE,
                 "table publications, publication_id %lld: target is '%s', which derrick does not "
                 "write with layout '%s'",
                 (long long)publication->publication_id, publication->target, publication->layout);
    dk_error_hint(err, "another program changed it: find out which, then restore the database from "
                       "a backup, or delete that row");
    return DK_ERR_STORE;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "dictionary.h"
#include "export/historical.h"
#include "s3/published.h"
#include "upload.h"

#define MANIFEST_BYTES_MAX (16u << 20)

/* The manifest's list of files: the current export, its dictionary, the partitions. */
static enum dk_status list_files(const struct dk_upload_export *current,
                                 struct dk_manifest_file **out, size_t *count, struct dk_error *err)
{
    struct dk_manifest_file *files = calloc(current->partition_count + 2, sizeof(*files));
    if (!files)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
    files[0] = (struct dk_manifest_file){.key = DK_HISTORICAL_FILE,
                                         .kind = "historical",
                                         .content_type = DK_CONTENT_CSV,
                                         .rows = (uint64_t)current->csv.rows,
                                         .size_bytes = current->csv.size_bytes,
                                         .sha256 = current->csv.hash};
    files[1] = (struct dk_manifest_file){
        .key = DK_HISTORICAL_DICTIONARY_FILE,
        .kind = "dictionary",
        .content_type = DK_CONTENT_CSV,
        .rows = DK_HISTORICAL_COLUMNS,
        .size_bytes = current->dictionary.size_bytes,
        .sha256 = current->dictionary.sha256,
    };
    for (size_t i = 0; i < current->partition_count; i++) {
        const struct dk_partition *partition = &current->partitions[i];
        files[i + 2] = (struct dk_manifest_file){
            .key = partition->key,
            .kind = dk_partition_name(partition->kind),
            .content_type = dk_partition_content_type(partition->kind),
            .rows = (uint64_t)partition->publication.rows,
            .size_bytes = partition->publication.size_bytes,
            .sha256 = partition->publication.hash,
            .cohort = partition->cohort,
            .rig_name = partition->rig_name[0] ? partition->rig_name : NULL,
            .site = partition->kind == DK_PARTITION_SITE ? partition->rig.site : NULL,
        };
    }
    *out = files;
    *count = current->partition_count + 2;
    return DK_OK;
}

/* What the CSV's columns hold: four keys, each condition with its description, each sensor. */
static void list_columns(struct dk_manifest_column columns[DK_HISTORICAL_COLUMNS])
{
    const char *names[DK_HISTORICAL_COLUMNS];
    size_t at = 0;
    dk_historical_columns(names);
    columns[at++] = (struct dk_manifest_column){.type = "string"};
    columns[at++] = (struct dk_manifest_column){.type = "integer"};
    columns[at++] = (struct dk_manifest_column){.type = "datetime"};
    columns[at++] = (struct dk_manifest_column){.type = "integer", .unit = "min"};
    for (size_t i = 0; i < DK_CONDITIONS; i++) {
        bool is_fraction = dk_conditions[i].fraction_column != NULL;
        bool is_bar = dk_text_ends_with(dk_conditions[i].export_column, "_bar");
        columns[at++] = (struct dk_manifest_column){.type = is_fraction ? "number" : "integer",
                                                    .unit = is_bar ? "bar" : NULL};
        columns[at++] = (struct dk_manifest_column){.type = "string"};
    }
    for (size_t i = 0; i < DK_SENSORS; i++)
        columns[at++] = (struct dk_manifest_column){
            .type = "number", .unit = dk_sensors[i].unit, .sensor = dk_sensors[i].name};
    for (size_t i = 0; i < at; i++)
        columns[i].name = names[i];
}

/* Texts of one series that a manifest borrows. */
struct series_text {
    char rig[DK_RIG_NAME_MAX];
    char start[DK_DATE_TIME_SIZE + 1];
    char end[DK_DATE_TIME_SIZE + 1];
};

static void describe_series(const struct dk_store_series *series, struct series_text *text,
                            struct dk_manifest_cohort *cohort)
{
    const struct dk_series *clock = &series->series;
    int64_t last = series->rows > 0 ? (int64_t)series->rows - 1 : 0;
    dk_well_rig_name(&clock->well, text->rig);
    dk_date_time_format(clock->start_minute, text->start);
    dk_date_time_format(clock->start_minute + last * clock->interval_minutes, text->end);
    *cohort = (struct dk_manifest_cohort){.cohort = clock->cohort,
                                          .rig_name = text->rig,
                                          .readings = series->rows,
                                          .start = text->start,
                                          .end = text->end,
                                          .hash = series->hash};
}

static enum dk_status build_manifest(struct dk_upload *upload, struct dk_manifest *manifest,
                                     struct dk_buffer *text, struct dk_error *err)
{
    const struct dk_store_filter all = {0};
    struct dk_store_series *list = NULL;
    size_t count = 0;
    struct series_text *texts = NULL;
    struct dk_manifest_cohort *cohorts = NULL;
    enum dk_status status = dk_store_list(upload->pipeline->store, &all, &list, &count, err);
    if (status != DK_OK)
        goto done;
    texts = calloc(count ? count : 1, sizeof(*texts));
    cohorts = calloc(count ? count : 1, sizeof(*cohorts));
    if (!texts || !cohorts) {
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for a manifest");
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        describe_series(&list[i], &texts[i], &cohorts[i]);
    manifest->cohorts = cohorts;
    manifest->cohort_count = count;
    struct dk_sink sink = dk_sink_buffer(text);
    status = dk_publish_manifest_write(&sink, manifest, err);
    manifest->cohorts = NULL;
done:
    free(cohorts);
    free(texts);
    free(list);
    return status;
}

/* s3.url without slashes at its end, as keys are appended to it. */
static void trim_url(const char *url, char trimmed[DK_S3_TEXT_MAX])
{
    int size = (int)strlen(url);
    while (size > 0 && url[size - 1] == '/')
        size--;
    snprintf(trimmed, DK_S3_TEXT_MAX, "%.*s", size, url);
}

enum dk_status dk_upload_manifest(struct dk_upload *upload, const struct dk_upload_export *current,
                                  struct dk_error *err)
{
    struct dk_manifest_file *files = NULL;
    struct dk_buffer text;
    dk_buffer_init(&text, MANIFEST_BYTES_MAX);
    char url[DK_S3_TEXT_MAX];
    trim_url(upload->pipeline->settings->s3.url, url);
    /* The run that wrote the export, so that the same state gives the same manifest. */
    char run[24];
    snprintf(run, sizeof(run), "%lld", (long long)current->csv.run_id);
    char rules[DK_SAMPLE_RULES_MAX];
    struct dk_manifest_column columns[DK_HISTORICAL_COLUMNS];
    list_columns(columns);
    struct dk_manifest manifest = {.url = url,
                                   .run = run,
                                   .sample = rules,
                                   .columns = columns,
                                   .column_count = DK_HISTORICAL_COLUMNS};
    enum dk_status status = dk_dictionary_rules(upload->pipeline, rules, err);
    if (status == DK_OK)
        status = list_files(current, &files, &manifest.file_count, err);
    manifest.files = files;
    if (status == DK_OK)
        status = build_manifest(upload, &manifest, &text, err);
    if (status == DK_OK) {
        const struct dk_upload_object object = {.key = DK_PUBLISH_MANIFEST_KEY,
                                                .data = text.data,
                                                .size = text.size,
                                                .content_type = DK_CONTENT_JSON,
                                                .layout = "manifest",
                                                .generation = current->csv.generation};
        status = dk_upload_put(upload, &object, NULL, err);
    }
    dk_buffer_reset(&text);
    free(files);
    return status;
}

/* Lists of cells as text, and those beside archived drops. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/corrections.h"

#define ROW_BYTES_MAX 2048u

void dk_quarantine_put_header(struct dk_buffer *text)
{
    dk_buffer_put(text,
                  "run\trig\tcohort\treading\tsensor\tfile\tline\tcolumn\ttext\treason\tvalue\n");
}

void dk_quarantine_put_row(struct dk_buffer *text, const struct dk_quarantined *cell)
{
    char rig[DK_RIG_NAME_MAX];
    char file[sizeof(cell->file_name) * 4];
    char text_shown[DK_QUARANTINE_TEXT_MAX];
    char reason[DK_QUARANTINE_REASON_MAX];
    char value[DK_DECIMAL_TEXT_MAX + 1];
    dk_well_rig_name(&cell->well, rig);
    /* The database may have anything: a tab or a line end would break the list. */
    dk_text_show(cell->file_name, file, sizeof(file));
    dk_text_show(cell->text, text_shown, sizeof(text_shown));
    dk_text_show(cell->reason, reason, sizeof(reason));
    value[dk_decimal_format(cell->value, value)] = '\0';
    dk_buffer_putf(text, "%lld\t%s\t%d\t%zu\t%s\t%s\t%llu\t%llu\t%s\t%s\t%s\n",
                   (long long)cell->run_id, rig, cell->cohort, cell->reading,
                   dk_sensors[cell->file].name, file, (unsigned long long)cell->line,
                   (unsigned long long)cell->column, text_shown, reason, value);
}

/* --- beside the archived drop --------------------------------------------------------------- */

static enum dk_status put_cell(void *context, const struct dk_quarantined *cell,
                               struct dk_error *err)
{
    struct dk_file *file = context;
    struct dk_buffer text;
    if (cell->value == DK_DECIMAL_MISSING)
        return DK_OK;
    dk_buffer_init(&text, ROW_BYTES_MAX);
    dk_quarantine_put_row(&text, cell);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_file_write(file, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status put_cells(struct dk_pipeline *pipeline, int64_t drop_id, struct dk_file *file,
                                struct dk_error *err)
{
    const struct dk_store_filter filter = {.drop_id = drop_id};
    const struct dk_quarantine_visit visit = {
        .filter = &filter, .all = true, .context = file, .each = put_cell};
    struct dk_buffer text;
    dk_buffer_init(&text, ROW_BYTES_MAX);
    dk_quarantine_put_header(&text);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_file_write(file, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status == DK_OK ? dk_store_quarantine_each(pipeline->store, &visit, err) : status;
}

static enum dk_status keep_drop(struct dk_pipeline *pipeline, const struct dk_ledger_drop *drop,
                                struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    char path[sizeof(drop->archive_folder) + sizeof(DK_CORRECTIONS_FILE) + 1];
    snprintf(path, sizeof(path), "%s/%s", drop->archive_folder, DK_CORRECTIONS_FILE);
    if (!dk_path_exists(drop->archive_folder)) {
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "'%s' can't be written, because its folder is gone: restore it from a "
                           "copy of the archive",
                           path);
        return DK_OK;
    }
    enum dk_status status = dk_file_create(&file, path, err);
    if (status == DK_OK)
        status = put_cells(pipeline, drop->drop_id, &file, err);
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status == DK_OK ? dk_ledger_kept(pipeline->store, drop->drop_id, err) : status;
}

enum dk_status dk_pipeline_keep_corrections(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_ledger_drop *drops = NULL;
    size_t count = 0;
    enum dk_status status = dk_ledger_unkept(pipeline->store, &drops, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        status = keep_drop(pipeline, &drops[i], err);
    free(drops);
    return status;
}

#include "previous_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Far more than the longest line. */
#define WINDOW_BYTES ((size_t)1 << 18)
#define KEY_BYTES_MAX (DK_RIG_NAME_MAX + 16)

/* --- lines ---------------------------------------------------------------------------------- */

/* Moves what is left to the window's beginning and fills the rest from the file. */
static enum dk_status fill(struct dk_previous_csv *csv, struct dk_error *err)
{
    memmove(csv->window, csv->window + csv->at, csv->end - csv->at);
    csv->end -= csv->at;
    csv->at = 0;
    while (csv->end < WINDOW_BYTES) {
        ssize_t got = read(csv->fd, csv->window + csv->end, WINDOW_BYTES - csv->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", csv->publication->target);
        csv->at_end = got == 0;
        if (got == 0)
            return DK_OK;
        DK_RETURN_IF_ERROR(dk_hash_update(&csv->hash, csv->window + csv->end, (size_t)got, err));
        csv->end += (size_t)got;
    }
    return DK_OK;
}

static enum dk_status changed(const struct dk_previous_csv *csv, struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_DATA, "'%s' differs from what was exported",
                        csv->publication->target);
}

/* The line at `at`, with its newline. *size is 0 at the end. */
static enum dk_status next_line(struct dk_previous_csv *csv, size_t *size, struct dk_error *err)
{
    for (;;) {
        const char *line = csv->window + csv->at;
        const char *newline = memchr(line, '\n', csv->end - csv->at);
        *size = newline ? (size_t)(newline - line) + 1 : 0;
        if (newline || (csv->at_end && csv->at == csv->end))
            return DK_OK;
        if (csv->at_end || csv->end - csv->at == WINDOW_BYTES)
            return changed(csv, err);
        DK_RETURN_IF_ERROR(fill(csv, err));
    }
}

/* How a line of this series begins. */
static size_t key_of(const struct dk_store_series *series, char key[KEY_BYTES_MAX])
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&series->series.well, rig);
    return (size_t)snprintf(key, KEY_BYTES_MAX, "%s,%d,", rig, series->series.cohort);
}

/* Goes to the first line of `key`. */
static enum dk_status find(struct dk_previous_csv *csv, const char *key, size_t key_size,
                           struct dk_error *err)
{
    for (;;) {
        size_t size = 0;
        DK_RETURN_IF_ERROR(next_line(csv, &size, err));
        if (size == 0)
            return changed(csv, err);
        if (size >= key_size && memcmp(csv->window + csv->at, key, key_size) == 0)
            return DK_OK;
        csv->at += size;
    }
}

/* The whole lines in the window that begin with `key`, up to `rows_max`. */
static size_t gather(const struct dk_previous_csv *csv, const char *key, size_t key_size,
                     size_t rows_max, size_t *size)
{
    size_t at = csv->at;
    size_t rows = 0;
    while (rows < rows_max && csv->end - at >= key_size &&
           memcmp(csv->window + at, key, key_size) == 0) {
        const char *newline = memchr(csv->window + at, '\n', csv->end - at);
        if (!newline)
            break;
        at = (size_t)(newline - csv->window) + 1;
        rows++;
    }
    *size = at - csv->at;
    return rows;
}

/* --- what the header promises --------------------------------------------------------------- */

enum dk_status dk_previous_csv_open(struct dk_previous_csv *csv,
                                    const struct dk_ledger_publication *publication, bool *usable,
                                    struct dk_error *err)
{
    *csv = (struct dk_previous_csv){.publication = publication, .fd = -1};
    csv->fd = open(publication->target, O_RDONLY | O_CLOEXEC);
    *usable = csv->fd >= 0;
    if (!*usable)
        return DK_OK;
    csv->window = malloc(WINDOW_BYTES);
    enum dk_status status = DK_OK;
    if (!csv->window)
        status = dk_error_nomem(err, "read", publication->target);
    if (status == DK_OK)
        status = dk_hash_init(&csv->hash, err);
    if (status != DK_OK)
        dk_previous_csv_close(csv);
    return status;
}

bool dk_previous_csv_holds(const struct dk_previous_csv *csv, const struct dk_store_series *series)
{
    return series->run_id > 0 && series->changed_run_id <= csv->publication->run_id;
}

enum dk_status dk_previous_csv_append(struct dk_previous_csv *csv,
                                      const struct dk_store_series *series,
                                      struct dk_export *export, struct dk_error *err)
{
    char key[KEY_BYTES_MAX];
    size_t key_size = key_of(series, key);
    enum dk_status status = find(csv, key, key_size, err);
    for (size_t left = series->rows; status == DK_OK && left > 0;) {
        size_t size = 0;
        size_t rows = gather(csv, key, key_size, left, &size);
        if (rows == 0) {
            size_t before = csv->end - csv->at;
            status = csv->at_end ? changed(csv, err) : fill(csv, err);
            if (status == DK_OK && csv->end - csv->at == before)
                status = changed(csv, err);
            continue;
        }
        status = dk_export_append_lines(export, csv->window + csv->at, size, rows, err);
        csv->at += size;
        left -= rows;
    }
    return status;
}

enum dk_status dk_previous_csv_finish(struct dk_previous_csv *csv, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    while (!csv->at_end) {
        csv->at = csv->end;
        DK_RETURN_IF_ERROR(fill(csv, err));
    }
    DK_RETURN_IF_ERROR(dk_hash_finish(&csv->hash, hex, err));
    return strcmp(hex, csv->publication->hash) == 0 ? DK_OK : changed(csv, err);
}

void dk_previous_csv_close(struct dk_previous_csv *csv)
{
    if (csv->fd >= 0)
        close(csv->fd);
    csv->fd = -1;
    free(csv->window);
    csv->window = NULL;
    dk_hash_reset(&csv->hash);
}

#include "former.h"

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
static enum dk_status fill(struct dk_former *former, struct dk_error *err)
{
    memmove(former->window, former->window + former->at, former->end - former->at);
    former->end -= former->at;
    former->at = 0;
    while (former->end < WINDOW_BYTES) {
        ssize_t got = read(former->fd, former->window + former->end, WINDOW_BYTES - former->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't read", former->publication->target);
        former->at_end = got == 0;
        if (got == 0)
            return DK_OK;
        enum dk_status status =
            dk_hash_update(&former->hash, former->window + former->end, (size_t)got, err);
        if (status != DK_OK)
            return status;
        former->end += (size_t)got;
    }
    return DK_OK;
}

static enum dk_status changed(const struct dk_former *former, struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_DATA, "'%s' is not what was exported",
                        former->publication->target);
}

/* The line that stands at `at`, with its newline. *size 0: there is none. */
static enum dk_status next_line(struct dk_former *former, size_t *size, struct dk_error *err)
{
    for (;;) {
        const char *line = former->window + former->at;
        const char *newline = memchr(line, '\n', former->end - former->at);
        *size = newline ? (size_t)(newline - line) + 1 : 0;
        if (newline || (former->at_end && former->at == former->end))
            return DK_OK;
        if (former->at_end || former->end - former->at == WINDOW_BYTES)
            return changed(former, err);
        enum dk_status status = fill(former, err);
        if (status != DK_OK)
            return status;
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
static enum dk_status find(struct dk_former *former, const char *key, size_t key_size,
                           struct dk_error *err)
{
    for (;;) {
        size_t size = 0;
        enum dk_status status = next_line(former, &size, err);
        if (status != DK_OK)
            return status;
        if (size == 0)
            return changed(former, err);
        if (size >= key_size && memcmp(former->window + former->at, key, key_size) == 0)
            return DK_OK;
        former->at += size;
    }
}

/* The whole lines in the window that begin with `key`, up to `rows_max`. */
static size_t gather(const struct dk_former *former, const char *key, size_t key_size,
                     size_t rows_max, size_t *size)
{
    size_t at = former->at;
    size_t rows = 0;
    while (rows < rows_max && former->end - at >= key_size &&
           memcmp(former->window + at, key, key_size) == 0) {
        const char *newline = memchr(former->window + at, '\n', former->end - at);
        if (!newline)
            break;
        at = (size_t)(newline - former->window) + 1;
        rows++;
    }
    *size = at - former->at;
    return rows;
}

/* --- what the header promises --------------------------------------------------------------- */

enum dk_status dk_former_open(struct dk_former *former,
                              const struct dk_ledger_publication *publication, bool *usable,
                              struct dk_error *err)
{
    *former = (struct dk_former){.publication = publication, .fd = -1};
    former->fd = open(publication->target, O_RDONLY | O_CLOEXEC);
    *usable = former->fd >= 0;
    if (!*usable)
        return DK_OK;
    former->window = malloc(WINDOW_BYTES);
    enum dk_status status = DK_OK;
    if (!former->window)
        status = dk_error_nomem(err, "read", publication->target);
    if (status == DK_OK)
        status = dk_hash_init(&former->hash, err);
    if (status != DK_OK)
        dk_former_close(former);
    return status;
}

bool dk_former_holds(const struct dk_former *former, const struct dk_store_series *series)
{
    return series->run_id > 0 && series->run_id <= former->publication->run_id;
}

enum dk_status dk_former_append(struct dk_former *former, const struct dk_store_series *series,
                                struct dk_export *export, struct dk_error *err)
{
    char key[KEY_BYTES_MAX];
    size_t key_size = key_of(series, key);
    enum dk_status status = find(former, key, key_size, err);
    for (size_t left = series->rows; status == DK_OK && left > 0;) {
        size_t size = 0;
        size_t rows = gather(former, key, key_size, left, &size);
        if (rows == 0) {
            size_t before = former->end - former->at;
            status = former->at_end ? changed(former, err) : fill(former, err);
            if (status == DK_OK && former->end - former->at == before)
                status = changed(former, err);
            continue;
        }
        status = dk_export_append_lines(export, former->window + former->at, size, rows, err);
        former->at += size;
        left -= rows;
    }
    return status;
}

enum dk_status dk_former_finish(struct dk_former *former, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    enum dk_status status = DK_OK;
    while (status == DK_OK && !former->at_end) {
        former->at = former->end;
        status = fill(former, err);
    }
    if (status == DK_OK)
        status = dk_hash_finish(&former->hash, hex, err);
    if (status == DK_OK && strcmp(hex, former->publication->hash) != 0)
        status = changed(former, err);
    return status;
}

void dk_former_close(struct dk_former *former)
{
    if (former->fd >= 0)
        close(former->fd);
    former->fd = -1;
    free(former->window);
    former->window = NULL;
    dk_hash_reset(&former->hash);
}

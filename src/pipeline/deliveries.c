#include "pipeline/deliveries.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* --- natural order -------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compares the numbers that both begin with, and steps over them. */
static int compare_numbers(const char **left, const char **right)
{
    *left += strspn(*left, "0");
    *right += strspn(*right, "0");
    size_t left_size = strspn(*left, "0123456789");
    size_t right_size = strspn(*right, "0123456789");
    int order = left_size == right_size ? memcmp(*left, *right, left_size)
                                        : (left_size < right_size ? -1 : 1);
    *left += left_size;
    *right += right_size;
    return order;
}

int dk_natural_compare(const char *left, const char *right)
{
    const char *l = left;
    const char *r = right;
    while (*l && *r) {
        if (is_digit(*l) && is_digit(*r)) {
            int order = compare_numbers(&l, &r);
            if (order != 0)
                return order;
        } else if (*l != *r) {
            return (unsigned char)*l < (unsigned char)*r ? -1 : 1;
        } else {
            l++;
            r++;
        }
    }
    if (*l || *r)
        return *l ? 1 : -1;
    return strcmp(left, right); /* "q02" and "q2" */
}

/* --- the list ------------------------------------------------------------------------------- */

struct listing {
    struct dk_waiting_drop *list;
    size_t count;
    bool failed; /* memory ran out */
};

static struct dk_waiting_drop *add_drop(struct listing *listing, const char *path, size_t size)
{
    struct dk_waiting_drop *grown =
        reallocarray(listing->list, listing->count + 1, sizeof(*listing->list));
    if (!grown) {
        listing->failed = true;
        return NULL;
    }
    listing->list = grown;
    struct dk_waiting_drop *drop = &grown[listing->count++];
    *drop = (struct dk_waiting_drop){0};
    dk_text_format(drop->path, sizeof(drop->path), "%.*s", (int)size, path);
    return drop;
}

/* The delivery at path[0..size), made if there is none. NULL: no memory. */
static struct dk_waiting_drop *find_drop(struct listing *listing, const char *path, size_t size)
{
    for (size_t i = 0; i < listing->count; i++)
        if (strlen(listing->list[i].path) == size && memcmp(listing->list[i].path, path, size) == 0)
            return &listing->list[i];
    return add_drop(listing, path, size);
}

/* Whether it is a delivery of its own where no folder is around it, though derrick can't read
 * it. */
static bool is_whole(enum dk_delivery_kind kind)
{
    return kind == DK_DELIVERY_UNLISTED || kind == DK_DELIVERY_FOREIGN_ARCHIVE ||
           kind == DK_DELIVERY_NEAR_ARCHIVE;
}

/* The size of the path of what a file belongs to: logs/, or the folder directly below. */
static size_t folder_size(const struct dk_delivery_item *item)
{
    size_t size = strlen(DK_WORKSPACE_LOGS);
    const char *slash = strchr(item->path + size + 1, '/');
    if (item->kind == DK_DELIVERY_ARCHIVE || (!slash && is_whole(item->kind)))
        return strlen(item->path);
    return slash ? (size_t)(slash - item->path) : size;
}

static void add_item(void *context, const struct dk_delivery_item *item)
{
    struct listing *listing = context;
    if (!dk_delivery_is_part(item->kind) || item->kind == DK_DELIVERY_PROFILE || listing->failed)
        return;
    struct dk_waiting_drop *drop = find_drop(listing, item->path, folder_size(item));
    if (!drop)
        return;
    drop->readable =
        drop->readable || item->kind == DK_DELIVERY_SENSOR || item->kind == DK_DELIVERY_ARCHIVE;
    if (drop->first[0])
        return;
    drop->kind = item->kind;
    dk_text_format(drop->first, sizeof(drop->first), "%s", item->path);
}

/* What is in logs/ itself goes first. Where nothing of it can be read, its first file decides: it
 * may be an archive in transfer. */
static const char *sort_name(const struct dk_waiting_drop *drop)
{
    if (strcmp(drop->path, DK_WORKSPACE_LOGS) != 0)
        return drop->path + strlen(DK_WORKSPACE_LOGS) + 1;
    return drop->readable ? "" : drop->first + strlen(DK_WORKSPACE_LOGS) + 1;
}

static int by_name(const void *left, const void *right)
{
    return dk_natural_compare(sort_name(left), sort_name(right));
}

enum dk_status dk_pipeline_deliveries(struct dk_pipeline *pipeline, struct dk_waiting_drop **list,
                                      size_t *count, struct dk_error *err)
{
    struct listing listing = {0};
    const struct dk_input_settings *input = &pipeline->settings->input;
    *list = NULL;
    *count = 0;
    enum dk_status status =
        dk_delivery_walk(DK_WORKSPACE_LOGS, input->ignore, add_item, &listing, err);
    if (status == DK_OK && listing.failed)
        status = dk_error_nomem(err, "list", DK_WORKSPACE_LOGS);
    if (status != DK_OK) {
        free(listing.list);
        return status;
    }
    if (listing.count > 0)
        qsort(listing.list, listing.count, sizeof(*listing.list), by_name);
    /* The sites of a fleet don't wait for each other, so each counts by itself. */
    while (input->columns != DK_COLUMNS_WELLS && listing.count > 0 &&
           !listing.list[listing.count - 1].readable)
        listing.count--;
    *list = listing.list;
    *count = listing.count;
    return DK_OK;
}

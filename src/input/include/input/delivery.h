/*
 * What in a folder looks like a delivery, whether derrick can read it or not.
 *
 * An empty result must never pass for success: where a command finds no drop, it asks here whether
 * somebody tried to deliver one. The folder itself and all folders below are searched for names
 * (see input/name.h); nothing is read but the beginning of files whose names say nothing: a CSV of
 * the old scripts, or an archive, shows there.
 */
#ifndef DK_INPUT_DELIVERY_H
#define DK_INPUT_DELIVERY_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/status.h"
#include "input/input.h"

enum dk_delivery_kind {
    DK_DELIVERY_FOREIGN, /* nothing of a delivery, and no noise either: "transfer.log" */
    DK_DELIVERY_PROFILE,
    DK_DELIVERY_SENSOR,          /* a sensor's file in the folder or one below */
    DK_DELIVERY_ARCHIVE,         /* a zip or a tar in the folder or one below */
    DK_DELIVERY_DEEP,            /* either of them in a folder that derrick does not read */
    DK_DELIVERY_TRANSFER,        /* a temporary name */
    DK_DELIVERY_NEAR,            /* a name that contains that of a sensor or "profile" */
    DK_DELIVERY_FOREIGN_ARCHIVE, /* a .7z, a .rar, ... */
    DK_DELIVERY_NEAR_ARCHIVE,    /* an archive without the name of one: "q1.zip (1)" */
    DK_DELIVERY_WORKBOOK,        /* of a spreadsheet program */
    DK_DELIVERY_OLD_CSV,         /* a CSV that the old scripts or derrick made */
    DK_DELIVERY_UNLISTED,        /* a folder below that can't be listed */
    DK_DELIVERY_HIDDEN,          /* a sensor's file in a hidden folder: no part of a delivery */
};

/* Whether it is part of a delivery: all but DK_DELIVERY_FOREIGN and DK_DELIVERY_HIDDEN. */
bool dk_delivery_is_part(enum dk_delivery_kind kind);
/* Why derrick does not read a file of that kind: "is still in transfer". */
const char *dk_delivery_reason(enum dk_delivery_kind kind);
/* What to do about it. With DK_COLUMNS_WELLS a folder in logs/ is a site. */
const char *dk_delivery_hint(enum dk_delivery_kind kind, enum dk_columns columns);

/* One file. Both pointers are borrowed for the call. */
struct dk_delivery_item {
    enum dk_delivery_kind kind;
    const char *path;
    const struct stat *info; /* of a folder that can't be listed: of the folder */
};

/* Calls `visit` for each file in `folder` and below that is not noise, in the order of names.
 * `ignore` is the patterns of names that never count, or NULL. DK_ERR_IO: the folder itself can't
 * be listed. */
enum dk_status dk_delivery_walk(const char *folder, const char *ignore,
                                void (*visit)(void *context, const struct dk_delivery_item *item),
                                void *context, struct dk_error *err) DK_CHECK;

#define DK_DELIVERY_PATH_MAX 512

/* What a walk found. */
struct dk_delivery {
    size_t count;               /* files that look like a delivery */
    size_t readable;            /* of these, sensors' files and archives where derrick reads them */
    size_t unread;              /* files that derrick can't read, except for profiles */
    enum dk_delivery_kind kind; /* of the first one that explains most: of those, if any */
    char first[DK_DELIVERY_PATH_MAX];
    size_t foreign; /* other files */
    char first_foreign[DK_DELIVERY_PATH_MAX];
    char first_hidden[DK_DELIVERY_PATH_MAX]; /* a sensor's file in a hidden folder; "": none */
};

/* Counts an item. */
void dk_delivery_add(struct dk_delivery *delivery, const struct dk_delivery_item *item);

#endif

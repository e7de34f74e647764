/* The SQLite driver. */
#ifndef DK_STORE_SQLITE_H
#define DK_STORE_SQLITE_H

#include "store/sql.h"

/* Opens the file of settings->url; `create` makes one that is missing, else that is DK_ERR_STORE
 * with the native code ENOENT. */
enum dk_status dk_sqlite_open(struct dk_sql **out, const struct dk_store_settings *settings,
                              bool create, const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;

#endif

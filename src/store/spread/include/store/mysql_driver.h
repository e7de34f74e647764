/* The MySQL driver: one server, or readings that are spread over several by MariaDB's Spider. */
#ifndef DK_STORE_MYSQL_DRIVER_H
#define DK_STORE_MYSQL_DRIVER_H

#include "base/buffer.h"
#include "base/file.h"
#include "store/sql.h"

/* Connects to settings->url; `create` makes the database where it is missing. *settings must live
 * as long as the connection. */
enum dk_status dk_mysql_open(struct dk_sql **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;

/* Writes, for a DBA, what comes before the schema: the statements that make and choose the database
 * of settings->url, and what the nodes of settings->shards need, with the head's part of it. */
enum dk_status dk_mysql_print(const struct dk_store_settings *settings, struct dk_sink *sink,
                              struct dk_error *err) DK_CHECK;

/* Appends what follows the columns of a well_reading that is spread over settings->shards. */
enum dk_status dk_mysql_spread_put_tail(const struct dk_store_settings *settings,
                                        struct dk_buffer *text, struct dk_error *err) DK_CHECK;

#endif

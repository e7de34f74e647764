/*
 * connection: what is known of one connection to a MySQL or MariaDB server, over MariaDB
 * Connector/C. Data only; the other headers of this folder have what is done with it.
 *
 * A connection, and all that hangs on it, belongs to one thread at a time.
 */
#ifndef DK_STORE_MYSQL_CONNECTION_H
#define DK_STORE_MYSQL_CONNECTION_H

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include "store/mysql/local_file.h"
#include "store/mysql/mysql_exchange.h"
#include "store/mysql/url.h"
#include "store/sql.h"

#define DK_MYSQL_PLACE_MAX 320
#define DK_MYSQL_ENGINE_MAX 64
#define DK_MYSQL_SESSION_MAX 320
#define DK_MYSQL_LOCK_MAX 65 /* MySQL 8 takes lock names of 64 characters */

struct dk_mysql {
    struct dk_sql sql; /* first: dk_sql is this */
    MYSQL *handle;     /* NULL: not connected */
    const struct dk_store_settings *settings;
    const struct dk_observer *observer;
    bool is_node; /* reads the option file's group [derrick_node], too */
    struct dk_mysql_url url;
    char place[DK_MYSQL_PLACE_MAX];
    char engine[DK_MYSQL_ENGINE_MAX];
    char lock_name[DK_MYSQL_LOCK_MAX];
    /* Number and address of our session in the server's list; "" if it came by socket. */
    char session[DK_MYSQL_SESSION_MAX];
    bool mariadb;
    bool infile_refused; /* the server refused LOAD DATA LOCAL, and a notice said so */
    bool splits_loads;   /* Galera: it would commit LOAD DATA in parts */
    bool in_transaction;
    bool broken;         /* the connection is lost */
    bool given_up;       /* the server did not answer in time */
    bool locked;         /* we hold the run's lock */
    unsigned generation; /* counts the times we connected: older statements are prepared again */
    uint64_t packet_max_bytes; /* the server's max_allowed_packet */
    uint64_t changed;
    int64_t last_id;
    struct dk_mysql_local_file local_file;
    struct dk_mysql_exchange exchange;
    struct dk_statement *read_fact; /* kept from one series to the next */
};

static inline struct dk_mysql *dk_mysql_of(struct dk_sql *sql)
{
    return (struct dk_mysql *)sql;
}

#endif

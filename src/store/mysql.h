/*
 * The inside of the MySQL driver, shared by the mysql_*.c files: one connection over MariaDB
 * Connector/C, to MySQL 8 and MariaDB alike. Private to src/store/.
 *
 * A connection that breaks outside of a transaction is made again by whatever uses it next, with
 * growing pauses while the server restarts. One that breaks inside a transaction stays broken until
 * the rollback, so that no half of a transaction is ever repeated: the caller starts again from its
 * beginning. Prepared statements keep their text, and are prepared again on the new connection.
 *
 * A connection, and all that hangs on it, belongs to one thread at a time.
 */
#ifndef DK_STORE_MYSQL_H
#define DK_STORE_MYSQL_H

#include <stdatomic.h>

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include "base/buffer.h"
#include "mysql_url.h"
#include "sql.h"

#define DK_MYSQL_PLACE_MAX 320
#define DK_MYSQL_ENGINE_MAX 64
#define DK_MYSQL_SESSION_MAX 320
#define DK_MYSQL_LOCK_MAX 65 /* MySQL 8 takes lock names of 64 characters */

/* What the local-infile handler may give to the server; `serve` is NULL while nothing is loaded. */
struct dk_mysql_stream {
    const char *name; /* the name that we made up and gave to the server */
    /* Fills out[0..cap) and returns how many bytes; 0: the end; -1: see err. */
    int (*serve)(void *context, char *out, unsigned cap);
    void *context;
    struct dk_error err;
    bool was_asked; /* the server asked for a file, ours or not */
    bool refused;   /* the server asked for something that is not ours */
    char asked[64]; /* the beginning of what it asked for */
};

struct dk_mysql_nodes;

/* Whether the rows of well_reading lie in this database or on the nodes. */
enum dk_mysql_spread { DK_MYSQL_SPREAD_UNKNOWN, DK_MYSQL_SPREAD_NO, DK_MYSQL_SPREAD_YES };

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
    bool in_transaction;
    bool broken;         /* the connection is lost */
    bool given_up;       /* the server did not come back in time */
    bool locked;         /* we hold the run's lock */
    unsigned generation; /* counts the times we connected: older statements are prepared again */
    uint64_t packet_max_bytes; /* the server's max_allowed_packet */
    uint64_t changed;
    int64_t last_id;
    struct dk_mysql_stream stream;
    struct dk_statement *read_fact; /* kept from one series to the next */
    struct dk_mysql_nodes *nodes;   /* owned; NULL without settings->shards */
    enum dk_mysql_spread spread;
};

/* --- mysql_connect.c */

/* Connects, and sets up the session; `create` makes a database that is missing. The caller has set
 * conn->url, place, settings and observer. After a failure conn->handle is NULL. */
enum dk_status dk_mysql_connect(struct dk_mysql *conn, bool create, struct dk_error *err) DK_CHECK;
void dk_mysql_disconnect(struct dk_mysql *conn);
/* To be called before anything is sent: connects again if the connection is broken, with pauses,
 * and takes the run's lock again if we held it. Inside a transaction a broken connection is
 * DK_ERR_STORE. */
enum dk_status dk_mysql_ready(struct dk_mysql *conn, struct dk_error *err) DK_CHECK;
/* The same, and asks the server first whether it is still there. */
enum dk_status dk_mysql_ready_sure(struct dk_mysql *conn, struct dk_error *err) DK_CHECK;
/* Takes the run's lock, waiting at most `wait_s` seconds. */
enum dk_status dk_mysql_take_lock(struct dk_mysql *conn, int wait_s, struct dk_error *err) DK_CHECK;
void dk_mysql_drop_lock(struct dk_mysql *conn);

/* --- mysql_error.c */

/* Translates the last failure of the connection: "<what>: ...", the native code, a hint. Notes a
 * lost connection in conn->broken. Returns DK_ERR_STORE (DK_ERR_NOMEM for the client's own). */
enum dk_status dk_mysql_fail(struct dk_mysql *conn, const char *what, struct dk_error *err);
/* The same for a statement. */
enum dk_status dk_mysql_fail_statement(struct dk_mysql *conn, MYSQL_STMT *statement,
                                       const char *what, struct dk_error *err);
/* Whether the last failure of the connection, of a LOAD DATA LOCAL for which the server asked for no
 * file, says that the server or a proxy refuses that statement, and would take INSERTs. `file` is
 * the name in the statement. *hint becomes what to do about it (a constant). */
bool dk_mysql_infile_is_refused(struct dk_mysql *conn, const char *file, const char **hint);
/* Whether a code says that the connection itself is gone. */
bool dk_mysql_code_is_lost(unsigned code);

/* --- mysql_query.c: text queries without parameters */

/* Runs a statement; rows, if it gives any, are dropped. */
enum dk_status dk_mysql_run(struct dk_mysql *conn, const char *text, const char *what,
                            struct dk_error *err) DK_CHECK;
/* The first column of the first row as text into out[cap] ("" for NULL); *found false if there is
 * no row. */
enum dk_status dk_mysql_ask(struct dk_mysql *conn, const char *text, char *out, size_t cap,
                            bool *found, struct dk_error *err) DK_CHECK;
/* Appends `text` as a quoted string, or `name` as a quoted name. */
enum dk_status dk_mysql_quote(struct dk_mysql *conn, struct dk_buffer *buffer, const char *text,
                              struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_quote_name(struct dk_buffer *buffer, const char *name, struct dk_error *err)
    DK_CHECK;
/* Appends the statement that makes a database where it is missing. */
enum dk_status dk_mysql_put_create_database(struct dk_buffer *buffer, const char *database,
                                            struct dk_error *err) DK_CHECK;

enum dk_status dk_mysql_print_database(const struct dk_store_settings *settings,
                                       struct dk_sink *sink, struct dk_error *err) DK_CHECK;

/* --- mysql_statement.c */

extern const struct dk_sql_ops dk_mysql_ops;

enum dk_status dk_mysql_prepare(struct dk_sql *sql, const char *text, struct dk_statement **out,
                                struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_int(struct dk_statement *statement, int index, int64_t value,
                                 struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_double(struct dk_statement *statement, int index, double value,
                                    struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_bind_text(struct dk_statement *statement, int index, const char *value,
                                  struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_step(struct dk_statement *statement, bool *row, struct dk_error *err)
    DK_CHECK;
void dk_mysql_statement_reset(struct dk_statement *statement);
void dk_mysql_finalize(struct dk_statement *statement);
int64_t dk_mysql_column_int(struct dk_statement *statement, int index);
const char *dk_mysql_column_text(struct dk_statement *statement, int index);
/* Sends the statement with its bindings, and fetches nothing: *handle is ready for
 * mysql_stmt_bind_result and mysql_stmt_fetch. dk_mysql_statement_reset must follow. */
enum dk_status dk_mysql_send(struct dk_statement *statement, MYSQL_STMT **handle,
                             struct dk_error *err) DK_CHECK;

/* --- mysql_load.c, mysql_read.c: rows that lie on this connection's own server */

/* How far a load has come, over all its threads. */
struct dk_mysql_progress {
    const struct dk_observer *observer;
    atomic_ullong done;
    uint64_t total;
};

/* Puts our local-infile handler into conn->handle; before every mysql_real_connect. */
void dk_mysql_stream_install(struct dk_mysql *conn);
/* Inserts the rows of facts[0..count), counted into `progress`. */
enum dk_status dk_mysql_rows_insert(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_rows_delete(struct dk_mysql *conn, int64_t well_id, int cohort,
                                    struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_rows_read(struct dk_mysql *conn, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

/* --- mysql_facts.c: the fact table's functions in the driver, wherever its rows lie */

enum dk_status dk_mysql_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                     const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;
enum dk_status dk_mysql_facts_delete(struct dk_sql *sql, int64_t well_id, int cohort,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_mysql_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
    DK_CHECK;

/* --- mysql_spider.c: the spread table on the head, and its parts on the nodes */

/* Makes what a spread well_reading needs on the nodes and on the head, but not the table itself,
 * which dk_schema_each makes. Gives new nodes at the end of the list their part. */
enum dk_status dk_mysql_facts_prepare(struct dk_sql *sql, struct dk_error *err) DK_CHECK;
/* Finds out where the rows lie, once for each connection, and checks that the nodes are those of
 * the table. DK_ERR_CONFIG: settings and table contradict each other. */
enum dk_status dk_mysql_spread_find(struct dk_mysql *conn, bool *spread, struct dk_error *err)
    DK_CHECK;
/* Refuses a node whose table was made for another place in the list: what went there the head would
 * look for elsewhere. DK_ERR_CONFIG. */
enum dk_status dk_mysql_spread_check(struct dk_mysql *node, size_t i, struct dk_error *err)
    DK_CHECK;

#endif

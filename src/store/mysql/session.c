#include "store/mysql/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/monotonic.h"
#include "client_options.h"
#include "store/mysql/failure.h"
#include "store/mysql/plain_query.h"
#include "store/mysql/server_lock.h"

#define RECONNECT_TIMEOUTS 3 /* a restart may take as long as this many attempts to connect */
#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS 2000
#define RELOCK_WAIT_S 30 /* our old session keeps the lock until its half load is rolled back */
#define VERSION_MIN_MYSQL 80000u
#define VERSION_MIN_MARIADB 100500u
#define STATEMENT_BYTES_MAX 4096u

/* Of a Galera cluster alone: a read waits until what other nodes committed has arrived on this one.
 * The variable exists wherever the server was built with Galera, in a cluster or not. */
#define ASK_WSREP "SHOW SESSION VARIABLES WHERE variable_name = 'wsrep_sync_wait'"
#define SET_WSREP "SET SESSION wsrep_sync_wait = 7"

#define SESSION_WRITES "SET SESSION TRANSACTION READ WRITE"

/* What the server's own defaults must not decide. Strict, whatever its sql_mode is: a value that
 * does not fit is an error, never cut. */
static const char *const session_settings[] = {
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, "
    "completion_type = NO_CHAIN, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0, "
    "sql_auto_is_null = 0, max_sort_length = 1024, "
    "lock_wait_timeout = 60, innodb_lock_wait_timeout = 60, wait_timeout = 28800, "
    "net_read_timeout = 600, net_write_timeout = 600"
    /* The time that a statement may take: MariaDB's name for it, and MySQL's. */
    "/*M! , max_statement_time = 0 */ /*!80000 , max_execution_time = 0 */",
    /* How many rows a SELECT may give, or look at; in this order, since max_join_size decides over
     * sql_big_selects. DEFAULT would be what the server's administrator has set. */
    "SET SESSION sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615",
    "SET SESSION sql_big_selects = 1",
    /* MariaDB alone: how long a transaction may pause while rows are parsed or compared, whether
     * CHECK constraints hold, which version of a versioned table is read, and whether an answer may
     * be one from before (of a Spider table, whose rows go to the nodes past the head's cache). */
    "/*M! SET SESSION idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0, "
    "idle_write_transaction_timeout = 0, check_constraint_checks = 1, system_versioning_asof = "
    "DEFAULT, query_cache_type = 0 */",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    SESSION_WRITES,
};

void dk_mysql_disconnect(struct dk_mysql *conn)
{
    dk_mysql_exchange_reset(&conn->exchange);
    if (conn->handle)
        mysql_close(conn->handle);
    conn->handle = NULL;
}

/* One attempt. *code gets the native code of a failure, after which there is no handle. */
static enum dk_status attempt(struct dk_mysql *conn, const char *database, unsigned *code,
                              struct dk_error *err)
{
    const struct dk_mysql_url *url = &conn->url;
    *code = 0;
    conn->handle = mysql_init(NULL);
    if (!conn->handle)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a connection to the database");
    enum dk_status status = dk_mysql_set_options(conn, err);
    conn->exchange.verdict = DK_MYSQL_FINE;
    dk_mysql_exchange_begin(&conn->exchange);
    if (status == DK_OK &&
        !mysql_real_connect(conn->handle, dk_mysql_url_by_socket(url) ? "localhost" : url->host,
                            url->user[0] ? url->user : NULL, conn->settings->password, database,
                            url->port, url->socket[0] ? url->socket : NULL, 0)) {
        *code = mysql_errno(conn->handle);
        status = dk_mysql_fail(conn, "can't connect to database", err);
    }
    if (status == DK_OK && dk_mysql_wants_tls(conn) && !mysql_get_ssl_cipher(conn->handle)) {
        *code = CR_SSL_CONNECTION_ERROR;
        status =
            dk_error_set(err, DK_ERR_STORE, "the connection to %s is not encrypted", conn->place);
        dk_error_hint(err, "turn TLS on at the server, or set database.tls = plain");
    }
    if (status != DK_OK)
        dk_mysql_disconnect(conn);
    return status;
}

static enum dk_status check_version(struct dk_mysql *conn, struct dk_error *err)
{
    unsigned long version = mysql_get_server_version(conn->handle);
    conn->mariadb = mariadb_connection(conn->handle) != 0;
    snprintf(conn->engine, sizeof(conn->engine), "%s %lu.%lu.%lu",
             conn->mariadb ? "mariadb" : "mysql", version / 10000, version / 100 % 100,
             version % 100);
    if (version >= (conn->mariadb ? VERSION_MIN_MARIADB : VERSION_MIN_MYSQL))
        return DK_OK;
    dk_error_set(err, DK_ERR_STORE, "the server at %s is %s, which is too old", conn->place,
                 conn->engine);
    dk_error_hint(err, "derrick needs MySQL 8.0 or MariaDB 10.5, or later");
    return DK_ERR_STORE;
}

/* A database that does not exist yet: connects without it, creates it, uses it. */
static enum dk_status create_database(struct dk_mysql *conn, struct dk_error *err)
{
    unsigned code;
    DK_RETURN_IF_ERROR(attempt(conn, NULL, &code, err));
    DK_RETURN_IF_ERROR(check_version(conn, err));
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_mysql_put_create_database(&text, conn->url.database);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, SESSION_WRITES, "can't set the session up in", err);
    if (status == DK_OK)
        status = dk_mysql_run(conn, text.data, "can't create database", err);
    if (status == DK_OK && mysql_select_db(conn->handle, conn->url.database) != 0)
        status = dk_mysql_fail(conn, "can't use database", err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status set_session(struct dk_mysql *conn, struct dk_error *err)
{
    char text[32];
    bool found;
    for (size_t i = 0; i < DK_COUNT_OF(session_settings); i++)
        DK_RETURN_IF_ERROR(
            dk_mysql_run(conn, session_settings[i], "can't set the session up in", err));
    DK_RETURN_IF_ERROR(dk_mysql_ask(conn, ASK_WSREP, text, sizeof(text), &found, err));
    if (found)
        DK_RETURN_IF_ERROR(dk_mysql_run(conn, SET_WSREP, "can't set the session up in", err));
    DK_RETURN_IF_ERROR(
        dk_mysql_ask(conn, "SELECT @@max_allowed_packet", text, sizeof(text), &found, err));
    conn->packet_max_bytes = strtoull(text, NULL, 10);
    DK_RETURN_IF_ERROR(dk_mysql_ask(conn,
                                    "SHOW GLOBAL VARIABLES WHERE variable_name = "
                                    "'wsrep_load_data_splitting' AND value = 'ON'",
                                    text, sizeof(text), &conn->splits_loads, err));
    conn->session[0] = '\0';
    if (dk_mysql_url_by_socket(&conn->url))
        return DK_OK;
    return dk_mysql_ask(conn,
                        "SELECT CONCAT(id, ' ', host) FROM information_schema.processlist WHERE id "
                        "= CONNECTION_ID()",
                        conn->session, sizeof(conn->session), &found, err);
}

static enum dk_status connect_once(struct dk_mysql *conn, bool create, unsigned *code,
                                   struct dk_error *err)
{
    enum dk_status status = attempt(conn, conn->url.database, code, err);
    if (status != DK_OK && create && *code == ER_BAD_DB_ERROR)
        status = create_database(conn, err);
    if (status == DK_OK)
        status = check_version(conn, err);
    if (status == DK_OK)
        status = set_session(conn, err);
    if (status != DK_OK) {
        if (conn->handle)
            *code = mysql_errno(conn->handle);
        dk_mysql_disconnect(conn);
        return status;
    }
    conn->broken = conn->given_up = false;
    conn->generation++;
    return DK_OK;
}

enum dk_status dk_mysql_connect(struct dk_mysql *conn, bool create, struct dk_error *err)
{
    unsigned code;
    return connect_once(conn, create, &code, err);
}

/* --- again -------------------------------------------------------------------------------- */

static void pause_ms(long ms)
{
    struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&span, NULL); /* cut short by a signal it only tries sooner */
}

/* Ends the session that was lost. Where the network went silent the server assumes that it is
 * alive, for hours, with its lock and its half transaction. What fails here, fails at the lock
 * again. */
static void end_session(struct dk_mysql *conn, const char *session)
{
    struct dk_buffer text;
    char id[32];
    char kill[64];
    bool found = false;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_buffer_put(&text, "SELECT id FROM information_schema.processlist WHERE CONCAT(id, ' ', "
                         "host) = ");
    dk_mysql_put_quoted(conn, &text, session);
    enum dk_status status = dk_buffer_finish(&text, NULL);
    if (status == DK_OK)
        status = dk_mysql_ask(conn, text.data, id, sizeof(id), &found, NULL);
    dk_buffer_reset(&text);
    if (status != DK_OK || !found)
        return;
    snprintf(kill, sizeof(kill), "KILL %s", id);
    if (dk_mysql_run(conn, kill, "can't end the lost session in", NULL) != DK_OK)
        dk_observer_notice(conn->observer, DK_LEVEL_DEBUG, "the lost session %s was not ended", id);
}

static enum dk_status connect_again(struct dk_mysql *conn, struct dk_error *err)
{
    int64_t end =
        dk_monotonic_ms() + 1000 * RECONNECT_TIMEOUTS * (int64_t)dk_mysql_connect_timeout_s(conn);
    long pause = PAUSE_FIRST_MS;
    char lost[DK_MYSQL_SESSION_MAX];
    unsigned code;
    memcpy(lost, conn->session, sizeof(lost));
    dk_mysql_disconnect(conn);
    if (!conn->given_up)
        dk_observer_notice(conn->observer, DK_LEVEL_NOTICE,
                           "the connection to the database at %s is lost; connecting again",
                           conn->place);
    for (;;) {
        enum dk_status status = connect_once(conn, false, &code, err);
        if (status == DK_OK)
            break;
        bool passing = dk_mysql_code_is_lost(code) || code == ER_CON_COUNT_ERROR;
        if (!passing || conn->given_up || dk_monotonic_ms() + pause > end) {
            conn->given_up = true; /* from here on one attempt at a time */
            return status;
        }
        pause_ms(pause);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
    if (lost[0] != '\0')
        end_session(conn, lost);
    if (!conn->locked)
        return DK_OK;
    conn->locked = false; /* it went with the old session */
    return dk_mysql_lock_take(conn, RELOCK_WAIT_S, err);
}

enum dk_status dk_mysql_ready(struct dk_mysql *conn, struct dk_error *err)
{
    if (!conn->broken && conn->handle)
        return DK_OK;
    if (!conn->in_transaction)
        return connect_again(conn, err);
    dk_error_set(
        err, DK_ERR_STORE,
        "the connection to the database at %s was lost in a transaction, which was rolled back",
        conn->place);
    if (err)
        err->native = CR_SERVER_LOST;
    dk_error_hint(err, "run again once the server is back");
    return DK_ERR_STORE;
}

enum dk_status dk_mysql_ready_sure(struct dk_mysql *conn, struct dk_error *err)
{
    dk_mysql_exchange_begin(&conn->exchange);
    if (!conn->in_transaction && !conn->broken && conn->handle && mysql_ping(conn->handle) != 0)
        conn->broken = true;
    return dk_mysql_ready(conn, err);
}

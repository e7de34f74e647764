/* The SQLite driver: opening, transactions, and the table of its functions. */
#include "store/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fact_insert.h"
#include "fact_read.h"
#include "file_lock.h"
#include "fingerprint.h"
#include "sqlite_failure.h"
#include "sqlite_statement.h"

#define BUSY_TIMEOUT_MS 5000

static void rollback(struct dk_sql *sql)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    /* SQLite has rolled back by itself after some failures (a full disk, an I/O error). What the
     * statement answers does not matter: a journal that is left is rolled back by the next open. */
    if (!sqlite3_get_autocommit(conn->handle))
        (void)sqlite3_exec(conn->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void close_sql(struct dk_sql *sql)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    if (!conn)
        return;
    dk_sqlite_unlock(sql);
    dk_sqlite_finalize(conn->read_fact);
    if (conn->handle)
        rollback(sql);
    sqlite3_close_v2(conn->handle); /* NULL is legal; always SQLITE_OK */
    free(conn->path);
    free(conn);
}

static const char *engine(struct dk_sql *sql)
{
    return dk_sqlite_of(sql)->engine;
}

static enum dk_status execute_as(struct dk_sqlite *conn, const char *text, const char *what,
                                 struct dk_error *err)
{
    int code = sqlite3_exec(conn->handle, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? DK_OK : dk_sqlite_fail(conn, code, what, err);
}

static enum dk_status execute(struct dk_sql *sql, const char *text, struct dk_error *err)
{
    return execute_as(dk_sqlite_of(sql), text, "a statement failed in", err);
}

static enum dk_status begin(struct dk_sql *sql, struct dk_error *err)
{
    return execute_as(dk_sqlite_of(sql), "BEGIN IMMEDIATE", "can't write to", err);
}

static enum dk_status commit(struct dk_sql *sql, struct dk_error *err)
{
    return execute_as(dk_sqlite_of(sql), "COMMIT", "can't commit to", err);
}

static int64_t last_id(struct dk_sql *sql)
{
    return sqlite3_last_insert_rowid(dk_sqlite_of(sql)->handle);
}

static uint64_t changed(struct dk_sql *sql)
{
    return (uint64_t)sqlite3_changes(dk_sqlite_of(sql)->handle);
}

static const struct dk_sql_ops sqlite_ops = {
    .dialect = &dk_dialect_sqlite,
    .close = close_sql,
    .engine = engine,
    .execute = execute,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .prepare = dk_sqlite_prepare,
    .bind_int = dk_sqlite_bind_int,
    .bind_double = dk_sqlite_bind_double,
    .bind_text = dk_sqlite_bind_text,
    .step = dk_sqlite_step,
    .reset = dk_sqlite_reset,
    .finalize = dk_sqlite_finalize,
    .column_int = dk_sqlite_column_int,
    .column_text = dk_sqlite_column_text,
    .last_id = last_id,
    .changed = changed,
    .lock = dk_sqlite_lock,
    .unlock = dk_sqlite_unlock,
    .facts_insert = dk_sqlite_facts_insert,
    .fact_read = dk_sqlite_fact_read,
    .fingerprint = dk_sqlite_fingerprint,
    .fingerprint_next = dk_sqlite_fingerprint_next,
};

/* --- opening -------------------------------------------------------------------------------- */

/* The file that the URL names. */
static enum dk_status make_path(struct dk_sqlite *conn, const struct dk_store_settings *settings,
                                struct dk_error *err)
{
    const char *file = settings->url + strlen("sqlite:");
    if (file[0] == '\0') {
        dk_error_set(err, DK_ERR_CONFIG, "database.url '%s' does not name a file", settings->url);
        dk_error_hint(err, "write it as sqlite:FILE, such as sqlite:energymobile.db");
        return DK_ERR_CONFIG;
    }
    conn->path = file[0] == '/' ? strdup(file)
                                : dk_path_join(settings->folder ? settings->folder : ".", file);
    return conn->path ? DK_OK : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a path");
}

static enum dk_status open_file(struct dk_sqlite *conn, bool create, struct dk_error *err)
{
    struct stat info;
    if (!create && stat(conn->path, &info) != 0 && errno == ENOENT) {
        dk_error_set(err, DK_ERR_STORE, "there is no database at '%s'", conn->path);
        dk_error_place(err, conn->path, 0, 0, 0);
        dk_error_hint(err,
                      "go to your workspace, or name it: -C DIR; in a new one, run 'derrick init'");
        if (err)
            err->native = ENOENT;
        return DK_ERR_STORE;
    }
    /* One thread uses the connection, so that SQLite need not guard it. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    /* Behind a folder no name is anything but a file: ":memory:" and "file:..." would be to SQLite,
     * and what is in memory is lost while its inputs go into the archive. */
    char *name = NULL;
    if (asprintf(&name, "%s%s", conn->path[0] == '/' ? "" : "./", conn->path) < 0)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a path");
    int code =
        sqlite3_open_v2(name, &conn->handle, create ? flags | SQLITE_OPEN_CREATE : flags, NULL);
    free(name);
    return code == SQLITE_OK ? DK_OK : dk_sqlite_fail(conn, code, "can't open the database", err);
}

/* A pragma's answer as a number. */
static enum dk_status ask(struct dk_sqlite *conn, const char *text, int64_t *answer,
                          struct dk_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(conn->handle, text, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *answer = sqlite3_column_int64(statement, 0);
    enum dk_status status =
        code == SQLITE_ROW ? DK_OK : dk_sqlite_fail(conn, code, "can't open the database", err);
    sqlite3_finalize(statement); /* repeats the code of the step */
    return status;
}

/* Reads the header: whether this is a database, and ours or nobody's yet. */
static enum dk_status check_owner(struct dk_sqlite *conn, struct dk_error *err)
{
    int64_t owner = 0;
    enum dk_status status = ask(conn, "PRAGMA application_id", &owner, err);
    if (status != DK_OK || owner == 0 || owner == DK_APPLICATION_ID)
        return status;
    dk_error_set(err, DK_ERR_STORE,
                 "the database '%s' belongs to another program (application id %lld)", conn->path,
                 (long long)owner);
    dk_error_hint(err, "name another file in database.url");
    return DK_ERR_STORE;
}

static enum dk_status set_up(struct dk_sqlite *conn, struct dk_error *err)
{
    /* What does not touch the file; each statement is known to every SQLite we run on. FULL would
     * not sync the folder once a journal is gone: after a power cut it would be back, and take back
     * a commit that the archive has acted upon. */
    static const char pragmas[] = "PRAGMA foreign_keys = ON;"
                                  "PRAGMA synchronous = EXTRA;"
                                  "PRAGMA cell_size_check = ON;"
                                  "PRAGMA trusted_schema = OFF;"
                                  "PRAGMA temp_store = MEMORY;"
                                  "PRAGMA page_size = 8192;"
                                  "PRAGMA cache_size = -32768;"
                                  "PRAGMA analysis_limit = 400;";
    int64_t on = 0;
    int code = sqlite3_busy_timeout(conn->handle, BUSY_TIMEOUT_MS);
    if (code == SQLITE_OK)
        code = dk_sqlite_insert_install(conn);
    if (code != SQLITE_OK)
        return dk_sqlite_fail(conn, code, "can't open the database", err);
    DK_RETURN_IF_ERROR(execute_as(conn, pragmas, "can't open the database", err));
    DK_RETURN_IF_ERROR(check_owner(conn, err));
    if (sqlite3_db_readonly(conn->handle, "main") != 1)
        DK_RETURN_IF_ERROR(
            execute_as(conn, "PRAGMA journal_mode = DELETE", "can't open the database", err));
    DK_RETURN_IF_ERROR(ask(conn, "PRAGMA foreign_keys", &on, err));
    if (on != 1)
        return dk_error_set(err, DK_ERR_STORE, "this SQLite was built without foreign keys");
    return DK_OK;
}

enum dk_status dk_sqlite_open(struct dk_sql **out, const struct dk_store_settings *settings,
                              bool create, const struct dk_observer *observer, struct dk_error *err)
{
    (void)observer;
    *out = NULL;
    struct dk_sqlite *conn = calloc(1, sizeof(*conn));
    if (!conn)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a database");
    conn->sql.ops = &sqlite_ops;
    conn->lock_fd = -1;
    snprintf(conn->engine, sizeof(conn->engine), "sqlite %s", sqlite3_libversion());
    enum dk_status status = make_path(conn, settings, err);
    if (status == DK_OK)
        status = open_file(conn, create, err);
    if (status == DK_OK)
        status = set_up(conn, err);
    if (status != DK_OK) {
        close_sql(&conn->sql);
        return status;
    }
    *out = &conn->sql;
    return DK_OK;
}

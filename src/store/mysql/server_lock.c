#include "store/mysql/server_lock.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "store/mysql/plain_query.h"

#define STATEMENT_BYTES_MAX 4096u

/* "derrick:<database>", or a hash of it where that is too long for a lock's name. */
static enum dk_status name_lock(struct dk_mysql *conn, struct dk_error *err)
{
    int size = snprintf(conn->lock_name, sizeof(conn->lock_name), "derrick:%s", conn->url.database);
    if (size > 0 && (size_t)size < sizeof(conn->lock_name))
        return DK_OK;
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_bytes(conn->url.database, strlen(conn->url.database), hex, err));
    snprintf(conn->lock_name, sizeof(conn->lock_name), "derrick:%.48s", hex);
    return DK_OK;
}

/* Runs `SELECT <before>'<lock name>'<after>` and gives its value. */
static enum dk_status ask_lock(struct dk_mysql *conn, const char *before, const char *after,
                               char *out, size_t cap, struct dk_error *err)
{
    struct dk_buffer text;
    bool found;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_buffer_putf(&text, "SELECT %s", before);
    dk_mysql_put_quoted(conn, &text, conn->lock_name);
    dk_buffer_put(&text, after);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_ask(conn, text.data, out, cap, &found, err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status busy(struct dk_mysql *conn, struct dk_error *err)
{
    char who[160] = "";
    DK_RETURN_IF_ERROR(ask_lock(conn,
                                "CONCAT('connection ', id, ' of ', user, ' from ', host) FROM "
                                "information_schema.processlist WHERE id = IS_USED_LOCK(",
                                ")", who, sizeof(who), err));
    if (who[0] == '\0')
        DK_RETURN_IF_ERROR(
            ask_lock(conn, "CONCAT('connection ', IS_USED_LOCK(", "))", who, sizeof(who), err));
    dk_error_set(err, DK_ERR_BUSY, "another run holds the lock of database '%s' at %s (%s)",
                 conn->url.database, conn->place, who[0] ? who : "it has just ended");
    dk_error_hint(err,
                  "wait for it to end; if its machine is gone, end it with KILL and the number of "
                  "its connection");
    return DK_ERR_BUSY;
}

void dk_mysql_lock_release(struct dk_mysql *conn)
{
    char answer[8];
    if (conn->locked && !conn->broken &&
        ask_lock(conn, "RELEASE_LOCK(", ")", answer, sizeof(answer), NULL) != DK_OK)
        conn->broken = true; /* the lock goes with the session */
    conn->locked = false;
}

enum dk_status dk_mysql_lock_take(struct dk_mysql *conn, int wait_s, struct dk_error *err)
{
    char after[32];
    char answer[8];
    if (conn->locked)
        return DK_OK;
    snprintf(after, sizeof(after), ", %d)", wait_s);
    enum dk_status status = name_lock(conn, err);
    if (status == DK_OK)
        status = ask_lock(conn, "GET_LOCK(", after, answer, sizeof(answer), err);
    if (status != DK_OK && !conn->broken && err && !err->hint[0])
        dk_error_hint(err, "every run takes a named lock (GET_LOCK): connect to a server that "
                           "allows it; some proxies and clusters refuse it");
    if (status != DK_OK)
        return status;
    conn->locked = strcmp(answer, "1") == 0;
    return conn->locked ? DK_OK : busy(conn, err);
}

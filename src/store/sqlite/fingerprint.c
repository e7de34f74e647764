#include "fingerprint.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/query.h"

enum {
    WRITE_VERSION_AT =
        18, /* 1: a rollback journal. A WAL would hold commits that are not counted */
    READ_VERSION_AT = 19,
    CHANGE_COUNTER_AT = 24,
    HEADER_BYTES = 28
};

/* The counter; 0 where it can't be read. Inside a transaction, so that the file does not change. */
static uint32_t read_counter(struct dk_sqlite *conn)
{
    unsigned char header[HEADER_BYTES];
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(conn->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        !file || !file->pMethods ||
        file->pMethods->xRead(file, header, HEADER_BYTES, 0) != SQLITE_OK ||
        header[WRITE_VERSION_AT] != 1 || header[READ_VERSION_AT] != 1)
        return 0;
    const unsigned char *at = header + CHANGE_COUNTER_AT;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static enum dk_status read_data_version(struct dk_sqlite *conn, int64_t *version,
                                        struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, &conn->sql, "PRAGMA data_version", err);
    if (dk_query_next(&query))
        *version = dk_query_int(&query);
    return dk_query_end(&query);
}

static void write_text(uint32_t counter, char text[DK_FINGERPRINT_MAX])
{
    snprintf(text, DK_FINGERPRINT_MAX, "%" PRIu32, counter);
    if (counter == 0)
        text[0] = '\0';
}

/* Inside a transaction. */
static enum dk_status see_others(struct dk_sqlite *conn, struct dk_error *err)
{
    int64_t version = 0;
    DK_RETURN_IF_ERROR(read_data_version(conn, &version, err));
    if (!conn->has_version || version != conn->data_version)
        conn->change_counter = read_counter(conn);
    conn->has_version = true;
    conn->data_version = version;
    return DK_OK;
}

enum dk_status dk_sqlite_fingerprint(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                     struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    bool inside = !sqlite3_get_autocommit(conn->handle);
    text[0] = '\0';
    if (!inside)
        DK_RETURN_IF_ERROR(sql->ops->execute(sql, "BEGIN", err));
    enum dk_status status = see_others(conn, err);
    if (!inside)
        sql->ops->rollback(sql); /* nothing was written */
    write_text(conn->change_counter, text);
    return status;
}

enum dk_status dk_sqlite_fingerprint_next(struct dk_sql *sql, char text[DK_FINGERPRINT_MAX],
                                          struct dk_error *err)
{
    struct dk_sqlite *conn = dk_sqlite_of(sql);
    int64_t version = 0;
    text[0] = '\0';
    DK_RETURN_IF_ERROR(read_data_version(conn, &version, err));
    uint32_t counter = read_counter(conn);
    if (!conn->has_version || version != conn->data_version || counter == 0)
        return DK_OK;
    conn->change_counter = counter + 1;
    write_text(conn->change_counter, text);
    return DK_OK;
}

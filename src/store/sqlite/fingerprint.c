#include "fingerprint.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

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

/* The counter and which file it is of: "" where either is not known. A number alone could be that
 * of another file by chance, such as one made of a dump; the number of a file is used again for the
 * next one, but not with the time at which it was made. */
static void write_text(struct dk_sqlite *conn, char text[DK_FINGERPRINT_MAX])
{
    struct statx info;
    const char *path = sqlite3_db_filename(conn->handle, "main");
    text[0] = '\0';
    if (conn->change_counter == 0 || !path ||
        statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) != 0)
        return;
    if (!(info.stx_mask & STATX_BTIME))
        info.stx_btime = (struct statx_timestamp){0};
    uint64_t device = (uint64_t)info.stx_dev_major << 32 | info.stx_dev_minor;
    uint64_t made_ns = (uint64_t)info.stx_btime.tv_sec * 1000000000u + info.stx_btime.tv_nsec;
    snprintf(text, DK_FINGERPRINT_MAX, "%" PRIx32 " %" PRIx64 " %" PRIx64 " %" PRIx64,
             conn->change_counter, device, (uint64_t)info.stx_ino, made_ns);
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
    write_text(conn, text);
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
    write_text(conn, text);
    return DK_OK;
}

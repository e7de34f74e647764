#include "store/mysql/rows.h"

#include "infile.h"
#include "insert.h"
#include "store/mysql/session.h"
#include "store/query.h"

enum dk_status dk_mysql_rows_insert(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err)
{
    struct dk_mysql_walk walk;
    dk_mysql_walk_init(&walk, facts, count, progress);
    DK_RETURN_IF_ERROR(dk_mysql_ready(conn, err));
    if (walk.total == 0)
        return DK_OK;
    if (conn->settings->load != DK_LOAD_BY_INSERT && !conn->infile_refused) {
        DK_RETURN_IF_ERROR(dk_mysql_infile_load(conn, &walk, &conn->infile_refused, err));
        if (!conn->infile_refused)
            return DK_OK;
    }
    return dk_mysql_insert_all(conn, &walk, err);
}

enum dk_status dk_mysql_rows_delete(struct dk_mysql *conn, int64_t well_id, int cohort,
                                    struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, &conn->sql, "DELETE FROM well_reading WHERE well_id = ? AND cohort = ?",
                   err);
    dk_query_bind_int(&query, well_id);
    dk_query_bind_int(&query, cohort);
    dk_query_run(&query);
    return dk_query_end(&query);
}

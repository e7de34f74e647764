#include "store/mysql/rows.h"

#include "infile.h"
#include "insert.h"
#include "store/mysql/session.h"
#include "store/query.h"

/* Whether to try LOAD DATA LOCAL. A cluster that commits it in parts would break "all or
 * nothing". */
static enum dk_status choose_infile(struct dk_mysql *conn, bool *infile, struct dk_error *err)
{
    enum dk_load_by by = conn->settings->load;
    *infile = by != DK_LOAD_BY_INSERT && !conn->infile_refused && !conn->splits_loads;
    if (by != DK_LOAD_BY_INFILE || !conn->splits_loads)
        return DK_OK;
    dk_error_set(err, DK_ERR_STORE,
                 "the server at %s commits LOAD DATA in parts (wsrep_load_data_splitting)",
                 conn->place);
    dk_error_hint(err,
                  "set wsrep_load_data_splitting = OFF on the server, or database.load = auto");
    return DK_ERR_STORE;
}

enum dk_status dk_mysql_rows_insert(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err)
{
    struct dk_mysql_walk walk;
    bool infile = false;
    dk_mysql_walk_init(&walk, facts, count, progress);
    DK_RETURN_IF_ERROR(dk_mysql_ready(conn, err));
    if (walk.total == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(choose_infile(conn, &infile, err));
    if (infile) {
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

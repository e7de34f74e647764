/*
 * The driver's functions for the fact table: its rows lie in this database, or each cohort on its
 * node. Nodes are loaded in parallel, a thread and a connection each.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/team.h"
#include "mysql_nodes.h"

struct node_load {
    struct dk_mysql *conn; /* NULL: nothing for this node */
    struct dk_fact *facts; /* owned; those of its cohorts, in the order given */
    size_t count;
};

struct spread_load {
    struct node_load nodes[DK_MYSQL_SHARDS_MAX];
    size_t count;
    atomic_size_t next;
    struct dk_mysql_progress *progress;
};

static int cohort_of(const struct dk_fact *fact)
{
    return fact->readings->series[fact->series].cohort;
}

/* Foreign keys can't reach from a node to the head, so what they would see to is looked at here. */
static enum dk_status check_keys(struct dk_mysql *conn, const struct dk_fact *fact,
                                 struct dk_statement *well, struct dk_statement *profile,
                                 struct dk_error *err)
{
    int64_t rows = (int64_t)fact->readings->rows;
    int64_t wells = 0;
    int64_t profiles = 0;
    bool row = false;
    enum dk_status status = dk_mysql_bind_int(well, 1, fact->well_id, err);
    if (status == DK_OK)
        status = dk_mysql_step(well, &row, err);
    if (status == DK_OK && row)
        wells = dk_mysql_column_int(well, 0);
    dk_mysql_statement_reset(well);
    if (status == DK_OK)
        status = dk_mysql_bind_int(profile, 1, fact->profile_id, err);
    if (status == DK_OK)
        status = dk_mysql_bind_int(profile, 2, fact->profile_id + rows - 1, err);
    if (status == DK_OK)
        status = dk_mysql_step(profile, &row, err);
    if (status == DK_OK && row)
        profiles = dk_mysql_column_int(profile, 0);
    dk_mysql_statement_reset(profile);
    if (status != DK_OK || (wells == 1 && profiles == rows))
        return status;
    return dk_error_set(err, DK_ERR_STORE,
                        "cohort %d refers to well %" PRId64 " and profile rows from %" PRId64
                        " on, which are not all in '%s' at %s",
                        cohort_of(fact), fact->well_id, fact->profile_id, conn->url.database,
                        conn->place);
}

static enum dk_status check_all_keys(struct dk_mysql *conn, const struct dk_fact *facts,
                                     size_t count, struct dk_error *err)
{
    struct dk_statement *well = NULL;
    struct dk_statement *profile = NULL;
    enum dk_status status =
        dk_mysql_prepare(&conn->sql, "SELECT COUNT(*) FROM wells WHERE well_id = ?", &well, err);
    if (status == DK_OK)
        status = dk_mysql_prepare(
            &conn->sql, "SELECT COUNT(*) FROM well_profile WHERE profile_id BETWEEN ? AND ?",
            &profile, err);
    for (size_t i = 0; status == DK_OK && i < count; i++)
        if (facts[i].readings->rows > 0)
            status = check_keys(conn, &facts[i], well, profile, err);
    dk_mysql_finalize(well);
    dk_mysql_finalize(profile);
    return status;
}

/* Gives each fact to its node, and opens a branch there. */
static enum dk_status deal(struct dk_mysql *conn, struct spread_load *load,
                           const struct dk_fact *facts, size_t count, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    load->count = conn->nodes->shards.count;
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        size_t at = dk_mysql_shards_node(&conn->nodes->shards, cohort_of(&facts[i]));
        struct node_load *node = &load->nodes[at];
        if (!node->facts)
            node->facts = calloc(count, sizeof(*node->facts));
        if (!node->facts)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
        if (!node->conn)
            status = dk_mysql_nodes_branch(conn, at, &node->conn, err);
        node->facts[node->count++] = facts[i];
    }
    return status;
}

static enum dk_status load_nodes(struct dk_team *team, unsigned index, void *context,
                                 struct dk_error *err)
{
    struct spread_load *load = context;
    (void)index;
    for (;;) {
        size_t at = atomic_fetch_add(&load->next, 1);
        if (at >= load->count)
            return DK_OK;
        if (dk_team_stopped(team))
            return DK_ERR_CANCELLED;
        struct node_load *node = &load->nodes[at];
        enum dk_status status = DK_OK;
        /* Rows that the ledger does not know may lie there, from before two-phase commits. */
        for (size_t i = 0; status == DK_OK && i < node->count; i++)
            status = dk_mysql_rows_delete(node->conn, node->facts[i].well_id,
                                          cohort_of(&node->facts[i]), err);
        if (status == DK_OK && node->count > 0)
            status =
                dk_mysql_rows_insert(node->conn, node->facts, node->count, load->progress, err);
        if (status != DK_OK) {
            dk_error_prefix(err, "node %zu of the shards", at + 1);
            return status;
        }
    }
}

static enum dk_status insert_spread(struct dk_mysql *conn, const struct dk_fact *facts,
                                    size_t count, struct dk_mysql_progress *progress,
                                    struct dk_error *err)
{
    struct spread_load *load = calloc(1, sizeof(*load));
    if (!load)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
    load->progress = progress;
    enum dk_status status = check_all_keys(conn, facts, count, err);
    if (status == DK_OK)
        status = deal(conn, load, facts, count, err);
    if (status == DK_OK) {
        unsigned threads = (unsigned)load->count;
        threads = threads > DK_TEAM_THREADS_MAX ? DK_TEAM_THREADS_MAX : threads;
        status = dk_team_run(threads, load_nodes, load, err);
    }
    for (size_t i = 0; i < DK_MYSQL_SHARDS_MAX; i++)
        free(load->nodes[i].facts);
    free(load);
    return status;
}

enum dk_status dk_mysql_facts_insert(struct dk_sql *sql, const struct dk_fact *facts, size_t count,
                                     const struct dk_observer *observer, struct dk_error *err)
{
    struct dk_mysql *conn = (struct dk_mysql *)sql;
    struct dk_mysql_progress progress = {.observer = observer};
    bool spread = false;
    for (size_t i = 0; i < count; i++)
        progress.total += facts[i].readings->rows;
    enum dk_status status = dk_mysql_spread_find(conn, &spread, err);
    if (status != DK_OK)
        return status;
    return spread ? insert_spread(conn, facts, count, &progress, err)
                  : dk_mysql_rows_insert(conn, facts, count, &progress, err);
}

enum dk_status dk_mysql_facts_delete(struct dk_sql *sql, int64_t well_id, int cohort,
                                     struct dk_error *err)
{
    struct dk_mysql *conn = (struct dk_mysql *)sql;
    struct dk_mysql *at = conn;
    bool spread = false;
    enum dk_status status = dk_mysql_spread_find(conn, &spread, err);
    if (status == DK_OK && spread)
        status = dk_mysql_nodes_branch(conn, dk_mysql_shards_node(&conn->nodes->shards, cohort),
                                       &at, err);
    return status == DK_OK ? dk_mysql_rows_delete(at, well_id, cohort, err) : status;
}

/* What a branch has written, only its own connection sees; all else is read through the head. */
enum dk_status dk_mysql_fact_read(struct dk_sql *sql, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
{
    struct dk_mysql *conn = (struct dk_mysql *)sql;
    if (conn->in_transaction && conn->spread == DK_MYSQL_SPREAD_YES) {
        size_t node = dk_mysql_shards_node(&conn->nodes->shards, into->series[series].cohort);
        if (conn->nodes->active[node])
            conn = conn->nodes->conn[node];
    }
    return dk_mysql_rows_read(conn, fact, into, series, err);
}

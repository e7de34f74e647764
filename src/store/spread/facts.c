#include "facts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/team.h"
#include "store/mysql/rows.h"
#include "store/query.h"

struct node_load {
    struct dk_mysql *conn; /* NULL: nothing for this node */
    struct dk_fact *facts; /* owned; those of its cohorts, in the order given */
    size_t count;
};

struct spread_load {
    struct node_load nodes[DK_MYSQL_SHARDS_MAX];
    size_t count;
    struct dk_mysql_progress *progress;
};

static int cohort_of(const struct dk_fact *fact)
{
    return dk_fact_series(fact)->cohort;
}

static enum dk_status bad_keys(const struct dk_mysql *head, const struct dk_fact *fact,
                               struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_STORE,
                        "cohort %d refers to well %" PRId64 " and profile rows from %" PRId64
                        " on, which are not all in '%s' at %s",
                        cohort_of(fact), fact->well_id, fact->profile_id, head->url.database,
                        head->place);
}

/* Foreign keys can't reach from a node to the head, so what they would ensure is checked here. */
static enum dk_status check_keys(struct dk_mysql *head, const struct dk_fact *fact,
                                 struct dk_error *err)
{
    int64_t rows = (int64_t)fact->readings->rows;
    struct dk_query query;
    int64_t wells = 0;
    int64_t profiles = 0;
    if (rows == 0)
        return DK_OK;
    dk_query_begin(&query, &head->sql, "SELECT COUNT(*) FROM wells WHERE well_id = ?", err);
    dk_query_bind_int(&query, fact->well_id);
    DK_RETURN_IF_ERROR(dk_query_end_int(&query, &wells));
    dk_query_begin(&query, &head->sql,
                   "SELECT COUNT(*) FROM well_profile WHERE profile_id BETWEEN ? AND ?", err);
    dk_query_bind_int(&query, fact->profile_id);
    dk_query_bind_int(&query, fact->profile_id + rows - 1);
    DK_RETURN_IF_ERROR(dk_query_end_int(&query, &profiles));
    return wells == 1 && profiles == rows ? DK_OK : bad_keys(head, fact, err);
}

/* Gives each fact to its node, and opens a branch there. */
static enum dk_status deal(struct dk_mysql_nodes *nodes, struct spread_load *load,
                           const struct dk_fact *facts, size_t count, struct dk_error *err)
{
    load->count = nodes->shards.count;
    for (size_t i = 0; i < count; i++) {
        size_t at = dk_mysql_shards_node(&nodes->shards, cohort_of(&facts[i]));
        struct node_load *node = &load->nodes[at];
        if (!node->facts)
            node->facts = calloc(count, sizeof(*node->facts));
        if (!node->facts)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
        if (!node->conn)
            DK_RETURN_IF_ERROR(dk_mysql_nodes_branch(nodes, at, &node->conn, err));
        node->facts[node->count++] = facts[i];
    }
    return DK_OK;
}

/* Rows that the ledger does not know may be there, from before two-phase commits. */
static enum dk_status load_node(struct node_load *node, struct dk_mysql_progress *progress,
                                struct dk_error *err)
{
    if (node->count == 0)
        return DK_OK;
    for (size_t i = 0; i < node->count; i++)
        DK_RETURN_IF_ERROR(dk_mysql_rows_delete(node->conn, node->facts[i].well_id,
                                                cohort_of(&node->facts[i]), err));
    return dk_mysql_rows_insert(node->conn, node->facts, node->count, progress, err);
}

static enum dk_status load_nodes(struct dk_team *team, unsigned index, void *context,
                                 struct dk_error *err)
{
    struct spread_load *load = context;
    size_t at;
    (void)index;
    while (dk_team_take(team, load->count, &at)) {
        enum dk_status status = load_node(&load->nodes[at], load->progress, err);
        if (status != DK_OK) {
            dk_error_prefix(err, "node %zu of the shards", at + 1);
            return status;
        }
    }
    return DK_OK;
}

static enum dk_status insert_spread(struct dk_mysql_spread *spread, struct spread_load *load,
                                    const struct dk_fact *facts, size_t count, struct dk_error *err)
{
    for (size_t i = 0; i < count; i++)
        DK_RETURN_IF_ERROR(check_keys(spread->head, &facts[i], err));
    DK_RETURN_IF_ERROR(deal(spread->nodes, load, facts, count, err));
    unsigned threads = (unsigned)load->count;
    threads = threads > DK_TEAM_THREADS_MAX ? DK_TEAM_THREADS_MAX : threads;
    return dk_team_run(threads, load_nodes, load, err);
}

enum dk_status dk_mysql_facts_insert(struct dk_mysql_spread *spread, const struct dk_fact *facts,
                                     size_t count, const struct dk_observer *observer,
                                     struct dk_error *err)
{
    struct dk_mysql_progress progress = {.observer = observer, .total = dk_fact_rows(facts, count)};
    bool on_nodes = false;
    DK_RETURN_IF_ERROR(dk_mysql_spread_find(spread, &on_nodes, err));
    if (!on_nodes)
        return dk_mysql_rows_insert(spread->head, facts, count, &progress, err);
    struct spread_load *load = calloc(1, sizeof(*load));
    if (!load)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the rows to load");
    load->progress = &progress;
    enum dk_status status = insert_spread(spread, load, facts, count, err);
    for (size_t i = 0; i < DK_MYSQL_SHARDS_MAX; i++)
        free(load->nodes[i].facts);
    free(load);
    return status;
}

enum dk_status dk_mysql_facts_delete(struct dk_mysql_spread *spread, int64_t well_id, int cohort,
                                     struct dk_error *err)
{
    struct dk_mysql *at = spread->head;
    bool on_nodes = false;
    DK_RETURN_IF_ERROR(dk_mysql_spread_find(spread, &on_nodes, err));
    if (on_nodes)
        DK_RETURN_IF_ERROR(dk_mysql_nodes_branch(
            spread->nodes, dk_mysql_shards_node(&spread->nodes->shards, cohort), &at, err));
    return dk_mysql_rows_delete(at, well_id, cohort, err);
}

/* Only the branch's own connection sees what it has written; all else is read through the head. */
enum dk_status dk_mysql_fact_read(struct dk_mysql_spread *spread, const struct dk_fact *fact,
                                  struct dk_readings *into, size_t series, struct dk_error *err)
{
    struct dk_mysql *at = spread->head;
    if (at->in_transaction && spread->where == DK_MYSQL_WHERE_NODES) {
        size_t node = dk_mysql_shards_node(&spread->nodes->shards, into->series[series].cohort);
        if (spread->nodes->active[node])
            at = spread->nodes->conn[node];
    }
    return dk_mysql_rows_read(at, fact, into, series, err);
}

/*
 * A schema that is only half made, over tables of the old scripts: what is left where a DBA ran the
 * printed DDL on their database. It stops at the first view, whose name is one of their tables.
 * What it has made until then are empty tables, some with foreign keys into theirs.
 */
#include <stdio.h>

#include "schema.h"
#include "store/query.h"

/* A table that has no row before the schema is complete, and a column by which it is known. */
struct early_table {
    const char *table, *column;
};

/* In the order in which they are made. */
static const struct early_table early_tables[] = {
    {"schema_info", "generation"},
    {"wells", "rig_name"},
    {"profile_sets", "first_profile"},
    {"well_profile", "profile_set"},
    {"well_reading", "cumulative_minutes"},
    {"workspaces", "first_seen"},
    {"runs", "exit_code"},
    {"drops", "content_hash"},
    {"files", "stored_hash"},
    {"cohorts", "profile_set"},
    {"sensor_quality", "longest_constant"},
    {"publications", "target_hash"},
    {"run_problems", "problem"},
    {"unloaded", "noted_at"},
    {"quarantine", "cell_text"},
    {"corrections", "kept_at"},
};

static const char *const views[] = {"sensor_data", "target_condition", "oil_well_data"};

enum dk_status dk_schema_half_foreign(struct dk_sql *sql, const char **name, struct dk_error *err)
{
    *name = NULL;
    for (size_t i = 0; !*name && i < DK_COUNT_OF(views); i++) {
        bool is_table = false;
        DK_RETURN_IF_ERROR(
            dk_query_find(sql, sql->ops->dialect->find_base_table, views[i], NULL, &is_table, err));
        if (is_table)
            *name = views[i];
    }
    return DK_OK;
}

/* Whether a table is one of ours that is still empty. */
static enum dk_status is_early(struct dk_sql *sql, const struct early_table *early, bool *is,
                               struct dk_error *err)
{
    char text[80];
    struct dk_query query;
    DK_RETURN_IF_ERROR(
        dk_query_find(sql, sql->ops->dialect->find_column, early->table, early->column, is, err));
    if (!*is)
        return DK_OK;
    snprintf(text, sizeof(text), "SELECT 1 FROM %s LIMIT 1", early->table);
    dk_query_begin(&query, sql, text, err);
    *is = !dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_schema_half_remove(struct dk_sql *sql, struct dk_error *err)
{
    for (size_t i = DK_COUNT_OF(early_tables); i > 0; i--) {
        char text[80];
        bool is = false;
        DK_RETURN_IF_ERROR(is_early(sql, &early_tables[i - 1], &is, err));
        if (!is)
            continue;
        snprintf(text, sizeof(text), "DROP TABLE %s", early_tables[i - 1].table);
        DK_RETURN_IF_ERROR(sql->ops->execute(sql, text, err));
    }
    return DK_OK;
}

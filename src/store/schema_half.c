/*
 * A schema that is only half made, over tables of the old scripts: what is left where a DBA ran the
 * printed DDL on their database. It stops at the first view, whose name is one of their tables.
 * What it has made until then are empty tables, some with foreign keys into theirs.
 */
#include <stdio.h>

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
};

static const char *const views[] = {"sensor_data", "target_condition", "oil_well_data"};

/* Asks for a count, with one or two texts bound. */
static enum dk_status count(struct dk_sql *sql, const char *text, const char *first,
                            const char *second, int64_t *out, struct dk_error *err)
{
    struct dk_query query;
    *out = 0;
    dk_query_begin(&query, sql, text, err);
    dk_query_bind_text(&query, first);
    if (second)
        dk_query_bind_text(&query, second);
    if (dk_query_next(&query))
        *out = dk_query_int(&query);
    return dk_query_end(&query);
}

static enum dk_status is_base_table(struct dk_sql *sql, const char *name, bool *is,
                                    struct dk_error *err)
{
    static const char sqlite[] =
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)";
    static const char mysql[] = "SELECT COUNT(*) FROM information_schema.tables WHERE "
                                "table_schema = DATABASE() AND table_name = ? "
                                "AND table_type = 'BASE TABLE'";
    int64_t found = 0;
    enum dk_status status =
        count(sql, sql->ops->dialect == DK_DIALECT_MYSQL ? mysql : sqlite, name, NULL, &found, err);
    *is = found > 0;
    return status;
}

enum dk_status dk_schema_half_foreign(struct dk_sql *sql, const char **name, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    *name = NULL;
    for (size_t i = 0; status == DK_OK && !*name && i < DK_COUNT_OF(views); i++) {
        bool is = false;
        status = is_base_table(sql, views[i], &is, err);
        if (is)
            *name = views[i];
    }
    return status;
}

/* Whether a table is one of ours that is still empty. */
static enum dk_status is_early(struct dk_sql *sql, const struct early_table *early, bool *is,
                               struct dk_error *err)
{
    static const char sqlite[] = "SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = ?";
    static const char mysql[] = "SELECT COUNT(*) FROM information_schema.columns WHERE "
                                "table_schema = DATABASE() AND table_name = ? AND column_name = ?";
    int64_t found = 0;
    char text[80];
    struct dk_query query;
    *is = false;
    enum dk_status status = count(sql, sql->ops->dialect == DK_DIALECT_MYSQL ? mysql : sqlite,
                                  early->table, early->column, &found, err);
    if (status != DK_OK || found == 0)
        return status;
    snprintf(text, sizeof(text), "SELECT 1 FROM %s LIMIT 1", early->table);
    dk_query_begin(&query, sql, text, err);
    *is = !dk_query_next(&query);
    return dk_query_end(&query);
}

enum dk_status dk_schema_half_remove(struct dk_sql *sql, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = DK_COUNT_OF(early_tables); status == DK_OK && i > 0; i--) {
        char text[80];
        bool is = false;
        status = is_early(sql, &early_tables[i - 1], &is, err);
        if (status != DK_OK || !is)
            continue;
        snprintf(text, sizeof(text), "DROP TABLE %s", early_tables[i - 1].table);
        status = sql->ops->execute(sql, text, err);
    }
    return status;
}

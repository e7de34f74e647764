/*
 * What the schema of a database is, and how it becomes ours: made, migrated, or the old scripts'
 * tables moved aside first. The statements themselves are in schema_ddl.c.
 */
#include <stdio.h>
#include <string.h>

#include "rig/catalogue.h"
#include "store/query.h"

#define NAME_MAX_BYTES 80

/* The table that tells the version: made first, its row last. */
static const char schema_info[] = "schema_info";

const char *dk_schema_table(size_t i)
{
    static const char *const before[] = {schema_info, "sensors"};
    static const char *const after[] = {"wells",
                                        "profile_sets",
                                        "well_profile",
                                        "well_reading",
                                        "workspaces",
                                        "runs",
                                        "drops",
                                        "files",
                                        "cohorts",
                                        "sensor_quality",
                                        "publications",
                                        "sensor_data",
                                        "target_condition",
                                        "oil_well_data"};
    const size_t before_count = DK_COUNT_OF(before);
    const size_t after_count = DK_COUNT_OF(after);
    if (i < before_count)
        return before[i];
    i -= before_count;
    if (i < DK_CONDITIONS)
        return dk_conditions[i].name;
    i -= DK_CONDITIONS;
    return i < after_count ? after[i] : NULL;
}

/* Whether the database has a table of one of our names. */
static enum dk_status has_namesake(struct dk_sql *sql, bool *has, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    *has = false;
    for (size_t i = 0; status == DK_OK && !*has && dk_schema_table(i); i++)
        status = sql->ops->has_table(sql, dk_schema_table(i), has, err);
    return status;
}

/* Which of the catalogue's sensors the schema was made with; *unknown: it has one that is not in
 * the catalogue. */
static enum dk_status read_sensors(struct dk_sql *sql, bool has[DK_SENSORS], bool *unknown,
                                   struct dk_error *err)
{
    struct dk_query query;
    char name[64];
    *unknown = false;
    memset(has, 0, DK_SENSORS * sizeof(*has));
    dk_query_begin(&query, sql, "SELECT sensor_name FROM sensors", err);
    while (dk_query_next(&query)) {
        dk_query_text(&query, name, sizeof(name));
        int sensor = dk_sensor_find(name, strlen(name));
        if (sensor >= 0)
            has[sensor] = true;
        else
            *unknown = true;
    }
    return dk_query_end(&query);
}

static enum dk_status compare_version(struct dk_sql *sql, int version, enum dk_schema_state *state,
                                      struct dk_error *err)
{
    bool has[DK_SENSORS];
    bool unknown = false;
    *state = version < DK_SCHEMA_VERSION ? DK_SCHEMA_OLDER : DK_SCHEMA_NEWER;
    if (version != DK_SCHEMA_VERSION)
        return DK_OK;
    enum dk_status status = read_sensors(sql, has, &unknown, err);
    *state = unknown ? DK_SCHEMA_NEWER : DK_SCHEMA_CURRENT;
    for (int i = 0; !unknown && i < DK_SENSORS; i++)
        if (!has[i])
            *state = DK_SCHEMA_OLDER;
    return status;
}

enum dk_status dk_schema_state(struct dk_sql *sql, enum dk_schema_state *state, int *version,
                               struct dk_error *err)
{
    bool has = false;
    bool versioned = false;
    struct dk_query query;
    *state = DK_SCHEMA_EMPTY;
    *version = 0;
    enum dk_status status = sql->ops->has_table(sql, schema_info, &has, err);
    if (status != DK_OK)
        return status;
    if (!has) {
        status = has_namesake(sql, &has, err);
        *state = has ? DK_SCHEMA_FOREIGN : DK_SCHEMA_EMPTY;
        return status;
    }
    dk_query_begin(&query, sql, "SELECT version FROM schema_info WHERE schema_id = 1", err);
    if (dk_query_next(&query)) {
        versioned = true;
        *version = (int)dk_query_int(&query);
    }
    status = dk_query_end(&query);
    if (status != DK_OK || versioned)
        return status == DK_OK ? compare_version(sql, *version, state, err) : status;
    /* Without its row the schema was being made when it was cut off: what is there is ours, unless a
     * table of the old scripts cut it off. */
    const char *foreign = NULL;
    status = dk_schema_half_foreign(sql, &foreign, err);
    if (foreign)
        *state = DK_SCHEMA_FOREIGN;
    return status;
}

static enum dk_status execute(void *context, const char *text, struct dk_error *err)
{
    struct dk_sql *sql = context;
    return sql->ops->execute(sql, text, err);
}

enum dk_status dk_schema_create(struct dk_sql *sql, const struct dk_store_settings *settings,
                                struct dk_error *err)
{
    enum dk_status status = sql->ops->facts_prepare ? sql->ops->facts_prepare(sql, err) : DK_OK;
    return status == DK_OK ? dk_schema_each(sql->ops->dialect, settings, execute, sql, err)
                           : status;
}

/* Exports of before have other columns: they are out of date, and nothing of them may be taken over
 * into new ones. */
static enum dk_status forget_exports(struct dk_sql *sql, struct dk_error *err)
{
    enum dk_status status =
        sql->ops->execute(sql, "DELETE FROM publications WHERE kind = 'export'", err);
    if (status == DK_OK)
        status = sql->ops->execute(
            sql, "UPDATE schema_info SET generation = generation + 1 WHERE schema_id = 1", err);
    return status;
}

/* A column that a table did not have in an earlier version. */
struct new_column {
    const char *table, *column, *type;
};

static const struct new_column new_columns[] = {
    {"runs", "workspace_id", "CHAR(36) NULL"},
    {"drops", "workspace_id", "CHAR(36) NULL"},
    {"publications", "workspace_id", "CHAR(36) NULL"},
    {"cohorts", "burst_seconds", "INTEGER NULL"},
};

static enum dk_status has_column(struct dk_sql *sql, const struct new_column *column, bool *has,
                                 struct dk_error *err)
{
    static const char sqlite[] = "SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = ?";
    static const char mysql[] = "SELECT COUNT(*) FROM information_schema.columns WHERE "
                                "table_schema = DATABASE() AND table_name = ? AND column_name = ?";
    struct dk_query query;
    dk_query_begin(&query, sql, sql->ops->dialect == DK_DIALECT_MYSQL ? mysql : sqlite, err);
    dk_query_bind_text(&query, column->table);
    dk_query_bind_text(&query, column->column);
    *has = dk_query_next(&query) && dk_query_int(&query) > 0;
    return dk_query_end(&query);
}

/* A server commits each ALTER by itself: one that an interrupted migration made is there already. */
static enum dk_status add_column(struct dk_sql *sql, const struct new_column *column,
                                 struct dk_error *err)
{
    char text[160];
    bool has = false;
    enum dk_status status = has_column(sql, column, &has, err);
    if (status != DK_OK || has)
        return status;
    snprintf(text, sizeof(text), "ALTER TABLE %s ADD COLUMN %s %s", column->table, column->column,
             column->type);
    return sql->ops->execute(sql, text, err);
}

enum dk_status dk_schema_migrate(struct dk_sql *sql, const struct dk_store_settings *settings,
                                 struct dk_error *err)
{
    bool has[DK_SENSORS];
    bool unknown = false;
    enum dk_status status = read_sensors(sql, has, &unknown, err);
    for (int i = 0; status == DK_OK && i < DK_SENSORS; i++) {
        const struct new_column sensor = {"well_reading", dk_sensors[i].name, "DOUBLE NULL"};
        if (!has[i])
            status = add_column(sql, &sensor, err);
    }
    for (size_t i = 0; status == DK_OK && i < DK_COUNT_OF(new_columns); i++)
        status = add_column(sql, &new_columns[i], err);
    if (status == DK_OK)
        status = forget_exports(sql, err);
    return status == DK_OK ? dk_schema_create(sql, settings, err) : status;
}

/* A name beginning with "old_<name>" that is free. */
static enum dk_status free_name(struct dk_sql *sql, const char *name, char out[NAME_MAX_BYTES],
                                struct dk_error *err)
{
    bool has = true;
    enum dk_status status = DK_OK;
    for (int i = 1; status == DK_OK && has; i++) {
        if (i == 1)
            snprintf(out, NAME_MAX_BYTES, "old_%s", name);
        else
            snprintf(out, NAME_MAX_BYTES, "old_%s_%d", name, i);
        status = sql->ops->has_table(sql, out, &has, err);
    }
    return status;
}

enum dk_status dk_schema_adopt(struct dk_sql *sql, const struct dk_observer *observer,
                               struct dk_error *err)
{
    enum dk_status status = dk_schema_half_remove(sql, err);
    for (size_t i = 0; status == DK_OK && dk_schema_table(i); i++) {
        const char *name = dk_schema_table(i);
        char old[NAME_MAX_BYTES];
        char text[256];
        bool has = false;
        status = sql->ops->has_table(sql, name, &has, err);
        if (status != DK_OK || !has)
            continue;
        status = free_name(sql, name, old, err);
        if (status != DK_OK)
            break;
        /* The one form that renames a view, too, where the dialect can. */
        snprintf(text, sizeof(text),
                 sql->ops->dialect == DK_DIALECT_MYSQL ? "RENAME TABLE %s TO %s"
                                                       : "ALTER TABLE %s RENAME TO %s",
                 name, old);
        status = sql->ops->execute(sql, text, err);
        if (status == DK_OK)
            dk_observer_notice(observer, DK_LEVEL_NOTICE, "table '%s' is kept as '%s'", name, old);
    }
    return status;
}

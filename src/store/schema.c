#include "schema.h"

#include <stdio.h>
#include <string.h>

#include "rig/catalogue.h"
#include "schema_ddl.h"
#include "store/query.h"

#define NAME_MAX_BYTES 80
#define OLD_NAMES_MAX 100
#define RENAME_BYTES_MAX 1024u
#define DDL_BYTES_MAX (256u << 10)

/* The table that holds the version: made first, its row last. */
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
                                        "run_problems",
                                        "unloaded",
                                        "quarantine",
                                        "corrections",
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
    *has = false;
    for (size_t i = 0; !*has && dk_schema_table(i); i++)
        DK_RETURN_IF_ERROR(dk_sql_has_table(sql, dk_schema_table(i), has, err));
    return DK_OK;
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

/* Of a schema that has its version row. */
static enum dk_status compare_version(struct dk_sql *sql, int version, enum dk_schema_state *state,
                                      struct dk_error *err)
{
    bool has[DK_SENSORS];
    bool unknown = false;
    *state = version < DK_SCHEMA_VERSION ? DK_SCHEMA_OLDER : DK_SCHEMA_NEWER;
    if (version != DK_SCHEMA_VERSION)
        return DK_OK;
    DK_RETURN_IF_ERROR(read_sensors(sql, has, &unknown, err));
    *state = unknown ? DK_SCHEMA_NEWER : DK_SCHEMA_CURRENT;
    for (int i = 0; !unknown && i < DK_SENSORS; i++)
        if (!has[i])
            *state = DK_SCHEMA_OLDER;
    return DK_OK;
}

/* *versioned: whether the version row is there. */
static enum dk_status read_version(struct dk_sql *sql, bool *versioned, int *version,
                                   struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, sql, "SELECT version FROM schema_info WHERE schema_id = 1", err);
    *versioned = dk_query_next(&query);
    *version = *versioned ? (int)dk_query_int(&query) : 0;
    return dk_query_end(&query);
}

enum dk_status dk_schema_state(struct dk_sql *sql, enum dk_schema_state *state, int *version,
                               struct dk_error *err)
{
    const char *foreign = NULL;
    bool has = false;
    bool versioned = false;
    *state = DK_SCHEMA_EMPTY;
    *version = 0;
    DK_RETURN_IF_ERROR(dk_sql_has_table(sql, schema_info, &has, err));
    if (!has) {
        DK_RETURN_IF_ERROR(has_namesake(sql, &has, err));
        *state = has ? DK_SCHEMA_FOREIGN : DK_SCHEMA_EMPTY;
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(read_version(sql, &versioned, version, err));
    if (versioned)
        return compare_version(sql, *version, state, err);
    /* Without its row the schema was being made when that was interrupted: what is there is ours,
     * unless a table of the old scripts was in the way. */
    DK_RETURN_IF_ERROR(dk_schema_half_foreign(sql, &foreign, err));
    *state = foreign ? DK_SCHEMA_FOREIGN : DK_SCHEMA_EMPTY;
    return DK_OK;
}

static enum dk_status make_ddl(struct dk_buffer *text, const struct dk_dialect *dialect,
                               const char *fact_tail, struct dk_error *err)
{
    dk_buffer_init(text, DDL_BYTES_MAX);
    dk_schema_put_ddl(text, dialect, fact_tail);
    return dk_buffer_finish(text, err);
}

static enum dk_status run_ddl(struct dk_sql *sql, const struct dk_buffer *text,
                              struct dk_error *err)
{
    const char *end = text->data + text->size;
    for (const char *at = text->data; at < end; at += strlen(at) + 1)
        DK_RETURN_IF_ERROR(sql->ops->execute(sql, at, err));
    return DK_OK;
}

/* The tables and rows, without what the facts need outside this database. */
static enum dk_status create_here(struct dk_sql *sql, const char *fact_tail, struct dk_error *err)
{
    struct dk_buffer text;
    enum dk_status status = make_ddl(&text, sql->ops->dialect, fact_tail, err);
    if (status == DK_OK)
        status = run_ddl(sql, &text, err);
    dk_buffer_reset(&text);
    return status;
}

static enum dk_status prepare_facts(struct dk_sql *sql, struct dk_error *err)
{
    return sql->ops->facts_prepare ? sql->ops->facts_prepare(sql, err) : DK_OK;
}

enum dk_status dk_schema_create(struct dk_sql *sql, const char *fact_tail, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(prepare_facts(sql, err));
    return create_here(sql, fact_tail, err);
}

enum dk_status dk_schema_print(const struct dk_dialect *dialect, const char *fact_tail,
                               struct dk_sink *sink, struct dk_error *err)
{
    struct dk_buffer text;
    enum dk_status status = make_ddl(&text, dialect, fact_tail, err);
    for (size_t at = 0; status == DK_OK && at < text.size; at += strlen(text.data + at) + 1) {
        status = sink->write(sink, text.data + at, strlen(text.data + at), err);
        if (status == DK_OK)
            status = sink->write(sink, ";\n", 2, err);
    }
    dk_buffer_reset(&text);
    return status;
}

/* --- migration ------------------------------------------------------------------------------ */

/* Exports of before have other columns: they are out of date, and nothing of them may be taken over
 * into new ones. */
static enum dk_status forget_exports(struct dk_sql *sql, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(
        sql->ops->execute(sql, "DELETE FROM publications WHERE kind = 'export'", err));
    return sql->ops->execute(
        sql, "UPDATE schema_info SET generation = generation + 1 WHERE schema_id = 1", err);
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
    {"schema_info", "verified", "VARCHAR(63) NULL"},
    {"runs", "user_name", "VARCHAR(63) NULL"},
    {"runs", "host", "VARCHAR(64) NULL"},
    {"runs", "derrick_version", "VARCHAR(31) NULL"},
    {"runs", "reason", "VARCHAR(255) NULL"},
    {"runs", "source", "VARCHAR(511) NULL"},
    {"runs", "readings", "BIGINT NULL"},
    {"runs", "steps", "VARCHAR(255) NULL"},
    {"runs", "problem_total", "BIGINT NULL"},
    {"drops", "unloaded_by", "INTEGER NULL"},
    {"cohorts", "loaded_hash", "CHAR(64) NULL"},
    {"cohorts", "corrected_by", "INTEGER NULL"},
};

enum dk_status dk_schema_migrate(struct dk_sql *sql, const char *fact_tail, struct dk_error *err)
{
    /* First of all on the nodes, if there are any: a column of the head that a node lacks fails
     * every read. */
    DK_RETURN_IF_ERROR(prepare_facts(sql, err));
    for (int i = 0; i < DK_SENSORS; i++)
        DK_RETURN_IF_ERROR(
            dk_sql_add_column(sql, "well_reading", dk_sensors[i].name, "DOUBLE NULL", err));
    for (size_t i = 0; i < DK_COUNT_OF(new_columns); i++)
        DK_RETURN_IF_ERROR(dk_sql_add_column(sql, new_columns[i].table, new_columns[i].column,
                                             new_columns[i].type, err));
    DK_RETURN_IF_ERROR(forget_exports(sql, err));
    return create_here(sql, fact_tail, err);
}

/* --- adoption ------------------------------------------------------------------------------- */

/* A name beginning with "old_<name>" that is free. */
static enum dk_status free_name(struct dk_sql *sql, const char *name, char out[NAME_MAX_BYTES],
                                struct dk_error *err)
{
    bool has = true;
    for (int i = 1; has; i++) {
        if (i > OLD_NAMES_MAX)
            return dk_error_set(err, DK_ERR_STORE,
                                "table '%s' can't be renamed: the database says that it has each "
                                "of old_%s to old_%s_%d already",
                                name, name, name, OLD_NAMES_MAX);
        if (i == 1)
            snprintf(out, NAME_MAX_BYTES, "old_%s", name);
        else
            snprintf(out, NAME_MAX_BYTES, "old_%s_%d", name, i);
        DK_RETURN_IF_ERROR(dk_sql_has_table(sql, out, &has, err));
    }
    return DK_OK;
}

static enum dk_status rename_table(struct dk_sql *sql, const char *name, const char *old,
                                   struct dk_error *err)
{
    const struct dk_word words[] = {{"old", name}, {"new", old}, {NULL, NULL}};
    struct dk_buffer text;
    dk_buffer_init(&text, RENAME_BYTES_MAX);
    dk_dialect_put(sql->ops->dialect, &text, sql->ops->dialect->rename, words);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = sql->ops->execute(sql, text.data, err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_schema_adopt(struct dk_sql *sql, const struct dk_observer *observer,
                               struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_schema_half_remove(sql, err));
    for (size_t i = 0; dk_schema_table(i); i++) {
        const char *name = dk_schema_table(i);
        char old[NAME_MAX_BYTES];
        bool has = false;
        DK_RETURN_IF_ERROR(dk_sql_has_table(sql, name, &has, err));
        if (!has)
            continue;
        DK_RETURN_IF_ERROR(free_name(sql, name, old, err));
        DK_RETURN_IF_ERROR(rename_table(sql, name, old, err));
        dk_observer_notice(observer, DK_LEVEL_NOTICE, "renamed table '%s' to '%s'", name, old);
    }
    return DK_OK;
}

/*
 * The DDL: every statement that makes the schema, once for both dialects.
 *
 * What is named after a sensor or a condition is made from the catalogue. The fixed tables are
 * templates in which {auto}, {time} and {end} stand for what the dialects say differently. The
 * only values in the texts are the catalogue's own constants.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "rig/catalogue.h"
#include "store/sql.h"

#define DDL_BYTES_MAX (256u << 10)

/* data_id reads, from the left: well_id, four digits of cohort, eight of reading (a cohort of 36600
 * days has 52,704,000 minutes), two of the sensor's position. */
#define DATA_ID_COHORTS "10000"
#define DATA_ID_READINGS "100000000"
#define DATA_ID_SENSORS "100"
_Static_assert(DK_COHORT_MAX < 10000, "four digits hold a cohort");
_Static_assert(DK_SENSORS < 100, "two digits hold a sensor's position");

struct ddl {
    enum dk_dialect dialect;
    enum dk_status (*statement)(void *context, const char *text, struct dk_error *err);
    void *context;
    struct dk_error *err;
    struct dk_buffer text;
    enum dk_status status; /* the first failure; nothing is done after it */
};

static const char schema_info[] = "CREATE TABLE IF NOT EXISTS schema_info (\n"
                                  "    schema_id INTEGER NOT NULL PRIMARY KEY,\n"
                                  "    version INTEGER NOT NULL,\n"
                                  "    generation BIGINT NOT NULL\n"
                                  "){end}";

static const char sensors[] = "CREATE TABLE IF NOT EXISTS sensors (\n"
                              "    sensor_name VARCHAR(16) NOT NULL PRIMARY KEY,\n"
                              "    physical_quantity VARCHAR(64) NOT NULL,\n"
                              "    unit VARCHAR(16) NOT NULL,\n"
                              "    sampling_rate_hz INTEGER NOT NULL\n"
                              "){end}";

static const char wells[] = "CREATE TABLE IF NOT EXISTS wells (\n"
                            "    well_id INTEGER NOT NULL{auto} PRIMARY KEY,\n"
                            "    site VARCHAR(47) NOT NULL,\n"
                            "    well_number INTEGER NOT NULL,\n"
                            "    rig_name VARCHAR(63) NOT NULL,\n"
                            "    UNIQUE (site, well_number)\n"
                            "){end}";

static const char profile_sets[] = "CREATE TABLE IF NOT EXISTS profile_sets (\n"
                                   "    profile_set INTEGER NOT NULL PRIMARY KEY,\n"
                                   "    hash CHAR(64) NOT NULL UNIQUE,\n"
                                   "    first_profile INTEGER NOT NULL,\n"
                                   "    profile_rows INTEGER NOT NULL\n"
                                   "){end}";

static const char workspaces[] = "CREATE TABLE IF NOT EXISTS workspaces (\n"
                                 "    workspace_id CHAR(36) NOT NULL PRIMARY KEY,\n"
                                 "    host VARCHAR(255) NOT NULL,\n"
                                 "    path VARCHAR(1023) NOT NULL,\n"
                                 "    inode BIGINT NOT NULL,\n"
                                 "    first_seen {time} NOT NULL,\n"
                                 "    last_seen {time} NOT NULL\n"
                                 "){end}";

static const char runs[] = "CREATE TABLE IF NOT EXISTS runs (\n"
                           "    run_id INTEGER NOT NULL{auto} PRIMARY KEY,\n"
                           "    command VARCHAR(15) NOT NULL,\n"
                           "    started {time} NOT NULL,\n"
                           "    ended {time} NULL,\n"
                           "    state VARCHAR(11) NOT NULL,\n"
                           "    exit_code INTEGER NULL,\n"
                           "    message VARCHAR(255) NULL,\n"
                           "    workspace_id CHAR(36) NULL\n"
                           "){end}";

static const char drops[] = "CREATE TABLE IF NOT EXISTS drops (\n"
                            "    drop_id INTEGER NOT NULL{auto} PRIMARY KEY,\n"
                            "    run_id INTEGER NULL,\n"
                            "    content_hash CHAR(64) NOT NULL,\n"
                            "    settings VARCHAR(319) NOT NULL,\n"
                            "    source VARCHAR(511) NOT NULL,\n"
                            "    loaded_at {time} NOT NULL,\n"
                            "    archive_folder VARCHAR(255) NULL,\n"
                            "    archived_at {time} NULL,\n"
                            "    quarantined BIGINT NOT NULL,\n"
                            "    duplicate_of INTEGER NULL,\n"
                            "    replaced_by INTEGER NULL,\n"
                            "    workspace_id CHAR(36) NULL,\n"
                            "    FOREIGN KEY (run_id) REFERENCES runs (run_id),\n"
                            "    FOREIGN KEY (duplicate_of) REFERENCES drops (drop_id),\n"
                            "    FOREIGN KEY (replaced_by) REFERENCES drops (drop_id)\n"
                            "){end}";

static const char files[] = "CREATE TABLE IF NOT EXISTS files (\n"
                            "    drop_id INTEGER NOT NULL,\n"
                            "    file INTEGER NOT NULL,\n"
                            "    name VARCHAR(255) NOT NULL,\n"
                            "    path VARCHAR(511) NOT NULL,\n"
                            "    size_bytes BIGINT NOT NULL,\n"
                            "    device BIGINT NOT NULL,\n"
                            "    inode BIGINT NOT NULL,\n"
                            "    mtime_ns BIGINT NOT NULL,\n"
                            "    ctime_ns BIGINT NOT NULL,\n"
                            "    hash CHAR(64) NOT NULL,\n"
                            "    stored_name VARCHAR(299) NULL,\n"
                            "    stored_hash CHAR(64) NULL,\n"
                            "    PRIMARY KEY (drop_id, file),\n"
                            "    FOREIGN KEY (drop_id) REFERENCES drops (drop_id)\n"
                            "){end}";

static const char cohorts[] =
    "CREATE TABLE IF NOT EXISTS cohorts (\n"
    "    well_id INTEGER NOT NULL,\n"
    "    cohort INTEGER NOT NULL,\n"
    "    drop_id INTEGER NOT NULL,\n"
    "    profile_set INTEGER NOT NULL,\n"
    "    start_time {time} NOT NULL,\n"
    "    interval_minutes INTEGER NOT NULL,\n"
    "    readings INTEGER NOT NULL,\n"
    "    hash CHAR(64) NOT NULL,\n"
    "    burst_seconds INTEGER NULL,\n"
    "    PRIMARY KEY (well_id, cohort),\n"
    "    FOREIGN KEY (well_id) REFERENCES wells (well_id),\n"
    "    FOREIGN KEY (drop_id) REFERENCES drops (drop_id),\n"
    "    FOREIGN KEY (profile_set) REFERENCES profile_sets (profile_set)\n"
    "){end}";

/* What the load counted of one sensor in one cohort; value_sum is the exact decimal sum. */
static const char sensor_quality[] =
    "CREATE TABLE IF NOT EXISTS sensor_quality (\n"
    "    well_id INTEGER NOT NULL,\n"
    "    cohort INTEGER NOT NULL,\n"
    "    sensor_name VARCHAR(16) NOT NULL,\n"
    "    value_count BIGINT NOT NULL,\n"
    "    missing_count BIGINT NOT NULL,\n"
    "    quarantined_count BIGINT NOT NULL,\n"
    "    outside_count BIGINT NOT NULL,\n"
    "    longest_constant INTEGER NOT NULL,\n"
    "    value_sum VARCHAR(63) NOT NULL,\n"
    "    minimum DOUBLE NULL,\n"
    "    median DOUBLE NULL,\n"
    "    maximum DOUBLE NULL,\n"
    "    PRIMARY KEY (well_id, cohort, sensor_name),\n"
    "    FOREIGN KEY (well_id) REFERENCES wells (well_id),\n"
    "    FOREIGN KEY (sensor_name) REFERENCES sensors (sensor_name)\n"
    "){end}";

/* A target is longer than a key may be, so that its hash, with the kind's, is the key. */
static const char publications[] = "CREATE TABLE IF NOT EXISTS publications (\n"
                                   "    publication_id INTEGER NOT NULL{auto} PRIMARY KEY,\n"
                                   "    run_id INTEGER NULL,\n"
                                   "    kind VARCHAR(7) NOT NULL,\n"
                                   "    target VARCHAR(1399) NOT NULL,\n"
                                   "    target_hash CHAR(64) NOT NULL UNIQUE,\n"
                                   "    layout VARCHAR(15) NOT NULL,\n"
                                   "    generation BIGINT NOT NULL,\n"
                                   "    row_total BIGINT NOT NULL,\n"
                                   "    size_bytes BIGINT NOT NULL,\n"
                                   "    hash VARCHAR(64) NOT NULL,\n"
                                   "    etag VARCHAR(159) NOT NULL,\n"
                                   "    done_at {time} NOT NULL,\n"
                                   "    workspace_id CHAR(36) NULL,\n"
                                   "    FOREIGN KEY (run_id) REFERENCES runs (run_id)\n"
                                   "){end}";

static void put(struct ddl *ddl, const char *fmt, ...) DK_PRINTF(2, 3);

static void put(struct ddl *ddl, const char *fmt, ...)
{
    char piece[512];
    va_list args;
    va_start(args, fmt);
    int size = vsnprintf(piece, sizeof(piece), fmt, args);
    va_end(args);
    if (ddl->status == DK_OK && (size < 0 || (size_t)size >= sizeof(piece)))
        ddl->status = dk_error_set(ddl->err, DK_ERR_FAILED, "a piece of DDL is too long");
    if (ddl->status == DK_OK)
        ddl->status = dk_buffer_append(&ddl->text, piece, (size_t)size, ddl->err);
}

/* The same for text of any size that is not a format. */
static void put_text(struct ddl *ddl, const char *text, size_t size)
{
    if (ddl->status == DK_OK)
        ddl->status = dk_buffer_append(&ddl->text, text, size, ddl->err);
}

/* A constant as an SQL string. */
static void put_quoted(struct ddl *ddl, const char *text)
{
    put(ddl, "'");
    for (const char *at = text; *at; at++)
        put(ddl, *at == '\'' ? "''" : "%c", *at);
    put(ddl, "'");
}

static const char *time_type(const struct ddl *ddl)
{
    return ddl->dialect == DK_DIALECT_MYSQL ? "DATETIME" : "TEXT";
}

/* Names are compared byte by byte in SQLite; utf8mb4_bin does the same on a server. */
static const char *table_end(const struct ddl *ddl)
{
    return ddl->dialect == DK_DIALECT_MYSQL
               ? " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
               : "";
}

/* Hands the text on, and starts the next. */
static void end(struct ddl *ddl)
{
    if (ddl->status == DK_OK)
        ddl->status = dk_buffer_terminate(&ddl->text, ddl->err);
    if (ddl->status == DK_OK)
        ddl->status = ddl->statement(ddl->context, ddl->text.data, ddl->err);
    ddl->text.size = 0;
}

/* A fixed table: its template with the dialect's words. */
static void table(struct ddl *ddl, const char *template)
{
    const char *at = template;
    for (const char *brace = strchr(at, '{'); brace; brace = strchr(at, '{')) {
        put_text(ddl, at, (size_t)(brace - at));
        if (strncmp(brace, "{auto}", 6) == 0)
            put(ddl, "%s", ddl->dialect == DK_DIALECT_MYSQL ? " AUTO_INCREMENT" : "");
        else if (strncmp(brace, "{time}", 6) == 0)
            put(ddl, "%s", time_type(ddl));
        else
            put(ddl, "%s", table_end(ddl));
        at = strchr(brace, '}') + 1;
    }
    put_text(ddl, at, strlen(at));
    end(ddl);
}

static void condition_table(struct ddl *ddl, const struct dk_condition *condition)
{
    put(ddl, "CREATE TABLE IF NOT EXISTS %s (\n", condition->name);
    put(ddl, "    %s INTEGER NOT NULL PRIMARY KEY,\n", condition->key_column);
    if (condition->fraction_column)
        put(ddl, "    %s DOUBLE NOT NULL,\n", condition->fraction_column);
    put(ddl, "    %s VARCHAR(63) NOT NULL\n)%s", condition->description_column, table_end(ddl));
    end(ddl);
}

static void well_profile_table(struct ddl *ddl)
{
    put(ddl, "CREATE TABLE IF NOT EXISTS well_profile (\n"
             "    profile_id INTEGER NOT NULL PRIMARY KEY,\n"
             "    profile_set INTEGER NOT NULL,\n"
             "    profile_row INTEGER NOT NULL,\n");
    for (int i = 0; i < DK_CONDITIONS; i++)
        put(ddl, "    %s INTEGER NOT NULL,\n", dk_conditions[i].name);
    put(ddl, "    UNIQUE (profile_set, profile_row),\n"
             "    FOREIGN KEY (profile_set) REFERENCES profile_sets (profile_set)");
    for (int i = 0; i < DK_CONDITIONS; i++)
        put(ddl, ",\n    FOREIGN KEY (%s) REFERENCES %s (%s)", dk_conditions[i].name,
            dk_conditions[i].name, dk_conditions[i].key_column);
    put(ddl, "\n)%s", table_end(ddl));
    end(ddl);
}

/* The fact's columns and keys, without foreign keys and without the closing parenthesis. */
static void fact_columns(struct ddl *ddl, const char *name)
{
    put(ddl, "CREATE TABLE IF NOT EXISTS %s (\n", name);
    put(ddl, "    well_id INTEGER NOT NULL,\n"
             "    cohort INTEGER NOT NULL,\n"
             "    reading INTEGER NOT NULL,\n");
    put(ddl, "    date_time %s NOT NULL,\n", time_type(ddl));
    put(ddl, "    cumulative_minutes INTEGER NOT NULL,\n"
             "    well_profile INTEGER NOT NULL,\n");
    for (int i = 0; i < DK_SENSORS; i++)
        put(ddl, "    %s DOUBLE NULL,\n", dk_sensors[i].name);
    put(ddl, "    PRIMARY KEY (well_id, cohort, reading)");
    if (ddl->dialect == DK_DIALECT_MYSQL)
        put(ddl, ",\n    KEY well_reading_date_time (date_time)");
}

/* The fact: in SQLite the rows lie in the primary key's own tree; InnoDB does so by itself. Foreign
 * keys can't leave a server, so a fact that is spread over several has none. */
static void well_reading_table(struct ddl *ddl, const struct dk_store_settings *settings)
{
    bool mysql = ddl->dialect == DK_DIALECT_MYSQL;
    fact_columns(ddl, "well_reading");
    if (mysql && settings->shards) {
        put(ddl, "\n)");
        if (ddl->status == DK_OK)
            ddl->status = dk_mysql_spread_tail(settings, &ddl->text, ddl->err);
        end(ddl);
        return;
    }
    put(ddl, ",\n    FOREIGN KEY (well_id) REFERENCES wells (well_id),\n"
             "    FOREIGN KEY (well_profile) REFERENCES well_profile (profile_id)\n"
             ")");
    put(ddl, "%s", mysql ? table_end(ddl) : " WITHOUT ROWID");
    end(ddl);
    if (mysql)
        return;
    /* The well first: by date_time alone the rows of each new well would go between those of all
     * others, a page an hour. SQLite skips from well to well where only a date_time is asked for.
     * https://www.sqlite.org/optoverview.html#the_skip_scan_optimization */
    put(ddl, "CREATE INDEX IF NOT EXISTS well_reading_date_time ON well_reading (well_id, "
             "date_time)");
    end(ddl);
}

enum dk_status dk_schema_fact_text(const char *name, struct dk_buffer *text, struct dk_error *err)
{
    struct ddl ddl = {.dialect = DK_DIALECT_MYSQL, .err = err, .text = *text};
    fact_columns(&ddl, name);
    put(&ddl, "\n)");
    *text = ddl.text; /* it may have moved */
    return ddl.status;
}

enum dk_status dk_schema_fact_columns(struct dk_buffer *text, struct dk_error *err)
{
    enum dk_status status = dk_buffer_printf(
        text, err, "well_id, cohort, reading, date_time, cumulative_minutes, well_profile");
    for (int i = 0; status == DK_OK && i < DK_SENSORS; i++)
        status = dk_buffer_printf(text, err, ", %s", dk_sensors[i].name);
    return status;
}

static void begin_view(struct ddl *ddl, const char *name)
{
    if (ddl->dialect == DK_DIALECT_MYSQL) {
        put(ddl, "CREATE OR REPLACE SQL SECURITY INVOKER VIEW %s AS\n", name);
        return;
    }
    put(ddl, "DROP VIEW IF EXISTS %s", name);
    end(ddl);
    put(ddl, "CREATE VIEW %s AS\n", name);
}

/* One row a sensor value. The fact is read once and met with the sensors, so that a condition on
 * the sensor, the cohort or the time reaches the tables' own keys. */
static void sensor_data_view(struct ddl *ddl)
{
    begin_view(ddl, "sensor_data");
    put(ddl, "SELECT ((r.well_id * " DATA_ID_COHORTS " + r.cohort) * " DATA_ID_READINGS
             " + r.reading) * " DATA_ID_SENSORS "\n       + CASE s.sensor_name");
    for (int i = 0; i < DK_SENSORS; i++)
        put(ddl, " WHEN '%s' THEN %d", dk_sensors[i].name, i);
    put(ddl, " END AS data_id,\n"
             "       w.well_number, s.sensor_name, r.date_time, r.cumulative_minutes, r.cohort,\n"
             "       CASE s.sensor_name");
    for (int i = 0; i < DK_SENSORS; i++)
        put(ddl, " WHEN '%s' THEN r.%s", dk_sensors[i].name, dk_sensors[i].name);
    put(ddl, " END AS sensor_value,\n"
             "       r.well_profile, r.well_profile AS target_condition\n"
             "FROM well_reading r JOIN wells w ON w.well_id = r.well_id CROSS JOIN sensors s");
    end(ddl);
}

static void target_condition_view(struct ddl *ddl)
{
    begin_view(ddl, "target_condition");
    put(ddl, "SELECT profile_id AS condition_id");
    for (int i = 0; i < DK_CONDITIONS; i++)
        put(ddl, ", %s", dk_conditions[i].name);
    put(ddl, "\nFROM well_profile");
    end(ddl);
}

/* The historical export's columns, in its order. */
static void oil_well_data_view(struct ddl *ddl)
{
    begin_view(ddl, "oil_well_data");
    put(ddl, "SELECT w.rig_name, r.cohort, r.date_time, r.cumulative_minutes");
    for (int i = 0; i < DK_CONDITIONS; i++) {
        const struct dk_condition *row = &dk_conditions[i];
        put(ddl, ",\n       c%d.%s AS %s, c%d.%s", i,
            row->fraction_column ? row->fraction_column : row->key_column, row->export_column, i,
            row->description_column);
    }
    for (int i = 0; i < DK_SENSORS; i++)
        put(ddl, ",\n       r.%s AS %s", dk_sensors[i].name, dk_sensors[i].column);
    put(ddl, "\nFROM well_reading r\n     JOIN wells w ON w.well_id = r.well_id\n"
             "     JOIN well_profile p ON p.profile_id = r.well_profile");
    for (int i = 0; i < DK_CONDITIONS; i++)
        put(ddl, "\n     JOIN %s c%d ON c%d.%s = p.%s", dk_conditions[i].name, i, i,
            dk_conditions[i].key_column, dk_conditions[i].name);
    end(ddl);
}

/* After an INSERT of a whole row: a row that is there takes the new values. */
static void put_upsert(struct ddl *ddl, const char *key, const char *const *columns, size_t count)
{
    bool mysql = ddl->dialect == DK_DIALECT_MYSQL;
    if (mysql)
        put(ddl, " ON DUPLICATE KEY UPDATE ");
    else
        put(ddl, " ON CONFLICT (%s) DO UPDATE SET ", key);
    for (size_t i = 0; i < count; i++)
        put(ddl, mysql ? "%s%s = VALUES(%s)" : "%s%s = excluded.%s", i > 0 ? ", " : "", columns[i],
            columns[i]);
}

static void sensor_rows(struct ddl *ddl)
{
    static const char *const columns[] = {"physical_quantity", "unit", "sampling_rate_hz"};
    put(ddl, "INSERT INTO sensors (sensor_name, physical_quantity, unit, sampling_rate_hz) VALUES");
    for (int i = 0; i < DK_SENSORS; i++) {
        put(ddl, "%s\n    ('%s', ", i > 0 ? "," : "", dk_sensors[i].name);
        put_quoted(ddl, dk_sensors[i].quantity);
        put(ddl, ", ");
        put_quoted(ddl, dk_sensors[i].unit);
        put(ddl, ", %d)", dk_sensors[i].rate_hz);
    }
    put_upsert(ddl, "sensor_name", columns, 3);
    end(ddl);
}

static void condition_rows(struct ddl *ddl, const struct dk_condition *condition)
{
    const char *columns[2] = {condition->description_column, condition->fraction_column};
    size_t count = condition->fraction_column ? 2 : 1;
    put(ddl, "INSERT INTO %s (%s, %s", condition->name, condition->key_column, columns[0]);
    put(ddl, count > 1 ? ", %s) VALUES" : ") VALUES", columns[1]);
    for (size_t i = 0; i < condition->code_count; i++) {
        const struct dk_condition_code *code = &condition->codes[i];
        put(ddl, "%s\n    (%d, ", i > 0 ? "," : "", code->code);
        put_quoted(ddl, code->description);
        put(ddl, count > 1 ? ", %s)" : ")", code->fraction);
    }
    put_upsert(ddl, condition->key_column, columns, count);
    end(ddl);
}

/* Last of all, so that a schema half made is known by its absence. */
static void version_row(struct ddl *ddl)
{
    static const char *const columns[] = {"version"};
    put(ddl, "INSERT INTO schema_info (schema_id, version, generation) VALUES (1, %d, 0)",
        DK_SCHEMA_VERSION);
    put_upsert(ddl, "schema_id", columns, 1);
    end(ddl);
}

enum dk_status dk_schema_each(enum dk_dialect dialect, const struct dk_store_settings *settings,
                              enum dk_status (*statement)(void *context, const char *text,
                                                          struct dk_error *err),
                              void *context, struct dk_error *err)
{
    struct ddl ddl = {.dialect = dialect, .statement = statement, .context = context, .err = err};
    dk_buffer_init(&ddl.text, DDL_BYTES_MAX);
    if (dialect == DK_DIALECT_SQLITE) {
        put(&ddl, "PRAGMA application_id = %d", DK_SCHEMA_APPLICATION_ID);
        end(&ddl);
    }
    table(&ddl, schema_info);
    table(&ddl, sensors);
    for (int i = 0; i < DK_CONDITIONS; i++)
        condition_table(&ddl, &dk_conditions[i]);
    table(&ddl, wells);
    table(&ddl, profile_sets);
    well_profile_table(&ddl);
    well_reading_table(&ddl, settings);
    table(&ddl, workspaces);
    table(&ddl, runs);
    table(&ddl, drops);
    table(&ddl, files);
    table(&ddl, cohorts);
    table(&ddl, sensor_quality);
    table(&ddl, publications);
    sensor_data_view(&ddl);
    target_condition_view(&ddl);
    oil_well_data_view(&ddl);
    sensor_rows(&ddl);
    for (int i = 0; i < DK_CONDITIONS; i++)
        condition_rows(&ddl, &dk_conditions[i]);
    version_row(&ddl);
    dk_buffer_reset(&ddl.text);
    return ddl.status;
}

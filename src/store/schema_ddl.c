/*
 * The DDL as text: every statement that makes the schema, once for all dialects.
 *
 * What is named after a sensor or a condition is made from the catalogue. The fixed tables are
 * templates of the dialect. The only values in the texts are the catalogue's own constants.
 */
#include "schema_ddl.h"

#include "rig/catalogue.h"
#include "schema.h"
#include "store/fact.h"

/* data_id reads, from the left: well_id, four digits of cohort, eight of reading (a cohort of 36600
 * days has 52,704,000 minutes), two of the sensor's position. */
#define DATA_ID_COHORTS "10000"
#define DATA_ID_READINGS "100000000"
#define DATA_ID_SENSORS "100"
_Static_assert(DK_COHORT_MAX < 10000, "four digits hold a cohort");
_Static_assert(DK_SENSORS < 100, "two digits hold a sensor's position");

struct ddl {
    const struct dk_dialect *dialect;
    struct dk_buffer *text;
};

static const char schema_info[] = "CREATE TABLE IF NOT EXISTS schema_info (\n"
                                  "    schema_id INTEGER NOT NULL PRIMARY KEY,\n"
                                  "    version INTEGER NOT NULL,\n"
                                  "    generation BIGINT NOT NULL,\n"
                                  "    verified VARCHAR(63) NULL\n"
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
                           "    workspace_id CHAR(36) NULL,\n"
                           "    user_name VARCHAR(63) NULL,\n"
                           "    host VARCHAR(64) NULL,\n"
                           "    derrick_version VARCHAR(31) NULL,\n"
                           "    reason VARCHAR(255) NULL,\n"
                           "    source VARCHAR(511) NULL,\n"
                           "    readings BIGINT NULL,\n"
                           "    steps VARCHAR(255) NULL,\n"
                           "    problem_total BIGINT NULL\n"
                           "){end}";

/* The first problems that a run found in its drop. */
static const char run_problems[] = "CREATE TABLE IF NOT EXISTS run_problems (\n"
                                   "    run_id INTEGER NOT NULL,\n"
                                   "    problem INTEGER NOT NULL,\n"
                                   "    file VARCHAR(255) NOT NULL,\n"
                                   "    line BIGINT NOT NULL,\n"
                                   "    file_column BIGINT NOT NULL,\n"
                                   "    message VARCHAR(255) NOT NULL,\n"
                                   "    PRIMARY KEY (run_id, problem),\n"
                                   "    FOREIGN KEY (run_id) REFERENCES runs (run_id)\n"
                                   "){end}";

/* What each `unload` removed; noted_at: when its archive folder got a note of it, NULL until
 * then. */
static const char unloaded[] = "CREATE TABLE IF NOT EXISTS unloaded (\n"
                               "    run_id INTEGER NOT NULL,\n"
                               "    well_id INTEGER NOT NULL,\n"
                               "    cohort INTEGER NOT NULL,\n"
                               "    drop_id INTEGER NOT NULL,\n"
                               "    readings INTEGER NOT NULL,\n"
                               "    hash CHAR(64) NOT NULL,\n"
                               "    noted_at {time} NULL,\n"
                               "    PRIMARY KEY (drop_id, well_id, cohort),\n"
                               "    FOREIGN KEY (run_id) REFERENCES runs (run_id),\n"
                               "    FOREIGN KEY (well_id) REFERENCES wells (well_id),\n"
                               "    FOREIGN KEY (drop_id) REFERENCES drops (drop_id)\n"
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
                            "    unloaded_by INTEGER NULL,\n"
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
    "    loaded_hash CHAR(64) NULL,\n"
    "    corrected_by INTEGER NULL,\n"
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

/* Bad cells that a load took as missing; value: what somebody gave a cell since, NULL while it is
 * open. */
static const char quarantine[] = "CREATE TABLE IF NOT EXISTS quarantine (\n"
                                 "    drop_id INTEGER NOT NULL,\n"
                                 "    file INTEGER NOT NULL,\n"
                                 "    line BIGINT NOT NULL,\n"
                                 "    file_column BIGINT NOT NULL,\n"
                                 "    well_id INTEGER NOT NULL,\n"
                                 "    cohort INTEGER NOT NULL,\n"
                                 "    reading INTEGER NOT NULL,\n"
                                 "    sample BIGINT NOT NULL,\n"
                                 "    samples BIGINT NOT NULL,\n"
                                 "    cell_text VARCHAR(31) NOT NULL,\n"
                                 "    reason VARCHAR(383) NOT NULL,\n"
                                 "    value VARCHAR(31) NULL,\n"
                                 "    PRIMARY KEY (drop_id, file, line, file_column),\n"
                                 "    FOREIGN KEY (drop_id) REFERENCES drops (drop_id),\n"
                                 "    FOREIGN KEY (well_id) REFERENCES wells (well_id)\n"
                                 "){end}";

/* Each value that somebody gave a cell, and the value of its reading before and after; kept_at:
 * when the archive folder of the drop got it, NULL until then. */
static const char corrections[] = "CREATE TABLE IF NOT EXISTS corrections (\n"
                                  "    run_id INTEGER NOT NULL,\n"
                                  "    drop_id INTEGER NOT NULL,\n"
                                  "    file INTEGER NOT NULL,\n"
                                  "    line BIGINT NOT NULL,\n"
                                  "    file_column BIGINT NOT NULL,\n"
                                  "    value VARCHAR(31) NOT NULL,\n"
                                  "    old_value VARCHAR(31) NULL,\n"
                                  "    new_value VARCHAR(31) NULL,\n"
                                  "    kept_at {time} NULL,\n"
                                  "    PRIMARY KEY (run_id, drop_id, file, line, file_column),\n"
                                  "    FOREIGN KEY (run_id) REFERENCES runs (run_id),\n"
                                  "    FOREIGN KEY (drop_id) REFERENCES drops (drop_id)\n"
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

/* Ends a statement. */
static void end(const struct ddl *ddl)
{
    dk_buffer_put_bytes(ddl->text, "", 1);
}

/* A template with one word of its own, or none. */
static void expand(const struct ddl *ddl, const char *template, const char *name, const char *value)
{
    const struct dk_word words[] = {{name, value}, {NULL, NULL}};
    dk_dialect_put(ddl->dialect, ddl->text, template, words);
}

static void table(const struct ddl *ddl, const char *template)
{
    expand(ddl, template, NULL, NULL);
    end(ddl);
}

/* A constant as an SQL string. */
static void quoted(const struct ddl *ddl, const char *text)
{
    dk_buffer_put(ddl->text, "'");
    for (const char *at = text; *at; at++)
        dk_buffer_put_bytes(ddl->text, *at == '\'' ? "''" : at, *at == '\'' ? 2 : 1);
    dk_buffer_put(ddl->text, "'");
}

static void condition_table(const struct ddl *ddl, const struct dk_condition *condition)
{
    dk_buffer_putf(ddl->text, "CREATE TABLE IF NOT EXISTS %s (\n", condition->name);
    dk_buffer_putf(ddl->text, "    %s INTEGER NOT NULL PRIMARY KEY,\n", condition->key_column);
    if (condition->fraction_column)
        dk_buffer_putf(ddl->text, "    %s DOUBLE NOT NULL,\n", condition->fraction_column);
    dk_buffer_putf(ddl->text, "    %s VARCHAR(63) NOT NULL\n)%s", condition->description_column,
                   ddl->dialect->table_end);
    end(ddl);
}

static void well_profile_table(const struct ddl *ddl)
{
    dk_buffer_put(ddl->text, "CREATE TABLE IF NOT EXISTS well_profile (\n"
                             "    profile_id INTEGER NOT NULL PRIMARY KEY,\n"
                             "    profile_set INTEGER NOT NULL,\n"
                             "    profile_row INTEGER NOT NULL,\n");
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_buffer_putf(ddl->text, "    %s INTEGER NOT NULL,\n", dk_conditions[i].name);
    dk_buffer_put(ddl->text, "    UNIQUE (profile_set, profile_row),\n"
                             "    FOREIGN KEY (profile_set) REFERENCES profile_sets (profile_set)");
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_buffer_putf(ddl->text, ",\n    FOREIGN KEY (%s) REFERENCES %s (%s)",
                       dk_conditions[i].name, dk_conditions[i].name, dk_conditions[i].key_column);
    dk_buffer_putf(ddl->text, "\n)%s", ddl->dialect->table_end);
    end(ddl);
}

/* Foreign keys can't leave a server, so a fact that is spread over several can't have any. */
static void well_reading_table(const struct ddl *ddl, const char *fact_tail)
{
    dk_fact_put_table(ddl->text, ddl->dialect, "well_reading");
    if (fact_tail) {
        dk_buffer_putf(ddl->text, "\n)%s", fact_tail);
        end(ddl);
        return;
    }
    dk_buffer_putf(ddl->text,
                   ",\n    FOREIGN KEY (well_id) REFERENCES wells (well_id),\n"
                   "    FOREIGN KEY (well_profile) REFERENCES well_profile (profile_id)\n"
                   ")%s",
                   ddl->dialect->fact_end);
    end(ddl);
    if (ddl->dialect->fact_index)
        table(ddl, ddl->dialect->fact_index);
}

static void begin_view(const struct ddl *ddl, const char *name)
{
    if (ddl->dialect->drop_view) {
        expand(ddl, ddl->dialect->drop_view, "view", name);
        end(ddl);
    }
    expand(ddl, ddl->dialect->create_view, "view", name);
}

/* One row per sensor value. The fact is read once and joined with the sensors, so that a condition
 * on the sensor, the cohort or the time reaches the tables' own keys. */
static void sensor_data_view(const struct ddl *ddl)
{
    begin_view(ddl, "sensor_data");
    dk_buffer_put(ddl->text,
                  "SELECT ((r.well_id * " DATA_ID_COHORTS " + r.cohort) * " DATA_ID_READINGS
                  " + r.reading) * " DATA_ID_SENSORS "\n       + CASE s.sensor_name");
    for (int i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(ddl->text, " WHEN '%s' THEN %d", dk_sensors[i].name, i);
    dk_buffer_put(
        ddl->text,
        " END AS data_id,\n"
        "       w.well_number, s.sensor_name, r.date_time, r.cumulative_minutes, r.cohort,\n"
        "       CASE s.sensor_name");
    for (int i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(ddl->text, " WHEN '%s' THEN r.%s", dk_sensors[i].name, dk_sensors[i].name);
    dk_buffer_put(ddl->text,
                  " END AS sensor_value,\n"
                  "       r.well_profile, r.well_profile AS target_condition\n"
                  "FROM well_reading r JOIN wells w ON w.well_id = r.well_id CROSS JOIN sensors s");
    end(ddl);
}

static void target_condition_view(const struct ddl *ddl)
{
    begin_view(ddl, "target_condition");
    dk_buffer_put(ddl->text, "SELECT profile_id AS condition_id");
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_buffer_putf(ddl->text, ", %s", dk_conditions[i].name);
    dk_buffer_put(ddl->text, "\nFROM well_profile");
    end(ddl);
}

/* The historical export's columns, in its order. */
static void oil_well_data_view(const struct ddl *ddl)
{
    begin_view(ddl, "oil_well_data");
    dk_buffer_put(ddl->text, "SELECT w.rig_name, r.cohort, r.date_time, r.cumulative_minutes");
    for (int i = 0; i < DK_CONDITIONS; i++) {
        const struct dk_condition *row = &dk_conditions[i];
        dk_buffer_putf(ddl->text, ",\n       c%d.%s AS %s, c%d.%s", i,
                       row->fraction_column ? row->fraction_column : row->key_column,
                       row->export_column, i, row->description_column);
    }
    for (int i = 0; i < DK_SENSORS; i++)
        dk_buffer_putf(ddl->text, ",\n       r.%s AS %s", dk_sensors[i].name, dk_sensors[i].column);
    dk_buffer_put(ddl->text, "\nFROM well_reading r\n     JOIN wells w ON w.well_id = r.well_id\n"
                             "     JOIN well_profile p ON p.profile_id = r.well_profile");
    for (int i = 0; i < DK_CONDITIONS; i++)
        dk_buffer_putf(ddl->text, "\n     JOIN %s c%d ON c%d.%s = p.%s", dk_conditions[i].name, i,
                       i, dk_conditions[i].key_column, dk_conditions[i].name);
    end(ddl);
}

/* After an INSERT of a whole row: a row that is there takes the new values. */
static void put_upsert(const struct ddl *ddl, const char *key, const char *const *columns,
                       size_t count)
{
    expand(ddl, ddl->dialect->upsert, "key", key);
    for (size_t i = 0; i < count; i++) {
        dk_buffer_putf(ddl->text, "%s%s = ", i > 0 ? ", " : "", columns[i]);
        expand(ddl, ddl->dialect->upsert_value, "column", columns[i]);
    }
    end(ddl);
}

static void sensor_rows(const struct ddl *ddl)
{
    static const char *const columns[] = {"physical_quantity", "unit", "sampling_rate_hz"};
    dk_buffer_put(ddl->text, "INSERT INTO sensors (sensor_name, physical_quantity, unit, "
                             "sampling_rate_hz) VALUES");
    for (int i = 0; i < DK_SENSORS; i++) {
        dk_buffer_putf(ddl->text, "%s\n    ('%s', ", i > 0 ? "," : "", dk_sensors[i].name);
        quoted(ddl, dk_sensors[i].quantity);
        dk_buffer_put(ddl->text, ", ");
        quoted(ddl, dk_sensors[i].unit);
        dk_buffer_putf(ddl->text, ", %d)", dk_sensors[i].rate_hz);
    }
    put_upsert(ddl, "sensor_name", columns, DK_COUNT_OF(columns));
}

static void condition_rows(const struct ddl *ddl, const struct dk_condition *condition)
{
    const char *columns[2] = {condition->description_column, condition->fraction_column};
    size_t count = condition->fraction_column ? 2 : 1;
    dk_buffer_putf(ddl->text, "INSERT INTO %s (%s, %s", condition->name, condition->key_column,
                   columns[0]);
    if (count > 1)
        dk_buffer_putf(ddl->text, ", %s", columns[1]);
    dk_buffer_put(ddl->text, ") VALUES");
    for (size_t i = 0; i < condition->code_count; i++) {
        const struct dk_condition_code *code = &condition->codes[i];
        dk_buffer_putf(ddl->text, "%s\n    (%d, ", i > 0 ? "," : "", code->code);
        quoted(ddl, code->description);
        if (count > 1)
            dk_buffer_putf(ddl->text, ", %s", code->fraction);
        dk_buffer_put(ddl->text, ")");
    }
    put_upsert(ddl, condition->key_column, columns, count);
}

/* Last of all, so that a schema half made is known by its absence. */
static void version_row(const struct ddl *ddl)
{
    static const char *const columns[] = {"version"};
    dk_buffer_putf(ddl->text,
                   "INSERT INTO schema_info (schema_id, version, generation) VALUES (1, %d, 0)",
                   DK_SCHEMA_VERSION);
    put_upsert(ddl, "schema_id", columns, DK_COUNT_OF(columns));
}

void dk_schema_put_ddl(struct dk_buffer *text, const struct dk_dialect *dialect,
                       const char *fact_tail)
{
    const struct ddl ddl = {.dialect = dialect, .text = text};
    if (dialect->first)
        table(&ddl, dialect->first);
    table(&ddl, schema_info);
    table(&ddl, sensors);
    for (int i = 0; i < DK_CONDITIONS; i++)
        condition_table(&ddl, &dk_conditions[i]);
    table(&ddl, wells);
    table(&ddl, profile_sets);
    well_profile_table(&ddl);
    well_reading_table(&ddl, fact_tail);
    table(&ddl, workspaces);
    table(&ddl, runs);
    table(&ddl, drops);
    table(&ddl, files);
    table(&ddl, cohorts);
    table(&ddl, sensor_quality);
    table(&ddl, publications);
    table(&ddl, run_problems);
    table(&ddl, unloaded);
    table(&ddl, quarantine);
    table(&ddl, corrections);
    sensor_data_view(&ddl);
    target_condition_view(&ddl);
    oil_well_data_view(&ddl);
    sensor_rows(&ddl);
    for (int i = 0; i < DK_CONDITIONS; i++)
        condition_rows(&ddl, &dk_conditions[i]);
    version_row(&ddl);
}

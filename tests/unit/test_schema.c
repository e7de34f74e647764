/* What a database is, from its tables, and how each state becomes the current schema: old versions
 * with any part of their migration done, a schema that is half made, tables of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_store.h"
#include "store/schema.h"

static enum dk_schema_state state_of(struct small_store *small, int *version)
{
    enum dk_schema_state state;
    assert_int_equal(dk_schema_state(small->store->sql, &state, version, NULL), DK_OK);
    return state;
}

static void each_state_is_known(void **state)
{
    static const struct {
        const char *change;
        enum dk_schema_state state;
        int version;
        enum dk_status check;   /* dk_store_check */
        enum dk_status prepare; /* dk_store_prepare */
    } cases[] = {
        {"SELECT 1", DK_SCHEMA_CURRENT, DK_SCHEMA_VERSION, DK_OK, DK_OK},
        {"UPDATE schema_info SET version = 3", DK_SCHEMA_OLDER, 3, DK_ERR_STORE, DK_OK},
        {"UPDATE schema_info SET version = 2", DK_SCHEMA_OLDER, 2, DK_ERR_STORE, DK_OK},
        {"UPDATE schema_info SET version = 1", DK_SCHEMA_OLDER, 1, DK_ERR_STORE, DK_OK},
        {"UPDATE schema_info SET version = 0", DK_SCHEMA_OLDER, 0, DK_ERR_STORE, DK_ERR_STORE},
        {"UPDATE schema_info SET version = -1", DK_SCHEMA_OLDER, -1, DK_ERR_STORE, DK_ERR_STORE},
        {"UPDATE schema_info SET version = 5", DK_SCHEMA_NEWER, 5, DK_ERR_STORE, DK_ERR_STORE},
        {"DELETE FROM sensors WHERE sensor_name = 'SE'", DK_SCHEMA_OLDER, DK_SCHEMA_VERSION,
         DK_ERR_STORE, DK_OK},
        {"INSERT INTO sensors VALUES ('XX9', 'x', 'y', 1)", DK_SCHEMA_NEWER, DK_SCHEMA_VERSION,
         DK_ERR_STORE, DK_ERR_STORE},
        /* Its last row was not written: it was being made. */
        {"DELETE FROM schema_info", DK_SCHEMA_EMPTY, 0, DK_ERR_STORE, DK_OK},
        {"DROP TABLE schema_info", DK_SCHEMA_FOREIGN, 0, DK_ERR_STORE, DK_ERR_STORE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct small_store small;
        int version = 99;
        small_store_open(&small);
        small_store_execute(&small, cases[i].change);
        print_message("%s\n", cases[i].change);
        assert_int_equal(state_of(&small, &version), cases[i].state);
        assert_int_equal(version, cases[i].version);
        assert_int_equal(dk_store_check(small.store, NULL), cases[i].check);
        assert_int_equal(dk_store_prepare(small.store, false, NULL), cases[i].prepare);
        if (cases[i].prepare == DK_OK) {
            assert_int_equal(state_of(&small, &version), DK_SCHEMA_CURRENT);
            assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM sensors"),
                             DK_SENSORS);
        }
        small_store_close(&small);
    }
}

/* What version 1 did not have. */
static const char *const to_version_1[] = {
    "ALTER TABLE runs DROP COLUMN workspace_id",
    "ALTER TABLE drops DROP COLUMN workspace_id",
    "ALTER TABLE cohorts DROP COLUMN burst_seconds",
    "ALTER TABLE schema_info DROP COLUMN verified",
    "ALTER TABLE publications DROP COLUMN workspace_id",
    "ALTER TABLE runs DROP COLUMN user_name",
    "ALTER TABLE runs DROP COLUMN host",
    "ALTER TABLE runs DROP COLUMN derrick_version",
    "ALTER TABLE runs DROP COLUMN reason",
    "ALTER TABLE runs DROP COLUMN source",
    "ALTER TABLE runs DROP COLUMN readings",
    "ALTER TABLE runs DROP COLUMN steps",
    "ALTER TABLE runs DROP COLUMN problem_total",
    "ALTER TABLE drops DROP COLUMN unloaded_by",
    "ALTER TABLE cohorts DROP COLUMN loaded_hash",
    "ALTER TABLE cohorts DROP COLUMN corrected_by",
    "DROP TABLE unloaded",
    "DROP TABLE corrections",
    "DROP TABLE quarantine",
    "DROP TABLE run_problems",
    "DROP TABLE sensor_quality",
    "DROP TABLE workspaces",
};
#define CHANGES (sizeof(to_version_1) / sizeof(to_version_1[0]))

/* As if a migration had stopped before it did these, for which a bit is set: those from one on, or
 * one alone. */
static unsigned left_of(size_t number)
{
    return number <= CHANGES ? (1u << CHANGES) - (1u << number) : 1u << (number - CHANGES - 1);
}

static void any_part_of_a_migration_is_completed(void **state)
{
    (void)state;
    for (size_t number = 0; number <= 2 * CHANGES; number++) {
        unsigned left = left_of(number);
        struct small_store small;
        struct dk_readings readings;
        bool made = false;
        int version;
        small_store_open(&small);
        small_store_fill(&readings, "texas", 1, 1, 3, 1);
        assert_int_equal(small_store_load(&small, &readings, "drop", "x=1", false, NULL), DK_OK);
        for (size_t i = 0; i < CHANGES; i++)
            if (left & 1u << i)
                small_store_execute(&small, to_version_1[i]);
        small_store_execute(&small, "UPDATE schema_info SET version = 1");
        assert_int_equal(dk_store_prepare(small.store, false, &small.err), DK_OK);
        assert_int_equal(state_of(&small, &version), DK_SCHEMA_CURRENT);
        assert_int_equal(dk_store_complete(small.store, &made, NULL), DK_OK);
        assert_false(made);
        assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM oil_well_data"), 3);
        assert_int_equal(
            small_store_number(&small, "SELECT COUNT(*) + COUNT(workspace_id) FROM drops"), 1);
        assert_int_equal(small_store_load(&small, &readings, "drop", "x=1", false, NULL), DK_OK);
        dk_readings_reset(&readings);
        small_store_close(&small);
    }
}

static void a_table_that_is_gone_is_made_again(void **state)
{
    (void)state;
    for (size_t i = 0; dk_schema_table(i); i++) {
        const char *name = dk_schema_table(i);
        struct small_store small;
        char sql[128];
        bool made = false;
        if (strcmp(name, "schema_info") == 0)
            continue; /* then it is somebody else's */
        small_store_open(&small);
        bool view = strcmp(name, "sensor_data") == 0 || strcmp(name, "target_condition") == 0 ||
                    strcmp(name, "oil_well_data") == 0;
        small_store_execute(&small, "PRAGMA foreign_keys = OFF");
        snprintf(sql, sizeof(sql), "DROP %s %s", view ? "VIEW" : "TABLE", name);
        small_store_execute(&small, sql);
        print_message("%s\n", sql);
        assert_int_equal(dk_store_complete(small.store, &made, &small.err), DK_OK);
        assert_true(made);
        assert_non_null(strstr(small.notices, name));
        snprintf(sql, sizeof(sql), "SELECT COUNT(*) >= 0 FROM %s", name);
        assert_int_equal(small_store_number(&small, sql), 1);
        small_store_close(&small);
    }
}

/* Half a schema over the old scripts' tables: all that could have been made goes, so that only
 * theirs are left, which have some of our names. */
static void what_is_half_made_is_removed(void **state)
{
    struct small_store small;
    char sql[128];
    (void)state;
    small_store_open(&small);
    small_store_execute(&small, "DROP VIEW oil_well_data; DROP VIEW sensor_data; "
                                "DROP VIEW target_condition; DELETE FROM schema_info");
    assert_int_equal(dk_schema_half_remove(small.store->sql, &small.err), DK_OK);
    for (size_t i = 0; dk_schema_table(i); i++) {
        bool theirs = strcmp(dk_schema_table(i), "sensors") == 0;
        for (size_t j = 0; j < DK_CONDITIONS; j++)
            theirs = theirs || strcmp(dk_schema_table(i), dk_conditions[j].name) == 0;
        snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM sqlite_master WHERE name = '%s'",
                 dk_schema_table(i));
        print_message("%s\n", sql);
        assert_int_equal(small_store_number(&small, sql), theirs);
    }
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_is_known),
        cmocka_unit_test(any_part_of_a_migration_is_completed),
        cmocka_unit_test(a_table_that_is_gone_is_made_again),
        cmocka_unit_test(what_is_half_made_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The manifest, and the keys of the cohorts' files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buffer.h"
#include "s3/published.h"

#define ABC_HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void a_cohorts_key_is_read_as_it_is_written(void **state)
{
    (void)state;
    static const int cohorts[] = {1, 9, 10, 60, 99, 100, 9999};
    char key[DK_PUBLISH_COHORT_KEY_MAX];
    for (size_t i = 0; i < sizeof(cohorts) / sizeof(cohorts[0]); i++) {
        dk_publish_cohort_key(cohorts[i], key);
        assert_int_equal(dk_publish_cohort_of_key(key), cohorts[i]);
    }
    static const char *const others[] = {
        "",
        "cohort=",
        "cohort=06/",
        "cohort=06/notes.txt",
        "cohort=6/oil-well-data-cohort-06.csv",
        "cohort=6/oil-well-data-cohort-6.csv",
        "cohort=006/oil-well-data-cohort-006.csv",
        "cohort=06/oil-well-data-cohort-07.csv",
        "cohort=06/oil-well-data-cohort-06.csv.gz",
        "cohort=06/oil-well-data-cohort-06.csv/x",
        "x/cohort=06/oil-well-data-cohort-06.csv",
        "cohort=00/oil-well-data-cohort-00.csv",
        "cohort=-1/oil-well-data-cohort--1.csv",
        "cohort= 6/oil-well-data-cohort-06.csv",
        "cohort=99999999999999999999/oil-well-data-cohort-99999999999999999999.csv",
        "manifest.json",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (dk_publish_cohort_of_key(others[i]) != 0)
            fail_msg("'%s'", others[i]);
}

static json_t *manifest_load(const struct dk_manifest *manifest, struct dk_buffer *text)
{
    struct dk_sink sink = dk_sink_buffer(text);
    assert_int_equal(dk_publish_manifest_write(&sink, manifest, NULL), DK_OK);
    return json_loadb(text->data, text->size, JSON_REJECT_DUPLICATES, NULL);
}

static void the_manifest_is_true(void **state)
{
    (void)state;
    const struct dk_manifest_file files[] = {
        {"a.csv", "historical", "text/csv", 132300, 42000000, ABC_HEX, 0, NULL, NULL},
        {"cohort=07/b.csv", "cohort", "text/csv", 2205, 700000, ABC_HEX, 7, NULL, NULL},
        {"site=a/c.csv", "site", "text/csv", 3, 99, ABC_HEX, 0, NULL, "a"}};
    const struct dk_manifest_cohort cohorts[] = {
        {7, "texas-1", 2205, "2009-09-26 00:00:00", "2009-12-26 20:00:00", NULL}};
    const struct dk_manifest_column columns[] = {{"rig_name", "string", NULL, NULL},
                                                 {"ps1_bar", "number", "bar", "PS1"}};
    const struct dk_manifest manifest = {"s3://b/p", "r1", "first", files, 3,
                                         columns,    2,    cohorts, 1};
    struct dk_buffer text;
    struct dk_buffer again;
    dk_buffer_init(&text, 1 << 20);
    dk_buffer_init(&again, 1 << 20);
    json_t *root = manifest_load(&manifest, &text);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "run")), "r1");
    json_t *listed_columns = json_object_get(root, "columns");
    assert_int_equal(json_array_size(listed_columns), 2);
    assert_null(json_object_get(json_array_get(listed_columns, 0), "unit"));
    json_t *last = json_array_get(listed_columns, 1);
    assert_string_equal(json_string_value(json_object_get(last, "name")), columns[1].name);
    assert_string_equal(json_string_value(json_object_get(last, "unit")), columns[1].unit);
    json_t *listed = json_object_get(root, "files");
    assert_int_equal(json_array_size(listed), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(listed, 2), "site")), "a");
    assert_null(json_object_get(json_array_get(listed, 1), "site"));
    assert_null(json_object_get(json_array_get(listed, 0), "cohort"));
    assert_int_equal(json_integer_value(json_object_get(json_array_get(listed, 1), "cohort")), 7);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(listed, 0), "rows")),
                     132300);
    assert_string_equal(json_string_value(json_object_get(json_array_get(listed, 0), "sha256")),
                        ABC_HEX);
    assert_int_equal(json_array_size(json_object_get(root, "cohorts")), 1);
    assert_int_equal(text.data[text.size - 1], '\n');
    json_decref(root);
    json_decref(manifest_load(&manifest, &again));
    assert_int_equal(text.size, again.size);
    assert_memory_equal(text.data, again.data, text.size);
    dk_buffer_reset(&text);
    dk_buffer_reset(&again);
}

static void a_sink_that_fails_is_reported(void **state)
{
    (void)state;
    const struct dk_manifest manifest = {0};
    struct dk_buffer text;
    struct dk_error err = {0};
    dk_buffer_init(&text, 16);
    struct dk_sink sink = dk_sink_buffer(&text);
    assert_int_equal(dk_publish_manifest_write(&sink, &manifest, &err), DK_ERR_NOMEM);
    dk_buffer_reset(&text);
}

static void cohort_keys_are_hive_style(void **state)
{
    (void)state;
    char key[DK_PUBLISH_COHORT_KEY_MAX];
    dk_publish_cohort_key(7, key);
    assert_string_equal(key, "cohort=07/oil-well-data-cohort-07.csv");
    dk_publish_cohort_key(9999, key);
    assert_string_equal(key, "cohort=9999/oil-well-data-cohort-9999.csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cohorts_key_is_read_as_it_is_written),
        cmocka_unit_test(the_manifest_is_true),
        cmocka_unit_test(a_sink_that_fails_is_reported),
        cmocka_unit_test(cohort_keys_are_hive_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

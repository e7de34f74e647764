/* A query over an embedded database: the first failure sticks, NULL reads as nothing, lists grow,
 * and what derrick did not write is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "small_store.h"

static void columns_are_read_in_order(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_query query;
    char text[8];
    small_store_open(&small);
    dk_query_begin(&query, small.store->sql, "SELECT ?, ?, ?, NULL, NULL, ?, ?", &small.err);
    dk_query_bind_int(&query, INT64_MIN);
    dk_query_bind_text(&query, "seven b");
    dk_query_bind_id_or_null(&query, 0);
    dk_query_bind_text_or_null(&query, "");
    dk_query_bind_int(&query, 42);
    assert_true(dk_query_next(&query));
    assert_true(dk_query_int(&query) == INT64_MIN);
    dk_query_text(&query, text, sizeof(text));
    assert_string_equal(text, "seven b");
    assert_int_equal(dk_query_int(&query), 0);
    assert_int_equal(dk_query_int(&query), 0);
    dk_query_text(&query, text, sizeof(text));
    assert_string_equal(text, "");
    dk_query_text(&query, text, sizeof(text));
    assert_string_equal(text, "");
    assert_int_equal(dk_query_int(&query), 42);
    assert_false(dk_query_next(&query));
    assert_int_equal(dk_query_end(&query), DK_OK);
    small_store_close(&small);
}

static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_query query;
    char text[4] = "abc";
    int64_t value = 7;
    small_store_open(&small);
    dk_query_begin(&query, small.store->sql, "SELECT x FROM nowhere", &small.err);
    assert_int_equal(query.status, DK_ERR_STORE);
    assert_non_null(strstr(small.err.message, "nowhere"));
    dk_query_bind_int(&query, 1);
    dk_query_bind_text(&query, "x");
    dk_query_run(&query);
    dk_query_rewind(&query);
    assert_false(dk_query_next(&query));
    assert_int_equal(dk_query_int(&query), 0);
    dk_query_text(&query, text, sizeof(text));
    assert_string_equal(text, "");
    assert_int_equal(dk_query_end_int(&query, &value), DK_ERR_STORE);
    assert_int_equal(value, 0);
    assert_non_null(strstr(small.err.message, "nowhere"));
    small_store_close(&small);
}

static void a_text_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_query query;
    char text[8];
    small_store_open(&small);
    dk_query_begin(&query, small.store->sql, "SELECT '12345678', 5", &small.err);
    assert_true(dk_query_next(&query));
    dk_query_text(&query, text, sizeof(text));
    assert_string_equal(text, "");
    assert_int_equal(dk_query_int(&query), 0);
    assert_int_equal(dk_query_end(&query), DK_ERR_STORE);
    assert_non_null(strstr(small.err.message, "8 bytes"));
    small_store_close(&small);
}

static void a_statement_is_run_again(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_query query;
    small_store_open(&small);
    dk_query_begin(&query, small.store->sql,
                   "INSERT INTO wells (site, well_number, rig_name) VALUES (?, ?, 'x')",
                   &small.err);
    for (int i = 1; i <= 3; i++) {
        dk_query_bind_text(&query, "texas");
        dk_query_bind_int(&query, i);
        dk_query_run(&query);
    }
    assert_int_equal(dk_query_end(&query), DK_OK);
    assert_int_equal(small_store_number(&small, "SELECT SUM(well_number) FROM wells"), 6);
    small_store_close(&small);
}

/* Lists of every size around the powers of two at which they grow. */
static void a_list_grows(void **state)
{
    (void)state;
    struct small_store small;
    small_store_open(&small);
    for (int64_t size = 0; size <= 33; size++) {
        struct dk_query query;
        void *items = NULL;
        size_t count = 0;
        dk_query_begin(
            &query, small.store->sql,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
            "SELECT i FROM n LIMIT ?",
            &small.err);
        dk_query_bind_int(&query, size);
        while (dk_query_next(&query)) {
            int64_t *item = dk_query_push(&query, &items, &count, sizeof(*item));
            assert_non_null(item);
            assert_int_equal(*item, 0);
            *item = dk_query_int(&query);
        }
        assert_int_equal(dk_query_end_list(&query, &items, &count), DK_OK);
        assert_int_equal(count, size);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(((int64_t *)items)[i], (int64_t)i + 1);
        free(items);
    }
    small_store_close(&small);
}

static void a_failed_list_is_empty(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_query query;
    void *items = NULL;
    size_t count = 0;
    char text[2];
    small_store_open(&small);
    dk_query_begin(&query, small.store->sql, "SELECT 'a' UNION ALL SELECT 'too long'", &small.err);
    while (dk_query_next(&query))
        if (dk_query_push(&query, &items, &count, 8))
            dk_query_text(&query, text, sizeof(text));
    assert_int_equal(dk_query_end_list(&query, &items, &count), DK_ERR_STORE);
    assert_null(items);
    assert_int_equal(count, 0);
    small_store_close(&small);
}

static void tables_and_columns_are_found(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_sql *sql;
    bool has = true;
    small_store_open(&small);
    sql = small.store->sql;
    assert_int_equal(dk_sql_has_table(sql, "nothing", &has, NULL), DK_OK);
    assert_false(has);
    assert_int_equal(dk_sql_has_table(sql, "wells", &has, NULL), DK_OK);
    assert_true(has);
    assert_int_equal(dk_sql_has_table(sql, "oil_well_data", &has, NULL), DK_OK); /* a view */
    assert_true(has);
    for (int i = 0; i < 2; i++) /* the second time it is there */
        assert_int_equal(dk_sql_add_column(sql, "wells", "depth_m", "DOUBLE NULL", NULL), DK_OK);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(depth_m) FROM wells"), 0);
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_read_in_order),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(a_text_that_does_not_fit_is_an_error),
        cmocka_unit_test(a_statement_is_run_again),
        cmocka_unit_test(a_list_grows),
        cmocka_unit_test(a_failed_list_is_empty),
        cmocka_unit_test(tables_and_columns_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

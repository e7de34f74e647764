/* The nodes of a spread table: the list, and plans that never move a loaded cohort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/spread/shards.h"

static struct dk_mysql_shards shards;

static void a_list_is_parsed(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_int_equal(dk_mysql_shards_parse(
                         &shards, " mysql://a@n1/energymobile,\tmysql://n2:33061/em2 , ", &err),
                     DK_OK);
    assert_int_equal(shards.count, 2);
    assert_string_equal(shards.url[0].user, "a");
    assert_string_equal(shards.url[0].host, "n1");
    assert_string_equal(shards.url[1].host, "n2");
    assert_int_equal(shards.url[1].port, 33061);
    assert_string_equal(shards.url[1].database, "em2");
    assert_int_equal(shards.first[0], 1);
    assert_int_equal(shards.first[1], 31);
}

static void a_bad_list_names_its_node(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_int_equal(dk_mysql_shards_parse(&shards, " , ", &err), DK_ERR_CONFIG);
    assert_int_equal(dk_mysql_shards_parse(&shards, "mysql://a/e, mysql://b@a/e", &err),
                     DK_ERR_CONFIG);
    assert_non_null(strstr(err.message, "1 and 2"));
    assert_int_equal(dk_mysql_shards_parse(&shards, "mysql://a/e,mysql://b:x/e", &err),
                     DK_ERR_CONFIG);
    assert_non_null(strstr(err.message, "node 2"));
    assert_int_equal(dk_mysql_shards_parse(&shards, "mysql://u:hunter2@a/e", &err), DK_ERR_CONFIG);
    assert_null(strstr(err.message, "hunter2"));
}

static void there_is_a_most(void **state)
{
    (void)state;
    char list[(DK_MYSQL_SHARDS_MAX + 1) * 24] = "";
    size_t used = 0;
    for (int i = 0; i < DK_MYSQL_SHARDS_MAX; i++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, "mysql://node%d/e,", i);
    assert_int_equal(dk_mysql_shards_parse(&shards, list, NULL), DK_OK);
    assert_int_equal(shards.count, DK_MYSQL_SHARDS_MAX);
    snprintf(list + used, sizeof(list) - used, "mysql://more/e");
    assert_int_equal(dk_mysql_shards_parse(&shards, list, NULL), DK_ERR_CONFIG);
}

struct plan {
    size_t count, old_count;
    int old_first[4];
    int newest;
    int first[4];
};

static const struct plan plans[] = {
    /* A new table: the sixty cohorts of the history in equal parts, the rest to the last. */
    {1, 0, {0}, 0, {1}},
    {2, 0, {0}, 0, {1, 31}},
    {3, 0, {0}, 0, {1, 21, 41}},
    {4, 0, {0}, 0, {1, 16, 31, 46}},
    /* Nothing changes for the same list. */
    {2, 2, {1, 31}, 60, {1, 31}},
    {2, 2, {1, 31}, 31, {1, 31}},
    /* A new node takes the cohorts that are not loaded. */
    {3, 2, {1, 31}, 60, {1, 31, 61}},
    {3, 2, {1, 31}, 44, {1, 31, 45}},
    {2, 1, {1}, 60, {1, 61}},
    {4, 2, {1, 31}, 60, {1, 31, 61, 81}},
    /* Empty nodes share with the new ones. */
    {3, 2, {1, 31}, 30, {1, 31, 51}},
    {3, 2, {1, 31}, 0, {1, 21, 41}},
    {3, 2, {1, 31}, 10, {1, 11, 36}},
    /* Far past the history. */
    {2, 1, {1}, 9000, {1, 9001}},
};

static void plans_are_these(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        const struct plan *plan = &plans[i];
        print_message("plan %zu\n", i);
        memset(&shards, 0, sizeof(shards));
        shards.count = plan->count;
        dk_mysql_shards_plan(&shards, plan->old_first, plan->old_count, plan->newest);
        for (size_t node = 0; node < plan->count; node++)
            assert_int_equal(shards.first[node], plan->first[node]);
    }
}

/* Loaded cohorts stay where they are, in any order of new nodes. */
static void no_plan_moves_a_cohort(void **state)
{
    (void)state;
    for (int step = 1; step < 40; step += 3) {
        struct dk_mysql_shards before = {.count = 1};
        dk_mysql_shards_plan(&before, NULL, 0, 0);
        for (int newest = 0; newest < 400; newest += step) {
            struct dk_mysql_shards after = {.count = before.count};
            if (after.count < DK_MYSQL_SHARDS_MAX)
                after.count++;
            dk_mysql_shards_plan(&after, before.first, before.count, newest);
            assert_int_equal(after.first[0], 1);
            for (size_t node = 1; node < after.count; node++)
                assert_true(after.first[node] > after.first[node - 1]);
            for (int cohort = 1; cohort <= newest; cohort++)
                assert_int_equal(dk_mysql_shards_node(&after, cohort),
                                 dk_mysql_shards_node(&before, cohort));
            before = after;
        }
    }
}

static void a_cohort_has_one_node(void **state)
{
    (void)state;
    shards = (struct dk_mysql_shards){.count = 3, .first = {1, 31, 46}};
    assert_int_equal(dk_mysql_shards_node(&shards, 1), 0);
    assert_int_equal(dk_mysql_shards_node(&shards, 30), 0);
    assert_int_equal(dk_mysql_shards_node(&shards, 31), 1);
    assert_int_equal(dk_mysql_shards_node(&shards, 45), 1);
    assert_int_equal(dk_mysql_shards_node(&shards, 46), 2);
    assert_int_equal(dk_mysql_shards_node(&shards, 9999), 2);
}

static void the_table_says_the_plan(void **state)
{
    (void)state;
    struct dk_buffer text;
    dk_buffer_init(&text, 65536);
    shards = (struct dk_mysql_shards){.count = 2, .first = {1, 31}};
    dk_mysql_shards_put_tail(&shards, "e\"m", &text);
    assert_int_equal(dk_buffer_finish(&text, NULL), DK_OK);
    assert_string_equal(
        text.data,
        " ENGINE=SPIDER DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin\n"
        "COMMENT='wrapper \"mysql\", table \"well_reading\"'\n"
        "PARTITION BY RANGE COLUMNS (cohort) (\n"
        "    PARTITION node_1 VALUES LESS THAN (31) COMMENT = 'srv \"e_m_node_1\"',\n"
        "    PARTITION node_2 VALUES LESS THAN (MAXVALUE) COMMENT = 'srv \"e_m_node_2\"')");
    dk_buffer_reset(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_parsed),        cmocka_unit_test(a_bad_list_names_its_node),
        cmocka_unit_test(there_is_a_most),         cmocka_unit_test(plans_are_these),
        cmocka_unit_test(no_plan_moves_a_cohort),  cmocka_unit_test(a_cohort_has_one_node),
        cmocka_unit_test(the_table_says_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

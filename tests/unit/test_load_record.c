/* What a load records of the drops that it replaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "small_store.h"

/* The load of other contents under other settings that replaces "a" in workspace 'a'. */
static void a_waiting_duplicate_of_another_workspace_stays(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings first;
    struct dk_readings second;
    struct dk_load_result result;
    small_store_open(&small);
    small_store_fill(&first, "texas", 1, 2, 5, 1);
    small_store_fill(&second, "texas", 1, 2, 5, 2);
    small_store_workspace(&small, 'a');
    assert_int_equal(small_store_load(&small, &first, "drop", "x=1", false, &result), DK_OK);
    int64_t original = result.drop_id;
    small_store_workspace(&small, 'b');
    int64_t elsewhere = small_store_duplicate(&small, original, "drop");
    small_store_workspace(&small, 'a');
    int64_t here = small_store_duplicate(&small, original, "drop");
    assert_int_equal(small_store_load(&small, &second, "drop", "x=2", true, &result), DK_OK);
    assert_int_equal(result.series_replaced, 2);
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    assert_int_equal(dk_ledger_pending(small.store, &pending, &count, NULL), DK_OK);
    assert_int_equal(count, 2);
    assert_int_equal(pending[0].drop_id, elsewhere);
    assert_int_equal(pending[1].drop_id, result.drop_id);
    struct dk_ledger_place *places = NULL;
    assert_int_equal(dk_ledger_replaced(small.store, result.drop_id, &places, &count, NULL), DK_OK);
    assert_int_equal(count, 2); /* the original and the duplicate of this workspace */
    assert_true(here > original);
    free(places);
    free(pending);
    dk_readings_reset(&second);
    dk_readings_reset(&first);
    small_store_close(&small);
}

static void a_drop_is_replaced_with_its_last_cohort(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings both;
    struct dk_readings one;
    struct dk_load_result result;
    small_store_open(&small);
    small_store_fill(&both, "texas", 1, 2, 5, 1);
    assert_int_equal(small_store_load(&small, &both, "both", "x=1", false, &result), DK_OK);
    for (int cohort = 1; cohort <= 2; cohort++) {
        small_store_fill(&one, "texas", cohort, 1, 5, 7);
        assert_int_equal(
            small_store_load(&small, &one, cohort == 1 ? "first" : "second", "x=1", true, &result),
            DK_OK);
        assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM drops "
                                                    "WHERE replaced_by IS NOT NULL"),
                         cohort - 1);
        dk_readings_reset(&one);
    }
    assert_int_equal(small_store_number(&small, "SELECT replaced_by FROM drops WHERE drop_id = 1"),
                     result.drop_id);
    dk_readings_reset(&both);
    small_store_close(&small);
}

static void equal_profiles_share_their_rows(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings readings;
    small_store_open(&small);
    small_store_fill(&readings, "texas", 1, 1, 150, 1); /* more rows than one INSERT takes */
    assert_int_equal(small_store_load(&small, &readings, "one", "x=1", false, NULL), DK_OK);
    dk_readings_reset(&readings);
    small_store_fill(&readings, "ohio", 1, 1, 150, 2);
    assert_int_equal(small_store_load(&small, &readings, "two", "x=1", false, NULL), DK_OK);
    dk_readings_reset(&readings);
    small_store_fill(&readings, "ohio", 2, 1, 100, 2);
    assert_int_equal(small_store_load(&small, &readings, "three", "x=1", false, NULL), DK_OK);
    dk_readings_reset(&readings);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM profile_sets"), 2);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM well_profile"), 250);
    assert_int_equal(small_store_number(&small, "SELECT MAX(profile_id) FROM well_profile"), 250);
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waiting_duplicate_of_another_workspace_stays),
        cmocka_unit_test(a_drop_is_replaced_with_its_last_cohort),
        cmocka_unit_test(equal_profiles_share_their_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

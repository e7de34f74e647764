/* Grouped splits: whole units, shares of each class, the same parts every time, and what is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "rig/condition_block.h"
#include "rig/split.h"

#define ROWS 2205
#define BLOCK 11                            /* readings */
#define PINNED UINT64_C(0xdd614f6f60282de5) /* the parts of the profile below, with seed 1 */

static const struct dk_split seventy = {
    .on = true, .percent = {70, 15, 15}, .seed = 1, .by = DK_SPLIT_BY_BLOCK};

/* All combinations of valve, pump and accumulator, in blocks; the cooler has three runs in all. */
static void make_profile(struct dk_profile *profile)
{
    assert_int_equal(dk_profile_init(profile, ROWS, NULL), DK_OK);
    for (size_t row = 0; row < ROWS; row++) {
        const size_t block = row / BLOCK;
        uint8_t *codes = profile->codes[row];
        codes[0] = (uint8_t)(row * 3 / ROWS);
        codes[1] = (uint8_t)(block % 4);
        codes[2] = (uint8_t)(block / 4 % 3);
        codes[3] = (uint8_t)(block / 12 % 4);
        codes[4] = row % BLOCK < 4;
    }
    assert_int_equal(dk_profile_seal(profile, NULL), DK_OK);
}

static void percentages_are_read(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          "70",        "70/15",      "70/15/15/0", "70/15/16", "70/30/0",
        "70/15/15 ", "x/15/15",   "-70/85/85",  "0/50/50",    "70//30",   "70/15/+15",
        "1e1/45/45", " 70/15/15", "70.0/15/15", "98/1/1/x",   "070/15/15"};
    int percent[DK_SPLIT_PARTS] = {0};
    assert_int_equal(dk_split_parse("70/15/15", percent, NULL), DK_OK);
    assert_true(percent[0] == 70 && percent[1] == 15 && percent[2] == 15);
    assert_int_equal(dk_split_parse("98/1/1", percent, NULL), DK_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (dk_split_parse(bad[i], percent, NULL) != DK_ERR_USAGE)
            fail_msg("'%s' was read", bad[i]);
}

static void groups_have_names(void **state)
{
    (void)state;
    int by = 7;
    assert_true(dk_split_by_find("block", &by) && by == DK_SPLIT_BY_BLOCK);
    assert_true(dk_split_by_find("cooler", &by) && by == 0);
    assert_true(dk_split_by_find("accumulator", &by) && by == 3);
    assert_false(dk_split_by_find("stable", &by));
    assert_false(dk_split_by_find("well", &by));
    assert_string_equal(dk_split_by_name(DK_SPLIT_BY_BLOCK), "block");
    assert_string_equal(dk_split_by_name(1), "valve");
    assert_string_equal(dk_split_part_name(2), "test");
}

/* Units are whole, and each part has about its share of each class of the labels [first, last]. */
static void check(const struct dk_split *split, const struct dk_profile *profile,
                  const uint8_t *parts, int first, int last, size_t slack)
{
    struct dk_split_tally tally = {0};
    for (size_t row = 1; row < profile->rows; row++) {
        const bool together =
            split->by == DK_SPLIT_BY_BLOCK
                ? memcmp(profile->codes[row], profile->codes[row - 1], DK_BLOCK_CONDITIONS) == 0
                : profile->codes[row][split->by] == profile->codes[row - 1][split->by];
        assert_true(!together || parts[row] == parts[row - 1]);
    }
    for (int part = 0; part < DK_SPLIT_PARTS; part++)
        dk_split_tally_add(&tally, profile, parts, part, 1);
    assert_true(tally.rows[0] + tally.rows[1] + tally.rows[2] == profile->rows);
    for (int label = first; label <= last; label++)
        for (size_t class = 0; class < dk_conditions[label].code_count; class ++) {
            uint64_t total = 0;
            for (int part = 0; part < DK_SPLIT_PARTS; part++)
                total += tally.classes[part][label][class];
            for (int part = 0; part < DK_SPLIT_PARTS; part++) {
                const int64_t wanted = (int64_t)total * split->percent[part] / 100;
                const int64_t found = (int64_t)tally.classes[part][label][class];
                if (found == 0 || llabs(found - wanted) > (int64_t)slack)
                    fail_msg("part %d, label %d, class %zu: %lld rows, not %lld", part, label,
                             class, (long long)found, (long long)wanted);
            }
        }
}

static void blocks_are_whole_and_classes_shared(void **state)
{
    (void)state;
    struct dk_profile profile;
    uint8_t parts[ROWS];
    make_profile(&profile);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct dk_split split = seventy;
        split.seed = seed;
        assert_int_equal(dk_split_assign(&split, &profile, parts, NULL), DK_OK);
        check(&split, &profile, parts, 0, 3, 2 * BLOCK);
    }
    const struct dk_split even = {
        .on = true, .percent = {34, 33, 33}, .seed = 1, .by = DK_SPLIT_BY_BLOCK};
    assert_int_equal(dk_split_assign(&even, &profile, parts, NULL), DK_OK);
    check(&even, &profile, parts, 0, 3, 2 * BLOCK);
    dk_profile_reset(&profile);
}

static void runs_of_a_label_are_whole(void **state)
{
    (void)state;
    struct dk_profile profile;
    uint8_t parts[ROWS];
    make_profile(&profile);
    for (int by = 1; by < 4; by++) {
        struct dk_split split = seventy;
        split.by = by;
        assert_int_equal(dk_split_assign(&split, &profile, parts, NULL), DK_OK);
        check(&split, &profile, parts, by, by, by == 3 ? 12 * BLOCK : 4 * BLOCK);
    }
    dk_profile_reset(&profile);
}

static void a_label_of_few_runs_is_refused(void **state)
{
    (void)state;
    struct dk_profile profile;
    uint8_t parts[ROWS];
    struct dk_error err = {0};
    struct dk_split split = seventy;
    make_profile(&profile);
    split.by = 0;
    assert_int_equal(dk_split_assign(&split, &profile, parts, &err), DK_ERR_USAGE);
    assert_non_null(strstr(err.message, "3 runs of the cooler in all"));
    dk_profile_reset(&profile);
}

/* The parts of this profile, forever: rows of an older split must not move. */
static void parts_stay(void **state)
{
    (void)state;
    struct dk_profile profile;
    uint8_t parts[ROWS];
    uint8_t again[ROWS];
    struct dk_split split = seventy;
    uint64_t sum = 0;
    make_profile(&profile);
    assert_int_equal(dk_split_assign(&split, &profile, parts, NULL), DK_OK);
    assert_int_equal(dk_split_assign(&split, &profile, again, NULL), DK_OK);
    assert_memory_equal(parts, again, ROWS);
    for (size_t row = 0; row < ROWS; row++)
        sum = sum * 3 + parts[row];
    assert_int_equal(sum, PINNED);
    split.seed = 2;
    assert_int_equal(dk_split_assign(&split, &profile, again, NULL), DK_OK);
    assert_true(memcmp(parts, again, ROWS) != 0);
    dk_profile_reset(&profile);
}

static void runs_are_counted_and_cuts_found(void **state)
{
    (void)state;
    static uint8_t codes[][DK_CONDITIONS] = {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {0, 1, 0, 0, 1},
                                             {1, 1, 0, 0, 1}, {1, 1, 0, 0, 0}, {1, 1, 0, 0, 0}};
    static const uint8_t parts[] = {0, 0, 1, 2, 2, 0};
    const struct dk_profile profile = {.rows = 6, .codes = codes, .hash = "x"};
    struct dk_split_tally tally = {0};
    for (int part = 0; part < DK_SPLIT_PARTS; part++) {
        dk_split_tally_add(&tally, &profile, parts, part, 10);
        dk_split_tally_add(&tally, &profile, parts, part, 1);
    }
    static const uint64_t runs[] = {2, 2, 1, 1, 3};
    static const uint64_t cut[] = {2, 1, 1, 1, 2};
    for (int i = 0; i < DK_CONDITIONS; i++) {
        assert_int_equal(tally.runs[i], runs[i]);
        assert_int_equal(tally.cut[i], cut[i]);
    }
    assert_int_equal(tally.rows[0], 33);
    assert_int_equal(tally.rows[1], 11);
    assert_int_equal(tally.rows[2], 22);
    assert_int_equal(tally.classes[0][0][1], 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentages_are_read),
        cmocka_unit_test(groups_have_names),
        cmocka_unit_test(blocks_are_whole_and_classes_shared),
        cmocka_unit_test(runs_of_a_label_are_whole),
        cmocka_unit_test(a_label_of_few_runs_is_refused),
        cmocka_unit_test(parts_stay),
        cmocka_unit_test(runs_are_counted_and_cuts_found),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}

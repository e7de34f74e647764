/* The settings that shape rows, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "input/input.h"

static void words_of_the_configuration(void **state)
{
    (void)state;
    for (int i = 0; i <= DK_COLUMNS_WELLS; i++)
        assert_int_equal(dk_columns_find(dk_columns_name((enum dk_columns)i)), i);
    for (int i = 0; i < DK_SAMPLE_RULES; i++)
        assert_int_equal(dk_sample_find(dk_sample_name((enum dk_sample)i)), i);
    for (int i = 0; i <= DK_ALIGNMENT_COLUMN; i++)
        assert_int_equal(dk_alignment_find(dk_alignment_name((enum dk_alignment)i)), i);
    for (int i = 0; i <= DK_MARK_COMMA; i++)
        assert_int_equal(dk_decimal_mark_find(dk_decimal_mark_name((enum dk_decimal_mark)i)), i);
    assert_int_equal(dk_columns_find("rows"), -1);
    assert_int_equal(dk_decimal_mark_find(","), -1);
    assert_int_equal(dk_sample_find(""), -1);
    assert_int_equal(dk_alignment_find("seconds"), -1);
    assert_true(dk_columns_are_one_cohort(DK_COLUMNS_WELLS));
    assert_false(dk_columns_are_one_cohort(DK_COLUMNS_COHORTS));
}

static void text_and_back(void **state)
{
    (void)state;
    for (int columns = DK_COLUMNS_COHORTS; columns <= DK_COLUMNS_WELLS; columns++)
        for (int sample = 0; sample < DK_SAMPLE_RULES; sample++) {
            struct dk_input_settings settings;
            struct dk_input_settings read;
            char text[DK_SETTINGS_TEXT_MAX];
            char again[DK_SETTINGS_TEXT_MAX];
            dk_input_settings_init(&settings);
            settings.columns = (enum dk_columns)columns;
            settings.sample = (enum dk_sample)sample;
            settings.cohort = 7;
            settings.cohorts = 12;
            settings.well.number = 3;
            settings.decimal = sample % 2 ? DK_MARK_COMMA : DK_MARK_POINT;
            dk_input_settings_text(&settings, text);
            dk_input_settings_init(&read);
            read.decimal = DK_MARK_COMMA; /* a text that does not name it means the point */
            assert_int_equal(dk_input_settings_parse(text, &read, NULL), DK_OK);
            dk_input_settings_text(&read, again);
            assert_string_equal(again, text);
            assert_int_equal(read.decimal, settings.decimal);
            assert_int_equal(dk_input_settings_sample(text), sample);
            assert_int_equal(read.cohort, columns == DK_COLUMNS_COHORTS ? 1 : 7);
        }
}

static void what_is_found_in_a_text(void **state)
{
    (void)state;
    static const char text[] = "columns=samples rig=texas-1 rigs=2 empty= cohort=7";
    const char *value = NULL;
    assert_int_equal(dk_input_settings_find(text, "rig", &value), 7);
    assert_memory_equal(value, "texas-1", 7);
    assert_int_equal(dk_input_settings_find(text, "cohort", &value), 1);
    assert_int_equal(dk_input_settings_find(text, "empty", &value), 0);
    assert_int_equal(dk_input_settings_find(text, "ig", &value), 0);
    assert_int_equal(dk_input_settings_find("", "rig", &value), 0);
    assert_int_equal(dk_input_settings_sample(text), -1);
}

static void texts_of_another_derrick(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "columns=cohorts",
        "columns=cohorts cohorts=60 sample=median alignment=second start=2008-03-26 cohort_days=92 "
        "interval_minutes=60 rig=texas-1",
        "columns=cohorts cohorts=60 sample=first alignment=second start=2008-03-26 cohort_days=92 "
        "interval_minutes=60 rig=texas-1 more=1",
        "columns=cohorts cohorts=60 sample=first alignment=second start=2008-03-26 cohort_days=92 "
        "interval_minutes=60 rig=texas-1 decimal=point",
        "columns=cohorts cohorts=060 sample=first alignment=second start=2008-03-26 cohort_days=92 "
        "interval_minutes=60 rig=texas-1",
        "columns=cohorts cohorts=60 sample=first alignment=second start=2008-13-26 cohort_days=92 "
        "interval_minutes=60 rig=texas-1",
    };
    for (size_t i = 0; i < DK_COUNT_OF(texts); i++) {
        struct dk_input_settings settings;
        struct dk_error err = {0};
        dk_input_settings_init(&settings);
        settings.cohort = 5;
        assert_int_equal(dk_input_settings_parse(texts[i], &settings, &err), DK_ERR_DATA);
        assert_int_equal(settings.cohort, 5);
        assert_true(err.hint[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_configuration),
        cmocka_unit_test(text_and_back),
        cmocka_unit_test(what_is_found_in_a_text),
        cmocka_unit_test(texts_of_another_derrick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

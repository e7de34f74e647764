/* Which cohorts a drop is taken as once it was read: the next one, a chosen one, after a gap, in
 * the future. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pipeline/numbering.h"
#include "small_store.h"

#define ROWS 3
#define SEED 4 /* of the drop; cohorts that are loaded have other values */

struct numbered {
    enum dk_status status;
    struct dk_error err;
    int first;    /* cohort of the first series */
    size_t count; /* series that are left */
    char notices[1024];
};

struct flags {
    int cohort_first, cohort_last; /* --cohort; 0: not given */
    bool gap, future;
};

static void notice(void *context, enum dk_level level, const char *message)
{
    struct numbered *numbered = context;
    size_t used = strlen(numbered->notices);
    (void)level;
    dk_text_format(numbered->notices + used, sizeof(numbered->notices) - used, "%s\n", message);
}

/* The minute of the last reading of a cohort. */
static int64_t last_minute(int cohort)
{
    struct dk_calendar calendar = dk_calendar_default();
    int64_t start = 0;
    assert_int_equal(dk_calendar_cohort_start(&calendar, cohort, &start, NULL), DK_OK);
    return start + (int64_t)(ROWS - 1) * calendar.interval_minutes;
}

/* Numbers a drop of `cohorts` series where cohorts up to `newest` are loaded. `clock`: this
 * machine's minute; 0: not known. */
static void number(struct numbered *numbered, int newest, size_t cohorts, struct flags flags,
                   int64_t clock)
{
    struct small_store small;
    struct dk_readings loaded;
    struct dk_settings settings;
    struct dk_intake intake = {.rig.newest = newest};
    *numbered = (struct numbered){0};
    const struct dk_observer observer = {.notice = notice, .context = numbered};
    small_store_open(&small);
    if (newest > 0) {
        small_store_fill(&loaded, "texas", 1, (size_t)newest, ROWS, 1);
        assert_int_equal(small_store_load(&small, &loaded, "loaded", "x=1", false, NULL), DK_OK);
        dk_readings_reset(&loaded);
    }
    dk_settings_init(&settings);
    settings.now_minute = clock;
    settings.gap = flags.gap;
    settings.future = flags.future;
    settings.cohort_given = flags.cohort_first > 0;
    settings.cohort_first = flags.cohort_first;
    settings.cohort_last = flags.cohort_last;
    assert_int_equal(dk_well_init(&settings.input.well, "texas", 1, NULL), DK_OK);
    intake.input = settings.input;
    intake.input.columns = cohorts == 1 ? DK_COLUMNS_SAMPLES : DK_COLUMNS_COHORTS;
    intake.input.cohort = flags.cohort_first;
    small_store_fill(&intake.readings, "texas", 1, cohorts, ROWS, SEED);
    memset(intake.drop.content_hash, 'a', DK_HASH_HEX_MAX - 1);
    struct dk_pipeline pipeline = {
        .settings = &settings, .store = small.store, .observer = &observer};
    numbered->status = dk_numbering_apply(&pipeline, &intake, DK_INTAKE_LOAD, &numbered->err);
    numbered->first = intake.readings.series[0].cohort;
    numbered->count = intake.readings.series_count;
    dk_readings_reset(&intake.readings);
    small_store_close(&small);
}

static void one_cohort_follows_the_newest(void **state)
{
    static const struct {
        const char *name;
        int newest;
        struct flags flags;
        enum dk_status status;
        int cohort; /* that it becomes */
        const char *says;
    } cases[] = {
        {"the next one", 2, {0}, DK_OK, 3, "loading as cohort 3 (2008-09-26 to 2008-12-26)"},
        {"the first one", 0, {0}, DK_OK, 1, "loading as cohort 1 (2008-03-26 to 2008-06-25)"},
        {"the next one by its number", 2, {.cohort_first = 3, .cohort_last = 3}, DK_OK, 3, ""},
        {"a loaded one", 2, {.cohort_first = 1, .cohort_last = 1}, DK_OK, 1, ""},
        {"a gap",
         2,
         {.cohort_first = 4, .cohort_last = 4},
         DK_ERR_REFUSED,
         4,
         "cohort 4 is not the next one of texas-1: that is cohort 3"},
        {"a gap on purpose", 2, {.cohort_first = 4, .cohort_last = 4, .gap = true}, DK_OK, 4, ""},
        {"no gap where nothing is loaded", 0, {.cohort_first = 9, .cohort_last = 9}, DK_OK, 9, ""},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct numbered numbered;
        number(&numbered, cases[i].newest, 1, cases[i].flags, 0);
        print_message("%s\n", cases[i].name);
        assert_int_equal(numbered.status, cases[i].status);
        assert_int_equal(numbered.first, cases[i].cohort);
        assert_non_null(strstr(numbered.status == DK_OK ? numbered.notices : numbered.err.message,
                               cases[i].says));
        if (numbered.status != DK_OK)
            assert_non_null(strstr(numbered.err.hint, "--gap"));
    }
}

/* A day of grace; a history only warns. */
static void the_future_is_a_day_away(void **state)
{
    static const struct {
        const char *name;
        size_t cohorts;
        int64_t ahead; /* minutes from the clock to the last reading; INT64_MIN: no clock */
        bool future;   /* --future */
        enum dk_status status;
        bool warns;
    } cases[] = {
        {"past", 1, -1, false, DK_OK, false},
        {"a day ahead", 1, 1440, false, DK_OK, false},
        {"a day and a minute ahead", 1, 1441, false, DK_ERR_REFUSED, false},
        {"on purpose", 1, 1441, true, DK_OK, false},
        {"no clock", 1, INT64_MIN, false, DK_OK, false},
        {"a history, a day ahead", 2, 1440, false, DK_OK, false},
        {"a history, more", 2, 1441, false, DK_OK, true},
        {"a history on purpose", 2, 1441, true, DK_OK, false},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct numbered numbered;
        const struct flags flags = {.future = cases[i].future};
        int64_t last = last_minute((int)cases[i].cohorts);
        number(&numbered, 0, cases[i].cohorts, flags,
               cases[i].ahead == INT64_MIN ? 0 : last - cases[i].ahead);
        print_message("%s: %s\n", cases[i].name, numbered.err.message);
        assert_int_equal(numbered.status, cases[i].status);
        assert_int_equal(strstr(numbered.notices, "ends in the future") != NULL, cases[i].warns);
        if (numbered.status != DK_OK) {
            assert_non_null(strstr(numbered.err.message, "ends in the future, on 2008-03-26"));
            assert_non_null(strstr(numbered.err.hint, "--future"));
        }
    }
}

static void chosen_cohorts_of_a_history(void **state)
{
    static const struct {
        int first, last; /* of --cohort */
        enum dk_status status;
        int kept_first;
        size_t kept;
    } cases[] = {
        {0, 0, DK_OK, 1, 5}, {1, 5, DK_OK, 1, 5}, {2, 2, DK_OK, 2, 1},
        {2, 4, DK_OK, 2, 3}, {4, 9, DK_OK, 4, 2}, {6, 6, DK_ERR_USAGE, 1, 5},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct numbered numbered;
        const struct flags flags = {.cohort_first = cases[i].first, .cohort_last = cases[i].last};
        number(&numbered, 0, 5, flags, 0);
        print_message("%d to %d: %s\n", cases[i].first, cases[i].last, numbered.err.message);
        assert_int_equal(numbered.status, cases[i].status);
        assert_int_equal(numbered.first, cases[i].kept_first);
        assert_int_equal(numbered.count, cases[i].kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cohort_follows_the_newest),
        cmocka_unit_test(the_future_is_a_day_away),
        cmocka_unit_test(chosen_cohorts_of_a_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

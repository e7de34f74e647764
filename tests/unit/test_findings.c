/* The sentences of a report: what is complete, what changed, what needs attention. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "report/findings.h"

#define COHORTS_MAX 4
#define WHOLE 2205 /* readings of a cohort */
#define DAY DK_DAY_MINUTES
#define NEXT_DAY 14000 /* 2008-05-01: the end of the next cohort */

static struct dk_page_request request;
static struct dk_cohort_detail details[COHORTS_MAX];
static struct dk_survey_cohort cohorts[COHORTS_MAX];
static struct dk_survey_profile profiles[2];
static struct dk_survey survey;
static struct dk_survey_rig rig;
static struct dk_buffer out;

/* A rig with whole cohorts of these numbers, all components in their best state. */
static void make_rig(const int *numbers, size_t count)
{
    request = (struct dk_page_request){.calendar = dk_calendar_default()};
    survey = (struct dk_survey){.request = &request, .profiles = profiles, .as_of_day = NEXT_DAY};
    memset(&rig, 0, sizeof(rig));
    memset(details, 0, sizeof(details));
    memset(profiles, 0, sizeof(profiles));
    for (size_t i = 0; i < count; i++) {
        cohorts[i] = (struct dk_survey_cohort){.detail = &details[i]};
        cohorts[i].place.rows = WHOLE;
        cohorts[i].place.drop_id = (int64_t)i + 1;
        cohorts[i].place.series.cohort = numbers[i];
        cohorts[i].place.series.interval_minutes = 60;
        cohorts[i].place.series.start_minute = (13964 + 92 * (int64_t)(numbers[i] - 1)) * DAY;
    }
    for (int c = 0; c < DK_CONDITIONS; c++)
        rig.now[c].code = dk_severity_code(c, 0);
    rig.cohorts = cohorts;
    rig.cohort_count = count;
    rig.counts.cohorts_expected = (size_t)(numbers[count - 1] - numbers[0]) + 1;
    rig.next_cohort = numbers[count - 1] + 1;
    rig.next_first_day = NEXT_DAY - 92;
    rig.next_end_day = NEXT_DAY;
    rig.late_days = -10;
}

/* What was appended since the last call. */
static const char *text(void)
{
    assert_int_equal(dk_buffer_finish(&out, NULL), DK_OK);
    out.size = 0;
    return out.data;
}

static void expect_text(const char *name, const char *expected)
{
    const char *got = text();
    if (strcmp(got, expected) != 0)
        fail_msg("%s:\n%s\n, not\n%s", name, got, expected);
}

#define DUE "Cohort 5 is due on <time>2008-05-01</time>."
#define BEST "All four components are in their best state. "

static void the_first_sentences(void **state)
{
    static const struct {
        const char *name;
        int numbers[COHORTS_MAX];
        size_t rows_of_second;
        uint64_t missing;
        int64_t late_days;
        int worst; /* components in their worst state: the valve, then the pump */
        const char *text;
    } cases[] = {
        {"all is well",
         {1, 2, 3, 4},
         WHOLE,
         0,
         -10,
         0,
         "Every reading to <time>2009-03-28</time> is here. " BEST DUE},
        {"one value",
         {1, 2, 3, 4},
         WHOLE,
         1,
         -10,
         0,
         "Every reading to <time>2009-03-28</time> is here, but <em>1 value is missing</em>. " BEST
             DUE},
        {"values",
         {1, 2, 3, 4},
         WHOLE,
         1200,
         0,
         0,
         "Every reading to <time>2009-03-28</time> is here, but <em>1,200 values are "
         "missing</em>. " BEST DUE},
        {"a part of a cohort",
         {1, 2, 3, 4},
         WHOLE - 1,
         0,
         -10,
         0,
         "<em>Cohort 2 is incomplete</em>. " BEST DUE},
        {"a gap", {0, 1, 3, 4}, WHOLE, 0, -10, 0, "<em>Cohort 2 is missing</em>. " BEST DUE},
        {"all of it",
         {-2, 0, 1, 4},
         7,
         5,
         1,
         1,
         "<em>Cohorts -1, 2 and 3 are missing</em>. <em>Cohort 0 is incomplete</em>. "
         "<em>5 values are missing</em>. The <em>valve has been close to total failure</em> since "
         "<time>2008-04-01</time>. <em>Cohort 5 is 1 day overdue.</em>"},
        {"two components",
         {1, 2, 3, 4},
         WHOLE,
         0,
         300,
         2,
         "Every reading to <time>2009-03-28</time> is here. The <em>valve has been close to total "
         "failure</em> since <time>2008-04-01</time>. The <em>pump has had severe leakage</em> "
         "since <time>2008-04-02</time>. <em>Cohort 5 is 300 days overdue.</em>"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        make_rig(cases[i].numbers, COHORTS_MAX);
        cohorts[1].place.rows = cases[i].rows_of_second;
        rig.counts.missing = cases[i].missing;
        rig.late_days = cases[i].late_days;
        rig.worst_count = cases[i].worst;
        for (int c = 1; c <= cases[i].worst; c++)
            rig.now[c] = (struct dk_component_now){
                .code = dk_severity_code(c, (int)dk_conditions[c].code_count - 1),
                .since_minute = (13969 + c) * DAY + 5};
        dk_findings_lede(&out, &survey, &rig);
        expect_text(cases[i].name, cases[i].text);
    }
}

static void when_the_next_one_is_due(void **state)
{
    static const struct {
        int64_t late_days;
        const char *text;
    } cases[] = {{-92, "in 92 days"},
                 {-1, "in 1 day"},
                 {0, "today"},
                 {1, "1 day late"},
                 {1210, "1,210 days late"}};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        rig.late_days = cases[i].late_days;
        dk_findings_due(&out, &rig);
        expect_text("due", cases[i].text);
    }
}

/* Each breaks one thing of a rig without findings. */
static void late(void)
{
    rig.late_days = 3;
}
static void failed(void)
{
    survey.last_run = (struct dk_ledger_run){
        .run_id = 9, .started = "2008-05-02 01:02:03", .state = DK_RUN_FAILED, .message = "<b>"};
}
static void interrupted(void)
{
    survey.last_run = (struct dk_ledger_run){
        .run_id = 9, .started = "2008-05-02 01:02:03", .state = DK_RUN_INTERRUPTED};
}
static void done(void)
{
    survey.last_run = (struct dk_ledger_run){.run_id = 9, .state = DK_RUN_DONE};
}
static void absent(void)
{
    rig.counts.absent_sensors = 3;
    rig.counts.absent[0] = rig.counts.absent[7] = rig.counts.absent[16] = true;
    cohorts[0].quality[0].missing = WHOLE; /* said once, not twice */
}
static void quarantined(void)
{
    cohorts[1].quality[0] = (struct dk_store_quality){.missing = 3, .quarantined = 2};
}
static void outside(void)
{
    cohorts[0].quality[16].outside = 4;
    cohorts[2].quality[16].outside = 5;
}
static void constant(void)
{
    for (int i = 1; i < 4; i++)
        cohorts[i].quality[16].longest_constant = WHOLE;
}
static void constants(void)
{
    constant();
    details[2].low[16] = 7;
}
static void nearly_constant(void)
{
    cohorts[0].quality[16].longest_constant = WHOLE - 1;
}
static void worst(void)
{
    rig.now[0] = (struct dk_component_now){.code = dk_severity_code(0, 2), .readings = 1};
}

#define NOTHING "<li>Nothing needs attention.</li>\n"

static void a_gap(void)
{
    cohorts[3].place.series.cohort = 5;
}

static void a_part(void)
{
    cohorts[2].place.rows = 500;
}

static void parts(void)
{
    cohorts[1].place.rows = 1;
    a_part();
}

static void what_needs_attention(void **state)
{
    static const struct {
        const char *name;
        void (*change)(void);
        size_t count;
        const char *text;
    } cases[] = {
        {"a run that is done", done, 0, NOTHING},
        {"nearly constant", nearly_constant, 0, NOTHING},
        {"late", late, 1,
         "<li>Cohort 5 (<time>2008-01-30</time> to <time>2008-04-30</time>) had not been loaded by "
         "<time>2008-05-01</time>.</li>\n"},
        {"failed", failed, 1,
         "<li>The last run (run 9, <time>2008-05-02 01:02:03</time> UTC) failed: "
         "&lt;b&gt;.</li>\n"},
        {"interrupted", interrupted, 1,
         "<li>The last run (run 9, <time>2008-05-02 01:02:03</time> UTC) was interrupted.</li>\n"},
        {"a gap", a_gap, 1, "<li>Cohort 4 is missing.</li>\n"},
        {"a part of a cohort", a_part, 1,
         "<li>Cohort 3 is incomplete: 500 of 2,205 readings.</li>\n"},
        {"parts", parts, 1, "<li>Cohorts 2 and 3 are incomplete.</li>\n"},
        {"absent", absent, 1, "<li>3 of 17 sensors have no values at all: PS1, FS1 and SE.</li>\n"},
        {"quarantined", quarantined, 2,
         "<li>1 value of PS1 is missing, in cohort 2.</li>\n"
         "<li>2 values of PS1 are in quarantine, in cohort 2.</li>\n"},
        {"outside", outside, 1,
         "<li>9 values of SE are outside the plausible range, in cohorts 1 and 3.</li>\n"},
        {"constant", constant, 1, "<li>SE is exactly 0 in every reading of cohorts 2 to 4.</li>\n"},
        {"constants", constants, 1, "<li>SE does not vary within cohorts 2 to 4.</li>\n"},
        {"a component", worst, 1,
         "<li>Cooler: close to total failure, the worst of its states, in the last "
         "reading.</li>\n"},
    };
    static const int numbers[] = {1, 2, 3, 4};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        make_rig(numbers, COHORTS_MAX);
        cases[i].change();
        assert_int_equal(dk_findings_attention(&out, &survey, &rig), cases[i].count);
        expect_text(cases[i].name, cases[i].text);
    }
}

static void a_sensor_over_all_cohorts(void **state)
{
    static const int numbers[] = {1, 2, 3};
    (void)state;
    make_rig(numbers, 3);
    cohorts[0].quality[4] = (struct dk_store_quality){
        .missing = 5, .quarantined = 2, .outside = 1, .longest_constant = 90};
    cohorts[2].quality[4] = (struct dk_store_quality){.missing = 7, .longest_constant = WHOLE};
    details[0].zeros[4] = 3;
    cohorts[1].detail = NULL;
    struct dk_sensor_findings found = dk_findings_sensor(&rig, 4);
    assert_int_equal(found.missing, 12);
    assert_int_equal(found.quarantined, 2);
    assert_int_equal(found.outside, 1);
    assert_int_equal(found.zeros, 3);
    assert_int_equal(found.longest_constant, WHOLE);
    assert_int_equal(found.constant_cohorts, 1);
}

static void what_the_newest_delivery_changed(void **state)
{
    static const int numbers[] = {1, 2, 3};
    (void)state;
    make_rig(numbers, 1);
    dk_findings_changed(&out, &survey, &rig);
    expect_text("one cohort",
                "<li>The newest delivery brought cohort 1: 2,205 readings.</li>\n"
                "<li>It is the only cohort, so there is nothing to compare it with.</li>\n");
    make_rig(numbers, 3);
    cohorts[1].place.drop_id = 3;
    dk_findings_changed(&out, &survey, &rig);
    expect_text("no change",
                "<li>The newest delivery brought cohorts 2 and 3: 4,410 readings.</li>\n"
                "<li>Conditions: no change. Cohorts 2 and 3 have the same profile.</li>\n"
                "<li>Sensors: no median moved by more than a quarter of the sensor’s usual spread "
                "(its middle half).</li>\n");
    make_rig(numbers, 3);
    for (int i = 0; i < 3; i++)
        cohorts[i].place.drop_id = 8;
    rig.scale[0].decimals = 1;
    details[1].whole[0] = (struct dk_box){.q25 = 10, .median = 12, .q75 = 14};
    details[2].whole[0] = (struct dk_box){.q25 = 10, .median = 13.25, .q75 = 14};
    dk_findings_changed(&out, &survey, &rig);
    expect_text("a sensor moved",
                "<li>One delivery brought all 3 cohorts, so there is no earlier one to compare "
                "with. The points below compare cohort 3 with the one before.</li>\n"
                "<li>Conditions: no change. Cohorts 2 and 3 have the same profile.</li>\n"
                "<li>Sensors: the median of 1 moved by more than a quarter of its usual spread "
                "(its middle half): PS1 (pressure 1) from 12.00 to 13.25&nbsp;bar.</li>\n");
    details[2].whole[0].median = 13; /* by a quarter, not more */
    dk_findings_changed(&out, &survey, &rig);
    assert_non_null(strstr(text(), "no median moved by more than a quarter of the sensor’s usual "
                                   "spread (its middle half). The largest moves: PS1 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_sentences),
        cmocka_unit_test(when_the_next_one_is_due),
        cmocka_unit_test(what_needs_attention),
        cmocka_unit_test(a_sensor_over_all_cohorts),
        cmocka_unit_test(what_the_newest_delivery_changed),
    };
    dk_buffer_init(&out, 65536);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    dk_buffer_reset(&out);
    return failures;
}

/* Rows out of the CSV of an earlier run: found, taken over as they are, and only of a file that is
 * what the ledger says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "drop_folder.h"
#include "pipeline/previous_csv.h"

#define BYTES_MAX ((size_t)8 << 20)
#define ASKED_MAX 3

/* A series to take over: cohort 0 ends the list. */
struct asked {
    const char *site;
    int cohort;
    size_t rows;
};

struct outcome {
    enum dk_status appended; /* of the last series asked for */
    enum dk_status finished;
    char *lines; /* that came out, on the heap */
};

static struct dk_store_series series_of(const struct asked *asked)
{
    struct dk_store_series series = {.run_id = 1, .rows = asked->rows};
    assert_int_equal(dk_well_init(&series.series.well, asked->site, 1, NULL), DK_OK);
    series.series.cohort = asked->cohort;
    return series;
}

static void take_over(const char *text, bool known, const struct asked asked[ASKED_MAX],
                      struct outcome *outcome)
{
    struct drop_folder folder;
    struct dk_ledger_publication publication = {.run_id = 1};
    struct dk_previous_csv csv;
    struct dk_export *export = NULL;
    struct dk_buffer out;
    char path[512];
    bool usable = false;
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL};
    dk_buffer_init(&out, BYTES_MAX);
    drop_folder_make(&folder);
    drop_folder_put(&folder, "old.csv", text);
    dk_text_format(publication.target, sizeof(publication.target), "%s",
                   drop_folder_path(&folder, "old.csv", path));
    assert_int_equal(dk_hash_bytes(text, strlen(text), publication.hash, NULL), DK_OK);
    publication.hash[0] = known ? publication.hash[0] : 'x';
    assert_int_equal(dk_previous_csv_open(&csv, &publication, &usable, NULL), DK_OK);
    assert_true(usable);
    assert_int_equal(dk_export_open_sink(&export, &settings, dk_sink_buffer(&out), NULL), DK_OK);
    size_t header = out.size;
    *outcome = (struct outcome){.appended = DK_OK};
    for (size_t i = 0; i < ASKED_MAX && asked[i].cohort > 0 && outcome->appended == DK_OK; i++) {
        const struct dk_store_series series = series_of(&asked[i]);
        outcome->appended = dk_previous_csv_append(&csv, &series, export, NULL);
    }
    outcome->finished = dk_previous_csv_finish(&csv, NULL);
    dk_previous_csv_close(&csv);
    dk_export_close(export);
    assert_int_equal(dk_buffer_terminate(&out, NULL), DK_OK);
    outcome->lines = strdup(out.data + (header <= out.size ? header : out.size));
    assert_non_null(outcome->lines);
    dk_buffer_reset(&out);
    drop_folder_remove(&folder);
}

#define HEADER "rig_name,cohort,x\n"
#define A1 "alpha-1,1,a\nalpha-1,1,b\n"
#define A2 "alpha-1,2,c\nalpha-1,2,d\n"
#define A12 "alpha-1,12,e\nalpha-1,12,f\n"
#define B1 "beta-1,1,g\nbeta-1,1,h\n"

static void lines_are_taken_over_as_they_are(void **state)
{
    static const struct {
        const char *name, *text;
        bool other_hash;
        struct asked asked[ASKED_MAX];
        enum dk_status appended, finished;
        const char *lines;
    } cases[] = {
        {"all", HEADER A1 A2, false, {{"alpha", 1, 2}, {"alpha", 2, 2}}, DK_OK, DK_OK, A1 A2},
        {"the second", HEADER A1 A2, false, {{"alpha", 2, 2}}, DK_OK, DK_OK, A2},
        {"another rig", HEADER A1 B1, false, {{"beta", 1, 2}}, DK_OK, DK_OK, B1},
        {"none", HEADER A1, false, {{0}}, DK_OK, DK_OK, ""},
        {"a number that begins alike",
         HEADER A12 A1 A2,
         false,
         {{"alpha", 1, 2}, {"alpha", 2, 2}},
         DK_OK,
         DK_OK,
         A1 A2},
        {"a cohort that is not there", HEADER A1, false, {{"alpha", 2, 2}}, DK_ERR_DATA, DK_OK, ""},
        {"a rig that is not there", HEADER A1, false, {{"beta", 1, 2}}, DK_ERR_DATA, DK_OK, ""},
        {"fewer lines", HEADER A1 A2, false, {{"alpha", 1, 3}}, DK_ERR_DATA, DK_OK, A1},
        {"fewer lines at the end", HEADER A1, false, {{"alpha", 1, 3}}, DK_ERR_DATA, DK_OK, A1},
        {"more lines", HEADER A1 A2, false, {{"alpha", 1, 1}}, DK_OK, DK_OK, "alpha-1,1,a\n"},
        {"in another order",
         HEADER A1 A2,
         false,
         {{"alpha", 2, 2}, {"alpha", 1, 2}},
         DK_ERR_DATA,
         DK_OK,
         A2},
        {"a line cut off",
         HEADER "alpha-1,1,a\nalpha-1,1,b",
         false,
         {{"alpha", 1, 2}},
         DK_ERR_DATA,
         DK_OK,
         "alpha-1,1,a\n"},
        {"an empty file", "", false, {{"alpha", 1, 2}}, DK_ERR_DATA, DK_OK, ""},
        {"not what the ledger says", HEADER A1, true, {{"alpha", 1, 2}}, DK_OK, DK_ERR_DATA, A1},
        {"an end that nobody asked for", HEADER A1 A2, true, {{0}}, DK_OK, DK_ERR_DATA, ""},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct outcome outcome;
        take_over(cases[i].text, !cases[i].other_hash, cases[i].asked, &outcome);
        print_message("%s\n", cases[i].name);
        assert_int_equal(outcome.appended, cases[i].appended);
        assert_int_equal(outcome.finished, cases[i].finished);
        assert_string_equal(outcome.lines, cases[i].lines);
        free(outcome.lines);
    }
}

/* Cohorts of many windows, so that lines and keys lie across their borders. */
static void a_file_of_many_windows(void **state)
{
    static const struct asked asked[ASKED_MAX] = {{"alpha", 2, 40000}, {"alpha", 4, 40000}};
    struct dk_buffer text;
    struct dk_buffer wanted;
    struct outcome outcome;
    (void)state;
    dk_buffer_init(&text, BYTES_MAX);
    dk_buffer_init(&wanted, BYTES_MAX);
    dk_buffer_put(&text, HEADER);
    for (int cohort = 1; cohort <= 5; cohort++)
        for (int row = 0; row < 40000; row++) {
            dk_buffer_putf(&text, "alpha-1,%d,%.*s%d\n", cohort, row % 7, "1234567", row);
            if (cohort == 2 || cohort == 4)
                dk_buffer_putf(&wanted, "alpha-1,%d,%.*s%d\n", cohort, row % 7, "1234567", row);
        }
    assert_int_equal(dk_buffer_finish(&text, NULL), DK_OK);
    assert_int_equal(dk_buffer_finish(&wanted, NULL), DK_OK);
    take_over(text.data, true, asked, &outcome);
    assert_int_equal(outcome.appended, DK_OK);
    assert_int_equal(outcome.finished, DK_OK);
    assert_true(strcmp(outcome.lines, wanted.data) == 0);
    free(outcome.lines);
    dk_buffer_reset(&text);
    dk_buffer_reset(&wanted);
}

/* A line that no window holds is not one of ours. */
static void a_line_without_end(void **state)
{
    static const struct asked asked[ASKED_MAX] = {{"alpha", 1, 1}};
    const size_t size = (size_t)1 << 20;
    char *text = malloc(size + 1);
    struct outcome outcome;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', size);
    text[size] = '\0';
    take_over(text, true, asked, &outcome);
    assert_int_equal(outcome.appended, DK_ERR_DATA);
    free(outcome.lines);
    free(text);
}

static void a_file_that_is_gone_is_no_error(void **state)
{
    const struct dk_ledger_publication publication = {.target = "/nowhere/old.csv"};
    struct dk_previous_csv csv;
    bool usable = true;
    (void)state;
    assert_int_equal(dk_previous_csv_open(&csv, &publication, &usable, NULL), DK_OK);
    assert_false(usable);
}

static void it_holds_what_was_loaded_and_changed_before_it(void **state)
{
    const struct dk_ledger_publication publication = {.run_id = 5};
    const struct dk_previous_csv csv = {.publication = &publication};
    static const struct {
        int64_t run_id, changed_run_id;
        bool holds;
    } cases[] = {{1, 1, true},  {5, 5, true}, {6, 6, false},
                 {1, 6, false}, {4, 5, true}, {0, 0, false}};
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        const struct dk_store_series series = {.run_id = cases[i].run_id,
                                               .changed_run_id = cases[i].changed_run_id};
        assert_int_equal(dk_previous_csv_holds(&csv, &series), cases[i].holds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_over_as_they_are),
        cmocka_unit_test(a_file_of_many_windows),
        cmocka_unit_test(a_line_without_end),
        cmocka_unit_test(a_file_that_is_gone_is_no_error),
        cmocka_unit_test(it_holds_what_was_loaded_and_changed_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Events are one line each, with the fields that every event has; progress comes as often as time
 * allows and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/console.h"
#include "cli/stop.h"

static int64_t fake_ms;

static int64_t fake_clock(void)
{
    return fake_ms;
}

/* Everything that `work` prints to stdout and stderr, on the heap. */
static char *capture(void (*work)(struct dk_console *console), struct dk_console *console)
{
    char *text = calloc(1, 1 << 16);
    FILE *file = tmpfile();
    assert_non_null(text);
    assert_non_null(file);
    fflush(stdout);
    int saved[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    work(console);
    fflush(stdout);
    assert_true(dup2(saved[0], STDOUT_FILENO) >= 0);
    assert_true(dup2(saved[1], STDERR_FILENO) >= 0);
    close(saved[0]);
    close(saved[1]);
    rewind(file);
    assert_true(fread(text, 1, (1 << 16) - 1, file) < (1 << 16) - 1);
    fclose(file);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void setup(struct dk_console *console)
{
    dk_console_init(console);
    console->json = true;
    console->progress_mode = DK_PROGRESS_ALWAYS;
    console->clock_ms = fake_clock;
    fake_ms = 1000000;
    dk_console_start(console);
}

/* Three steps by turns, as threads report them, each a thousand times; the clock stands. */
static void report_at_once(struct dk_console *console)
{
    static const char *const steps[] = {"read", "load", "export"};
    for (uint64_t done = 1; done <= 1000; done++)
        for (size_t i = 0; i < DK_COUNT_OF(steps); i++)
            dk_observer_progress(&console->observer, steps[i], done, 1000, "rows");
}

/* Ten seconds of it, a call each millisecond. */
static void report_for_a_while(struct dk_console *console)
{
    for (uint64_t done = 1; done <= 10000; done++, fake_ms++)
        dk_observer_progress(&console->observer, "read", done, 10000, "bytes");
}

static void test_progress(void **state)
{
    (void)state;
    struct dk_console console;
    setup(&console);
    char *text = capture(report_at_once, &console);
    assert_int_equal(count_lines(text), 6); /* the first and the last of each step */
    free(text);
    text = capture(report_for_a_while, &console);
    assert_true(count_lines(text) >= 9 && count_lines(text) <= 11);
    free(text);
    /* The next run is reported like the first. */
    dk_console_begin_run(&console);
    text = capture(report_at_once, &console);
    assert_int_equal(count_lines(text), 6);
    free(text);
    dk_console_reset(&console);
}

/* A quarter of a long step, after ten seconds. */
static void report_a_quarter(struct dk_console *console)
{
    console->step[0] = '\0';
    dk_observer_progress(&console->observer, "read", 0, 400000000, "bytes");
    fake_ms += 10000;
    dk_observer_progress(&console->observer, "read", 100000000, 400000000, "bytes");
    dk_observer_progress(&console->observer, "verify", 1, 0, "rows");
}

/* The progress line is shorter than the terminal is wide: what does not fit is left out. */
static void test_progress_width(void **state)
{
    (void)state;
    static const struct {
        size_t width;
        const char *expected;
    } cases[] = {
        {80, "read      25 %  100.0 MB of 400.0 MB  10.0 MB/s  30 s left"},
        {0, "read      25 %  100.0 MB of 400.0 MB  10.0 MB/s  30 s left"},
        {59, "read      25 %  100.0 MB of 400.0 MB  10.0 MB/s  30 s left"},
        {58, "read      25 %  100.0 MB of 400.0 MB  10.0 MB/s"},
        {48, "read      25 %  100.0 MB of 400.0 MB  10.0 MB/s"},
        {47, "read      25 %  100.0 MB of 400.0 MB"},
        {20, "read      25 %  100"},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_console console;
        char expected[256];
        setup(&console);
        console.json = false;
        console.error_width = cases[i].width;
        char *text = capture(report_a_quarter, &console);
        snprintf(expected, sizeof(expected), "\r\033[K%s\r\033[K", cases[i].expected);
        assert_non_null(strstr(text, expected));
        assert_non_null(strstr(text, "verify   1 rows"));
        free(text);
        dk_console_reset(&console);
    }
}

/* Every text an event may get: none makes it vanish. */
static void report_odd_texts(struct dk_console *console)
{
    static const char *const texts[] = {
        "",         "caf\xe9",      "\xff\xfe",        "a\"b\\c\n\t\x01",
        "\xc3\xa4", "\xed\xa0\x80", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < DK_COUNT_OF(texts); i++) {
        dk_console_result(console, "sample", DK_FIELDS(DK_TEXT("folder", texts[i])), "%s", "");
        dk_observer_notice(&console->observer, DK_LEVEL_WARNING, "%s", texts[i]);
        struct dk_error err = {0};
        dk_error_set(&err, DK_ERR_DATA, "%s", texts[i]);
        dk_error_hint(&err, "%s", texts[i]);
        dk_error_place(&err, texts[i], 1, 2, 3);
        dk_console_error(console, &err);
    }
}

static void test_odd_texts(void **state)
{
    (void)state;
    struct dk_console console;
    int64_t run_id = 7;
    setup(&console);
    console.run_id = &run_id;
    snprintf(console.rig, sizeof(console.rig), "texas-1");
    char *text = capture(report_odd_texts, &console);
    assert_int_equal(count_lines(text), 21);
    for (char *line = text, *end = strchr(line, '\n'); end;
         line = end + 1, end = strchr(line, '\n')) {
        *end = '\0';
        json_error_t why;
        json_t *event = json_loads(line, 0, &why);
        assert_non_null(event);
        assert_int_equal(json_integer_value(json_object_get(event, "run_id")), 7);
        assert_string_equal(json_string_value(json_object_get(event, "rig")), "texas-1");
        assert_int_equal(strlen(json_string_value(json_object_get(event, "time"))),
                         strlen("2026-11-29T17:56:51.123Z"));
        assert_non_null(json_string_value(json_object_get(event, "level")));
        assert_non_null(json_string_value(json_object_get(event, "event")));
        json_decref(event);
    }
    free(text);
    dk_console_reset(&console);
}

/* What a stop says, at each stage, as text and as an event. */
static void test_stop(void **state)
{
    (void)state;
    static const struct {
        const char *step;
        uint64_t done;
        const char *expected;
    } steps[] = {
        {"archive", 1,
         "stopped; what was loaded is safe, run again to finish"}, /* an earlier drop's */
        {"read", 1, "stopped; nothing was loaded, run again"},
        {"load", 10, "stopped; nothing was loaded, run again"},
        {"verify", 1, "stopped; nothing was loaded, run again"},
        {"verify", 10, "stopped while the load was being completed; run again to finish it"},
        {"verify", 1, "stopped while the load was being completed; run again to finish it"},
        {"compare", 0, "stopped; what was loaded is safe, run again to finish"},
        {"verify", 10, "stopped; what was loaded is safe, run again to finish"},
        {"export", 1, "stopped; what was loaded is safe, run again to finish"},
    };
    struct dk_console console;
    char line[512];
    char expected[512];
    int64_t run_id = 42;
    dk_console_init(&console);
    console.progress_mode = DK_PROGRESS_NEVER;
    dk_console_start(&console);
    dk_observer_progress(&console.observer, "read", 1, 10, "bytes");
    size_t size = dk_stop_line(&console, 0, line, sizeof(line));
    assert_memory_equal(line, "derrick: stopped; run again\n", size);
    dk_console_begin_run(&console);
    for (size_t i = 0; i < DK_COUNT_OF(steps); i++) {
        dk_observer_progress(&console.observer, steps[i].step, steps[i].done, 10, "rows");
        size = dk_stop_line(&console, 0, line, sizeof(line));
        line[size] = '\0';
        snprintf(expected, sizeof(expected), "derrick: %s\n", steps[i].expected);
        assert_string_equal(line, expected);
    }
    /* The next drop of the same run. */
    console.has_loaded = true;
    for (size_t i = 0; i < DK_COUNT_OF(steps); i++) {
        dk_console_begin_run(&console);
        dk_observer_progress(&console.observer, steps[i].step, steps[i].done, 10, "rows");
        size = dk_stop_line(&console, 0, line, sizeof(line));
        line[size] = '\0';
        assert_null(strstr(line, "nothing was loaded"));
    }
    console.json = true;
    size = dk_stop_line(&console, 1701194211007, line, sizeof(line));
    line[size] = '\0';
    assert_non_null(strstr(line, "\"run_id\":null,\"rig\":null,"));
    console.run_id = &run_id;
    snprintf(console.rig, sizeof(console.rig), "texas-1");
    size = dk_stop_line(&console, 1701194211007, line, sizeof(line));
    line[size - 1] = '\0';
    const struct dk_event event = {
        .name = "stopped",
        .level = "warning",
        .time_ms = 1701194211007,
        .run_id = 42,
        .rig = "texas-1",
        .fields =
            DK_FIELDS(DK_TEXT("message", "stopped; what was loaded is safe, run again to finish"))};
    char *same = dk_event_line(&event);
    assert_string_equal(line, same);
    free(same);
    /* It is cut where there is no room. */
    for (size_t cap = 2; cap < 64; cap++)
        assert_true(dk_stop_line(&console, 0, line, cap) <= cap);
    dk_console_reset(&console);
}

static void test_line(void **state)
{
    (void)state;
    const struct dk_event event = {.name = "due",
                                   .level = "info",
                                   .time_ms = 1701194211007,
                                   .rig = "",
                                   .fields = DK_FIELDS(DK_NUMBER("cohort", 61),
                                                       DK_FLAG("over", true), DK_TEXT("a", NULL),
                                                       DK_JSON("b", NULL), DK_TEXT("rig", "x-1"))};
    char *line = dk_event_line(&event);
    assert_string_equal(line, "{\"time\":\"2023-11-28T17:56:51.007Z\",\"level\":\"info\",\"event\":"
                              "\"due\",\"run_id\":null,\"rig\":\"x-1\",\"cohort\":61,\"over\":true,"
                              "\"a\":null,\"b\":null}");
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress),  cmocka_unit_test(test_progress_width),
        cmocka_unit_test(test_odd_texts), cmocka_unit_test(test_line),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

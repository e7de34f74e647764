/* The observer receives exactly what is reported, and NULL is a legal observer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/observer.h"

struct heard {
    int notices;
    int steps;
    enum dk_level level;
    char text[2 * DK_ERROR_TEXT_MAX];
    char step[32];
    char unit[32];
    uint64_t done;
    uint64_t total;
};

static void hear_notice(void *context, enum dk_level level, const char *text)
{
    struct heard *heard = context;
    heard->notices++;
    heard->level = level;
    snprintf(heard->text, sizeof(heard->text), "%s", text);
}

static void hear_progress(void *context, const char *step, uint64_t done, uint64_t total,
                          const char *unit)
{
    struct heard *heard = context;
    heard->steps++;
    heard->done = done;
    heard->total = total;
    snprintf(heard->step, sizeof(heard->step), "%s", step);
    snprintf(heard->unit, sizeof(heard->unit), "%s", unit);
}

static void notices_are_formatted(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct dk_observer observer = {.context = &heard, .notice = hear_notice};
    dk_observer_notice(&observer, DK_LEVEL_WARNING, "%d readings of '%s' are missing", 3, "PS1");
    assert_int_equal(heard.notices, 1);
    assert_int_equal(heard.level, DK_LEVEL_WARNING);
    assert_string_equal(heard.text, "3 readings of 'PS1' are missing");
    dk_observer_notice(&observer, DK_LEVEL_DEBUG, "100 %%");
    assert_int_equal(heard.level, DK_LEVEL_DEBUG);
    assert_string_equal(heard.text, "100 %");
    assert_int_equal(heard.steps, 0);
}

static void progress_is_handed_on(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct dk_observer observer = {.context = &heard, .progress = hear_progress};
    dk_observer_progress(&observer, "read", UINT64_C(1) << 40, UINT64_MAX, "bytes");
    assert_int_equal(heard.steps, 1);
    assert_string_equal(heard.step, "read");
    assert_string_equal(heard.unit, "bytes");
    assert_true(heard.done == UINT64_C(1) << 40 && heard.total == UINT64_MAX);
}

static void nobody_need_listen(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct dk_observer deaf = {.context = &heard};
    dk_observer_notice(NULL, DK_LEVEL_NOTICE, "%s", "x");
    dk_observer_progress(NULL, "read", 1, 2, "bytes");
    dk_observer_notice(&deaf, DK_LEVEL_NOTICE, "%s", "x");
    dk_observer_progress(&deaf, "read", 1, 2, "bytes");
    assert_int_equal(heard.notices + heard.steps, 0);
}

static void a_long_notice_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    char text[2 * DK_ERROR_TEXT_MAX + 1];
    for (size_t offset = 0; offset < 3; offset++) {
        memset(text, '.', sizeof(text));
        for (size_t at = offset; at + 3 < sizeof(text); at += 3)
            memcpy(text + at, "\xe2\x82\xac", 3);
        text[sizeof(text) - 1] = '\0';
        struct heard heard = {0};
        const struct dk_observer observer = {.context = &heard, .notice = hear_notice};
        dk_observer_notice(&observer, DK_LEVEL_NOTICE, "%s", text);
        size_t room = DK_ERROR_TEXT_MAX - 1;
        assert_int_equal(strlen(heard.text), offset + (room - offset) / 3 * 3);
        assert_memory_equal(heard.text, text, strlen(heard.text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notices_are_formatted),
        cmocka_unit_test(progress_is_handed_on),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_long_notice_is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

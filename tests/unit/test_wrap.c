/* Lines are broken at blanks where they are too long, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "cli/wrap.h"

struct wrap_case {
    const char *text;
    size_t width, column, indent;
    const char *expected;
};

static const struct wrap_case cases[] = {
    {"", 10, 0, 0, ""},
    {"one two three", 0, 0, 0, "one two three"},
    {"one two three", 20, 0, 0, "one two three"},
    {"one two three", 8, 0, 0, "one two\nthree"},
    {"one two three", 7, 0, 0, "one two\nthree"},
    {"one two three", 6, 0, 2, "one\n  two\n  three"},
    /* The text begins where another one ended. */
    {"one two three", 13, 5, 5, "one two\n     three"},
    {"one two", 13, 10, 2, "one\n  two"},
    /* A word that is longer than the line is kept whole. */
    {"a 0123456789012345 b", 10, 0, 1, "a\n 0123456789012345\n b"},
    {"0123456789012345", 10, 0, 4, "0123456789012345"},
    /* Line ends of the text itself, and blanks that align. */
    {"one\ntwo three", 8, 0, 0, "one\ntwo\nthree"},
    {"  a    b", 20, 0, 4, "  a    b"},
    {"  a    b c", 8, 0, 4, "  a    b\n    c"},
    {"one ", 10, 0, 0, "one "},
    /* Characters count, not bytes: four of them in eight bytes. */
    {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f ab", 7, 0, 0, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f ab"},
    {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f ab", 6, 0, 0, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\nab"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        dk_wrap_print(stream, cases[i].text, cases[i].width, cases[i].column, cases[i].indent);
        fclose(stream);
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

/* Whatever the width, only blanks become line ends, and no line that could be shorter is too
 * long. */
static void test_every_width(void **state)
{
    (void)state;
    static const char words[] = "the quick brown fox jumps over the lazy dog and runs away";
    for (size_t width = 1; width < sizeof(words) + 1; width++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        dk_wrap_print(stream, words, width, 0, 0);
        fclose(stream);
        assert_int_equal(size, sizeof(words) - 1);
        for (size_t i = 0; i < size; i++)
            assert_true(text[i] == words[i] || (text[i] == '\n' && words[i] == ' '));
        for (const char *line = text; *line; line += strcspn(line, "\n")) {
            line += *line == '\n';
            size_t length = strcspn(line, "\n");
            assert_true(length <= width || !memchr(line, ' ', length));
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

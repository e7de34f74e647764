/* Foreign text: what may be printed, and what becomes a question mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "base/text.h"

static void hidden_characters_become_question_marks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"PS1.txt", "PS1.txt"},
        {"Größe ☂ 日本 😀", "Größe ☂ 日本 😀"},
        {"a\tb\nc\rd\x1b[2Je\x7f", "a?b?c?d?[2Je?"},
        {"\xc2\x9b"
         "31m",
         "?31m"},                                   /* U+009B, the one-character CSI */
        {"\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0"}, /* the ends of C1; U+00A0 is a blank */
        {"a\xe2\x80\xa8"
         "b\xe2\x80\xa9",
         "a?b?"}, /* U+2028, U+2029 */
        /* NOLINTNEXTLINE(misc-misleading-bidirectional) */
        {"\xe2\x80\xae"
         "txt.1SP",
         "?txt.1SP"},                                /* U+202E, right to left */
        {"\xe2\x81\xa6x\xe2\x81\xa9", "?x?"},        /* U+2066, U+2069 */
        {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "???"}, /* U+200E, U+200F, U+061C */
        {"\xff\xfe", "??"},                          /* no UTF-8 at all */
        {"\xc3", "?"},                               /* cut short */
        {"\xe2\x82", "??"},                          /* cut short */
        {"\xc0\xaf\xe0\x80\xaf", "?????"},           /* overlong */
        {"\xed\xa0\x80", "???"},                     /* a surrogate */
        {"\xf4\x90\x80\x80", "????"},                /* past U+10FFFF */
        {"\x80\xbf", "??"},                          /* no beginning */
    };
    char out[64];
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        dk_text_show(cases[i].text, out, sizeof(out));
        assert_string_equal(out, cases[i].want);
    }
}

static void a_text_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    static const char text[] = "aé☂😀";
    static const char *const wants[] = {"",    "a",   "a",   "aé",  "aé",  "aé",
                                        "aé☂", "aé☂", "aé☂", "aé☂", "aé☂😀"};
    char out[16];
    for (size_t cap = 1; cap <= DK_COUNT_OF(wants); cap++) {
        dk_text_show(text, out, cap);
        assert_string_equal(out, wants[cap - 1]);
    }
}

static void numbers_are_parsed(void **state)
{
    (void)state;
    uint64_t value = 0;
    assert_true(dk_text_number("5497558138880", &value)); /* 5 TiB */
    assert_true(value == 5ULL << 40);
    assert_true(dk_text_number("0012", &value));
    assert_int_equal(value, 12);
    assert_false(dk_text_number("", &value));
    assert_false(dk_text_number("1x", &value));
    assert_false(dk_text_number("-1", &value));
    assert_false(dk_text_number("184467440737095516150", &value));
}

static void blanks_are_trimmed(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {" \t\r\n", ""}, {"a", "a"}, {"\t a b \r\n", "a b"}};
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        char text[16];
        dk_text_format(text, sizeof(text), "%s", cases[i][0]);
        assert_string_equal(dk_text_trim(text), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_parsed),
        cmocka_unit_test(blanks_are_trimmed),
        cmocka_unit_test(hidden_characters_become_question_marks),
        cmocka_unit_test(a_text_is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* "Did you mean": which known word is meant by an unknown one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/status.h"
#include "cli/nearest.h"

static const char *const known[] = {"check", "convert", "config", "export", "upload", "run"};

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        unsigned edits_max;
        bool whole;
        const char *found; /* NULL: none */
    } cases[] = {
        {"chekc", 2, false, "check"},  /* two letters exchanged are two edits */
        {"chck", 2, false, "check"},   /* one is missing */
        {"chheck", 2, false, "check"}, /* one is too many */
        {"rum", 2, false, "run"},      /* one is wrong */
        {"rum", 0, false, NULL},       /* but none may be */
        {"conv", 2, false, "convert"}, /* the beginning of one */
        {"co", 2, false, "convert"},   /* of the first of several */
        {"conv", 2, true, NULL},       /* three letters are missing */
        {"confi", 2, true, "config"},  /* one is */
        {"u", 2, false, NULL},         /* every letter would be an edit, and it begins too many */
        {"", 2, false, NULL},
        {"frobnicate", 2, false, NULL},
        {"exports", 2, false, "export"}, /* the nearest, not the first that is near enough */
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_nearest nearest = {.word = cases[i].word,
                                     .size = strlen(cases[i].word),
                                     .edits_max = cases[i].edits_max,
                                     .whole = cases[i].whole};
        for (size_t k = 0; k < DK_COUNT_OF(known); k++)
            dk_nearest_try(&nearest, known[k]);
        if (cases[i].found)
            assert_string_equal(nearest.found, cases[i].found);
        else
            assert_null(nearest.found);
    }
}

/* Of two words that are as near, the first; a nearer one wins wherever it is. */
static void test_order(void **state)
{
    (void)state;
    static const char *const words[] = {"cat", "bat", "hat", "rats"};
    struct dk_nearest nearest = {.word = "rat", .size = 3, .edits_max = 2, .whole = true};
    dk_nearest_try(&nearest, words[0]);
    dk_nearest_try(&nearest, words[1]);
    assert_ptr_equal(nearest.found, words[0]);
    assert_int_equal(nearest.edits, 1);
    nearest = (struct dk_nearest){.word = "rat", .size = 3, .edits_max = 2};
    dk_nearest_try(&nearest, words[2]);
    dk_nearest_try(&nearest, words[3]);
    assert_ptr_equal(nearest.found, words[3]); /* begins with it */
    assert_int_equal(nearest.edits, 0);
}

/* The word need not end with a NUL, and a known word of any length is legal. */
static void test_sizes(void **state)
{
    (void)state;
    char longest[200];
    struct dk_nearest nearest = {.word = "rum=x", .size = 3, .edits_max = 2};
    memset(longest, 'r', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    dk_nearest_try(&nearest, longest);
    assert_null(nearest.found);
    dk_nearest_try(&nearest, "run");
    assert_string_equal(nearest.found, "run");
    assert_int_equal(nearest.edits, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

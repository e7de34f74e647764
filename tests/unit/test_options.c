/* Command lines are parsed by the tables: each type of option, into its field or for its key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/command.h"

#define WORDS_MAX 24

static int find_colour(const char *word)
{
    return strcmp(word, "red") == 0 ? 3 : strcmp(word, "green") == 0 ? 5 : -1;
}

/* One option of each type, in fields of other options. */
static const struct dk_option own_options[] = {
    {.name = "flag", .letter = 'f', DK_FIELD(gap)},
    {.name = "text", .argument = "TEXT", .type = DK_OPTION_TEXT, DK_FIELD(rig)},
    {.name = "path", .letter = 'p', .argument = "FILE", .type = DK_OPTION_PATH, DK_FIELD(output)},
    {.name = "word",
     .argument = "COLOUR",
     .type = DK_OPTION_WORD,
     .words = "red green",
     .find = find_colour,
     DK_FIELD(format)},
    {.name = "number",
     .argument = "N",
     .type = DK_OPTION_NUMBER,
     .min = 1,
     .max = 50,
     DK_FIELD(readings)},
    {.name = "date", .argument = "DATE", .type = DK_OPTION_DATE, DK_FIELD(seed)},
    {.name = "cohort", .argument = "A[-B]", .type = DK_OPTION_COHORTS, DK_FIELD(cohort)},
    {.name = "key", .argument = "VALUE", DK_KEY("rig.site")},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};
static const struct dk_command command = {
    .name = "test", .operands = "[FILE]", .operands_max = 1, .options = groups};

/* Parses the words of a line, which are separated by single blanks. */
static enum dk_status parse(const char *line, struct dk_arguments *arguments, struct dk_error *err)
{
    static char text[256];
    static char *words[WORDS_MAX + 1];
    int count = 0;
    strncpy(text, line, sizeof(text) - 1);
    for (char *word = text; word && count < WORDS_MAX;) {
        words[count++] = word;
        word = strchr(word, ' ');
        if (word)
            *word++ = '\0';
    }
    words[count] = NULL;
    *arguments = (struct dk_arguments){.operand_count = 0};
    dk_options_init(&arguments->options);
    return dk_arguments_parse(arguments, &command, count, words, err);
}

static void test_types(void **state)
{
    (void)state;
    struct dk_arguments got;
    assert_int_equal(parse("test -f --text= --path=a/b --word green --number 50 --date 2023-05-07 "
                           "--cohort 1-20 -q",
                           &got, NULL),
                     DK_OK);
    assert_true(got.options.gap && got.options.quiet && !got.options.verbose);
    assert_string_equal(got.options.rig, "");
    assert_string_equal(got.options.output, "a/b");
    assert_int_equal(got.options.format, 5);
    assert_int_equal(got.options.readings, 50);
    assert_int_equal(got.options.seed % 1440, 0);
    assert_int_equal(got.options.seed / 1440, 19484); /* days from 1970-01-01 to 2023-05-07 */
    assert_int_equal(got.options.cohort.first, 1);
    assert_int_equal(got.options.cohort.last, 20);
    assert_int_equal(got.operand_count, 0);
}

/* Options that are bound to keys keep the order in which they were given, with --set among them. */
static void test_list(void **state)
{
    (void)state;
    struct dk_arguments got;
    assert_int_equal(parse("test --key a --set rig.site=b --key c --db d", &got, NULL), DK_OK);
    static const char *const values[] = {"a", "rig.site=b", "c", "d"};
    static const char *const keys[] = {"rig.site", NULL, "rig.site", "database.url"};
    assert_int_equal(got.options.settings.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(got.options.settings.items[i].value, values[i]);
        const char *key = got.options.settings.items[i].option->key;
        assert_true(keys[i] ? key && strcmp(key, keys[i]) == 0 : !key);
    }
}

static void test_list_is_full(void **state)
{
    (void)state;
    struct dk_arguments got = {.operand_count = 0};
    struct dk_error err = {0};
    char *words[2 * DK_LIST_MAX + 4] = {"test"};
    for (int i = 0; i <= DK_LIST_MAX; i++)
        words[1 + i] = "--key=x";
    assert_int_equal(dk_arguments_parse(&got, &command, DK_LIST_MAX + 1, words, &err), DK_OK);
    got.options.settings.count = 0;
    assert_int_equal(dk_arguments_parse(&got, &command, DK_LIST_MAX + 2, words, &err),
                     DK_ERR_USAGE);
    assert_non_null(strstr(err.message, "80 times"));
}

static void test_operands(void **state)
{
    (void)state;
    struct dk_arguments got;
    struct dk_error err = {0};
    assert_int_equal(parse("test one -f", &got, NULL), DK_OK);
    assert_int_equal(got.operand_count, 1);
    assert_string_equal(got.operands[0], "one");
    assert_int_equal(parse("test -- -f", &got, NULL), DK_OK);
    assert_string_equal(got.operands[0], "-f");
    assert_false(got.options.gap);
    assert_int_equal(parse("test one two", &got, &err), DK_ERR_USAGE);
    assert_string_equal(err.message, "'derrick test' does not take 'two'");
    assert_int_equal(parse("test one two --help", &got, NULL), DK_OK);
    assert_true(got.options.help);
}

struct wrong_case {
    const char *line, *message, *hint;
};

static const struct wrong_case wrong_cases[] = {
    {"test --number 0", "--number '0' is not valid", "give a whole number from 1 to 50"},
    {"test --number 51", "--number '51' is not valid", "give a whole number from 1 to 50"},
    {"test --number 5x", "--number '5x' is not valid", "give a whole number from 1 to 50"},
    {"test --number +5", "--number '+5' is not valid", "give a whole number from 1 to 50"},
    {"test --number=", "--number '' is not valid", "give a whole number from 1 to 50"},
    {"test --number 99999999999999999999", "--number '99999999999999999999' is not valid",
     "give a whole number from 1 to 50"},
    {"test --word blue", "--word 'blue' is not valid", "write red or green"},
    {"test --path=", "--path is empty", ""},
    {"test --date 2023-02-30", "--date '2023-02-30' is not valid",
     "write a date, such as 2023-05-07 or '2023-05-07 13:00:00'"},
    {"test --cohort 0", "--cohort '0' is not valid",
     "write one cohort, such as 7, or a range, such as 1-20"},
    {"test --cohort 3-2", "--cohort '3-2' is not valid",
     "write one cohort, such as 7, or a range, such as 1-20"},
    {"test --cohort -", "--cohort '-' is not valid",
     "write one cohort, such as 7, or a range, such as 1-20"},
    {"test --cohort 1-", "--cohort '1-' is not valid",
     "write one cohort, such as 7, or a range, such as 1-20"},
    {"test --cohort 12345", "--cohort '12345' is not valid",
     "write one cohort, such as 7, or a range, such as 1-20"},
    {"test --flag=x", "option '--flag' takes no value", "'derrick test --help' lists the options"},
    {"test --path", "option '--path' needs a value: FILE",
     "'derrick test --help' lists the options"},
    {"test -p", "option '--path' needs a value: FILE", "'derrick test --help' lists the options"},
    {"test --flga", "unknown option '--flga'",
     "did you mean '--flag'? 'derrick test --help' lists the options"},
    {"test -x", "unknown option '-x'", "'derrick test --help' lists the options"},
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(wrong_cases); i++) {
        struct dk_arguments got;
        struct dk_error err = {0};
        assert_int_equal(parse(wrong_cases[i].line, &got, &err), DK_ERR_USAGE);
        assert_string_equal(err.message, wrong_cases[i].message);
        assert_string_equal(err.hint, wrong_cases[i].hint);
    }
}

static void test_global(void **state)
{
    (void)state;
    struct dk_arguments got = {.operand_count = 0};
    int at = 0;
    char *words[] = {"derrick", "-C", "w", "--progress=always", "run", "-q", NULL};
    assert_int_equal(dk_arguments_parse_global(&got, 6, words, &at, NULL), DK_OK);
    assert_int_equal(at, 4);
    assert_string_equal(got.options.workspace, "w");
    assert_int_equal(got.options.progress, DK_PROGRESS_ALWAYS);
    assert_false(got.options.quiet); /* that is the command's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),        cmocka_unit_test(test_list),
        cmocka_unit_test(test_list_is_full), cmocka_unit_test(test_operands),
        cmocka_unit_test(test_wrong),        cmocka_unit_test(test_global),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The table of commands is complete and consistent, and everything that is generated from it
 * too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/config.h"

#define EACH_COMMAND                                                                               \
    for (const struct dk_command *const *command = dk_commands; *command; command++)

static void test_rows(void **state)
{
    (void)state;
    EACH_COMMAND
    {
        const struct dk_command *row = *command;
        assert_ptr_equal(dk_command_find(dk_commands, row->name), row);
        assert_true(row->summary[0] && row->description[0] && row->examples[0] && row->run);
        assert_int_equal(row->operands[0] == '\0', row->operands_max == 0);
        assert_int_equal(row->operands[0] == '\0', row->operand == DK_OPERAND_NONE);
        assert_int_equal(row->words != NULL, row->operand == DK_OPERAND_WORD);
        /* Whatever needs something else needs the settings. */
        assert_true(row->needs == 0 || (row->needs & DK_NEEDS_SETTINGS));
        assert_true(!(row->needs & DK_NEEDS_DROP) || row->operand == DK_OPERAND_FILE);
        /* Every example is of this command. */
        char name[64];
        snprintf(name, sizeof(name), "%s", row->name);
        assert_non_null(strstr(row->examples, name));
        assert_null(strstr(row->description, "  "));
    }
}

struct seen {
    const struct dk_command *command;
    const struct dk_option *rows[DK_OPTIONS_MAX];
    size_t count;
};

static void check_option(void *context, const struct dk_option *option)
{
    struct seen *seen = context;
    assert_true(seen->count < DK_OPTIONS_MAX);
    for (size_t i = 0; i < seen->count; i++) {
        assert_string_not_equal(seen->rows[i]->name, option->name);
        assert_true(option->letter == 0 || seen->rows[i]->letter != option->letter);
    }
    seen->rows[seen->count++] = option;
    assert_true(option->help[0] && islower((unsigned char)option->help[0]));
    assert_int_equal(option->argument == NULL, option->type == DK_OPTION_FLAG);
    assert_true(option->offset < sizeof(struct dk_options));
    if (option->key)
        assert_true(dk_config_find(option->key) >= 0);
    if (option->type == DK_OPTION_NUMBER)
        assert_true(option->min <= option->max);
    if (option->type == DK_OPTION_WORD)
        assert_true(option->words && option->find);
}

/* No command has two options of one name, and each can be parsed. */
static void test_options(void **state)
{
    (void)state;
    EACH_COMMAND
    {
        struct seen seen = {.command = *command};
        dk_command_each_option(*command, check_option, &seen);
    }
}

static void check_words(void *context, const struct dk_option *option)
{
    (void)context;
    for (const char *word = option->words; word && *word;) {
        char text[32];
        size_t size = strcspn(word, " ");
        snprintf(text, sizeof(text), "%.*s", (int)size, word);
        if (option->find)
            assert_true(option->find(text) >= 0);
        if (option->key) {
            struct dk_config config;
            assert_int_equal(dk_config_init(&config, NULL), DK_OK);
            assert_int_equal(dk_config_set(&config, option->key, text, NULL), DK_OK);
            dk_config_reset(&config);
        }
        word += size + (word[size] == ' ');
    }
}

/* The words that help and completion offer are words that the option takes. */
static void test_words(void **state)
{
    (void)state;
    EACH_COMMAND
    dk_command_each_option(*command, check_words, NULL);
}

static void test_unknown(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_null(dk_command_find(dk_commands, "rnu"));
    assert_int_equal(dk_command_unknown(dk_commands, "rnu", &err), DK_ERR_USAGE);
    assert_string_equal(err.hint, "did you mean 'derrick run'? 'derrick help' lists the commands");
    assert_int_equal(dk_command_unknown(dk_commands, "frobnicate", &err), DK_ERR_USAGE);
    assert_string_equal(err.hint, "'derrick help' lists the commands");
}

/* What a generator writes; the caller frees. */
static char *capture(void (*write)(FILE *stream))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    write(stream);
    fclose(stream);
    return text;
}

static void write_helps(FILE *stream)
{
    dk_help_overview(stream, dk_commands);
    dk_help_start(stream);
    EACH_COMMAND
    dk_help_command(stream, *command);
}

/* Help fits a terminal of 80 columns. */
static void test_help_fits(void **state)
{
    (void)state;
    char *text = capture(write_helps);
    for (char *line = text; *line;) {
        size_t size = strcspn(line, "\n");
        assert_true(size <= 80);
        line += size + (line[size] == '\n');
    }
    free(text);
}

static void write_manual(FILE *stream)
{
    dk_manual_write(stream, dk_commands);
}

static void write_bash(FILE *stream)
{
    assert_true(dk_completion_write(stream, dk_commands, "bash"));
}

static void write_zsh(FILE *stream)
{
    assert_true(dk_completion_write(stream, dk_commands, "zsh"));
}

static void write_fish(FILE *stream)
{
    assert_true(dk_completion_write(stream, dk_commands, "fish"));
}

struct finding {
    const char *bash, *zsh, *fish, *manual, *helps;
};

static void find_option(void *context, const struct dk_option *option)
{
    const struct finding *in = context;
    char name[64];
    snprintf(name, sizeof(name), "--%s", option->name);
    assert_int_equal(strstr(in->helps, name) != NULL, !option->hidden);
    assert_int_equal(strstr(in->bash, name) != NULL, !option->hidden);
    assert_int_equal(strstr(in->zsh, name) != NULL, !option->hidden);
    snprintf(name, sizeof(name), "-l %s ", option->name);
    assert_int_equal(strstr(in->fish, name) != NULL, !option->hidden);
}

/* Every command, option and key is in whatever is generated. */
static void test_generated(void **state)
{
    (void)state;
    char *texts[] = {capture(write_bash), capture(write_zsh), capture(write_fish),
                     capture(write_manual), capture(write_helps)};
    struct finding in = {texts[0], texts[1], texts[2], texts[3], texts[4]};
    EACH_COMMAND
    {
        for (size_t i = 0; i < DK_COUNT_OF(texts); i++)
            assert_non_null(strstr(texts[i], (*command)->name));
        dk_command_each_option(*command, find_option, &in);
    }
    for (size_t i = 0; dk_config_key(i); i++) {
        char name[64];
        assert_non_null(strstr(in.manual, dk_config_key(i)));
        snprintf(name, sizeof(name), "%s=", dk_config_key(i));
        assert_non_null(strstr(in.bash, name));
        assert_non_null(strstr(in.zsh, name));
        assert_non_null(strstr(in.fish, name));
    }
    for (size_t i = 0; i < DK_COUNT_OF(texts); i++)
        free(texts[i]);
    assert_false(dk_completion_write(stderr, dk_commands, "tcsh"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_options),
        cmocka_unit_test(test_words),     cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_help_fits), cmocka_unit_test(test_generated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

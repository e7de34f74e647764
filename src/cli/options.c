#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "nearest.h"

const struct dk_option dk_options_global[] = {
    {"workspace", 'C', "DIR", "work in this workspace instead of the current folder", NULL},
    {"config", 0, "FILE", "read this file instead of the workspace's derrick.ini", NULL},
    {"db", 0, "URL", "sqlite:FILE or mysql://[user@]host[:port]/energymobile", "database.url"},
    {"set", 0, "KEY=VALUE", "set a key of derrick.ini, such as rig.site=texas; may be repeated",
     NULL},
    {"threads", 0, "N", "use N threads (default: one a processor)", "run.threads"},
    {"quiet", 'q', NULL, "only results, warnings and errors", NULL},
    {"verbose", 'v', NULL, "more of what happens", NULL},
    {"json", 0, NULL, "one JSON object a line, for machines", NULL},
    {"progress", 0, "WHEN", "auto (where stderr is a terminal), always or never", NULL},
    {"help", 'h', NULL, "this help", NULL},
    {"version", 0, NULL, "the version", NULL},
    {0},
};

const struct dk_option dk_options_input[] = {
    {"columns", 0, "WHAT", "auto, cohorts, samples or wells: what a file's columns are",
     "input.columns"},
    {"cohorts", 0, "N", "cohorts (or wells) side by side in a file", "input.cohorts"},
    {"sample", 0, "RULE", "first, mean, min, max or last of a burst", "input.sample"},
    {"alignment", 0, "RULE", "second, or column as the old scripts did", "input.alignment"},
    {0},
};

const struct dk_option dk_options_reading[] = {
    {"quarantine", 0, NULL, "take bad cells as missing, and write them to quarantine/", NULL},
    {"allow-missing", 0, NULL, "take absent sensors as missing everywhere", NULL},
    {"allow-out-of-range", 0, NULL, "load a sensor most of whose values are not plausible", NULL},
    {0},
};

const struct dk_option dk_options_loading[] = {
    {"cohort", 0, "A[-B]", "the number of a drop that is one cohort; of a history, only these",
     NULL},
    {"future", 0, NULL, "load a cohort whose last reading is in the future", NULL},
    {"gap", 0, NULL, "load a cohort that is not the one after the newest", NULL},
    {"replace", 0, NULL, "put the drop in the place of what is loaded for this rig", NULL},
    {0},
};

const struct dk_option dk_options_layout[] = {
    {"format", 'f', "LAYOUT", "historical (default), template, sensors, sagemaker or parquet", NULL},
    {"label", 0, "CONDITION", "sagemaker: cooler, valve, pump, accumulator or stable", NULL},
    {"no-profile", 0, NULL, "template: without the merged profile", NULL},
    {"output", 'o', "FILE|DIR|-", "where to; - is standard output", NULL},
    {0},
};

const char *dk_arguments_get(const struct dk_arguments *arguments, const char *name)
{
    for (size_t i = arguments->given_count; i > 0; i--)
        if (strcmp(arguments->given[i - 1].option->name, name) == 0)
            return arguments->given[i - 1].value;
    return NULL;
}

/* getopt's two tables, from ours. */
struct getopt_tables {
    const struct dk_option *rows[DK_OPTIONS_MAX];
    struct option longs[DK_OPTIONS_MAX + 1];
    char shorts[3 * DK_OPTIONS_MAX];
    size_t count;
};

#define LONG_BASE 1000 /* getopt returns LONG_BASE + row for a long option */

static void add_group(struct getopt_tables *tables, const struct dk_option *group)
{
    for (; group && group->name && tables->count < DK_OPTIONS_MAX; group++) {
        size_t row = tables->count++;
        tables->rows[row] = group;
        tables->longs[row] =
            (struct option){.name = group->name,
                            .has_arg = group->argument ? required_argument : no_argument,
                            .val = (int)(LONG_BASE + row)};
        if (group->letter) {
            size_t size = strlen(tables->shorts);
            tables->shorts[size] = group->letter;
            tables->shorts[size + 1] = group->argument ? ':' : '\0';
            tables->shorts[size + 2] = '\0';
        }
    }
}

static const struct dk_option *find_row(const struct getopt_tables *tables, int value)
{
    if (value >= LONG_BASE)
        return tables->rows[value - LONG_BASE];
    for (size_t i = 0; i < tables->count; i++)
        if (tables->rows[i]->letter == value)
            return tables->rows[i];
    return NULL;
}

/* An option that is none, or the beginning of several: which may be meant? */
static enum dk_status unknown_option(const struct getopt_tables *tables, const char *text,
                                     const char *command, struct dk_error *err)
{
    const char *name = text + strspn(text, "-");
    struct dk_nearest nearest = {.word = name, .size = strcspn(name, "="), .edits_max = 2};
    for (size_t i = 0; i < tables->count; i++)
        dk_nearest_try(&nearest, tables->rows[i]->name);
    dk_error_set(err, DK_ERR_USAGE, "unknown option '%.*s'",
                 (int)(nearest.size + (size_t)(name - text)), text);
    if (nearest.found) {
        dk_error_hint(err, "did you mean '--%s'? 'derrick %s%s--help' lists the options",
                      nearest.found, command ? command : "", command ? " " : "");
        return DK_ERR_USAGE;
    }
    dk_error_hint(err, "'derrick %s%s--help' lists the options", command ? command : "",
                  command ? " " : "");
    return DK_ERR_USAGE;
}

static enum dk_status wrong_option(const struct getopt_tables *tables, int value, char **argv,
                                   const char *command, struct dk_error *err)
{
    const struct dk_option *row = optopt ? find_row(tables, optopt) : NULL;
    char letter[3] = {'-', (char)optopt, '\0'};
    if (!row)
        return unknown_option(tables, optopt > 0 && optopt < 256 ? letter : argv[optind - 1],
                              command, err);
    if (value == ':')
        dk_error_set(err, DK_ERR_USAGE, "option '--%s' needs a value: %s", row->name,
                     row->argument);
    else
        dk_error_set(err, DK_ERR_USAGE, "option '--%s' takes no value", row->name);
    dk_error_hint(err, "'derrick %s%s--help' lists the options", command ? command : "",
                  command ? " " : "");
    return DK_ERR_USAGE;
}

static enum dk_status parse(struct dk_arguments *arguments, const struct getopt_tables *tables,
                            const char *command, int argc, char **argv, struct dk_error *err)
{
    opterr = 0;
    optind = 0; /* GNU: start anew */
    for (;;) {
        optopt = 0;
        int value = getopt_long(argc, argv, tables->shorts, tables->longs, NULL);
        if (value == -1)
            return DK_OK;
        if (value == '?' || value == ':')
            return wrong_option(tables, value, argv, command, err);
        const struct dk_option *row = find_row(tables, value);
        if (!row)
            return wrong_option(tables, '?', argv, command, err);
        if (arguments->given_count == DK_COUNT_OF(arguments->given))
            return dk_error_set(err, DK_ERR_USAGE, "too many options");
        arguments->given[arguments->given_count].option = row;
        arguments->given[arguments->given_count].value = optarg ? optarg : "";
        arguments->given_count++;
    }
}

enum dk_status dk_arguments_parse_global(struct dk_arguments *arguments, int argc, char **argv,
                                         int *command_index, struct dk_error *err)
{
    struct getopt_tables tables = {.shorts = "+:"};
    add_group(&tables, dk_options_global);
    enum dk_status status = parse(arguments, &tables, NULL, argc, argv, err);
    *command_index = optind;
    return status;
}

enum dk_status dk_arguments_parse(struct dk_arguments *arguments, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err)
{
    struct getopt_tables tables = {.shorts = ":"};
    for (const struct dk_option *const *group = command->options; group && *group; group++)
        add_group(&tables, *group);
    add_group(&tables, dk_options_global);
    enum dk_status status = parse(arguments, &tables, command->name, argc, argv, err);
    if (status != DK_OK)
        return status;
    arguments->operands = argv + optind;
    arguments->operand_count = (size_t)(argc - optind);
    if (arguments->operand_count > command->operands_max && !dk_arguments_get(arguments, "help")) {
        dk_error_set(err, DK_ERR_USAGE, "'derrick %s' does not take '%s'", command->name,
                     arguments->operands[command->operands_max]);
        dk_error_hint(err, "'derrick %s --help' tells what it takes", command->name);
        return DK_ERR_USAGE;
    }
    return DK_OK;
}

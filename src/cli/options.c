/* The options that several commands share, and how a command line is parsed by such tables. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "nearest.h"

static int find_progress(const char *word)
{
    static const char *const words[] = {[DK_PROGRESS_AUTO] = "auto",
                                        [DK_PROGRESS_ALWAYS] = "always",
                                        [DK_PROGRESS_NEVER] = "never"};
    for (int i = 0; i < (int)DK_COUNT_OF(words); i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const struct dk_option dk_options_global[] = {
    {.name = "workspace",
     .letter = 'C',
     .argument = "DIR",
     .help =
         "work in this workspace; by default it is the current folder, or the nearest one above it "
         "that has a derrick.ini",
     .type = DK_OPTION_PATH,
     DK_FIELD(workspace)},
    {.name = "config",
     .argument = "FILE",
     .help = "read this file instead of the workspace's derrick.ini",
     .type = DK_OPTION_PATH,
     DK_FIELD(config)},
    {.name = "db",
     .argument = "URL",
     .help = "the database: sqlite:FILE or mysql://[user@]host[:port]/energymobile",
     DK_KEY("database.url")},
    {.name = "set",
     .argument = "KEY=VALUE",
     .help = "set a key of derrick.ini, such as rig.site=texas; may be repeated",
     .type = DK_OPTION_LIST,
     DK_FIELD(settings)},
    {.name = "threads",
     .argument = "N",
     .help = "use N threads (default: one per processor)",
     DK_KEY("run.threads")},
    {.name = "quiet",
     .letter = 'q',
     .help = "print only results, warnings and errors; nothing where nothing happened",
     DK_FIELD(quiet)},
    {.name = "verbose", .letter = 'v', .help = "print more detail", DK_FIELD(verbose)},
    {.name = "json", .help = "print events, one JSON object per line", DK_FIELD(json)},
    {.name = "progress",
     .argument = "WHEN",
     .help = "show progress: auto (where stderr is a terminal), always or never",
     .type = DK_OPTION_WORD,
     .words = "auto always never",
     .find = find_progress,
     DK_FIELD(progress)},
    {.name = "help", .letter = 'h', .help = "print this help", DK_FIELD(help)},
    {.name = "version", .help = "print the version", DK_FIELD(version)},
    {0},
};

const struct dk_option dk_options_input[] = {
    {.name = "columns",
     .argument = "WHAT",
     .help =
         "how to read the columns of a file. auto: as many cohorts side by side as --cohorts says "
         "are a history; one burst per row is one cohort, the next of this rig. Or always: "
         "cohorts, samples (one burst) or wells",
     .words = "auto cohorts samples wells",
     DK_KEY("input.columns")},
    {.name = "cohorts",
     .argument = "N",
     .help = "how many cohorts (or wells) are side by side in a file",
     DK_KEY("input.cohorts")},
    {.name = "sample",
     .argument = "RULE",
     .help = "which value of a burst represents the reading: first, mean, min, max or last",
     .words = "first mean min max last",
     DK_KEY("input.sample")},
    {.name = "alignment",
     .argument = "RULE",
     .help = "second: read all sensors at the cohort's own second. column: as the old scripts did, "
             "column c-1 of every file",
     .words = "second column",
     DK_KEY("input.alignment")},
    {.name = "decimal",
     .argument = "MARK",
     .help = "the mark between the whole number and the decimals in the logs: point or comma. What "
             "derrick writes always has a point",
     .words = "point comma",
     DK_KEY("input.decimal")},
    {0},
};

const struct dk_option dk_options_reading[] = {
    {.name = "quarantine",
     .help = "treat bad cells as missing, and list them in quarantine/. A drop with more of them "
             "than input.quarantine_max allows (1 % of a sensor's cells, at least 10) is still "
             "refused",
     DK_FIELD(quarantine)},
    {.name = "allow-missing",
     .help = "treat absent sensors as missing everywhere. A sensor whose file is still in transfer "
             "(TS1.txt.part) is refused all the same",
     DK_FIELD(allow_missing)},
    {.name = "open-end",
     .argument = "RULE",
     .help =
         "refuse or allow a file that has no newline at its end, where other sensors' files have "
         "one: its last value may be cut off",
     .words = "refuse allow",
     DK_KEY("input.open_end")},
    {.name = "allow-out-of-range",
     .help = "load a sensor even if most of its values are outside its plausible range (limits.PS1 "
             "and so on), which usually means a wrong unit or a lost decimal point",
     DK_FIELD(allow_out_of_range)},
    {0},
};

const struct dk_option dk_options_loading[] = {
    {DK_COHORT,
     .help = "the number of a drop that is one cohort; for a history, load only these cohorts"},
    {.name = "future",
     .help = "load a cohort whose last reading is more than 24 hours in the future",
     DK_FIELD(future)},
    {.name = "gap",
     .help = "load a cohort although cohorts between it and the newest of this rig are missing",
     DK_FIELD(gap)},
    {.name = "replace",
     .help = "replace what is loaded for this rig by the drop, after printing which dates that "
             "affects; a drop that is one cohort needs --cohort. Never touches another rig",
     DK_FIELD(replace)},
    {.name = "reason",
     .argument = "TEXT",
     .help = "why --replace replaces something; kept in the ledger, with your name",
     .type = DK_OPTION_TEXT,
     DK_FIELD(reason)},
    {0},
};

const struct dk_option dk_options_preview[] = {
    {.name = "dry-run",
     .help = "only print what would be done, and change nothing",
     DK_FIELD(dry_run)},
    {0},
};

static int find_split_by(const char *word)
{
    int by = 0;
    return dk_split_by_find(word, &by) ? by + 1 : -1;
}

const struct dk_option dk_options_layout[] = {
    {.name = "format",
     .letter = 'f',
     .argument = "LAYOUT",
     .help =
         "historical (the default), template (as the data scientists have it), sensors (a folder, "
         "one long CSV per sensor), sagemaker, parquet (also for -o x.parquet), or, from a drop "
         "only, samples (a folder with every sample as Parquet) or features (numbers computed from "
         "each burst, as x.parquet or x.csv)",
     .type = DK_OPTION_WORD,
     .words = "historical template sensors sagemaker parquet samples features",
     .find = dk_format_find,
     DK_FIELD(format)},
    {.name = "label",
     .argument = "CONDITION",
     .help = "what sagemaker is to learn: cooler, valve, pump, accumulator or stable",
     .type = DK_OPTION_WORD,
     .words = "cooler valve pump accumulator stable",
     .find = dk_condition_label_find,
     DK_FIELD(label)},
    {.name = "split",
     .argument = "A/B/C",
     .help = "for parquet, sagemaker and features: write A, B and C percent of the rows below "
             "train/, validation/ and test/ of a folder, condition blocks as a whole",
     .type = DK_OPTION_TEXT,
     DK_FIELD(split)},
    {.name = "split-by",
     .argument = "GROUP",
     .help = "what stays together: block (the default), or the runs of one label: cooler, valve, "
             "pump or accumulator",
     .type = DK_OPTION_WORD,
     .words = "block cooler valve pump accumulator",
     .find = find_split_by,
     DK_FIELD(split_by)},
    {.name = "seed",
     .argument = "N",
     .help = "of the split: the same seed gives the same parts (default: 1)",
     .type = DK_OPTION_NUMBER,
     .max = INT64_MAX,
     DK_FIELD(seed)},
    {.name = "no-profile",
     .help = "write the template layout without the merged profile",
     DK_FIELD(no_profile)},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE|DIR|-",
     .help = "where to write; - is standard output",
     .type = DK_OPTION_PATH,
     DK_FIELD(output)},
    {0},
};

void dk_options_init(struct dk_options *options)
{
    *options = (struct dk_options){.format = -1,
                                   .label = -1,
                                   .split_by = -1,
                                   .readings = -1,
                                   .seed = -1,
                                   .interval_s = -1,
                                   .settle_s = -1,
                                   .late = -1,
                                   .as_of = INT64_MIN};
}

/* --- values --------------------------------------------------------------------------------- */

static enum dk_status wrong_value(const struct dk_option *option, const char *value,
                                  struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_USAGE, "--%s '%s' is not valid", option->name, value);
}

/* "first mean last" as "first, mean or last" */
static void list_words(const char *words, char *text, size_t cap)
{
    size_t used = 0;
    text[0] = '\0';
    while (*words && used < cap) {
        size_t size = strcspn(words, " ");
        bool last = words[size] == '\0';
        const char *before = used == 0 ? "" : last ? " or " : ", ";
        used += (size_t)snprintf(text + used, cap - used, "%s%.*s", before, (int)size, words);
        words += size + !last;
    }
}

static enum dk_status read_word(const struct dk_option *option, const char *value, int *out,
                                struct dk_error *err)
{
    char words[256];
    int number = option->find(value);
    if (number >= 0) {
        *out = number;
        return DK_OK;
    }
    wrong_value(option, value, err);
    list_words(option->words, words, sizeof(words));
    dk_error_hint(err, "write %s", words);
    return DK_ERR_USAGE;
}

static enum dk_status read_number(const struct dk_option *option, const char *value, int64_t *out,
                                  struct dk_error *err)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno == 0 && value[0] >= '0' && value[0] <= '9' && *end == '\0' && number >= option->min &&
        number <= option->max) {
        *out = number;
        return DK_OK;
    }
    wrong_value(option, value, err);
    dk_error_hint(err, "give a whole number from %lld to %lld", (long long)option->min,
                  (long long)option->max);
    return DK_ERR_USAGE;
}

static enum dk_status read_date(const struct dk_option *option, const char *value, int64_t *out,
                                struct dk_error *err)
{
    if (dk_date_time_parse(value, out) == 0)
        return DK_OK;
    wrong_value(option, value, err);
    dk_error_hint(err, "write a date, such as 2023-05-07 or '2023-05-07 13:00:00'");
    return DK_ERR_USAGE;
}

/* A cohort's number, of up to four digits. 0: it is not one. */
static int read_cohort(const char *text, size_t size)
{
    int value = 0;
    if (size > 4)
        return 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static enum dk_status read_cohorts(const struct dk_option *option, const char *value,
                                   struct dk_cohort_range *out, struct dk_error *err)
{
    size_t size = strcspn(value, "-");
    const char *last = value[size] == '-' ? value + size + 1 : value;
    out->first = read_cohort(value, size);
    out->last = read_cohort(last, value[size] == '-' ? strlen(last) : size);
    if (out->first >= 1 && out->last >= out->first)
        return DK_OK;
    wrong_value(option, value, err);
    dk_error_hint(err, "write one cohort, such as 7, or a range, such as 1-20");
    return DK_ERR_USAGE;
}

static enum dk_status add_item(const struct dk_option *option, const char *value,
                               struct dk_list *list, struct dk_error *err)
{
    if (list->count == DK_LIST_MAX)
        return dk_error_set(err, DK_ERR_USAGE, "--%s is given more than %d times", option->name,
                            DK_LIST_MAX);
    list->items[list->count].option = option;
    list->items[list->count].value = value;
    list->count++;
    return DK_OK;
}

static enum dk_status read_value(const struct dk_option *option, const char *value, void *field,
                                 struct dk_error *err)
{
    switch (option->type) {
    case DK_OPTION_FLAG:
        *(bool *)field = true;
        return DK_OK;
    case DK_OPTION_PATH:
        if (value[0] == '\0')
            return dk_error_set(err, DK_ERR_USAGE, "--%s is empty", option->name);
        *(const char **)field = value;
        return DK_OK;
    case DK_OPTION_TEXT:
        *(const char **)field = value;
        return DK_OK;
    case DK_OPTION_WORD:
        return read_word(option, value, field, err);
    case DK_OPTION_NUMBER:
        return read_number(option, value, field, err);
    case DK_OPTION_DATE:
        return read_date(option, value, field, err);
    case DK_OPTION_COHORTS:
        return read_cohorts(option, value, field, err);
    case DK_OPTION_LIST:
        return add_item(option, value, field, err);
    }
    return dk_error_set(err, DK_ERR_FAILED, "--%s has no type", option->name);
}

/* --- getopt --------------------------------------------------------------------------------- */

/* getopt's two tables, from ours. */
struct getopt_tables {
    const struct dk_option *rows[DK_OPTIONS_MAX];
    struct option longs[DK_OPTIONS_MAX + 1];
    char shorts[3 * DK_OPTIONS_MAX];
    size_t count;
};

#define LONG_BASE 1000 /* getopt returns LONG_BASE + row for a long option */

/* Whether its value may be left out: "[N]". */
static bool is_optional(const struct dk_option *option)
{
    return option->argument && option->argument[0] == '[';
}

static void add_row(void *context, const struct dk_option *option)
{
    struct getopt_tables *tables = context;
    if (tables->count == DK_OPTIONS_MAX)
        return;
    size_t row = tables->count++;
    tables->rows[row] = option;
    tables->longs[row] = (struct option){.name = option->name,
                                         .has_arg = !option->argument     ? no_argument
                                                    : is_optional(option) ? optional_argument
                                                                          : required_argument,
                                         .val = (int)(LONG_BASE + row)};
    if (option->letter) {
        size_t size = strlen(tables->shorts);
        tables->shorts[size] = option->letter;
        tables->shorts[size + 1] = option->argument ? ':' : '\0';
        tables->shorts[size + 2] = '\0';
    }
}

static void each_of_group(const struct dk_option *group,
                          void (*visit)(void *context, const struct dk_option *option),
                          void *context)
{
    for (; group->name; group++)
        visit(context, group);
}

void dk_command_each_option(const struct dk_command *command,
                            void (*visit)(void *context, const struct dk_option *option),
                            void *context)
{
    for (const struct dk_option *const *group = command->options; group && *group; group++)
        each_of_group(*group, visit, context);
    each_of_group(dk_options_global, visit, context);
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

/* An option that does not exist, or the beginning of several: which one may be meant? */
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
    optind = 0; /* GNU: start over */
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
        /* A number after an option with such a value is that value. */
        if (is_optional(row) && !optarg && optind < argc && argv[optind][0] >= '0' &&
            argv[optind][0] <= '9')
            optarg = argv[optind++];
        const char *text = optarg ? optarg : is_optional(row) ? row->preset : "";
        DK_RETURN_IF_ERROR(read_value(row, text, (char *)&arguments->options + row->offset, err));
    }
}

enum dk_status dk_arguments_parse_global(struct dk_arguments *arguments, int argc, char **argv,
                                         int *command_index, struct dk_error *err)
{
    struct getopt_tables tables = {.shorts = "+:"};
    each_of_group(dk_options_global, add_row, &tables);
    enum dk_status status = parse(arguments, &tables, NULL, argc, argv, err);
    *command_index = optind;
    return status;
}

enum dk_status dk_arguments_parse(struct dk_arguments *arguments, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err)
{
    struct getopt_tables tables = {.shorts = ":"};
    dk_command_each_option(command, add_row, &tables);
    DK_RETURN_IF_ERROR(parse(arguments, &tables, command->name, argc, argv, err));
    arguments->operands = argv + optind;
    arguments->operand_count = (size_t)(argc - optind);
    if (arguments->operand_count > command->operands_max && !arguments->options.help) {
        dk_error_set(err, DK_ERR_USAGE, "'derrick %s' does not take '%s'", command->name,
                     arguments->operands[command->operands_max]);
        dk_error_hint(err, "'derrick %s --help' shows what it takes", command->name);
        return DK_ERR_USAGE;
    }
    return DK_OK;
}

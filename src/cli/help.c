/* The help that is made of the table of commands. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "nearest.h"
#include "wrap.h"

#define OPTION_COLUMN 28 /* where the help of an option begins */

const struct dk_command *dk_command_find(const struct dk_command *const *commands, const char *name)
{
    for (; *commands; commands++)
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    return NULL;
}

enum dk_status dk_command_unknown(const struct dk_command *const *commands, const char *name,
                                  struct dk_error *err)
{
    struct dk_nearest nearest = {.word = name, .size = strlen(name), .edits_max = 2};
    for (; *commands; commands++)
        dk_nearest_try(&nearest, (*commands)->name);
    dk_error_set(err, DK_ERR_USAGE, "unknown command '%s'", name);
    if (nearest.found)
        dk_error_hint(err, "did you mean 'derrick %s'? 'derrick help' lists the commands",
                      nearest.found);
    else
        dk_error_hint(err, "'derrick help' lists the commands");
    return DK_ERR_USAGE;
}

static void print_option(void *context, const struct dk_option *option)
{
    FILE *stream = context;
    char text[64];
    char letter[8] = "    ";
    if (option->hidden)
        return;
    if (option->letter)
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    int size = snprintf(text, sizeof(text), "  %s--%s%s%s", letter, option->name,
                        option->argument ? " " : "", option->argument ? option->argument : "");
    fputs(text, stream);
    if (size + 2 > OPTION_COLUMN)
        fprintf(stream, "\n%*s", OPTION_COLUMN, "");
    else
        fprintf(stream, "%*s", OPTION_COLUMN - size, "");
    dk_wrap_print(stream, option->help, DK_WRAP_WIDTH, OPTION_COLUMN, OPTION_COLUMN);
    fputc('\n', stream);
}

static void print_group(FILE *stream, const struct dk_option *group)
{
    for (; group->name; group++)
        print_option(stream, group);
}

static void print_examples(FILE *stream, const char *examples)
{
    while (*examples) {
        size_t size = strcspn(examples, "\n");
        fprintf(stream, "  %.*s\n", (int)size, examples);
        examples += size + (examples[size] == '\n');
    }
}

void dk_help_start(FILE *stream)
{
    fputs("derrick turns a rig's text logs into data that people use.\n"
          "\n"
          "First time here? Three steps:\n"
          "  derrick init                 makes a workspace in this folder\n"
          "  copy the drop into logs/     the sensor files PS1.txt, ... and profile.txt\n"
          "                               (or make one to play with: derrick sample logs)\n"
          "  derrick run                  checks, loads, exports, uploads and archives it\n"
          "\n"
          "'derrick help' lists the commands, 'derrick help COMMAND' describes one.\n",
          stream);
}

void dk_help_overview(FILE *stream, const struct dk_command *const *commands)
{
    fputs("usage: derrick [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n", stream);
    dk_wrap_print(
        stream,
        "Turns a rig's text logs into data that people use: checks the sensor files, gives every "
        "reading its date and time, merges the profile, loads the database, exports one CSV, "
        "uploads it to S3, and archives the input files.",
        DK_WRAP_WIDTH, 0, 0);
    fputs("\n\ncommands:\n", stream);
    for (; *commands; commands++)
        fprintf(stream, "  %-11s %s\n", (*commands)->name, (*commands)->summary);
    fputs("\noptions of every command:\n", stream);
    print_group(stream, dk_options_global);
    fputs("\nexit codes: 0 done (also when there was nothing to do), 1 failed, 2 wrong usage\n"
          "or configuration, 3 bad data, nothing was loaded, 4 database, 5 S3, 6 done, with\n"
          "cells in quarantine, 7 a check found a problem, 130 interrupted\n",
          stream);
}

void dk_help_command(FILE *stream, const struct dk_command *command)
{
    fprintf(stream, "usage: derrick %s [OPTIONS]%s%s\n\n", command->name,
            command->operands[0] ? " " : "", command->operands);
    dk_wrap_print(stream, command->description, DK_WRAP_WIDTH, 0, 0);
    fputc('\n', stream);
    if (command->options && !command->options[0]->hidden)
        fputs("\noptions:\n", stream);
    for (const struct dk_option *const *group = command->options; group && *group; group++)
        print_group(stream, *group);
    fputs("\noptions of every command:\n", stream);
    print_group(stream, dk_options_global);
    fputs("\nexamples:\n", stream);
    print_examples(stream, command->examples);
}

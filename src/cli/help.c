#include <stdio.h>
#include <string.h>

#include "command.h"

#define OPTION_WIDTH 26

const struct dk_command *const dk_commands[] = {
    &dk_command_run,     &dk_command_init,   &dk_command_sample, &dk_command_check,
    &dk_command_convert, &dk_command_load,   &dk_command_export, &dk_command_upload,
    &dk_command_archive, &dk_command_status, &dk_command_watch,  NULL,
};

const struct dk_command *dk_command_find(const char *name)
{
    for (const struct dk_command *const *command = dk_commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

static void print_options(const struct dk_option *group)
{
    for (; group && group->name; group++) {
        char text[64];
        char letter[8] = "    ";
        if (group->letter)
            snprintf(letter, sizeof(letter), "-%c, ", group->letter);
        snprintf(text, sizeof(text), "%s--%s%s%s", letter, group->name, group->argument ? " " : "",
                 group->argument ? group->argument : "");
        if (strlen(text) > OPTION_WIDTH)
            printf("  %s\n  %-*s  %s\n", text, OPTION_WIDTH, "", group->help);
        else
            printf("  %-*s  %s\n", OPTION_WIDTH, text, group->help);
    }
}

static void print_examples(const char *examples)
{
    while (examples && *examples) {
        size_t size = strcspn(examples, "\n");
        printf("  %.*s\n", (int)size, examples);
        examples += size + (examples[size] == '\n');
    }
}

void dk_help_start(void)
{
    puts("derrick turns a rig's text logs into data that people use.\n"
         "\n"
         "First time here? Three steps:\n"
         "  derrick init                 makes a workspace in this folder\n"
         "  copy the drop into logs/     the sensor files PS1.txt, ... and profile.txt\n"
         "                               (or make one to play with: derrick sample logs)\n"
         "  derrick run                  checks, loads, exports, uploads and archives it\n"
         "\n"
         "'derrick --help' lists the commands, 'derrick COMMAND --help' tells about one.");
}

void dk_help_overview(void)
{
    puts(
        "usage: derrick [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n"
        "\n"
        "Turns a rig's text logs into data that people use: checks the sensor files, gives every\n"
        "reading its date and time, merges the profile, loads the database, exports one CSV, puts\n"
        "it on S3, and archives the inputs.\n"
        "\n"
        "commands:");
    for (const struct dk_command *const *command = dk_commands; *command; command++)
        printf("  %-10s %s\n", (*command)->name, (*command)->summary);
    puts("\noptions of every command:");
    print_options(dk_options_global);
    puts("\nexit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 bad data, nothing\n"
         "loaded, 4 database, 5 S3, 6 done, with cells in quarantine");
}

void dk_help_command(const struct dk_command *command)
{
    printf("usage: derrick %s [OPTIONS]%s%s\n\n%s\n", command->name,
           command->operands[0] ? " " : "", command->operands, command->description);
    if (command->options && command->options[0]) {
        puts("\noptions:");
        for (const struct dk_option *const *group = command->options; *group; group++)
            print_options(*group);
    }
    puts("\noptions of every command:");
    print_options(dk_options_global);
    puts("\nexamples:");
    print_examples(command->examples);
}

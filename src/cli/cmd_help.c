/* derrick help: the overview, one command, or the man page. */
#include "command.h"

static const struct dk_option own_options[] = {
    {.name = "man", .help = "print the source of the man page", .hidden = true, DK_FIELD(man)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.options.man) {
        dk_manual_write(stdout, session->commands);
        return DK_OK;
    }
    if (session->arguments.operand_count == 0) {
        dk_help_overview(stdout, session->commands);
        return DK_OK;
    }
    const char *name = session->arguments.operands[0];
    const struct dk_command *command = dk_command_find(session->commands, name);
    if (!command)
        return dk_command_unknown(session->commands, name, err);
    dk_help_command(stdout, command);
    return DK_OK;
}

const struct dk_command dk_command_help = {
    .name = "help",
    .summary = "describe derrick, or one command",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .operand = DK_OPERAND_COMMAND,
    .description = "Lists the commands, or describes one. 'derrick COMMAND --help' does the same.",
    .examples = "derrick help\n"
                "derrick help run",
    .options = groups,
    .run = run,
};

/* derrick completion: scripts that complete command lines in a shell. */
#include "command.h"

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    const char *shell =
        session->arguments.operand_count > 0 ? session->arguments.operands[0] : NULL;
    session->console.stdout_is_output = true;
    if (shell && dk_completion_write(stdout, session->commands, shell))
        return DK_OK;
    if (shell)
        dk_error_set(err, DK_ERR_USAGE, "there is no completion for the shell '%s'", shell);
    else
        dk_error_set(err, DK_ERR_USAGE, "no shell given");
    dk_error_hint(err, "write bash, zsh or fish");
    return DK_ERR_USAGE;
}

const struct dk_command dk_command_completion = {
    .name = "completion",
    .summary = "print a completion script for bash, zsh or fish",
    .operands = "SHELL",
    .operands_max = 1,
    .operand = DK_OPERAND_WORD,
    .words = "bash zsh fish",
    .description =
        "Prints a script that lets the shell complete commands, options and their values. 'make "
        "install' installs all three where the shells find them; the examples are for a derrick "
        "that is not installed.",
    .examples = "source <(derrick completion bash)\n"
                "derrick completion zsh > ~/.zfunc/_derrick\n"
                "derrick completion fish > ~/.config/fish/completions/derrick.fish",
    .run = run,
};

/* derrick: finds the command, parses its options, runs it, and makes an exit code of its status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "command.h"
#include "derrick_version.h"
#include "feedback.h"
#include "stop.h"

/* No core file may hold a password or a key. */
static void forbid_core_files(void)
{
    const struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* A reader that closed our standard output has what it wanted. */
static bool is_closed_pipe(const struct dk_error *err)
{
    return err->status == DK_ERR_IO && err->native == EPIPE;
}

static int finish(struct dk_session *session, enum dk_status status, struct dk_error *err)
{
    if (status == DK_OK)
        status = dk_console_flush(&session->console, err);
    int exit_code = dk_session_exit_code(session, status);
    dk_session_sum_up(session, status, err);
    if (status != DK_OK && is_closed_pipe(err))
        exit_code = 0;
    else if (status != DK_OK)
        dk_console_error(&session->console, err);
    dk_feedback_report(session, exit_code);
    dk_pipeline_end(&session->pipeline, exit_code == 0 ? DK_OK : status, exit_code,
                    status == DK_OK ? "" : err->message);
    dk_feedback_notify(session, exit_code);
    return exit_code;
}

static void print_version(void)
{
    puts("derrick " DERRICK_VERSION);
}

static enum dk_status run_command(struct dk_session *session, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_arguments_parse(&session->arguments, command, argc, argv, err));
    if (session->arguments.options.help) {
        dk_help_command(stdout, command);
        return DK_OK;
    }
    if (session->arguments.options.version) {
        print_version();
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(dk_session_prepare(session, command, err));
    return command->run(session, err);
}

static enum dk_status dispatch(struct dk_session *session, int argc, char **argv,
                               struct dk_error *err)
{
    int at = argc;
    DK_RETURN_IF_ERROR(dk_arguments_parse_global(&session->arguments, argc, argv, &at, err));
    const struct dk_command *command =
        at < argc ? dk_command_find(session->commands, argv[at]) : NULL;
    const struct dk_options *options = &session->arguments.options;
    if (options->version)
        print_version();
    else if (at < argc && !command)
        return dk_command_unknown(session->commands, argv[at], err);
    else if (command && options->help)
        dk_help_command(stdout, command);
    else if (command)
        return run_command(session, command, argc - at, argv + at, err);
    else if (options->help)
        dk_help_overview(stdout, session->commands);
    else
        dk_help_start(stdout);
    return DK_OK;
}

/* Whether the output is for a program. Asked before options are parsed, so that what is wrong with
 * them comes out as JSON, too. */
static bool is_json_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    struct dk_session session;
    struct dk_error err = {0};
    (void)signal(SIGPIPE, SIG_IGN);
    forbid_core_files();
    enum dk_status status = dk_session_init(&session, &err);
    session.commands = dk_commands;
    session.console.json = is_json_wanted(argc, argv);
    dk_stop_install(&session.console);
    if (status == DK_OK)
        status = dispatch(&session, argc, argv, &err);
    int exit_code = finish(&session, status, &err);
    dk_session_reset(&session);
    return exit_code;
}

/* derrick: finds the command, parses its options, runs it, and makes an exit code of its status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "command.h"
#include "derrick_version.h"
#include "nearest.h"

/* No core file may hold a password or a key. */
static void forbid_core_files(void)
{
    const struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Comes once, then the signal has its own way again. */
static void on_deadly_signal(int number)
{
    dk_file_remove_temporaries();
    (void)raise(number); /* as soon as this returns */
}

/* A run that is stopped leaves half a file under no name. One that was started with a signal
 * ignored, as nohup does, goes on ignoring it. */
static void clean_up_on_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_deadly_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    for (size_t i = 0; i < DK_COUNT_OF(numbers); i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            (void)sigaction(numbers[i], &action, NULL);
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
    dk_pipeline_end(&session->pipeline, exit_code == 0 ? DK_OK : status, exit_code,
                    status == DK_OK ? "" : err->message);
    return exit_code;
}

static void print_version(void)
{
    puts("derrick " DERRICK_VERSION);
}

static enum dk_status run_command(struct dk_session *session, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err)
{
    enum dk_status status = dk_arguments_parse(&session->arguments, command, argc, argv, err);
    if (status != DK_OK)
        return status;
    if (dk_arguments_get(&session->arguments, "help")) {
        dk_help_command(command);
        return DK_OK;
    }
    if (dk_arguments_get(&session->arguments, "version")) {
        print_version();
        return DK_OK;
    }
    status = dk_session_configure(session, !command->here, err);
    return status == DK_OK ? command->run(session, err) : status;
}

static enum dk_status unknown_command(const char *name, struct dk_error *err)
{
    struct dk_nearest nearest = {.word = name, .size = strlen(name), .edits_max = 2};
    for (const struct dk_command *const *command = dk_commands; *command; command++)
        dk_nearest_try(&nearest, (*command)->name);
    dk_error_set(err, DK_ERR_USAGE, "unknown command '%s'", name);
    if (nearest.found) {
        dk_error_hint(err, "did you mean 'derrick %s'? 'derrick --help' lists the commands",
                      nearest.found);
        return DK_ERR_USAGE;
    }
    dk_error_hint(err, "'derrick --help' lists the commands");
    return DK_ERR_USAGE;
}

static enum dk_status dispatch(struct dk_session *session, int argc, char **argv,
                               struct dk_error *err)
{
    int at = argc;
    enum dk_status status = dk_arguments_parse_global(&session->arguments, argc, argv, &at, err);
    if (status != DK_OK)
        return status;
    if (dk_arguments_get(&session->arguments, "version")) {
        print_version();
        return DK_OK;
    }
    bool help = dk_arguments_get(&session->arguments, "help") != NULL;
    if (at < argc && strcmp(argv[at], "help") == 0) {
        help = true;
        at++;
    }
    const struct dk_command *command = at < argc ? dk_command_find(argv[at]) : NULL;
    if (at < argc && !command)
        return unknown_command(argv[at], err);
    if (help) {
        if (command)
            dk_help_command(command);
        else
            dk_help_overview();
        return DK_OK;
    }
    if (!command) {
        dk_help_start();
        return DK_OK;
    }
    return run_command(session, command, argc - at, argv + at, err);
}

/* Whether a machine reads along. Asked before options are parsed, so that what is wrong with them
 * is told in JSON too. */
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
    clean_up_on_signals();
    dk_session_init(&session);
    session.console.json = is_json_wanted(argc, argv);
    enum dk_status status = dispatch(&session, argc, argv, &err);
    int exit_code = finish(&session, status, &err);
    dk_session_reset(&session);
    return exit_code;
}

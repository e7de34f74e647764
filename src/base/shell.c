#include "base/shell.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK_NS 10000000L /* how often derrick checks whether the command has ended */

/* The command that runs, 0: none. A handler of signals has nothing else to reach it by. */
static volatile sig_atomic_t running;

void dk_shell_kill(void)
{
    pid_t group = running;
    if (group > 0)
        kill(-group, SIGKILL);
}

/* --- its environment ------------------------------------------------------------------------ */

static bool is_secret(const char *variable)
{
    static const char *const secrets[] = {
        "DERRICK_DB_PASSWORD=",
        "MYSQL_PWD=",
        "AWS_ACCESS_KEY_ID=",
        "AWS_SECRET_ACCESS_KEY=",
        "AWS_SESSION_TOKEN=",
        "AWS_SECURITY_TOKEN=",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN=",
    };
    for (size_t i = 0; i < DK_COUNT_OF(secrets); i++)
        if (strncmp(variable, secrets[i], strlen(secrets[i])) == 0)
            return true;
    return false;
}

/* The variables without secrets; on the heap, the texts are borrowed. NULL: no memory. */
static char **copy_variables(char *const *variables)
{
    size_t count = 0;
    while (variables[count])
        count++;
    char **copy = calloc(count + 1, sizeof(*copy));
    size_t kept = 0;
    for (size_t i = 0; copy && i < count; i++)
        if (!is_secret(variables[i]))
            copy[kept++] = variables[i];
    return copy;
}

/* --- the process ---------------------------------------------------------------------------- */

/* A file in memory, not a pipe: a command that does not read all of it can't block this process. */
static int make_input(const struct dk_shell *shell)
{
    int fd = memfd_create("derrick", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < shell->input_size) {
        ssize_t put = write(fd, shell->input + done, shell->input_size - done);
        if (put < 0 && errno != EINTR) {
            int code = errno;
            close(fd);
            errno = code;
            return -1;
        }
        done += put > 0 ? (size_t)put : 0;
    }
    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Returns 0 or an errno. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int failed = posix_spawnattr_setpgroup(attributes, 0);
    if (!failed)
        failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &defaults);
    if (!failed)
        failed = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return failed;
}

/* Returns 0 or an errno. */
static int spawn(const char *command, int input, char **variables, pid_t *process)
{
    char *words[] = {"sh", "-c", (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = set_attributes(&attributes);
        if (!failed)
            failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (!failed)
            failed = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
        if (!failed)
            failed = posix_spawn(process, "/bin/sh", &actions, &attributes, words, variables);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int64_t milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until it ends; false, once it was killed, if its time is over. */
static bool wait_for(pid_t process, int seconds_max, int *how)
{
    const struct timespec pause = {.tv_nsec = CHECK_NS};
    int64_t deadline = milliseconds_now() + (int64_t)seconds_max * 1000;
    for (;;) {
        pid_t ended = waitpid(process, how, WNOHANG);
        if (ended == process || (ended < 0 && errno != EINTR))
            return true;
        if (milliseconds_now() >= deadline)
            break;
        (void)nanosleep(&pause, NULL);
    }
    kill(-process, SIGKILL);
    while (waitpid(process, how, 0) < 0 && errno == EINTR)
        continue;
    return false;
}

static enum dk_status run_to_end(const struct dk_shell *shell, int input, char **variables,
                                 struct dk_error *err)
{
    pid_t process = 0;
    int how = 0;
    int failed = spawn(shell->command, input, variables, &process);
    if (failed)
        return dk_error_errno(err, DK_ERR_IO, failed, "can't start", "/bin/sh");
    running = process;
    bool ended = wait_for(process, shell->seconds_max, &how);
    running = 0;
    if (!ended)
        return dk_error_set(err, DK_ERR_FAILED, "it did not end within %d seconds, and was killed",
                            shell->seconds_max);
    if (WIFSIGNALED(how))
        return dk_error_set(err, DK_ERR_FAILED, "it was ended by signal %d", WTERMSIG(how));
    if (WEXITSTATUS(how) != 0)
        return dk_error_set(err, DK_ERR_FAILED, "it failed with exit code %d", WEXITSTATUS(how));
    return DK_OK;
}

enum dk_status dk_shell_run(const struct dk_shell *shell, struct dk_error *err)
{
    char **variables = copy_variables(shell->variables);
    if (!variables)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to start a command");
    int input = make_input(shell);
    enum dk_status status =
        input < 0 ? dk_error_errno(err, DK_ERR_IO, errno, "can't pass a text to a command", NULL)
                  : run_to_end(shell, input, variables, err);
    if (input >= 0)
        close(input);
    free(variables);
    return status;
}

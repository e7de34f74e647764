#include "base/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/spawn.h"

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

/* Waits until it ends; false, once it was killed, if its time is over. */
static bool wait_for(pid_t process, int seconds_max, int *how)
{
    const struct timespec pause = {.tv_nsec = CHECK_NS};
    int64_t deadline = dk_monotonic_ms() + (int64_t)seconds_max * 1000;
    for (;;) {
        pid_t ended = waitpid(process, how, WNOHANG);
        if (ended == process || (ended < 0 && errno != EINTR))
            return true;
        if (dk_monotonic_ms() >= deadline)
            break;
        (void)nanosleep(&pause, NULL);
    }
    dk_spawn_kill(process, how);
    return false;
}

static enum dk_status run_to_end(const struct dk_shell *shell, int input, char **variables,
                                 struct dk_error *err)
{
    char *words[] = {"/bin/sh", "-c", (char *)(uintptr_t)shell->command, NULL};
    struct dk_spawn spawn = {.words = words,
                             .variables = variables,
                             .input = input,
                             .output = STDERR_FILENO,
                             .errors = STDERR_FILENO};
    pid_t process = 0;
    int how = 0;
    int failed = dk_spawn(&spawn, &process);
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

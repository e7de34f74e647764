#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_stream(posix_spawn_file_actions_t *actions, int fd, int stream)
{
    return fd < 0 ? posix_spawn_file_actions_addopen(actions, stream, "/dev/null", O_RDWR, 0)
                  : posix_spawn_file_actions_adddup2(actions, fd, stream);
}

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

static int spawn_prepared(const struct dk_spawn *spawn, pid_t *process,
                          posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
    int failed = set_attributes(attributes);
    if (!failed)
        failed = set_stream(actions, spawn->input, STDIN_FILENO);
    if (!failed)
        failed = set_stream(actions, spawn->output, STDOUT_FILENO);
    if (!failed)
        failed = set_stream(actions, spawn->errors, STDERR_FILENO);
    return failed ? failed
                  : posix_spawnp(process, spawn->words[0], actions, attributes, spawn->words,
                                 spawn->variables);
}

int dk_spawn(const struct dk_spawn *spawn, pid_t *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = spawn_prepared(spawn, process, &actions, &attributes);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

void dk_spawn_kill(pid_t process, int *how)
{
    kill(-process, SIGKILL);
    while (waitpid(process, how, 0) < 0 && errno == EINTR)
        continue;
}

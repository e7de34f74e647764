/*
 * credential_process: a program of the user's that prints short-lived keys.
 *
 * It is started without a shell, in a process group of its own, with its output in pipes and a time
 * limit; what it prints goes from the pipe into secret memory. Its environment is this process's
 * own, as AWS's tools have it.
 */
#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESS_SECONDS_MAX 60
#define PROCESS_OUTPUT_MAX (64 * 1024)
#define PROCESS_ERRORS_MAX 4096
/* How a child ends where posix_spawn could not report that the program is missing (POSIX allows both;
 * an emulator of another processor has no other way). */
#define SPAWN_FAILED 127
#define PROCESS_TOLD_MAX 300 /* bytes of its stderr that are told */

static const struct dk_keys_form process_form = {
    .who = "credential_process", .token = "SessionToken", .version = 1};

/* --- the command's words -------------------------------------------------------------------- */

struct split {
    const char *next;
    char *to;
    char **words;
    size_t count;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Copies what stands in quotes; false if the closing one is missing. */
static bool quoted_copy(struct split *split, char quote)
{
    for (split->next++; *split->next && *split->next != quote; split->next++) {
        /* In "..." a backslash takes the meaning from a quote and a backslash alone. */
        if (quote == '"' && *split->next == '\\' &&
            (split->next[1] == '"' || split->next[1] == '\\'))
            split->next++;
        *split->to++ = *split->next;
    }
    if (!*split->next)
        return false;
    split->next++;
    return true;
}

static bool word_copy(struct split *split)
{
    split->words[split->count++] = split->to;
    while (*split->next && !is_blank(*split->next)) {
        if (*split->next == '\'' || *split->next == '"') {
            if (!quoted_copy(split, *split->next))
                return false;
            continue;
        }
        if (*split->next == '\\' && split->next[1])
            split->next++;
        *split->to++ = *split->next++;
    }
    *split->to++ = '\0';
    return true;
}

enum dk_status dk_command_split(const char *command, char ***words, struct dk_error *err)
{
    *words = NULL;
    size_t size = strlen(command);
    /* At most a word every other byte, and the NULL; the texts are no longer than the command. */
    size_t pointers = (size / 2 + 2) * sizeof(char *);
    char *block = malloc(pointers + size + 1);
    if (!block)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a command");
    struct split split = {.next = command, .to = block + pointers, .words = (char **)(void *)block};
    for (;;) {
        while (is_blank(*split.next))
            split.next++;
        if (!*split.next)
            break;
        if (!word_copy(&split)) {
            free(block);
            return dk_error_set(err, DK_ERR_REMOTE,
                                "credential_process has a quote that is not closed");
        }
    }
    split.words[split.count] = NULL;
    if (split.count == 0) {
        free(block);
        return dk_error_set(err, DK_ERR_REMOTE, "credential_process is empty");
    }
    *words = split.words;
    return DK_OK;
}

/* --- the process ---------------------------------------------------------------------------- */

struct process {
    pid_t pid;
    int output; /* its stdout; -1: closed */
    int errors; /* its stderr; -1: closed */
    struct dk_secret text;
    size_t text_size;
    char told[PROCESS_ERRORS_MAX];
    size_t told_size;
};

static void descriptor_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int spawn_prepared(pid_t *pid, char **words, int output, int errors,
                          posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(actions, output, 1);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(actions, errors, 2);
    if (!failed)
        failed = posix_spawnattr_setpgroup(attributes, 0);
    if (!failed)
        failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &defaults);
    if (!failed)
        failed = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return failed ? failed : posix_spawnp(pid, words[0], actions, attributes, words, environ);
}

/* Starts it; 0 or an errno. */
static int process_spawn(struct process *process, char **words, int output, int errors)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = spawn_prepared(&process->pid, words, output, errors, &actions, &attributes);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static enum dk_status process_start(struct process *process, char **words, struct dk_error *err)
{
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    int failed = pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0 ? errno : 0;
    if (!failed)
        failed = process_spawn(process, words, output[1], errors[1]);
    descriptor_close(&output[1]);
    descriptor_close(&errors[1]);
    process->output = output[0];
    process->errors = errors[0];
    if (!failed)
        return DK_OK;
    dk_error_errno(err, DK_ERR_REMOTE, failed, "can't start credential_process", words[0]);
    dk_error_hint(err, "check the profile's credential_process in the config file of AWS's tools");
    return DK_ERR_REMOTE;
}

/* Reads what is there; past a limit it is dropped. */
static void pipe_read(int *fd, char *to, size_t *size, size_t max)
{
    char rest[512];
    bool full = *size == max;
    ssize_t got = full ? read(*fd, rest, sizeof(rest)) : read(*fd, to + *size, max - *size);
    if (got > 0 && !full)
        *size += (size_t)got;
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        descriptor_close(fd);
    explicit_bzero(rest, sizeof(rest));
}

static int64_t milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads both pipes to their ends; false if the time is over. */
static bool process_read(struct process *process, int64_t deadline)
{
    while (process->output >= 0 || process->errors >= 0) {
        int64_t left = deadline - milliseconds_now();
        struct pollfd polls[2] = {{.fd = process->output, .events = POLLIN},
                                  {.fd = process->errors, .events = POLLIN}};
        if (left <= 0)
            return false;
        int ready = poll(polls, 2, (int)left);
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready <= 0)
            continue;
        if (polls[0].revents)
            pipe_read(&process->output, process->text.text, &process->text_size,
                      process->text.size);
        if (polls[1].revents)
            pipe_read(&process->errors, process->told, &process->told_size,
                      sizeof(process->told) - 1);
    }
    return true;
}

/* Waits for its end within the time; the wait status, or -1 if it had to be ended. */
static int process_wait(struct process *process, int64_t deadline, bool in_time)
{
    int status = 0;
    while (in_time) {
        pid_t pid = waitpid(process->pid, &status, WNOHANG);
        if (pid == process->pid)
            return status;
        if ((pid < 0 && errno != EINTR) || milliseconds_now() > deadline)
            break;
        struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    kill(-process->pid, SIGKILL);
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return -1;
}

/* The last line of its stderr that says something, made printable; "" where it could hold a key. */
static void told_line(struct process *process, char line[PROCESS_TOLD_MAX])
{
    process->told[process->told_size] = '\0';
    line[0] = '\0';
    if (strcasestr(process->told, "secret") || strcasestr(process->told, "token"))
        return;
    char *end = process->told + process->told_size;
    while (end > process->told && is_blank(end[-1]))
        *--end = '\0';
    char *start = strrchr(process->told, '\n');
    dk_text_format(line, PROCESS_TOLD_MAX, "%.*s", PROCESS_TOLD_MAX - 1,
                   start ? start + 1 : process->told);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
}

static enum dk_status process_fail(struct process *process, const char *program, int ended,
                                   struct dk_error *err)
{
    char line[PROCESS_TOLD_MAX];
    told_line(process, line);
    const char *colon = *line ? ": " : "";
    if (ended < 0)
        dk_error_set(err, DK_ERR_REMOTE, "credential_process gave no keys within %d seconds%s%s",
                     PROCESS_SECONDS_MAX, colon, line);
    else if (WIFSIGNALED(ended))
        dk_error_set(err, DK_ERR_REMOTE, "credential_process was ended by signal %d%s%s",
                     WTERMSIG(ended), colon, line);
    else if (WEXITSTATUS(ended) == SPAWN_FAILED && !*line)
        dk_error_set(err, DK_ERR_REMOTE, "can't start credential_process '%s'", program);
    else
        dk_error_set(err, DK_ERR_REMOTE, "credential_process failed with exit code %d%s%s",
                     WEXITSTATUS(ended), colon, line);
    dk_error_hint(err, "run the profile's credential_process by hand to see why");
    return DK_ERR_REMOTE;
}

static enum dk_status process_run(struct process *process, char **words, struct dk_keys *keys,
                                  struct dk_error *err)
{
    enum dk_status status = dk_secret_reserve(&process->text, PROCESS_OUTPUT_MAX, err);
    if (status == DK_OK)
        status = process_start(process, words, err);
    if (status != DK_OK)
        return status;
    int64_t deadline = milliseconds_now() + PROCESS_SECONDS_MAX * 1000;
    bool in_time = process_read(process, deadline);
    int ended = process_wait(process, deadline, in_time);
    if (ended != 0)
        return process_fail(process, words[0], ended, err);
    status = dk_keys_parse(keys, process->text.text, process->text_size, &process_form, err);
    if (status != DK_OK) {
        dk_error_hint(err, "it must print {\"Version\": 1, \"AccessKeyId\": ..., "
                           "\"SecretAccessKey\": ..., \"SessionToken\": ..., \"Expiration\": ...}");
        return status;
    }
    return DK_OK;
}

enum dk_status dk_credentials_process(struct dk_keys *keys, const char *command,
                                      struct dk_error *err)
{
    char **words = NULL;
    enum dk_status status = dk_command_split(command, &words, err);
    if (status != DK_OK || !words)
        return status;
    struct process process = {.output = -1, .errors = -1};
    status = process_run(&process, words, keys, err);
    descriptor_close(&process.output);
    descriptor_close(&process.errors);
    dk_secret_reset(&process.text);
    explicit_bzero(process.told, sizeof(process.told));
    free(words);
    return status;
}

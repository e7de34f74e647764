/*
 * credential_process: a program of the user's that prints short-lived keys.
 *
 * It is started without a shell, in a process group of its own, with its output in pipes and a time
 * limit; what it prints goes from the pipe into secret memory. It inherits this process's
 * environment, as with AWS's tools. It may leave a process behind that keeps the pipes open (an
 * agent, a cache): once it has ended itself, only what is in the pipes by then is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/spawn.h"
#include "base/text.h"
#include "chain.h"

#define PROCESS_SECONDS_MAX 60
#define PROCESS_OUTPUT_MAX (64 * 1024)
#define PROCESS_CHECK_MS 20 /* how often derrick checks whether it has ended */
#define PROCESS_ERRORS_MAX 4096
/* How a child ends where posix_spawn could not report that the program is missing (POSIX allows
 * both; an emulator of another processor has no other way). */
#define SPAWN_FAILED 127
#define PROCESS_QUOTED_MAX 300 /* bytes of its stderr in a message */

/* --- the command's words -------------------------------------------------------------------- */

struct split {
    const char *next;
    char *to;
    char **words;
    size_t count;
};

/* Copies a quoted text; false if the closing quote is missing. */
static bool copy_quoted(struct split *split, char quote)
{
    for (split->next++; *split->next && *split->next != quote; split->next++) {
        /* In "..." a backslash is special only before a quote and a backslash. */
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

static bool copy_word(struct split *split)
{
    split->words[split->count++] = split->to;
    while (*split->next && !dk_is_blank(*split->next)) {
        if (*split->next == '\'' || *split->next == '"') {
            if (!copy_quoted(split, *split->next))
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

static enum dk_status split_words(struct split *split, struct dk_error *err)
{
    for (;;) {
        while (dk_is_blank(*split->next))
            split->next++;
        if (!*split->next)
            break;
        if (!copy_word(split))
            return dk_error_set(err, DK_ERR_REMOTE, "credential_process has an unclosed quote");
    }
    if (split->count == 0)
        return dk_error_set(err, DK_ERR_REMOTE, "credential_process is empty");
    split->words[split->count] = NULL;
    return DK_OK;
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
    enum dk_status status = split_words(&split, err);
    if (status == DK_OK)
        *words = split.words;
    else
        free(block);
    return status;
}

/* --- the process ---------------------------------------------------------------------------- */

struct process {
    pid_t pid;
    bool ended;
    int wait_status; /* once it has ended */
    int output;      /* its stdout; -1: closed */
    int errors;      /* its stderr; -1: closed */
    struct dk_secret text;
    size_t text_size;
    char error_text[PROCESS_ERRORS_MAX];
    size_t error_size;
};

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe whose end to read does not block. */
static int make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        return errno;
    return 0;
}

static enum dk_status process_start(struct process *process, char **words, struct dk_error *err)
{
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    int failed = make_pipe(output);
    if (!failed)
        failed = make_pipe(errors);
    struct dk_spawn spawn = {.words = words,
                             .variables = environ,
                             .input = -1,
                             .output = output[1],
                             .errors = errors[1]};
    if (!failed)
        failed = dk_spawn(&spawn, &process->pid);
    close_descriptor(&output[1]);
    close_descriptor(&errors[1]);
    process->output = output[0];
    process->errors = errors[0];
    if (!failed)
        return DK_OK;
    dk_error_errno(err, DK_ERR_REMOTE, failed, "can't start credential_process", words[0]);
    dk_error_hint(err, "check the profile's credential_process in the config file of AWS's tools");
    return DK_ERR_REMOTE;
}

/* Reads what is in a pipe, and discards what exceeds `max`. */
static void read_pipe(int *fd, char *to, size_t *size, size_t max)
{
    char rest[512];
    while (*fd >= 0) {
        bool full = *size == max;
        ssize_t got = full ? read(*fd, rest, sizeof(rest)) : read(*fd, to + *size, max - *size);
        if (got > 0 && !full)
            *size += (size_t)got;
        if (got < 0 && errno == EAGAIN)
            break;
        if (got == 0 || (got < 0 && errno != EINTR))
            close_descriptor(fd);
    }
    explicit_bzero(rest, sizeof(rest));
}

static void read_pipes(struct process *process)
{
    read_pipe(&process->output, process->text.text, &process->text_size, process->text.size);
    read_pipe(&process->errors, process->error_text, &process->error_size,
              sizeof(process->error_text) - 1);
}

/* Reads both pipes until the process ends, or kills it when its time is over. */
static void process_finish(struct process *process)
{
    int64_t deadline = dk_monotonic_ms() + PROCESS_SECONDS_MAX * 1000;
    while (!process->ended && dk_monotonic_ms() < deadline) {
        struct pollfd polls[2] = {{.fd = process->output, .events = POLLIN},
                                  {.fd = process->errors, .events = POLLIN}};
        (void)poll(polls, 2, PROCESS_CHECK_MS);
        /* In this order: what it wrote before it ended is in the pipes. */
        process->ended = waitpid(process->pid, &process->wait_status, WNOHANG) == process->pid;
        read_pipes(process);
    }
    if (process->ended)
        return;
    dk_spawn_kill(process->pid, &process->wait_status);
}

/* The last line of its stderr that has text, printable; "" where it could hold a key. */
static void quote_errors(struct process *process, char line[PROCESS_QUOTED_MAX])
{
    process->error_text[process->error_size] = '\0';
    line[0] = '\0';
    if (strcasestr(process->error_text, "secret") || strcasestr(process->error_text, "token"))
        return;
    char *text = dk_text_trim(process->error_text);
    char *start = strrchr(text, '\n');
    dk_text_show(start ? start + 1 : text, line, PROCESS_QUOTED_MAX);
}

static enum dk_status process_fail(struct process *process, const char *program,
                                   struct dk_error *err)
{
    char line[PROCESS_QUOTED_MAX];
    quote_errors(process, line);
    const char *colon = *line ? ": " : "";
    int status = process->wait_status;
    if (!process->ended)
        dk_error_set(err, DK_ERR_REMOTE, "credential_process did not end within %d seconds%s%s",
                     PROCESS_SECONDS_MAX, colon, line);
    else if (WIFSIGNALED(status))
        dk_error_set(err, DK_ERR_REMOTE, "credential_process was ended by signal %d%s%s",
                     WTERMSIG(status), colon, line);
    else if (WEXITSTATUS(status) == SPAWN_FAILED && !*line)
        dk_error_set(err, DK_ERR_REMOTE, "can't start credential_process '%s'", program);
    else
        dk_error_set(err, DK_ERR_REMOTE, "credential_process failed with exit code %d%s%s",
                     WEXITSTATUS(status), colon, line);
    dk_error_hint(err, "run the profile's credential_process by hand to see why");
    return DK_ERR_REMOTE;
}

static enum dk_status process_run(struct process *process, char **words, struct dk_keys *keys,
                                  struct dk_error *err)
{
    static const struct dk_keys_form form = {
        .who = "credential_process", .token = "SessionToken", .version = 1};
    DK_RETURN_IF_ERROR(dk_secret_reserve(&process->text, PROCESS_OUTPUT_MAX, err));
    DK_RETURN_IF_ERROR(process_start(process, words, err));
    process_finish(process);
    if (!process->ended || process->wait_status != 0)
        return process_fail(process, words[0], err);
    enum dk_status status = dk_keys_parse(keys, process->text.text, process->text_size, &form, err);
    if (status != DK_OK)
        dk_error_hint(err, "it must print {\"Version\": 1, \"AccessKeyId\": ..., "
                           "\"SecretAccessKey\": ..., \"SessionToken\": ..., \"Expiration\": ...}");
    return status;
}

enum dk_status dk_process_keys(struct dk_keys *keys, const char *command, struct dk_error *err)
{
    char **words = NULL;
    DK_RETURN_IF_ERROR(dk_command_split(command, &words, err));
    struct process process = {.output = -1, .errors = -1};
    enum dk_status status = process_run(&process, words, keys, err);
    close_descriptor(&process.output);
    close_descriptor(&process.errors);
    dk_secret_reset(&process.text);
    explicit_bzero(process.error_text, sizeof(process.error_text));
    free(words);
    return status;
}

/*
 * calls [-k N] [-o JOURNAL] PROGRAM ARGUMENT...: runs a program and follows those of its system
 * calls that change the disk, in whatever thread. With -k it is killed by SIGKILL as soon as the
 * N-th change is made; with -o what succeeded is recorded, one line each:
 *
 *     N create FOLDER/NAME FILE      a new file; FOLDER and FILE are DEVICE:INODE
 *     N mkdir FOLDER/NAME FILE
 *     N write FILE OFFSET LENGTH     and, after the newline, the bytes and another newline
 *     N size FILE LENGTH             truncated or extended
 *     N link FOLDER/NAME FOLDER/NAME
 *     N rename FOLDER/NAME FOLDER/NAME
 *     N unlink FOLDER/NAME           of a folder, too
 *     N sync FILE                    fsync, fdatasync; of a folder, too
 *     N end                          the last line
 *
 * N counts the changes up to that line. A sync is none: to a kill it makes no difference, and
 * threads make them in any order. Exit code: the program's own, 137 if it was killed, 120 if it
 * can't be traced, 121 if the tracing failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS_MAX 256
#define PAGE_BYTES 4096
#define EXIT_UNTRACEABLE 120
#define EXIT_FAILED 121

enum kind { OPEN, WRITE, SIZE, SYNC, RENAME, LINK, UNLINK, MKDIR };

static const char *const words[] = {
    [OPEN] = "create", [WRITE] = "write",   [SIZE] = "size",     [SYNC] = "sync",
    [LINK] = "link",   [RENAME] = "rename", [UNLINK] = "unlink", [MKDIR] = "mkdir",
};

struct rule {
    long number;
    enum kind kind;
    bool at; /* a folder's descriptor precedes each path */
};

/* Other calls that change a file would mislead the model, so the program reports them. */
static const struct rule rules[] = {
    {SYS_openat, OPEN, true},      {SYS_write, WRITE, false},   {SYS_pwrite64, WRITE, false},
    {SYS_ftruncate, SIZE, false},  {SYS_fsync, SYNC, false},    {SYS_fdatasync, SYNC, false},
    {SYS_renameat2, RENAME, true}, {SYS_linkat, LINK, true},    {SYS_unlinkat, UNLINK, true},
    {SYS_mkdirat, MKDIR, true},
#ifdef SYS_renameat
    {SYS_renameat, RENAME, true},
#endif
#ifdef SYS_open
    {SYS_open, OPEN, false},       {SYS_rename, RENAME, false}, {SYS_link, LINK, false},
    {SYS_unlink, UNLINK, false},   {SYS_rmdir, UNLINK, false},  {SYS_mkdir, MKDIR, false},
#endif
};

/* A thread, and the call that it is in. */
struct call {
    pid_t thread;            /* 0: the slot is free */
    const struct rule *rule; /* NULL: in none that changes the disk */
    uint64_t args[6];
    bool is_new;         /* OPEN, MKDIR: whether it makes something */
    off_t offset;        /* WRITE */
    char path[PATH_MAX]; /* of the last path */
    char line[1024];     /* for the journal, as far as it is known before the call */
};

struct trace {
    FILE *journal; /* NULL: none */
    long kill_at;  /* 0: never */
    long count;
    struct call calls[THREADS_MAX];
};

static void failed(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("calls: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(EXIT_FAILED); /* and the program is killed: PTRACE_O_EXITKILL */
}

/* After a failed kernel call: ends if the failure is not expected. */
static void check_allowed(void)
{
    if (errno == EPERM || errno == ENOSYS || errno == EIO)
        exit(EXIT_UNTRACEABLE);
}

/* --- looking into the program --------------------------------------------------------------- */

/* Reads up to `size` bytes, but not past the end of the program's memory. */
static size_t read_memory(pid_t thread, uint64_t address, void *data, size_t size)
{
    size_t first = PAGE_BYTES - (size_t)(address % PAGE_BYTES);
    if (first > size)
        first = size;
    struct iovec local = {.iov_base = data, .iov_len = size};
    struct iovec remote[] = {
        {.iov_base = (void *)(uintptr_t)address, .iov_len = first},
        {.iov_base = (void *)(uintptr_t)(address + first), .iov_len = size - first},
    };
    ssize_t got = process_vm_readv(thread, &local, 1, remote, 2, 0);
    if (got < 0)
        check_allowed();
    return got < 0 ? 0 : (size_t)got;
}

static void add(struct call *call, const char *format, ...)
{
    size_t used = strlen(call->line);
    va_list args;
    va_start(args, format);
    vsnprintf(call->line + used, sizeof(call->line) - used, format, args);
    va_end(args);
}

static void add_file(struct call *call, const struct stat *info)
{
    add(call, " %ju:%ju", (uintmax_t)info->st_dev, (uintmax_t)info->st_ino);
}

/* Adds a path as " FOLDER/NAME", and keeps it as this process can follow it. */
static void add_path(struct call *call, bool at, size_t index)
{
    char text[PAGE_BYTES / 2];
    struct stat info = {0};
    int folder = at ? (int)call->args[index++] : AT_FDCWD;
    if (!memchr(text, '\0', read_memory(call->thread, call->args[index], text, sizeof(text))))
        failed("can't read a path");
    if (text[0] == '/')
        snprintf(call->path, PATH_MAX, "%s", text);
    else if (folder == AT_FDCWD)
        snprintf(call->path, PATH_MAX, "/proc/%d/cwd/%s", call->thread, text);
    else
        snprintf(call->path, PATH_MAX, "/proc/%d/fd/%d/%s", call->thread, folder, text);
    size_t size = strlen(call->path);
    while (size > 1 && call->path[size - 1] == '/')
        call->path[--size] = '\0';
    char *name = strrchr(call->path, '/') + 1;
    char first = *name;
    *name = '\0';
    (void)stat(call->path, &info); /* if there is none, the call fails */
    *name = first;
    add_file(call, &info);
    add(call, "/%s", name);
}

/* The position of a descriptor. */
static off_t find_offset(const struct call *call, int fd)
{
    char path[64];
    intmax_t offset = 0;
    snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", call->thread, fd);
    FILE *text = fopen(path, "r");
    if (!text || fscanf(text, "pos: %jd", &offset) != 1)
        failed("can't tell where a file is written");
    fclose(text);
    return (off_t)offset;
}

/* --- a call's entry and return -------------------------------------------------------------- */

static const struct rule *find_rule(uint64_t number)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (rules[i].number == (long)number)
            return &rules[i];
    return NULL;
}

/* Whether a call will change something on a disk, or sync it; begins its line. */
static bool enter(struct call *call)
{
    bool at = call->rule->at;
    struct stat info;
    if (call->rule->kind == OPEN && !(call->args[at + 1] & (O_CREAT | O_TRUNC)))
        return false;
    call->is_new = false;
    snprintf(call->line, sizeof(call->line), "%s", words[call->rule->kind]);
    switch (call->rule->kind) {
    case OPEN:
        add_path(call, at, 0);
        call->is_new = stat(call->path, &info) != 0;
        if (call->is_new)
            return true;
        snprintf(call->line, sizeof(call->line), "size");
        add_file(call, &info);
        add(call, " 0");
        return (call->args[at + 1] & O_TRUNC) && !(call->args[at + 1] & O_EXCL);
    case RENAME:
    case LINK:
        add_path(call, at, 0);
        add_path(call, at, at ? 2 : 1);
        return true;
    case MKDIR:
    case UNLINK:
        add_path(call, at, 0);
        call->is_new = call->rule->kind == MKDIR;
        return true;
    default:
        snprintf(call->path, sizeof(call->path), "/proc/%d/fd/%d", call->thread,
                 (int)call->args[0]);
        if (stat(call->path, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
            return false;
        add_file(call, &info);
        if (call->rule->kind == SIZE)
            add(call, " %ju", (uintmax_t)call->args[1]);
        if (call->rule->kind == WRITE)
            call->offset = call->rule->number == SYS_pwrite64
                               ? (off_t)call->args[3]
                               : find_offset(call, (int)call->args[0]);
        return true;
    }
}

/* Records a call that succeeded. */
static void leave(struct trace *trace, struct call *call, int64_t result)
{
    struct stat info;
    if (call->is_new) {
        if (stat(call->path, &info) != 0)
            failed("'%s' is not there", call->path);
        add_file(call, &info);
    }
    fprintf(trace->journal, "%ld %s", trace->count, call->line);
    if (call->rule->kind == WRITE) {
        size_t size = (size_t)result;
        char *data = malloc(size + 1);
        if (!data || read_memory(call->thread, call->args[1], data, size) != size)
            failed("can't read what was written");
        fprintf(trace->journal, " %jd %zu\n", (intmax_t)call->offset, size);
        fwrite(data, 1, size, trace->journal);
        free(data);
    }
    fputc('\n', trace->journal);
}

static struct call *find_call(struct trace *trace, pid_t thread)
{
    struct call *unused = NULL;
    for (size_t i = 0; i < THREADS_MAX; i++) {
        if (trace->calls[i].thread == thread)
            return &trace->calls[i];
        if (!unused && trace->calls[i].thread == 0)
            unused = &trace->calls[i];
    }
    if (!unused)
        failed("too many threads");
    *unused = (struct call){.thread = thread};
    return unused;
}

/* At a stop of a thread in a call; true if this is where the program is to be killed. */
static bool follow(struct trace *trace, pid_t thread)
{
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) <= 0) {
        check_allowed();
        return false; /* the thread is gone */
    }
    struct call *call = find_call(trace, thread);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        call->rule = find_rule(info.entry.nr);
        for (size_t i = 0; i < 6; i++)
            call->args[i] = info.entry.args[i];
        if (call->rule && !enter(call))
            call->rule = NULL;
        return false;
    }
    if (info.op != PTRACE_SYSCALL_INFO_EXIT || !call->rule)
        return false;
    bool is_change = info.exit.rval >= 0 && call->rule->kind != SYNC;
    trace->count += is_change;
    if (trace->journal && info.exit.rval >= 0)
        leave(trace, call, info.exit.rval);
    call->rule = NULL;
    return is_change && trace->count == trace->kill_at;
}

static bool is_any_in_call(const struct trace *trace)
{
    for (size_t i = 0; i < THREADS_MAX; i++)
        if (trace->calls[i].thread != 0 && trace->calls[i].rule)
            return true;
    return false;
}

/* --- running -------------------------------------------------------------------------------- */

static int end(const struct trace *trace, int code)
{
    if (trace->journal) {
        fprintf(trace->journal, "%ld end\n", trace->count);
        if (fclose(trace->journal) != 0)
            failed("can't write the journal: %s", strerror(errno));
    }
    return code;
}

/* Kills the program. Each of its other threads ends the call that it is in, which is recorded, and
 * begins no other one. */
static int end_by_kill(struct trace *trace, pid_t child)
{
    int state = 0;
    while (is_any_in_call(trace)) {
        pid_t thread = waitpid(-1, &state, __WALL);
        if (thread < 0 && errno != EINTR)
            failed("can't wait: %s", strerror(errno));
        if (thread < 0)
            continue;
        struct call *call = find_call(trace, thread);
        if (WIFSTOPPED(state) && WSTOPSIG(state) == (SIGTRAP | 0x80) && call->rule)
            follow(trace, thread);
        else if (!WIFSTOPPED(state))
            call->thread = 0;
    }
    kill(child, SIGKILL);
    /* The leader is gone only when each of its threads has been waited for. */
    while (waitpid(-1, &state, __WALL) >= 0 || errno == EINTR)
        continue;
    return end(trace, 128 + SIGKILL);
}

static int run(struct trace *trace, pid_t child)
{
    int state = 0;
    if (waitpid(child, &state, 0) != child || !WIFSTOPPED(state) ||
        ptrace(PTRACE_SETOPTIONS, child, 0,
               PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) != 0)
        return EXIT_UNTRACEABLE;
    ptrace(PTRACE_SYSCALL, child, 0, 0);
    for (;;) {
        pid_t thread = waitpid(-1, &state, __WALL);
        if (thread < 0 && errno != EINTR)
            failed("can't wait: %s", strerror(errno));
        if (thread < 0)
            continue;
        if (WIFEXITED(state) || WIFSIGNALED(state)) {
            if (thread == child)
                return end(trace, WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state));
            find_call(trace, thread)->thread = 0;
            continue;
        }
        int signal_number = WSTOPSIG(state);
        if (signal_number == (SIGTRAP | 0x80) && follow(trace, thread))
            return end_by_kill(trace, child);
        if ((signal_number & ~0x80) == SIGTRAP || signal_number == SIGSTOP)
            signal_number = 0; /* a call, the exec, a new thread */
        ptrace(PTRACE_SYSCALL, thread, 0, signal_number);
    }
}

int main(int argc, char **argv)
{
    static struct trace trace;
    for (int option; (option = getopt(argc, argv, "+k:o:")) != -1;) {
        if (option == 'k')
            trace.kill_at = strtol(optarg, NULL, 10);
        else if (option == 'o')
            trace.journal = fopen(optarg, "we");
        if (option == '?' || (option == 'o' && !trace.journal))
            failed("usage: calls [-k N] [-o JOURNAL] PROGRAM ARGUMENT...");
    }
    if (optind == argc)
        failed("no program");
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
            _exit(EXIT_UNTRACEABLE);
        execv(argv[optind], argv + optind);
        _exit(127);
    }
    return child < 0 ? EXIT_UNTRACEABLE : run(&trace, child);
}

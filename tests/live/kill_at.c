/*
 * kill_at N PROGRAM ARGUMENT...: runs a program and kills it with SIGKILL just before its N-th system call
 * that changes the disk, in whatever thread. Exit code 0 if it was killed there, 3 if it ended by
 * itself before (then it prints how many such calls it made), 1 if it can't be traced.
 *
 * What a power cut does to the disk's own cache it can't show; what a process leaves behind, it does.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS_MAX 256

static const long changing[] = {
    SYS_write,    SYS_pwrite64,  SYS_fsync,   SYS_fdatasync, SYS_renameat2,
    SYS_unlinkat, SYS_ftruncate, SYS_mkdirat, SYS_linkat,
#ifdef SYS_rename
    SYS_rename,   SYS_unlink,    SYS_mkdir,   SYS_link,
#endif
};

static bool is_changing(long number)
{
    for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++)
        if (changing[i] == number)
            return true;
    return false;
}

/* The number of the system call that a stopped thread is about to make; -1 at its return. */
static long call_number(pid_t thread)
{
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) <= 0)
        return -1;
    return info.op == PTRACE_SYSCALL_INFO_ENTRY ? (long)info.entry.nr : -1;
}

static int trace(pid_t child, long kill_at)
{
    long count = 0;
    int state = 0;
    if (waitpid(child, &state, 0) != child || !WIFSTOPPED(state) ||
        ptrace(PTRACE_SETOPTIONS, child, 0,
               PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) != 0)
        return 1;
    ptrace(PTRACE_SYSCALL, child, 0, 0);
    for (;;) {
        pid_t thread = waitpid(-1, &state, __WALL);
        if (thread < 0 && errno == EINTR)
            continue;
        if (thread < 0)
            return 1;
        if (WIFEXITED(state) || WIFSIGNALED(state)) {
            if (thread != child)
                continue;
            printf("%ld\n", count);
            return 3;
        }
        int signal_number = WSTOPSIG(state);
        if (signal_number == (SIGTRAP | 0x80)) {
            signal_number = 0;
            if (is_changing(call_number(thread)) && ++count == kill_at) {
                kill(child, SIGKILL);
                /* The leader is gone only when each of its threads has been waited for. */
                while (waitpid(-1, &state, __WALL) >= 0 || errno == EINTR)
                    continue;
                return 0;
            }
        } else if (signal_number == SIGTRAP || signal_number == SIGSTOP) {
            signal_number = 0; /* a new thread, or the exec */
        }
        ptrace(PTRACE_SYSCALL, thread, 0, signal_number);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: kill_at N PROGRAM ARGUMENT...\n");
        return 2;
    }
    long kill_at = strtol(argv[1], NULL, 10);
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
            _exit(1);
        execv(argv[2], argv + 2);
        _exit(127);
    }
    return child < 0 ? 1 : trace(child, kill_at);
}

/*
 * timed FD COMMAND [ARGUMENT...]: runs a command and writes its cost to the open descriptor FD:
 * "wall_us cpu_us peak_kb". Its exit code is the command's; 126 if it could not be run or was
 * killed.
 *
 * The peak is that of the command, or of the largest child that it waited for. A process starts with
 * the peak of its parent, so this program is small; a shell or Python would distort every small
 * figure.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_NOT_RUN 126

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t time_us(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status = 0;
    int fd = argc < 3 ? -1 : (int)strtol(argv[1], NULL, 10);
    if (fd < 0) {
        fprintf(stderr, "usage: timed FD COMMAND [ARGUMENT...]\n");
        return 2;
    }
    int64_t start = now_us();
    pid_t child = fork();
    if (child == 0) {
        close(fd);
        execvp(argv[2], argv + 2);
        fprintf(stderr, "timed: can't run '%s': %s\n", argv[2], strerror(errno));
        _exit(EXIT_NOT_RUN);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("timed");
        return EXIT_NOT_RUN;
    }
    int64_t wall_us = now_us() - start;
    dprintf(fd, "%lld %lld %ld\n", (long long)wall_us,
            (long long)(time_us(usage.ru_utime) + time_us(usage.ru_stime)), usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_NOT_RUN;
}

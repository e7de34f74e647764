#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"

/* The lock's file holds "<process> <host's name> <host's id>\n"; versions before this one wrote no
 * id. */
#define TEXT_MAX 120

#define TRIES_MAX 3
#define TRY_PAUSE_NS 10000000L

bool dk_process_is_alive(long process)
{
    if (process < 1 || process > INT_MAX || process == (long)getpid())
        return false;
    return kill((pid_t)process, 0) == 0 || errno == EPERM;
}

/* Copies the word at *at, whose size must be below cap, and goes past it and the blank behind it.
 * Without one, or if it is too long, `word` is "". */
static void take_word(const char **at, char *word, size_t cap)
{
    size_t size = strcspn(*at, " \n");
    word[0] = '\0';
    if (size < cap) {
        memcpy(word, *at, size);
        word[size] = '\0';
    }
    *at += size + ((*at)[size] != '\0');
}

/* The last to write there need not be the one that holds the lock, which may not have written yet:
 * a process of this host is named only if it is alive. Whether one of another host is alive can't
 * be known here, so that is named as it is written. */
static void read_holder(int fd, char holder[DK_LOCK_HOLDER_MAX])
{
    char text[TEXT_MAX] = "";
    char host[DK_HOST_NAME_MAX] = "";
    char id[DK_HOST_ID_MAX] = "";
    char here[DK_HOST_NAME_MAX];
    char here_id[DK_HOST_ID_MAX];
    char *end = NULL;
    holder[0] = '\0';
    if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
        return;
    long process = strtol(text, &end, 10);
    if (end == text || process < 1 || process > INT_MAX)
        return;
    const char *at = end + (*end == ' ');
    take_word(&at, host, sizeof(host));
    take_word(&at, id, sizeof(id));
    dk_host_name(here);
    dk_host_id(here_id);
    bool is_here = (!host[0] || strcmp(host, here) == 0) && (!id[0] || strcmp(id, here_id) == 0);
    if (!is_here)
        dk_text_format(holder, DK_LOCK_HOLDER_MAX, "process %ld on '%s'", process, host);
    else if (dk_process_is_alive(process))
        dk_text_format(holder, DK_LOCK_HOLDER_MAX, "process %ld", process);
}

static void write_holder(int fd)
{
    char host[DK_HOST_NAME_MAX];
    char id[DK_HOST_ID_MAX];
    char text[TEXT_MAX];
    dk_host_name(host);
    dk_host_id(id);
    int size =
        snprintf(text, sizeof(text), "%ld %s %s\n", (long)getpid(), host[0] ? host : "?", id);
    bool written = ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)size, 0) == size;
    (void)written; /* only a message would say less */
}

/* Another process may be inside dk_lock_is_held, which takes an instant. */
static int try_lock(int fd)
{
    const struct timespec pause = {.tv_nsec = TRY_PAUSE_NS};
    int failed = flock(fd, LOCK_EX | LOCK_NB);
    for (int tries = 1; failed && errno == EWOULDBLOCK && tries < TRIES_MAX; tries++) {
        (void)nanosleep(&pause, NULL);
        failed = flock(fd, LOCK_EX | LOCK_NB);
    }
    return failed;
}

enum dk_status dk_lock_take(const char *path, int *fd, char holder[DK_LOCK_HOLDER_MAX],
                            struct dk_error *err)
{
    holder[0] = '\0';
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (*fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open the lock", path);
    if (try_lock(*fd) == 0) {
        write_holder(*fd);
        return DK_OK;
    }
    int saved = errno;
    if (saved == EWOULDBLOCK)
        read_holder(*fd, holder);
    close(*fd);
    *fd = -1;
    if (saved == EWOULDBLOCK)
        return dk_error_set(err, DK_ERR_BUSY, "'%s' is locked", path);
    return dk_error_errno(err, DK_ERR_IO, saved, "can't take the lock", path);
}

bool dk_lock_is_held(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held;
}

void dk_lock_release(int *fd)
{
    if (*fd < 0)
        return;
    bool emptied = ftruncate(*fd, 0) == 0;
    (void)emptied; /* the name of the last holder stays, which is no longer alive */
    close(*fd);
    *fd = -1;
}

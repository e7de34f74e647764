#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The lock's file holds "<process> <machine>\n". */
#define TEXT_MAX 96
#define MACHINE_MAX 64

static void machine_name(char name[MACHINE_MAX])
{
    if (gethostname(name, MACHINE_MAX) != 0)
        name[0] = '\0';
    name[MACHINE_MAX - 1] = '\0';
}

bool dk_process_is_alive(long process)
{
    if (process < 1 || process > INT_MAX || process == (long)getpid())
        return false;
    return kill((pid_t)process, 0) == 0 || errno == EPERM;
}

/* The last to write there need not be the one that holds the lock, which may not have written yet:
 * a process of this machine is named only if it is alive. */
static void read_holder(int fd, char holder[DK_LOCK_HOLDER_MAX])
{
    char text[TEXT_MAX] = "";
    char here[MACHINE_MAX];
    char *end = NULL;
    holder[0] = '\0';
    if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    long process = strtol(text, &end, 10);
    if (end == text || process < 1 || process > INT_MAX)
        return;
    const char *machine = *end == ' ' ? end + 1 : "";
    machine_name(here);
    if (machine[0] != '\0' && strcmp(machine, here) != 0)
        dk_text_format(holder, DK_LOCK_HOLDER_MAX, "process %ld on '%s'", process, machine);
    else if (dk_process_is_alive(process))
        dk_text_format(holder, DK_LOCK_HOLDER_MAX, "process %ld", process);
}

static void write_holder(int fd)
{
    char here[MACHINE_MAX];
    char text[TEXT_MAX];
    machine_name(here);
    int size = snprintf(text, sizeof(text), "%ld%s%s\n", (long)getpid(), here[0] ? " " : "", here);
    bool written = ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)size, 0) == size;
    (void)written; /* only a message would say less */
}

enum dk_status dk_lock_take(const char *path, int *fd, char holder[DK_LOCK_HOLDER_MAX],
                            struct dk_error *err)
{
    holder[0] = '\0';
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (*fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open the lock", path);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
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

void dk_lock_release(int *fd)
{
    if (*fd < 0)
        return;
    bool emptied = ftruncate(*fd, 0) == 0;
    (void)emptied; /* the name of the last holder stays, which is no longer alive */
    close(*fd);
    *fd = -1;
}

/*
 * Kills a program, by LD_PRELOAD, when a MySQL server has done the STOP_AFTER-th statement that
 * changes something, whichever server of several that is. STOP_LOG, if set, gets the text of that
 * statement.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Atomic long done;

static int changes_something(const char *text)
{
    static const char *const words[] = {"ALTER ",  "CREATE ", "DROP ",  "RENAME ", "INSERT ",
                                        "UPDATE ", "DELETE ", "COMMIT", "XA "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

static void stop(const char *text, size_t size)
{
    const char *path = getenv("STOP_LOG");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd >= 0 && write(fd, text, size) != (ssize_t)size)
        _exit(121);
    raise(SIGKILL);
}

int mysql_real_query(void *handle, const char *text, unsigned long size)
{
    int (*query)(void *, const char *, unsigned long) = dlsym(RTLD_NEXT, "mysql_real_query");
    const char *after = getenv("STOP_AFTER");
    int failed = query(handle, text, size);
    if (!failed && after && changes_something(text) &&
        atomic_fetch_add(&done, 1) + 1 == atol(after))
        stop(text, size);
    return failed;
}

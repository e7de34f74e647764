/*
 * Simulates limited file systems, by LD_PRELOAD: with NO_FLAGS renameat2 does not support
 * RENAME_NOREPLACE, as on NFS; with NO_LINKS there are no hard links either, as on FAT; with APART
 * the logs/ of a workspace are on another file system than the rest.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(int code)
{
    errno = code;
    return -1;
}

#ifdef NO_LINKS
int link(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return fail(EPERM);
}
#endif

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
#ifdef NO_FLAGS
    if (flags != 0)
        return fail(EINVAL);
#endif
#ifdef APART
    if ((strncmp(from, "logs/", 5) == 0) != (strncmp(to, "logs/", 5) == 0))
        return fail(EXDEV);
#endif
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

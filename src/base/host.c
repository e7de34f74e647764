#include "base/host.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void make_printable(char *name)
{
    for (char *at = name; *at; at++)
        if (*at <= ' ' || *at > '~')
            *at = '_';
}

void dk_host_name(char name[DK_HOST_NAME_MAX])
{
    if (gethostname(name, DK_HOST_NAME_MAX) != 0)
        name[0] = '\0';
    name[DK_HOST_NAME_MAX - 1] = '\0';
    make_printable(name);
}

void dk_user_name(char name[DK_USER_NAME_MAX])
{
    const struct passwd *user = getpwuid(geteuid());
    if (user)
        snprintf(name, DK_USER_NAME_MAX, "%s", user->pw_name);
    else
        snprintf(name, DK_USER_NAME_MAX, "uid-%lld", (long long)geteuid());
    make_printable(name);
}

/* FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). The end of each piece counts, so
 * that no two lists of pieces read alike. */
static uint64_t add(uint64_t hash, const char *data, size_t size)
{
    for (size_t i = 0; i <= size; i++) {
        hash ^= i < size ? (unsigned char)data[i] : 256u;
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}

/* machine-id(5); a machine without one is known by the rest. */
static size_t read_machine_id(char *text, size_t cap)
{
    int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, text, cap) : 0;
    if (fd >= 0)
        close(fd);
    return got > 0 ? (size_t)got : 0;
}

void dk_host_id(char id[DK_HOST_ID_MAX])
{
    char text[DK_HOST_NAME_MAX] = "";
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = add(hash, text, read_machine_id(text, sizeof(text)));
    dk_host_name(text);
    hash = add(hash, text, strlen(text));
    /* namespaces(7): "pid:[4026531836]" outside any container, on every Linux and at every
     * boot. */
    ssize_t got = readlink("/proc/self/ns/pid", text, sizeof(text));
    hash = add(hash, text, got > 0 ? (size_t)got : 0);
    snprintf(id, DK_HOST_ID_MAX, "%08" PRIx32, (uint32_t)(hash ^ hash >> 32));
}

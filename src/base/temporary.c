#include "base/temporary.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/path.h"

#define NAME_BYTES_MAX 200 /* of the final name that the temporary one keeps */
/* A name of the older form has no host, and another host of a share may still run the older
 * derrick. No file takes a day to write, and each write renews its time. */
#define OLD_FORM_AGE_S (24LL * 60 * 60)

static const char suffix[] = ".tmp";
#define SUFFIX_SIZE (sizeof(suffix) - 1)

char *dk_temporary_name(const char *path)
{
    static atomic_uint counter;
    const char *name = dk_path_name(path);
    int folder_size = (int)(name - path);
    char host[DK_HOST_ID_MAX];
    char *text = NULL;
    dk_host_id(host);
    if (asprintf(&text, "%.*s.%.*s.%s.%ld.%u%s", folder_size, path, NAME_BYTES_MAX, name, host,
                 (long)getpid(), atomic_fetch_add(&counter, 1), suffix) < 0)
        return NULL;
    return text;
}

/* Where the last dot-separated part of name[0..end) begins; 0 if the part is empty, has a character
 * that is not in `allowed`, or is the first one. */
static size_t last_part(const char *name, size_t end, const char *allowed)
{
    size_t at = end;
    while (at > 0 && name[at - 1] != '.' && strchr(allowed, name[at - 1]))
        at--;
    return at < end && at > 1 && name[at - 1] == '.' ? at : 0;
}

bool dk_temporary_read(const char *name, struct dk_temporary *temporary)
{
    static const char digits[] = "0123456789";
    size_t size = strlen(name);
    *temporary = (struct dk_temporary){0};
    if (name[0] != '.' || size <= SUFFIX_SIZE || strcmp(name + size - SUFFIX_SIZE, suffix) != 0)
        return false;
    size_t number = last_part(name, size - SUFFIX_SIZE, digits);
    size_t process = number ? last_part(name, number - 1, digits) : 0;
    /* The dot at the beginning is followed by a name. */
    if (process < 3)
        return false;
    temporary->process = strtol(name + process, NULL, 10);
    size_t host = last_part(name, process - 1, "0123456789abcdef");
    if (host >= 3 && process - 1 - host == DK_HOST_ID_MAX - 1)
        memcpy(temporary->host, name + host, DK_HOST_ID_MAX - 1);
    return temporary->process > 0 && temporary->process <= INT_MAX;
}

bool dk_temporary_is_left_behind(const char *name, long long age_s)
{
    struct dk_temporary temporary;
    char here[DK_HOST_ID_MAX];
    if (!dk_temporary_read(name, &temporary))
        return false;
    dk_host_id(here);
    if (temporary.host[0] ? strcmp(temporary.host, here) != 0 : age_s < OLD_FORM_AGE_S)
        return false;
    return !dk_process_is_alive(temporary.process);
}

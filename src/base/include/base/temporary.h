/*
 * The names of derrick's own temporary files, and which of them a killed run left.
 *
 * ".<name>.<host>.<process>.<n>.tmp", beside the file "<name>" that it is to become; host is
 * dk_host_id. Earlier versions wrote ".<name>.<process>.<n>.tmp".
 */
#ifndef DK_BASE_TEMPORARY_H
#define DK_BASE_TEMPORARY_H

#include <stdbool.h>

#include "base/host.h"

struct dk_temporary {
    char host[DK_HOST_ID_MAX]; /* "": the older form, which has no host */
    long process;
};

/* A new name on the heap (the caller frees), beside `path`, that no other file of this process has.
 * A long name is cut, so that the temporary one fits wherever the final one does. NULL if memory
 * runs out. */
char *dk_temporary_name(const char *path);

/* Reads a file's name (without its folder). False: it is not a temporary file of derrick's. */
bool dk_temporary_read(const char *name, struct dk_temporary *temporary);

/* Whether a run that has ended left the file of this name, which was last written `age_s` seconds
 * ago. Never true for a file of another host: only that host knows whether its process is alive,
 * and a leftover does less harm than the loss of a file that is being written. */
bool dk_temporary_is_left_behind(const char *name, long long age_s);

#endif

/*
 * Paths: taking them apart, joining them, and what they name.
 */
#ifndef DK_BASE_PATH_H
#define DK_BASE_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* "<folder>/<name>" on the heap (caller frees); just the name where the folder is "" or "." or the
 * name is absolute. NULL if memory runs out. */
char *dk_path_join(const char *folder, const char *name);
/* The last component, "" after a final slash. Borrowed from `path`, never NULL. */
const char *dk_path_name(const char *path);
/* All but the last component, on the heap (caller frees); "." if there is nothing more. NULL if
 * memory runs out. */
char *dk_path_folder(const char *path);
/* Whether `path` exists, and whether it is a folder. Links are followed. */
bool dk_path_exists(const char *path);
bool dk_path_is_folder(const char *path);
/* A time of struct stat as nanoseconds since 1970. */
static inline int64_t dk_time_ns(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
/* Whether both exist and are the same file or folder, under whatever names. */
bool dk_path_is_same(const char *left, const char *right);

#endif

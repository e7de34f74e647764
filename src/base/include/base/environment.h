/*
 * The process's environment, as the caller hands it in: nothing in the library reads it by itself.
 */
#ifndef DK_BASE_ENVIRONMENT_H
#define DK_BASE_ENVIRONMENT_H

#include <stddef.h>

/* `get` is getenv with a context and may return NULL; texts are borrowed until the next call.
 * `home` is the user's home folder, NULL if unknown. */
struct dk_environment {
    void *context;
    const char *(*get)(void *context, const char *name);
    const char *home;
};

/* The value of a variable, or NULL if it is unset or empty. Borrowed until the next call. */
static inline const char *dk_environment_get(const struct dk_environment *environment,
                                             const char *name)
{
    const char *value = environment->get ? environment->get(environment->context, name) : NULL;
    return value && *value ? value : NULL;
}

#endif

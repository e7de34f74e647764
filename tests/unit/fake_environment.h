/*
 * An environment of a test's own: variables and a home folder with ".aws", instead of the
 * process's.
 */
#ifndef DK_TESTS_FAKE_ENVIRONMENT_H
#define DK_TESTS_FAKE_ENVIRONMENT_H

#include "base/environment.h"

#define FAKE_VARIABLES_MAX 12

struct fake {
    struct dk_environment environment;
    struct {
        const char *name, *value;
    } variables[FAKE_VARIABLES_MAX];
    char home[64];
};

/* For cmocka: *state becomes a struct fake, in which AWS_EC2_METADATA_DISABLED is "true", so that
 * a test never asks the network. The teardown removes the home folder with the files named in
 * fake_environment.c. */
int fake_setup(void **state);
int fake_teardown(void **state);

/* Sets a variable; NULL unsets it. Texts are borrowed. */
void fake_set(struct fake *fake, const char *name, const char *value);

/* The path of a file below home, valid until the next call. */
const char *fake_path(struct fake *fake, const char *name);

/* Writes a file, whole. */
void fake_write(const char *path, const char *text);

#endif

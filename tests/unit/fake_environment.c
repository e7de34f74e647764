#include "fake_environment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *fake_get(void *context, const char *name)
{
    struct fake *fake = context;
    for (size_t i = 0; i < FAKE_VARIABLES_MAX; i++)
        if (fake->variables[i].name && strcmp(fake->variables[i].name, name) == 0)
            return fake->variables[i].value;
    return NULL;
}

void fake_set(struct fake *fake, const char *name, const char *value)
{
    for (size_t i = 0; i < FAKE_VARIABLES_MAX; i++) {
        if (fake->variables[i].name && strcmp(fake->variables[i].name, name) != 0)
            continue;
        fake->variables[i].name = name;
        fake->variables[i].value = value;
        return;
    }
    fail_msg("too many variables");
}

void fake_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

const char *fake_path(struct fake *fake, const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", fake->home, name);
    return path;
}

int fake_setup(void **state)
{
    struct fake *fake = calloc(1, sizeof(*fake));
    if (!fake)
        return -1;
    const char *folder = getenv("TMPDIR");
    snprintf(fake->home, sizeof(fake->home), "%.30s/derrick-XXXXXX", folder ? folder : "/tmp");
    if (!mkdtemp(fake->home) || mkdir(fake_path(fake, ".aws"), 0700) != 0)
        return -1;
    fake->environment = (struct dk_environment){fake, fake_get, fake->home};
    /* A test never asks the network. */
    fake_set(fake, "AWS_EC2_METADATA_DISABLED", "true");
    *state = fake;
    return 0;
}

int fake_teardown(void **state)
{
    struct fake *fake = *state;
    static const char *const names[] = {".aws/config", ".aws/credentials", "process", "count",
                                        ".aws"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        remove(fake_path(fake, names[i]));
    int failed = rmdir(fake->home);
    free(fake);
    return failed;
}

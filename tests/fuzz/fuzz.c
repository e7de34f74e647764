#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char names[4][128];

void expect(bool holds)
{
    if (!holds)
        abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static void remove_folder(void)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && names[i][0]; i++)
        (void)unlink(names[i]);
    (void)rmdir(folder);
}

const char *fuzz_folder(void)
{
    if (folder[0] == '\0') {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(folder, sizeof(folder), "%s/derrick-fuzz-XXXXXX", base);
        expect(mkdtemp(folder) != NULL);
        expect(atexit(remove_folder) == 0);
    }
    return folder;
}

void fuzz_write(const char *name, const void *data, size_t size)
{
    char path[128];
    size_t at = 0;
    snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
    while (names[at][0] && strcmp(names[at], path) != 0)
        expect(++at < sizeof(names) / sizeof(names[0]));
    snprintf(names[at], sizeof(names[at]), "%s", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    expect(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}

/*
 * Runs a fuzz target over files, without a fuzzer: each argument is a file, or a folder whose files
 * are taken in the order of their names. Prints how many inputs ran. A target reports a fault by
 * aborting, so the name of the input goes to stderr first if asked for with -v.
 *
 * Exit codes: 0 all inputs ran, 1 an input could not be read or none was given.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct replay {
    size_t inputs;
    int verbose;
};

/* Reads all of an open file into `*data` (on the heap, caller frees) of exactly `*size` bytes, so
 * that a sanitizer sees the first byte read past its end. */
static int file_read(FILE *file, size_t size, uint8_t **data)
{
    *data = malloc(size ? size : 1);
    if (!*data)
        return ENOMEM;
    if (fread(*data, 1, size, file) != size)
        return ferror(file) ? EIO : EAGAIN;
    return 0;
}

static int replay_file(struct replay *replay, const char *path, size_t size)
{
    uint8_t *data = NULL;
    FILE *file = fopen(path, "rb");
    int failure = file ? file_read(file, size, &data) : errno;
    if (file)
        fclose(file);
    if (failure) {
        fprintf(stderr, "cannot read '%s': %s\n", path, strerror(failure));
    } else {
        if (replay->verbose)
            fprintf(stderr, "%s\n", path);
        (void)LLVMFuzzerTestOneInput(data, size);
        replay->inputs++;
    }
    free(data);
    return failure;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_path(struct replay *replay, const char *path);

static int replay_folder(struct replay *replay, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    if (count < 0) {
        int failure = errno;
        fprintf(stderr, "cannot list '%s': %s\n", folder, strerror(failure));
        return failure;
    }
    int failure = 0;
    for (int i = 0; i < count; i++) {
        char path[4096];
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (!failure)
            failure = length < 0 || (size_t)length >= sizeof(path) ? ENAMETOOLONG
                                                                   : replay_path(replay, path);
        free(entries[i]);
    }
    free(entries);
    return failure;
}

static int replay_path(struct replay *replay, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        int failure = errno;
        fprintf(stderr, "cannot open '%s': %s\n", path, strerror(failure));
        return failure;
    }
    if (S_ISDIR(status.st_mode))
        return replay_folder(replay, path);
    return replay_file(replay, path, (size_t)status.st_size);
}

int main(int argc, char **argv)
{
    struct replay replay = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            replay.verbose = 1;
        else if (replay_path(&replay, argv[i]) != 0)
            return 1;
    }
    printf("%zu inputs\n", replay.inputs);
    return replay.inputs > 0 ? 0 : 1;
}

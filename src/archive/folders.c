#include "archive/folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "base/file.h"

#define DIGITS_MAX 18 /* of a number that surely fits */
#define DAY_SIZE 10

/* The number at *at, which moves behind it; -1 if there is none, or one that is too long. */
static int64_t read_number(const char **at)
{
    size_t size = strspn(*at, "0123456789");
    if (size == 0 || size > DIGITS_MAX)
        return -1;
    int64_t number = strtoll(*at, NULL, 10);
    *at += size;
    return number;
}

static bool is_day(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < DAY_SIZE; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return false;
    }
    return true;
}

bool dk_archive_folder_read(const char *name, struct dk_archive_folder *folder)
{
    static const char middle[] = "-run";
    if (strlen(name) < DAY_SIZE || !is_day(name) ||
        strncmp(name + DAY_SIZE, middle, strlen(middle)) != 0)
        return false;
    const char *at = name + DAY_SIZE + strlen(middle);
    int64_t run = read_number(&at);
    int64_t number = 1;
    if (run >= 0 && *at == '-') {
        at++;
        number = read_number(&at);
    }
    if (run < 0 || number < 0 || number > UINT32_MAX || *at != '\0')
        return false;
    memcpy(folder->day, name, DAY_SIZE);
    folder->day[DAY_SIZE] = '\0';
    folder->run = run;
    folder->number = (unsigned)number;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct dk_archive_folder *a = left;
    const struct dk_archive_folder *b = right;
    int order = strcmp(a->day, b->day);
    if (order == 0)
        order = (a->run > b->run) - (a->run < b->run);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* Whether `name` in the archive is a folder of a drop that was archived whole. */
static bool holds_manifest(const char *archive_folder, const char *name,
                           struct dk_archive_folder *folder)
{
    char path[512];
    if (!dk_archive_folder_read(name, folder))
        return false;
    int size = snprintf(folder->path, sizeof(folder->path), "%s/%s", archive_folder, name);
    if (size < 0 || (size_t)size >= sizeof(folder->path))
        return false;
    dk_text_format(path, sizeof(path), "%s/" DK_ARCHIVE_MANIFEST, folder->path);
    return dk_path_exists(path);
}

static enum dk_status add(struct dk_archive_folder **list, size_t *count,
                          const struct dk_archive_folder *folder, struct dk_error *err)
{
    if ((*count & (*count - 1)) == 0) { /* 0, 1, 2, 4, ...: it is full */
        size_t capacity = *count ? 2 * *count : 1;
        struct dk_archive_folder *grown = realloc(*list, capacity * sizeof(*grown));
        if (!grown)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory to list the archive");
        *list = grown;
    }
    (*list)[(*count)++] = *folder;
    return DK_OK;
}

enum dk_status dk_archive_folders(const char *archive_folder, struct dk_archive_folder **list,
                                  size_t *count, struct dk_error *err)
{
    *list = NULL;
    *count = 0;
    DIR *entries = opendir(archive_folder);
    if (!entries && errno == ENOENT)
        return DK_OK;
    if (!entries)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't list the archive", archive_folder);
    enum dk_status status = DK_OK;
    for (struct dirent *entry = readdir(entries); status == DK_OK && entry;
         entry = readdir(entries)) {
        struct dk_archive_folder folder = {0};
        if (holds_manifest(archive_folder, entry->d_name, &folder))
            status = add(list, count, &folder, err);
    }
    closedir(entries);
    if (status != DK_OK) {
        free(*list);
        *list = NULL;
        *count = 0;
    } else if (*count > 1) {
        qsort(*list, *count, sizeof(**list), compare);
    }
    return status;
}

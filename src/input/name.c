#include "input/name.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "input/input.h"

#define DATE_DIGITS_MIN 4 /* a year at least */
#define RSYNC_SUFFIX 6    /* ".PS1.txt.Ab3dEf" */

static const char *const endings[] = {".txt", ".tsv", ".csv"};
static const char *const packed_endings[] = {".gz", ".zst", ".xz", ".bz2"};
static const char *const unfinished_endings[] = {".part",       ".partial",  ".filepart",  ".tmp",
                                                 ".crdownload", ".download", ".opdownload"};

static const char *const archive_endings[] = {".zip",     ".tar",     ".tgz",    ".tar.gz",
                                              ".tar.zst", ".tar.bz2", ".tar.xz", ".tzst"};

static bool ends_with(const char *name, size_t size, const char *ending)
{
    size_t tail = strlen(ending);
    return size > tail && strncasecmp(name + size - tail, ending, tail) == 0;
}

/* The size of name without one of these endings; `size` itself if it has none. */
static size_t without_ending(const char *name, size_t size, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ends_with(name, size, list[i]))
            return size - strlen(list[i]);
    return size;
}

/* A separator, then digits and what stands between the parts of a date: "-2023-06-01",
 * "_20230601T1200", ".2023-Q2". */
static bool is_date(const char *text, size_t size)
{
    size_t digits = 0;
    if (!strchr("-_. ", text[0]))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            digits++;
        else if (!strchr("-_. TtQqWw", text[i]))
            return false;
    }
    return digits >= DATE_DIGITS_MIN;
}

/* The file that the first word of a name belongs to, -1 if none; *size gets the word's length. */
static int find_file(const char *name, size_t *size)
{
    size_t word = 0;
    while (isalnum((unsigned char)name[word]))
        word++;
    *size = word;
    if (word == strlen("profile") && strncasecmp(name, "profile", word) == 0)
        return DK_DROP_PROFILE;
    return dk_sensor_find(name, word);
}

/* The size of name without the ending of a compressed file. */
static size_t unpacked_size(const char *name, size_t size)
{
    return without_ending(name, size, packed_endings, DK_COUNT_OF(packed_endings));
}

/* Whether name[0..size) is that of a file that is taken. */
static bool is_taken(const char *name, size_t size, size_t word)
{
    size = unpacked_size(name, size);
    size_t stem = without_ending(name, size, endings, DK_COUNT_OF(endings));
    return stem != size && (stem == word || is_date(name + word, stem - word));
}

/* rsync writes to ".<name>.<six letters or digits>" and renames. */
static bool is_rsync(const char *name, size_t size, size_t word)
{
    if (size < RSYNC_SUFFIX + 2 || name[size - RSYNC_SUFFIX - 1] != '.')
        return false;
    for (size_t i = size - RSYNC_SUFFIX; i < size; i++)
        if (!isalnum((unsigned char)name[i]))
            return false;
    return is_taken(name, size - RSYNC_SUFFIX - 1, word);
}

struct dk_name dk_name_read(const char *name)
{
    struct dk_name other = {.kind = DK_NAME_OTHER, .file = -1};
    bool dot = name[0] == '.';
    name += dot;
    size_t size = strlen(name);
    size_t word = 0;
    struct dk_name read = {.kind = DK_NAME_LOOKALIKE, .file = find_file(name, &word)};
    if (read.file < 0)
        return other;
    if (dot) {
        read.kind = DK_NAME_UNFINISHED;
        return is_rsync(name, size, word) ? read : other;
    }
    size_t whole = without_ending(name, size, unfinished_endings, DK_COUNT_OF(unfinished_endings));
    if (whole != size && (is_taken(name, whole, word) || whole == word))
        read.kind = DK_NAME_UNFINISHED;
    else if (is_taken(name, size, word))
        read.kind = DK_NAME_TAKEN;
    read.comma_name = ends_with(name, unpacked_size(name, size), ".csv");
    read.is_packed = unpacked_size(name, size) != size;
    return read;
}

bool dk_name_is_archive(const char *name)
{
    size_t size = strlen(name);
    if (name[0] == '.' || name[0] == '~')
        return false;
    return without_ending(name, size, archive_endings, DK_COUNT_OF(archive_endings)) != size;
}

bool dk_name_is_hidden_path(const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(path, '/')) {
        size_t size = (size_t)(slash - path);
        bool here = (size == 1 && path[0] == '.') || (size == 2 && strncmp(path, "..", 2) == 0);
        if ((path[0] == '.' && !here) || (size == 8 && strncmp(path, "__MACOSX", size) == 0))
            return true;
        path = slash + 1;
    }
    return false;
}

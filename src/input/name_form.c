#include "name_form.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"

static const char *const text_endings[] = {".txt", ".tsv", ".csv"};
static const char *const packed_endings[] = {".gz", ".zst", ".xz", ".bz2"};

static const char *const archive_endings[] = {".zip",     ".tar",     ".tgz",    ".tar.gz",
                                              ".tar.zst", ".tar.bz2", ".tar.xz", ".tzst"};

static const char *const foreign_endings[] = {
    ".7z",  ".rar",    ".zipx",     ".z01",     ".r00",   ".001", ".tbz", ".tbz2", ".txz", ".iso",
    ".tlz", ".tar.lz", ".tar.lzma", ".tar.lz4", ".tar.z", ".cab", ".arj", ".lzh",  ".ace",
};

static const char *const workbook_endings[] = {".xlsx", ".xlsm", ".xlsb",
                                               ".xls",  ".ods",  ".numbers"};

bool dk_name_ends_with(const char *name, size_t size, const char *ending)
{
    size_t tail = strlen(ending);
    return size > tail && strncasecmp(name + size - tail, ending, tail) == 0;
}

/* The size of name without one of these endings; `size` itself if it ends in no such ending. */
static size_t without_ending(const char *name, size_t size, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (dk_name_ends_with(name, size, list[i]))
            return size - strlen(list[i]);
    return size;
}

#define WITHOUT(name, size, list) without_ending(name, size, list, DK_COUNT_OF(list))

size_t dk_name_unpacked_size(const char *name, size_t size)
{
    return WITHOUT(name, size, packed_endings);
}

enum dk_name_form dk_name_form_of(const char *name, size_t size)
{
    size_t unpacked = dk_name_unpacked_size(name, size);
    if (WITHOUT(name, unpacked, text_endings) != unpacked)
        return DK_FORM_TEXT;
    if (WITHOUT(name, size, archive_endings) != size)
        return DK_FORM_ARCHIVE;
    if (WITHOUT(name, size, foreign_endings) != size)
        return DK_FORM_FOREIGN_ARCHIVE;
    return WITHOUT(name, size, workbook_endings) != size ? DK_FORM_WORKBOOK : DK_FORM_OTHER;
}

size_t dk_name_text_stem(const char *name, size_t size)
{
    return WITHOUT(name, size, text_endings);
}

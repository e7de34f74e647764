#include "input/name.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "input/input.h"
#include "name_form.h"
#include "name_transfer.h"

#define DATE_DIGITS_MIN 4 /* a year at least */
#define PATTERN_MAX 256

/* --- what never counts ---------------------------------------------------------------------- */

static const char *const never_names[] = {
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    ".ds_store",
    "__macosx",
    "icon\r",
    "@eadir",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "#recycle",
    "#snapshot",
    "description.txt",
    "documentation.txt",
    /* derrick's own */
    "derrick.ini",
    ".derrick.lock",
    ".derrick-workspace",
    "manifest.sha256",
    "contents.sha256",
    "energymobile.db",
    "energymobile.db-journal",
    "derrick-report.txt",
};

static const char *const never_starts[] = {"._", "oil-well-data-"};

static const char *const never_endings[] = {
    ".pdf", ".docx", ".md",  ".html", ".htm",  ".png",  ".jpg", ".jpeg",
    ".gif", ".svg",  ".bmp", ".tif",  ".tiff", ".pptx", ".odt", ".odp",
};

static bool is_never(const char *name, size_t size)
{
    for (size_t i = 0; i < DK_COUNT_OF(never_names); i++)
        if (strcasecmp(name, never_names[i]) == 0)
            return true;
    for (size_t i = 0; i < DK_COUNT_OF(never_starts); i++)
        if (strncasecmp(name, never_starts[i], strlen(never_starts[i])) == 0)
            return true;
    for (size_t i = 0; i < DK_COUNT_OF(never_endings); i++)
        if (dk_name_ends_with(name, size, never_endings[i]))
            return true;
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A profile in archive/ that made room for another one: "earlier-profile.txt". */
static bool is_earlier(const char *name)
{
    static const char start[] = "earlier-";
    if (strncmp(name, start, strlen(start)) != 0)
        return false;
    struct dk_name rest = dk_name_read(name + strlen(start), NULL);
    return rest.kind == DK_NAME_RECOGNISED && rest.file == DK_DROP_PROFILE;
}

/* Whether one of the patterns, which have commas between them, matches. */
static bool is_ignored(const char *name, const char *ignore)
{
    while (ignore && *ignore) {
        char pattern[PATTERN_MAX];
        ignore += strspn(ignore, ", \t");
        size_t size = strcspn(ignore, ",");
        dk_text_format(pattern, sizeof(pattern), "%.*s", (int)size, ignore);
        ignore += size;
        for (size = strlen(pattern); size > 0 && isblank((unsigned char)pattern[size - 1]); size--)
            pattern[size - 1] = '\0';
        if (pattern[0] && fnmatch(pattern, name, FNM_CASEFOLD) == 0)
            return true;
    }
    return false;
}

bool dk_name_ignore_hides(const char *ignore)
{
    char name[32];
    for (int i = 0; i < DK_DROP_FILES; i++) {
        dk_text_format(name, sizeof(name), "%s.txt",
                       i == DK_DROP_PROFILE ? "profile" : dk_sensors[i].name);
        if (is_ignored(name, ignore))
            return true;
    }
    return false;
}

/* Whether an archive or a workbook is named anywhere in it: ".x.zip.Ab3dEf". */
static bool names_container(const char *name, size_t size)
{
    for (size_t end = 1; end <= size; end++) {
        bool bounded = end == size || !isalnum((unsigned char)name[end]);
        if (bounded && dk_name_form_of(name, end) >= DK_FORM_ARCHIVE)
            return true;
    }
    return false;
}

/* --- words ---------------------------------------------------------------------------------- */

/* A word of a name: letters and digits with neither before nor after them. */
struct word {
    size_t start, end;
};

static bool next_word(const char *name, struct word *word)
{
    size_t at = word->end;
    while (name[at] && !isalnum((unsigned char)name[at]))
        at++;
    word->start = at;
    while (isalnum((unsigned char)name[at]))
        at++;
    word->end = at;
    return word->end > word->start;
}

static bool is_word(const char *name, const struct word *word, const char *text)
{
    size_t size = word->end - word->start;
    return size == strlen(text) && strncasecmp(name + word->start, text, size) == 0;
}

/* The file that the word belongs to, -1 if none. */
static int find_file(const char *name, const struct word *word)
{
    if (is_word(name, word, "profile"))
        return DK_DROP_PROFILE;
    return dk_sensor_find(name + word->start, word->end - word->start);
}

/* Digits and what is between the parts of a date, with a separator at the end that faces the name:
 * "-2023-06-01", "_20230601T1200", ".2023-Q2"; "2026-09-30_". */
static bool is_date(const char *text, size_t size, char facing)
{
    size_t digits = 0;
    if (!strchr("-_. ", facing))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            digits++;
        else if (!strchr("-_. TtQqWw", text[i]))
            return false;
    }
    return digits >= DATE_DIGITS_MIN;
}

/* Whether name[0..size), in which `word` names a file, is recognised. */
static bool is_recognised(const char *name, size_t size, const struct word *word)
{
    size = dk_name_unpacked_size(name, size);
    size_t stem = dk_name_text_stem(name, size);
    if (stem == size || stem < word->end)
        return false;
    bool before = word->start == 0 || (isdigit((unsigned char)name[0]) &&
                                       is_date(name, word->start, name[word->start - 1]));
    return before &&
           (stem == word->end || is_date(name + word->end, stem - word->end, name[word->end]));
}

/* --- second files --------------------------------------------------------------------------- */

/* The size of name without a number at its end: "PS1.txt.1", "PS1.txt (2)". */
static size_t without_number(const char *name, size_t size)
{
    size_t at = size - (name[size - 1] == ')');
    size_t end = at;
    while (at > 0 && isdigit((unsigned char)name[at - 1]))
        at--;
    if (at == end)
        return size;
    while (at > 0 && strchr("( .-_", name[at - 1]))
        at--;
    return at;
}

/* "PS1 (1).dat", "PS1[2]": a number in brackets before the last dot. */
static bool has_number(const char *name, size_t size)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot > name ? (size_t)(dot - name) : size;
    return stem > 2 && strchr(")]", name[stem - 1]) && isdigit((unsigned char)name[stem - 2]);
}

static bool has_word_of(const char *name, const char *const *list, size_t count)
{
    struct word word = {0};
    while (next_word(name, &word))
        for (size_t i = 0; i < count; i++)
            if (is_word(name, &word, list[i]))
                return true;
    return false;
}

/* Words that people and scripts put into the names of copies, and of files that are not whole. */
static const char *const copy_words[] = {"copy",  "kopie",    "copie",     "copia",
                                         "kopia", "conflict", "conflicted"};
static const char *const partial_words[] = {"part",       "partial",   "filepart",    "tmp",
                                            "incomplete", "uploading", "downloading", "unfinished",
                                            "inprogress", "writing",   "transferring"};

#define HAS_WORD(name, list) has_word_of(name, list, DK_COUNT_OF(list))

/* Whether a near name is, beside the exact one, a second file rather than a note about the first:
 * one that reads as text, or a copy or a numbered name of any kind. */
static bool is_second(const char *name, size_t size)
{
    return dk_name_form_of(name, size) == DK_FORM_TEXT ||
           dk_name_form_of(name, without_number(name, size)) == DK_FORM_TEXT ||
           has_number(name, size) || HAS_WORD(name, copy_words);
}

/* --- the whole ------------------------------------------------------------------------------ */

static enum dk_name_kind find_kind(const char *name, size_t size, const struct dk_name *read,
                                   const struct word *word)
{
    if (read->is_anonymous)
        return DK_NAME_IN_TRANSFER;
    if (read->files == 0) {
        if (strncmp(name, "~$", 2) == 0)
            return DK_NAME_NEVER;
        if (dk_transfer_is_folder(name) ||
            (dk_transfer_is_temporary(name, size) && read->names_archive))
            return DK_NAME_IN_TRANSFER;
        return name[0] == '.' ? DK_NAME_NEVER : DK_NAME_OTHER;
    }
    if (is_recognised(name, size, word))
        return DK_NAME_RECOGNISED;
    return dk_transfer_is_temporary(name, size) || HAS_WORD(name, partial_words)
               ? DK_NAME_IN_TRANSFER
               : DK_NAME_NEAR;
}

struct dk_name dk_name_read(const char *name, const char *ignore)
{
    size_t size = strlen(name);
    struct dk_name read = {.kind = DK_NAME_NEVER, .file = -1};
    struct word first = {0};
    struct word word = {0};
    if (size == 0 || is_never(name, size) || is_earlier(name) || is_ignored(name, ignore))
        return read;
    while (next_word(name, &word)) {
        int file = find_file(name, &word);
        if (file < 0)
            continue;
        if (read.file < 0) {
            read.file = file;
            first = word;
        }
        read.files |= DK_NAME_FILE(file);
    }
    read.is_anonymous = read.files == 0 && dk_transfer_is_anonymous(name);
    if (read.is_anonymous)
        read.files = DK_NAME_FILE(DK_DROP_FILES) - 1;
    read.form = dk_name_form_of(name, size);
    read.names_archive = names_container(name, size);
    read.kind = find_kind(name, size, &read, &first);
    read.is_hidden = read.kind == DK_NAME_NEVER && name[0] == '.';
    read.is_second = read.kind == DK_NAME_NEAR && is_second(name, size);
    read.comma_name = dk_name_ends_with(name, dk_name_unpacked_size(name, size), ".csv");
    read.is_packed = dk_name_unpacked_size(name, size) != size;
    return read;
}

bool dk_name_is_archive(const struct dk_name *name)
{
    return name->form == DK_FORM_ARCHIVE &&
           (name->kind == DK_NAME_OTHER || name->kind == DK_NAME_NEAR);
}

bool dk_name_is_transfer_of(const char *name, const char *base)
{
    size_t size = strlen(name);
    return size > strlen(base) && strcasestr(name, base) && strncmp(name, "._", 2) != 0 &&
           dk_transfer_is_temporary(name, size);
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

#include "ledger_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

#define DIGITS "0123456789"

/* --- what derrick writes -------------------------------------------------------------------- */

/* The next part of a path at *at, which moves behind it; its size. */
static size_t next_part(const char **at, const char **part)
{
    *part = *at;
    size_t size = strcspn(*at, "/");
    *at += size + ((*at)[size] == '/');
    return size;
}

/* A path that stays below the folder that it is relative to. */
static bool is_relative(const char *text)
{
    const char *part;
    if (text[0] == '\0' || text[0] == '/')
        return false;
    for (const char *at = text; *at;)
        if (next_part(&at, &part) == 2 && memcmp(part, "..", 2) == 0)
            return false;
    return true;
}

/* A drop outside the workspace is read where it is; only what is relative is ever moved. */
static bool is_path(const char *text)
{
    return text[0] == '/' || is_relative(text);
}

static bool is_name(const char *text)
{
    return text[0] == '\0' || (is_relative(text) && !strchr(text, '/') && strcmp(text, ".") != 0);
}

/* Skips a number at *at. */
static bool skip_number(const char **at)
{
    size_t size = strspn(*at, DIGITS);
    *at += size;
    return size > 0;
}

/* "archive/2023-06-01-run7", or "...-run7-2". */
static bool is_archive_folder(const char *text)
{
    static const char form[] = "archive/dddd-dd-dd-run";
    const char *at = text;
    if (text[0] == '\0')
        return true;
    for (const char *want = form; *want; want++, at++)
        if (*want == 'd' ? !memchr(DIGITS, *at, sizeof(DIGITS) - 1) : *at != *want)
            return false;
    if (!skip_number(&at))
        return false;
    if (*at == '-') {
        at++;
        if (!skip_number(&at))
            return false;
    }
    return *at == '\0';
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            return false;
    return true;
}

/* The report is beside aws_s3/, not in it. */
static bool is_export(const char *text)
{
    if (strcmp(text, "report.html") == 0)
        return true;
    return is_relative(text) && strncmp(text, "aws_s3/", 7) == 0 && is_printable(text);
}

static bool is_upload(const char *text)
{
    return strncmp(text, "s3://", 5) == 0 && is_relative(text + 5);
}

static bool is_hash(const char *text)
{
    size_t size = strlen(text);
    return strspn(text, DIGITS "abcdef") == size && (size == 0 || size == DK_HASH_HEX_MAX - 1);
}

/* --- the columns ---------------------------------------------------------------------------- */

static const struct column {
    const char *table, *key, *column;
    bool (*is_ours)(const char *text);
} columns[DK_LEDGER_TEXTS] = {
    [DK_LEDGER_CONTENT_HASH] = {"drops", "drop_id", "content_hash", is_hash},
    [DK_LEDGER_SOURCE] = {"drops", "drop_id", "source", is_path},
    [DK_LEDGER_ARCHIVE_FOLDER] = {"drops", "drop_id", "archive_folder", is_archive_folder},
    [DK_LEDGER_FILE_NAME] = {"files", "drop_id", "name", is_relative},
    [DK_LEDGER_FILE_PATH] = {"files", "drop_id", "path", is_path},
    [DK_LEDGER_FILE_HASH] = {"files", "drop_id", "hash", is_hash},
    [DK_LEDGER_STORED_NAME] = {"files", "drop_id", "stored_name", is_name},
    [DK_LEDGER_STORED_HASH] = {"files", "drop_id", "stored_hash", is_hash},
    [DK_LEDGER_EXPORT_TARGET] = {"publications", "publication_id", "target", is_export},
    [DK_LEDGER_UPLOAD_TARGET] = {"publications", "publication_id", "target", is_upload},
    [DK_LEDGER_HASH] = {"publications", "publication_id", "hash", is_hash},
    [DK_LEDGER_ETAG] = {"publications", "publication_id", "etag", is_printable},
};

void dk_ledger_refuse(struct dk_query *query, const char *fmt, ...)
{
    char text[DK_ERROR_TEXT_MAX];
    va_list arguments;
    if (query->status != DK_OK)
        return;
    va_start(arguments, fmt);
    vsnprintf(text, sizeof(text), fmt, arguments);
    va_end(arguments);
    query->status = dk_error_set(query->err, DK_ERR_STORE, "%s", text);
    dk_error_hint(query->err,
                  "another program changed it: find out which, then restore the database from a "
                  "backup, or move it away and run 'derrick init --rebuild'");
}

void dk_ledger_text_refuse(struct dk_query *query, enum dk_ledger_text text, int64_t row,
                           const char *value)
{
    const struct column *column = &columns[text];
    dk_ledger_refuse(query, "table %s, %s %lld: %s is '%s', which derrick does not write there",
                     column->table, column->key, (long long)row, column->column, value);
}

void dk_ledger_text_read(struct dk_query *query, enum dk_ledger_text text, int64_t row, char *out,
                         size_t cap)
{
    const struct column *column = &columns[text];
    bool failed = query->status != DK_OK;
    dk_query_text(query, out, cap);
    if (query->status == DK_OK && !column->is_ours(out))
        dk_ledger_text_refuse(query, text, row, out);
    else if (!failed && query->status != DK_OK) /* too long */
        dk_error_prefix(query->err, "table %s, %s %lld: %s", column->table, column->key,
                        (long long)row, column->column);
}

#include "base/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct status_row {
    const char *name;
    const char *sentence;
    int exit_code;
};

static const struct status_row status_table[DK_STATUS_COUNT] = {
    [DK_OK] = {"ok", "done", 0},
    [DK_ERR_FAILED] = {"failed", "the command failed", 1},
    [DK_ERR_NOMEM] = {"no-memory", "memory ran out", 1},
    [DK_ERR_IO] = {"io", "the operating system refused a read or a write", 1},
    [DK_ERR_BUSY] = {"busy", "another run holds the lock", 1},
    [DK_ERR_CANCELLED] = {"cancelled", "the work was cancelled", 1},
    [DK_ERR_USAGE] = {"usage", "the command line is wrong", 2},
    [DK_ERR_CONFIG] = {"config", "the configuration is wrong", 2},
    [DK_ERR_DATA] = {"bad-data", "the data is bad, nothing was loaded", 3},
    [DK_ERR_REFUSED] = {"refused", "the data contradicts what is loaded, nothing was loaded", 3},
    [DK_ERR_STORE] = {"database", "the database failed", 4},
    [DK_ERR_REMOTE] = {"s3", "s3 failed", 5},
};

static const struct status_row *status_row(enum dk_status status)
{
    return &status_table[(unsigned)status < DK_STATUS_COUNT ? status : DK_ERR_FAILED];
}

const char *dk_status_name(enum dk_status status)
{
    return status_row(status)->name;
}

const char *dk_status_sentence(enum dk_status status)
{
    return status_row(status)->sentence;
}

int dk_status_exit_code(enum dk_status status)
{
    return status_row(status)->exit_code;
}

/* Formats into text[cap]; where it does not fit, cuts before a character that would be split. */
static void format_text(char *text, size_t cap, const char *fmt, va_list args)
{
    int need = vsnprintf(text, cap, fmt, args);
    if (need < 0) {
        text[0] = '\0';
        return;
    }
    if ((size_t)need < cap)
        return;
    size_t end = cap - 1;
    size_t start = end;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
        start--;
    if (start < end && (unsigned char)text[start] >= 0xC0)
        text[start] = '\0';
}

void dk_error_reset(struct dk_error *err)
{
    if (err)
        memset(err, 0, sizeof(*err));
}

enum dk_status dk_error_set(struct dk_error *err, enum dk_status status, const char *fmt, ...)
{
    if (!err)
        return status;
    /* The arguments may point into *err itself (a message wrapped in another one). */
    char text[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    format_text(text, sizeof(text), fmt, args);
    va_end(args);
    memset(err, 0, sizeof(*err));
    err->status = status;
    memcpy(err->message, text, sizeof(text));
    return status;
}

static const char *errno_hint(int errno_value)
{
    switch (errno_value) {
    case ENOSPC:
    case EDQUOT:
        return "free some space there, then run again";
    case EACCES:
    case EPERM:
        return "give this user the right to it, or run as one who has it";
    case EROFS:
        return "the file system is mounted read-only; mount it for writing or choose another place";
    case EMFILE:
    case ENFILE:
        return "too many files are open; raise 'ulimit -n'";
    case ENOENT:
        return "check the path";
    default:
        return "";
    }
}

enum dk_status dk_error_errno(struct dk_error *err, enum dk_status status, int errno_value,
                              const char *what, const char *path)
{
    if (!err)
        return status;
    char reason[128];
    const char *text = strerror_r(errno_value, reason, sizeof(reason));
    if (path)
        dk_error_set(err, status, "%s '%s': %s", what, path, text);
    else
        dk_error_set(err, status, "%s: %s", what, text);
    err->native = errno_value;
    if (path)
        snprintf(err->path, sizeof(err->path), "%s", path);
    snprintf(err->hint, sizeof(err->hint), "%s", errno_hint(errno_value));
    return status;
}

enum dk_status dk_error_hint(struct dk_error *err, const char *fmt, ...)
{
    if (!err)
        return DK_ERR_FAILED;
    va_list args;
    va_start(args, fmt);
    format_text(err->hint, sizeof(err->hint), fmt, args);
    va_end(args);
    return err->status;
}

void dk_error_place(struct dk_error *err, const char *path, uint64_t line, uint64_t column,
                    uint64_t offset)
{
    if (!err)
        return;
    if (path)
        snprintf(err->path, sizeof(err->path), "%s", path);
    err->line = line;
    err->column = column;
    err->offset = offset;
}

void dk_error_prefix(struct dk_error *err, const char *fmt, ...)
{
    if (!err)
        return;
    char prefix[DK_ERROR_TEXT_MAX];
    char whole[2 * DK_ERROR_TEXT_MAX + 2];
    va_list args;
    va_start(args, fmt);
    format_text(prefix, sizeof(prefix), fmt, args);
    va_end(args);
    snprintf(whole, sizeof(whole), "%s: %s", prefix, err->message);
    memcpy(err->message, whole, DK_ERROR_TEXT_MAX - 1);
    err->message[DK_ERROR_TEXT_MAX - 1] = '\0';
}

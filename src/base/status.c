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

void dk_error_reset(struct dk_error *err)
{
    if (err)
        memset(err, 0, sizeof(*err));
}

/* Only clang-tidy has these macros. */
#undef dk_error_set
#undef dk_error_errno
#undef dk_error_nomem

enum dk_status dk_error_set(struct dk_error *err, enum dk_status status, const char *fmt, ...)
{
    if (!err)
        return status;
    /* The arguments may point into *err itself (a message wrapped in another one). */
    char text[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    memset(err, 0, sizeof(*err));
    err->status = status;
    memcpy(err->message, text, strlen(text) + 1);
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
        return "give this user permission, or run as a user who has it";
    case EROFS:
        return "the file system is mounted read-only; mount it read-write, or choose another place";
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
    /* `path` may be err->path, which dk_error_set clears. */
    char place[DK_ERROR_PATH_MAX];
    dk_text_format(place, sizeof(place), "%s", path ? path : "");
    if (path)
        dk_error_set(err, status, "%s '%s': %s", what, path, text);
    else
        dk_error_set(err, status, "%s: %s", what, text);
    err->native = errno_value;
    memcpy(err->path, place, strlen(place) + 1);
    dk_text_format(err->hint, sizeof(err->hint), "%s", errno_hint(errno_value));
    return status;
}

enum dk_status dk_error_nomem(struct dk_error *err, const char *what, const char *path)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory to %s '%s'", what, path);
}

void dk_error_hint(struct dk_error *err, const char *fmt, ...)
{
    if (!err)
        return;
    /* The arguments may point into *err itself. */
    char text[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    memcpy(err->hint, text, strlen(text) + 1);
}

void dk_error_place(struct dk_error *err, const char *path, uint64_t line, uint64_t column,
                    uint64_t offset)
{
    if (!err)
        return;
    if (path && path != err->path)
        dk_text_format(err->path, sizeof(err->path), "%s", path);
    err->line = line;
    err->column = column;
    err->offset = offset;
}

void dk_error_prefix(struct dk_error *err, const char *fmt, ...)
{
    if (!err)
        return;
    char prefix[DK_ERROR_TEXT_MAX];
    char whole[DK_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(prefix, sizeof(prefix), fmt, args);
    va_end(args);
    dk_text_format(whole, sizeof(whole), "%s: %s", prefix, err->message);
    memcpy(err->message, whole, strlen(whole) + 1);
}

/*
 * Status and error: what every fallible function of derrick returns.
 *
 * A fallible function returns an `enum dk_status` and takes a caller-owned `struct dk_error *` as
 * its last argument. NULL is always legal there. On DK_OK the error struct is untouched; on any
 * other status it holds the same status, what failed, on what, and what to do about it.
 *
 * Messages: lower case, no full stop, what failed first, the thing quoted in '...', then the hint.
 * They never hold a secret. One error struct belongs to one thread at a time.
 */
#ifndef DK_BASE_STATUS_H
#define DK_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define DK_CHECK __attribute__((warn_unused_result))

/* Returns from the calling function with the status of `expression`, unless that is DK_OK. */
#define DK_RETURN_IF_ERROR(expression)                                                             \
    do {                                                                                           \
        enum dk_status returned_ = (expression);                                                   \
        if (returned_ != DK_OK)                                                                    \
            return returned_;                                                                      \
    } while (0)

/* Elements of an array (not of a pointer). */
#define DK_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum dk_status {
    DK_OK = 0,
    DK_ERR_FAILED,    /* anything without a status of its own: exit 1 */
    DK_ERR_NOMEM,     /* out of memory, or a buffer reached its ceiling: exit 1 */
    DK_ERR_IO,        /* the operating system refused a read, write, sync or rename: exit 1 */
    DK_ERR_BUSY,      /* another run holds the lock: exit 1 */
    DK_ERR_CANCELLED, /* stopped because another worker failed, or by a signal: exit 1 */
    DK_ERR_USAGE,     /* wrong command line: exit 2 */
    DK_ERR_CONFIG,    /* wrong configuration: exit 2 */
    DK_ERR_DATA,      /* bad data, nothing loaded: exit 3 */
    DK_ERR_REFUSED,   /* good data that contradicts the loaded data, nothing loaded: exit 3 */
    DK_ERR_STORE,     /* the database: exit 4 */
    DK_ERR_REMOTE,    /* S3: exit 5 */
    DK_STATUS_COUNT
};

#define DK_ERROR_PATH_MAX 512
#define DK_ERROR_TEXT_MAX 1024

struct dk_error {
    enum dk_status status;
    int native;                      /* errno, SQLite, MySQL, HTTP or curl code; 0 if none */
    uint64_t line;                   /* 1-based; 0 if not about a line */
    uint64_t column;                 /* 1-based column of the matrix; 0 if not about a column */
    uint64_t offset;                 /* byte offset; meaningful only if line is not 0 */
    char path[DK_ERROR_PATH_MAX];    /* the file, "" if not about one */
    char message[DK_ERROR_TEXT_MAX]; /* what failed, on what */
    char hint[DK_ERROR_TEXT_MAX];    /* what to do about it, "" if nothing */
};

/* The short name ("bad-data"), the sentence and the exit code of a status. Never NULL. */
const char *dk_status_name(enum dk_status status);
const char *dk_status_sentence(enum dk_status status);
int dk_status_exit_code(enum dk_status status);

/* Makes `err` empty (DK_OK). NULL is legal. */
void dk_error_reset(struct dk_error *err);

/* Fills `err` with status and message, clears all else of it, and returns `status`. Texts that do
 * not fit are cut at a whole UTF-8 character. Here and below the arguments may point into *err
 * itself, so that an error can be wrapped in another one. */
enum dk_status dk_error_set(struct dk_error *err, enum dk_status status, const char *fmt, ...)
    DK_PRINTF(3, 4);

/* The same for a failed system call on `path` (NULL if none): the message becomes
 * "<what> '<path>': <strerror(errno_value)>", native the errno. ENOSPC, EACCES, EROFS, EMFILE and
 * ENOENT bring a hint of their own. `status` is most often DK_ERR_IO. */
enum dk_status dk_error_errno(struct dk_error *err, enum dk_status status, int errno_value,
                              const char *what, const char *path);

/* The same where memory ran out: "out of memory to <what> '<path>'", DK_ERR_NOMEM. */
enum dk_status dk_error_nomem(struct dk_error *err, const char *what, const char *path);

/* Sets the hint of an error that is set. */
void dk_error_hint(struct dk_error *err, const char *fmt, ...) DK_PRINTF(2, 3);

/* Sets the place: path (copied, NULL keeps), line, column, byte offset. */
void dk_error_place(struct dk_error *err, const char *path, uint64_t line, uint64_t column,
                    uint64_t offset);

/* Puts "<text>: " before the message, keeps all else. */
void dk_error_prefix(struct dk_error *err, const char *fmt, ...) DK_PRINTF(2, 3);

#ifdef __clang_analyzer__
/* The analyser of clang-tidy does not see that these functions return the status that they are
 * given. */
static inline enum dk_status dk_error_analysed(enum dk_status returned, enum dk_status status)
{
    (void)returned;
    return status;
}
#define dk_error_set(err, status, ...)                                                             \
    dk_error_analysed(dk_error_set(err, status, __VA_ARGS__), status)
#define dk_error_errno(err, status, ...)                                                           \
    dk_error_analysed(dk_error_errno(err, status, __VA_ARGS__), status)
#define dk_error_nomem(...) dk_error_analysed(dk_error_nomem(__VA_ARGS__), DK_ERR_NOMEM)
#endif

#endif

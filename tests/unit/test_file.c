/*
 * Files that appear whole or not at all: each step of a commit fails, the disk is full, and names
 * are in use, too long, or not those of files. This program replaces fsync and rename by functions
 * that record their calls and fail on demand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/temporary.h"

/* ---- the diary ---- */

static struct {
    char calls[16]; /* f: fsync of a file, d: fsync of a folder, r: rename */
    size_t count;
    size_t fail_at; /* the call, from 1, that fails; 0: none */
    int fail_with;
} diary;

/* Records a call, and returns whether it must fail (errno set). */
static bool enter(char call)
{
    if (diary.count + 1 < sizeof(diary.calls))
        diary.calls[diary.count] = call;
    if (++diary.count != diary.fail_at)
        return false;
    errno = diary.fail_with;
    return true;
}

int fsync(int fd)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return -1;
    if (enter(S_ISDIR(info.st_mode) ? 'd' : 'f'))
        return -1;
    return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    if (enter('r'))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- the folder of a test ---- */

static char folder[200];

static int make_folder(void **state)
{
    (void)state;
    memset(&diary, 0, sizeof(diary));
    const char *base = getenv("TMPDIR");
    if (!base || strlen(base) > sizeof(folder) - 32)
        base = "/tmp";
    snprintf(folder, sizeof(folder), "%s/dk-file-XXXXXX", base);
    return mkdtemp(folder) ? 0 : -1;
}

static void remove_tree(const char *path)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *name = dk_path_join(path, entry->d_name);
        if (name && unlink(name) != 0)
            remove_tree(name);
        free(name);
    }
    if (entries)
        closedir(entries);
    (void)rmdir(path);
}

static int remove_folder(void **state)
{
    (void)state;
    remove_tree(folder);
    return dk_path_exists(folder) ? -1 : 0;
}

/* "<folder>/<name>", valid for the next three calls. */
static const char *in_folder(const char *name)
{
    static char paths[4][600];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static int entries_of(const char *path)
{
    int count = -2;
    DIR *entries = opendir(path);
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wx");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
    char data[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(data, 1, sizeof(data) - 1, file);
    assert_int_equal(fclose(file), 0);
    data[size] = '\0';
    assert_string_equal(data, text);
}

static struct dk_file create(const char *path)
{
    struct dk_file file;
    struct dk_error err = {0};
    if (dk_file_create(&file, path, &err) != DK_OK)
        fail_msg("%s", err.message);
    return file;
}

/* ---- commit and abort ---- */

static void a_file_appears_at_commit(void **state)
{
    (void)state;
    const char *path = in_folder("out.csv");
    struct dk_file file = create(path);
    assert_false(dk_path_exists(path));
    assert_true(dk_path_exists(file.temporary));
    assert_int_equal(dk_path_name(file.temporary)[0], '.');
    assert_int_equal(dk_file_write(&file, "one,", 4, NULL), DK_OK);
    struct dk_sink sink = dk_file_sink(&file);
    assert_int_equal(sink.write(&sink, "two\n", 4, NULL), DK_OK);
    assert_int_equal(file.size_bytes, 8);
    assert_false(dk_path_exists(path));
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_holds(path, "one,two\n");
    assert_int_equal(entries_of(folder), 1);
    assert_int_equal(file.size_bytes, 8);
    dk_file_abort(&file);
    assert_holds(path, "one,two\n");
}

static void the_mode_follows_the_umask(void **state)
{
    (void)state;
    mode_t before = umask(027);
    struct dk_file file = create(in_folder("out.csv"));
    enum dk_status status = dk_file_commit(&file, NULL);
    umask(before);
    assert_int_equal(status, DK_OK);
    struct stat info;
    assert_int_equal(stat(in_folder("out.csv"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(info.st_size, 0);
}

static void nothing_appears_without_commit(void **state)
{
    (void)state;
    struct dk_file file = create(in_folder("out.csv"));
    assert_int_equal(dk_file_write(&file, "half", 4, NULL), DK_OK);
    dk_file_abort(&file);
    assert_int_equal(entries_of(folder), 0);
    assert_int_equal(file.fd, -1);
    dk_file_abort(&file);
    /* Descriptor 0 in a zeroed struct does not belong to the file. */
    struct dk_file zeroed = {0};
    int standard_input = fcntl(0, F_GETFD);
    dk_file_abort(&zeroed);
    assert_int_equal(fcntl(0, F_GETFD), standard_input);
}

static void an_abort_keeps_the_current_file(void **state)
{
    (void)state;
    const char *path = in_folder("out.csv");
    put_file(path, "old");
    struct dk_file file = create(path);
    assert_int_equal(dk_file_write(&file, "new", 3, NULL), DK_OK);
    assert_holds(path, "old");
    dk_file_abort(&file);
    assert_holds(path, "old");
    file = create(path);
    assert_int_equal(dk_file_write(&file, "new", 3, NULL), DK_OK);
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_holds(path, "new");
    assert_int_equal(entries_of(folder), 1);
}

static void two_writers_of_one_name_do_not_meet(void **state)
{
    (void)state;
    const char *path = in_folder("out.csv");
    struct dk_file first = create(path);
    struct dk_file second = create(path);
    assert_string_not_equal(first.temporary, second.temporary);
    assert_int_equal(dk_file_write(&first, "first", 5, NULL), DK_OK);
    assert_int_equal(dk_file_write(&second, "second", 6, NULL), DK_OK);
    assert_int_equal(dk_file_commit(&second, NULL), DK_OK);
    assert_holds(path, "second");
    assert_int_equal(dk_file_commit(&first, NULL), DK_OK);
    assert_holds(path, "first");
    assert_int_equal(entries_of(folder), 1);
}

static void a_name_without_folder_is_in_the_current_one(void **state)
{
    (void)state;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(here >= 0);
    assert_int_equal(chdir(folder), 0);
    struct dk_file file = create("out.csv");
    bool beside = strchr(file.temporary, '/') == NULL;
    enum dk_status status = dk_file_commit(&file, NULL);
    assert_int_equal(fchdir(here), 0);
    close(here);
    assert_true(beside);
    assert_int_equal(status, DK_OK);
    assert_string_equal(diary.calls, "frd");
    assert_true(dk_path_exists(in_folder("out.csv")));
}

static void commit_syncs_renames_and_syncs_the_folder(void **state)
{
    (void)state;
    struct dk_file file = create(in_folder("out.csv"));
    assert_int_equal(dk_file_write(&file, "x", 1, NULL), DK_OK);
    assert_string_equal(diary.calls, "");
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_string_equal(diary.calls, "frd");
}

static void a_commit_that_fails_keeps_the_current_file(void **state)
{
    (void)state;
    static const struct {
        size_t step;
        int native;
        const char *message;
        const char *holds;
    } cases[] = {
        {1, EIO, "can't sync '", "old"},
        {1, ENOSPC, "can't sync '", "old"},
        {2, EACCES, "can't rename into '", "old"},
        {3, EIO, "can't sync the folder '", "new"}, /* in place, but not yet synced */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *path = in_folder("out.csv");
        put_file(path, "old");
        struct dk_file file = create(path);
        struct dk_error err = {0};
        assert_int_equal(dk_file_write(&file, "new", 3, NULL), DK_OK);
        memset(&diary, 0, sizeof(diary));
        diary.fail_at = cases[i].step;
        diary.fail_with = cases[i].native;
        assert_int_equal(dk_file_commit(&file, &err), DK_ERR_IO);
        assert_int_equal(diary.count, cases[i].step);
        assert_int_equal(err.native, cases[i].native);
        assert_memory_equal(err.message, cases[i].message, strlen(cases[i].message));
        assert_holds(path, cases[i].holds);
        assert_int_equal(entries_of(folder), 1);
        assert_int_equal(unlink(path), 0);
    }
}

static void a_folder_that_syncs_cant_be_done_on_is_let_be(void **state)
{
    (void)state;
    static const int natives[] = {EINVAL, ENOTSUP};
    for (size_t i = 0; i < 2; i++) {
        struct dk_file file = create(in_folder("out.csv"));
        memset(&diary, 0, sizeof(diary));
        diary.fail_at = 3;
        diary.fail_with = natives[i];
        assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
        assert_string_equal(diary.calls, "frd");
    }
}

static void a_folder_that_went_away_fails_the_commit(void **state)
{
    (void)state;
    struct dk_error err = {0};
    assert_int_equal(dk_folder_make(in_folder("csv"), NULL), DK_OK);
    struct dk_file file = create(in_folder("csv/out.csv"));
    assert_int_equal(rename(in_folder("csv"), in_folder("moved")), 0);
    memset(&diary, 0, sizeof(diary));
    assert_int_equal(dk_file_commit(&file, &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
    assert_int_equal(diary.count, 0);
    assert_int_equal(entries_of(folder), 1);
}

/* ---- targets and names ---- */

static void a_folder_as_target_is_refused(void **state)
{
    (void)state;
    struct dk_error err = {0};
    struct dk_file file;
    assert_int_equal(dk_file_create(&file, folder, &err), DK_ERR_IO);
    assert_non_null(strstr(err.message, "it is a folder"));
    assert_true(strlen(err.hint) > 0);
    dk_file_abort(&file);
    /* A file whose name becomes a folder while it is written. */
    file = create(in_folder("out.csv"));
    assert_int_equal(dk_folder_make(in_folder("out.csv"), NULL), DK_OK);
    assert_int_equal(dk_file_commit(&file, &err), DK_ERR_IO);
    assert_int_equal(err.native, EISDIR);
    assert_int_equal(entries_of(folder), 1);
}

static void a_device_or_pipe_is_not_replaced(void **state)
{
    (void)state;
    const char *const paths[] = {in_folder("pipe"), "/dev/null"};
    assert_int_equal(mkfifo(paths[0], 0600), 0);
    for (size_t i = 0; i < 2; i++) {
        struct dk_error err = {0};
        struct dk_file file;
        assert_int_equal(dk_file_create(&file, paths[i], &err), DK_ERR_IO);
        assert_non_null(strstr(err.message, "it is not a regular file"));
        dk_file_abort(&file);
        struct stat info;
        assert_int_equal(stat(paths[i], &info), 0);
        assert_false(S_ISREG(info.st_mode));
    }
    assert_int_equal(entries_of(folder), 1);
}

static void a_link_is_replaced_and_not_followed(void **state)
{
    (void)state;
    put_file(in_folder("theirs"), "theirs");
    assert_int_equal(symlink("theirs", in_folder("out.csv")), 0);
    struct dk_file file = create(in_folder("out.csv"));
    assert_int_equal(dk_file_write(&file, "ours", 4, NULL), DK_OK);
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_holds(in_folder("theirs"), "theirs");
    assert_holds(in_folder("out.csv"), "ours");
}

static void a_missing_folder_is_reported(void **state)
{
    (void)state;
    struct dk_error err = {0};
    struct dk_file file;
    const char *path = in_folder("none/out.csv");
    assert_int_equal(dk_file_create(&file, path, &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
    assert_string_equal(err.path, path);
    assert_memory_equal(err.message, "can't create '", 14);
    assert_true(strlen(err.hint) > 0);
    dk_file_abort(&file);
    assert_int_equal(dk_folder_sync(in_folder("none"), &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
}

/* Files left by a killed run, with the names that this run would use next. (In a container every
 * run may have the same process number.) */
static void leftovers_of_a_killed_run_are_no_hindrance(void **state)
{
    (void)state;
    enum { LEFT = 20 };
    char path[sizeof(folder) + 16];
    snprintf(path, sizeof(path), "%s/out.csv", folder);
    struct dk_file file = create(path);
    struct dk_temporary mine;
    assert_true(dk_temporary_read(strrchr(file.temporary, '/') + 1, &mine));
    assert_int_equal(mine.process, getpid());
    char *end = strstr(file.temporary, ".tmp");
    assert_non_null(end);
    while (end[-1] != '.')
        end--;
    unsigned long counter = strtoul(end, NULL, 10);
    dk_file_abort(&file);
    char name[64];
    for (unsigned long i = 1; i <= LEFT; i++) {
        snprintf(name, sizeof(name), ".out.csv.%s.%ld.%lu.tmp", mine.host, mine.process,
                 counter + i);
        put_file(in_folder(name), "left");
    }
    file = create(path);
    assert_int_equal(dk_file_write(&file, "new", 3, NULL), DK_OK);
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_holds(path, "new");
    for (unsigned long i = 1; i <= LEFT; i++) {
        snprintf(name, sizeof(name), ".out.csv.%s.%ld.%lu.tmp", mine.host, mine.process,
                 counter + i);
        assert_holds(in_folder(name), "left");
    }
}

static void the_longest_name_can_be_written(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    struct dk_file file = create(in_folder(name));
    assert_int_equal(dk_file_write(&file, "x", 1, NULL), DK_OK);
    assert_int_equal(dk_file_commit(&file, NULL), DK_OK);
    assert_holds(in_folder(name), "x");
}

/* ---- writes that fail ---- */

/* Writes `size` bytes in pieces of `piece` while a file may have at most `limit` bytes. */
static enum dk_status write_with_limit(struct dk_file *file, size_t size, size_t piece,
                                       rlim_t limit, struct dk_error *err)
{
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit low = {.rlim_cur = limit, .rlim_max = before.rlim_max};
    char data[512];
    memset(data, 'x', sizeof(data));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    enum dk_status status = DK_OK;
    for (size_t at = 0; status == DK_OK && at < size; at += piece)
        status = dk_file_write(file, data, size - at < piece ? size - at : piece, err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    return status;
}

static void a_write_may_fail_at_any_byte(void **state)
{
    (void)state;
    enum { SIZE = 300 };
    static const size_t pieces[] = {1, 7, 100, SIZE};
    const char *path = in_folder("out.csv");
    put_file(path, "old");
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        for (rlim_t limit = 0; limit <= SIZE; limit++) {
            struct dk_error err = {0};
            struct dk_file file = create(path);
            enum dk_status status = write_with_limit(&file, SIZE, pieces[i], limit, &err);
            assert_int_equal(status, limit < SIZE ? DK_ERR_IO : DK_OK);
            assert_int_equal(err.native, limit < SIZE ? EFBIG : 0);
            assert_int_equal(file.size_bytes, limit < SIZE ? limit / pieces[i] * pieces[i] : SIZE);
            if (limit < SIZE)
                assert_string_equal(err.path, path);
            dk_file_abort(&file);
            assert_holds(path, "old");
            assert_int_equal(entries_of(folder), 1);
        }
    signal(SIGXFSZ, SIG_DFL);
}

/* Runs in a child process with a private disk. Exit code 0: success; 77: no permission to mount;
 * otherwise the number of the failed check. */
static int fill_a_disk(const char *mount_point)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", mount_point, "tmpfs", 0, "size=64k") != 0)
        return 77;
    char path[300];
    snprintf(path, sizeof(path), "%s/out.csv", mount_point);
    struct dk_file file;
    if (dk_file_create(&file, path, NULL) != DK_OK ||
        dk_file_write(&file, "old", 3, NULL) != DK_OK || dk_file_commit(&file, NULL) != DK_OK)
        return 1;
    static char data[100000];
    struct dk_error err = {0};
    if (dk_file_create(&file, path, NULL) != DK_OK)
        return 2;
    if (dk_file_write(&file, data, sizeof(data), &err) != DK_ERR_IO || err.native != ENOSPC ||
        !strstr(err.hint, "space"))
        return 3;
    dk_file_abort(&file);
    struct stat info;
    if (stat(path, &info) != 0 || info.st_size != 3)
        return 4;
    /* The disk has room again: the written part was removed. */
    if (dk_file_create(&file, path, NULL) != DK_OK ||
        dk_file_write(&file, data, 40000, NULL) != DK_OK || dk_file_commit(&file, NULL) != DK_OK)
        return 5;
    return stat(path, &info) == 0 && info.st_size == 40000 ? 0 : 6;
}

static void a_full_disk_is_reported_and_left_clean(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill_a_disk(folder));
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(result), 0);
    assert_int_equal(entries_of(folder), 0);
}

/* ---- sinks ---- */

static void a_buffer_sink_appends(void **state)
{
    (void)state;
    struct dk_buffer buffer;
    dk_buffer_init(&buffer, 4);
    struct dk_sink sink = dk_sink_buffer(&buffer);
    assert_int_equal(sink.write(&sink, "ab", 2, NULL), DK_OK);
    assert_int_equal(sink.write(&sink, "cd", 2, NULL), DK_OK);
    assert_int_equal(sink.write(&sink, "e", 1, NULL), DK_ERR_NOMEM);
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.data, "abcd", 4);
    dk_buffer_reset(&buffer);
}

struct reader {
    int fd;
    size_t size;
    bool in_order;
};

/* Reads slowly to the end: byte i must be i modulo 251. */
static void *read_slowly(void *argument)
{
    struct reader *reader = argument;
    unsigned char data[3000];
    ssize_t got;
    reader->in_order = true;
    while ((got = read(reader->fd, data, sizeof(data))) > 0) {
        for (ssize_t i = 0; i < got; i++)
            if (data[i] != (reader->size + (size_t)i) % 251)
                reader->in_order = false;
        reader->size += (size_t)got;
        if (reader->size < 100000)
            usleep(1000);
    }
    return NULL;
}

/* Far more than a pipe holds, so that writes are partial, or refused if the pipe does not block. */
static void a_pipe_takes_everything_in_order(void **state)
{
    (void)state;
    enum { SIZE = 1000000 };
    unsigned char *data = malloc(SIZE);
    assert_non_null(data);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (unsigned char)(i % 251);
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
        struct reader reader = {.fd = ends[0]};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, read_slowly, &reader), 0);
        struct dk_sink sink = dk_sink_fd(ends[1]);
        enum dk_status status = sink.write(&sink, data, SIZE, NULL);
        close(ends[1]);
        pthread_join(thread, NULL);
        close(ends[0]);
        assert_int_equal(status, DK_OK);
        assert_int_equal(reader.size, SIZE);
        assert_true(reader.in_order);
    }
    free(data);
}

static void a_closed_pipe_and_a_full_device_are_reported(void **state)
{
    (void)state;
    struct dk_error err = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    struct dk_sink sink = dk_sink_fd(ends[1]);
    assert_int_equal(sink.write(&sink, "x", 1, &err), DK_ERR_IO);
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
    assert_int_equal(err.native, EPIPE);
    assert_string_equal(err.path, "");

    int fd = open("/dev/full", O_WRONLY);
    if (fd < 0)
        skip();
    sink = dk_sink_fd(fd);
    assert_int_equal(sink.write(&sink, "x", 1, &err), DK_ERR_IO);
    assert_int_equal(sink.write(&sink, "", 0, NULL), DK_OK);
    close(fd);
    assert_int_equal(err.native, ENOSPC);
    assert_non_null(strstr(err.hint, "space"));
    assert_int_equal(sink.write(&sink, "x", 1, &err), DK_ERR_IO);
    assert_int_equal(err.native, EBADF);
}

/* ---- folders and paths ---- */

static void folders_are_made_to_any_depth(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "a/b/c", "a/b/c/", "a//d", "x/../y", "a/b"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(dk_folder_make(in_folder(names[i]), NULL), DK_OK);
        struct stat info;
        assert_int_equal(stat(in_folder(names[i]), &info), 0);
        assert_true(S_ISDIR(info.st_mode));
        assert_int_equal(dk_folder_make(in_folder(names[i]), NULL), DK_OK);
    }
    assert_int_equal(dk_folder_make("/", NULL), DK_OK);
    assert_int_equal(dk_folder_make(".", NULL), DK_OK);
    assert_int_equal(symlink("a", in_folder("link")), 0);
    assert_int_equal(dk_folder_make(in_folder("link/e"), NULL), DK_OK);
    assert_true(dk_path_exists(in_folder("a/e")));
    assert_int_equal(dk_folder_sync(in_folder("a"), NULL), DK_OK);
}

static void folders_that_cant_be_made_are_reported(void **state)
{
    (void)state;
    struct dk_error err = {0};
    put_file(in_folder("file"), "x");
    assert_int_equal(dk_folder_make(in_folder("file"), &err), DK_ERR_IO);
    assert_non_null(strstr(err.message, "a file has that name"));
    assert_int_equal(dk_folder_make(in_folder("file/b"), &err), DK_ERR_IO);
    assert_non_null(strstr(err.message, "a file has that name"));
    assert_int_equal(dk_folder_make("", &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
    assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
    assert_int_equal(dk_folder_make(in_folder("dangling"), &err), DK_ERR_IO);
    assert_int_equal(err.native, EEXIST);
    assert_int_equal(dk_folder_sync(in_folder("file"), &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOTDIR);
    assert_int_equal(dk_folder_sync_of(in_folder("file"), &err), DK_OK);
    assert_int_equal(dk_folder_sync_of("no-folder-beside-it", &err), DK_OK);
    assert_int_equal(dk_folder_sync_of(in_folder("none/file"), &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
}

static void paths_are_joined_and_split(void **state)
{
    (void)state;
    static const char *const joins[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"},    {"", "b", "b"},          {".", "b", "b"},
        {"/", "b", "/b"},  {"a", "/b", "/b"},     {"../a", "b", "../a/b"}, {"a", "b/c", "a/b/c"},
        {"a", "", "a/"},   {"./a", "b", "./a/b"},
    };
    for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
        char *path = dk_path_join(joins[i][0], joins[i][1]);
        assert_non_null(path);
        assert_string_equal(path, joins[i][2]);
        free(path);
    }
    static const char *const names[][2] = {
        {"a/b.txt", "b.txt"}, {"b.txt", "b.txt"}, {"/b", "b"}, {"a/", ""}, {"", ""}, {"a/b/c", "c"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(dk_path_name(names[i][0]), names[i][1]);
    static const char *const folders[][2] = {
        {"a/b.txt", "a"}, {"b.txt", "."}, {"/b", "/"}, {"a/", "a"}, {"", "."}, {"a/b/c", "a/b"},
    };
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char *path = dk_path_folder(folders[i][0]);
        assert_non_null(path);
        assert_string_equal(path, folders[i][1]);
        free(path);
    }
}

static void what_is_at_a_path(void **state)
{
    (void)state;
    put_file(in_folder("file"), "x");
    assert_true(dk_path_exists(folder));
    assert_true(dk_path_is_folder(folder));
    assert_true(dk_path_exists(in_folder("file")));
    assert_false(dk_path_is_folder(in_folder("file")));
    assert_false(dk_path_exists(in_folder("none")));
    assert_false(dk_path_is_folder(in_folder("none")));
    assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
    assert_false(dk_path_exists(in_folder("dangling")));
    assert_int_equal(symlink(folder, in_folder("link")), 0);
    assert_true(dk_path_is_folder(in_folder("link")));
    assert_true(dk_path_is_same(folder, in_folder("link")));
    assert_false(dk_path_is_same(folder, in_folder("file")));
    assert_false(dk_path_is_same(in_folder("none"), in_folder("none")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_at_commit),
        TEST(the_mode_follows_the_umask),
        TEST(nothing_appears_without_commit),
        TEST(an_abort_keeps_the_current_file),
        TEST(two_writers_of_one_name_do_not_meet),
        TEST(a_name_without_folder_is_in_the_current_one),
        TEST(commit_syncs_renames_and_syncs_the_folder),
        TEST(a_commit_that_fails_keeps_the_current_file),
        TEST(a_folder_that_syncs_cant_be_done_on_is_let_be),
        TEST(a_folder_that_went_away_fails_the_commit),
        TEST(a_folder_as_target_is_refused),
        TEST(a_device_or_pipe_is_not_replaced),
        TEST(a_link_is_replaced_and_not_followed),
        TEST(a_missing_folder_is_reported),
        TEST(leftovers_of_a_killed_run_are_no_hindrance),
        TEST(the_longest_name_can_be_written),
        TEST(a_write_may_fail_at_any_byte),
        TEST(a_full_disk_is_reported_and_left_clean),
        TEST(a_buffer_sink_appends),
        TEST(a_pipe_takes_everything_in_order),
        TEST(a_closed_pipe_and_a_full_device_are_reported),
        TEST(folders_are_made_to_any_depth),
        TEST(folders_that_cant_be_made_are_reported),
        TEST(paths_are_joined_and_split),
        TEST(what_is_at_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

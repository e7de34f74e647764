/* An export that is abandoned or refused, or that fills the disk, leaves nothing behind. */
#include "own_malloc.h"
#include "test_export_table.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const enum dk_format file_formats[] = {DK_FORMAT_HISTORICAL, DK_FORMAT_TEMPLATE,
                                              DK_FORMAT_SAGEMAKER, DK_FORMAT_PARQUET};
#define FILE_FORMATS (sizeof(file_formats) / sizeof(file_formats[0]))

/* One whole export of a table, two appends, to a file or folder or else to a sink. */
static enum dk_status export_all(const struct dk_readings *readings,
                                 const struct dk_export_settings *settings, const char *path,
                                 const struct dk_sink *sink, struct dk_export_result *result,
                                 struct dk_error *err)
{
    struct dk_export *export = NULL;
    enum dk_status status = path ? dk_export_open(&export, settings, path, true, err)
                                 : dk_export_open_sink(&export, settings, *sink, err);
    if (status != DK_OK) {
        assert_null(export);
        return status;
    }
    status = dk_export_append(export, readings, 0, 1, err);
    if (status == DK_OK)
        status = dk_export_append(export, readings, 1, readings->series_count - 1, err);
    if (status == DK_OK)
        status = dk_export_commit(export, result, err);
    dk_export_close(export);
    return status;
}

/* --- without commit --------------------------------------------------------------------------- */

static void nothing_appears_without_commit(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 2, 600);
    char *path = dk_path_join(folder.path, "out.csv");
    for (int format = 0; format < DK_FORMAT_SAMPLES; format++) {
        struct dk_export *export = NULL;
        const struct dk_export_settings settings = {.format = (enum dk_format)format, .threads = 2};
        const char *target = format == DK_FORMAT_SENSORS ? folder.path : path;
        assert_ok(dk_export_open(&export, &settings, target, true, &err));
        assert_ok(dk_export_append(export, &readings, 0, 2, &err));
        assert_false(dk_path_exists(path));
        dk_export_close(export);
        assert_int_equal(folder_walk(&folder, false), 0);
    }
    dk_export_close(NULL);
    free(path);
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

/* The file of an earlier export stays as it was until the new one is whole. */
static void earlier_file_stays_until_commit(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 1, 2);
    char *path = dk_path_join(folder.path, "out.csv");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs("earlier", file) >= 0, 1);
    assert_int_equal(fclose(file), 0);

    struct dk_export *export = NULL;
    struct stat info;
    struct dk_export_result result;
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    assert_ok(dk_export_open(&export, &settings, path, true, &err));
    assert_ok(dk_export_append(export, &readings, 0, 1, &err));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 7);
    assert_ok(dk_export_commit(export, &result, &err));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, result.size_bytes);
    dk_export_close(export);
    assert_int_equal(folder_walk(&folder, false), 1);
    free(path);
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

static void result_describes_the_file(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 5, 700);
    char *path = dk_path_join(folder.path, "out.csv");
    for (size_t f = 0; f < FILE_FORMATS; f++) {
        for (unsigned threads = 1; threads <= 3; threads++) {
            struct dk_export_result result;
            char hash[DK_HASH_HEX_MAX];
            uint64_t size_bytes = 0;
            const struct dk_export_settings settings = {.format = file_formats[f],
                                                        .threads = threads};
            assert_ok(export_all(&readings, &settings, path, NULL, &result, &err));
            assert_ok(dk_hash_file(path, hash, &size_bytes, &err));
            assert_string_equal(result.hash, hash);
            assert_int_equal(result.size_bytes, size_bytes);
            assert_int_equal(result.rows, 5 * 700);
            assert_int_equal(result.files, 1);
        }
    }
    free(path);
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

/* --- a sink that fails ------------------------------------------------------------------------ */

struct budget {
    size_t bytes_left;
    bool failed;
    bool called_after_failure;
};

/* Accepts this many bytes and then fails, like a pipe whose reader has exited. */
static enum dk_status budget_write(struct dk_sink *sink, const void *data, size_t size,
                                   struct dk_error *err)
{
    struct budget *budget = sink->context;
    (void)data;
    budget->called_after_failure = budget->failed;
    if (size <= budget->bytes_left) {
        budget->bytes_left -= size;
        return DK_OK;
    }
    budget->failed = true;
    return dk_error_errno(err, DK_ERR_IO, EPIPE, "can't write", "pipe");
}

static void check_budget(const struct dk_readings *readings,
                         const struct dk_export_settings *settings, size_t bytes, size_t size)
{
    struct dk_error err;
    struct budget budget = {.bytes_left = bytes};
    struct dk_sink sink = {.write = budget_write, .context = &budget};
    enum dk_status status = export_all(readings, settings, NULL, &sink, NULL, &err);
    assert_false(budget.called_after_failure);
    if (bytes >= size) {
        assert_int_equal(status, DK_OK);
        return;
    }
    assert_int_equal(status, DK_ERR_IO);
    assert_int_equal(err.native, EPIPE);
    assert_string_equal(err.path, "pipe");
}

static size_t size_of(const struct dk_readings *readings, const struct dk_export_settings *settings)
{
    struct dk_error err;
    struct budget budget = {.bytes_left = SIZE_MAX};
    struct dk_sink sink = {.write = budget_write, .context = &budget};
    struct dk_export_result result = {0};
    assert_ok(export_all(readings, settings, NULL, &sink, &result, &err));
    return (size_t)result.size_bytes;
}

/* The sink fails at byte N: every N of a small export, and some of one with many blocks. */
static void failing_sink_fails_the_export(void **state)
{
    (void)state;
    struct dk_readings small;
    struct dk_readings large;
    table_init(&small, 3, 2);
    table_init(&large, 2, 3000);
    for (size_t f = 0; f < FILE_FORMATS; f++) {
        struct dk_export_settings settings = {.format = file_formats[f], .threads = 1};
        size_t size = size_of(&small, &settings);
        /* A footer is much for two rows, and there are few writes. */
        size_t step = file_formats[f] == DK_FORMAT_PARQUET ? 97 : 1;
        for (size_t bytes = 0; bytes <= size; bytes += step)
            check_budget(&small, &settings, bytes, size);
        size = size_of(&large, &settings);
        for (settings.threads = 1; settings.threads <= 3; settings.threads++)
            for (size_t bytes = 0; bytes <= size; bytes += size / 17)
                check_budget(&large, &settings, bytes, size);
    }
    dk_readings_reset(&small);
    dk_readings_reset(&large);
}

static void failed_export_takes_nothing_more(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_readings readings;
    table_init(&readings, 1, 10);
    struct budget budget = {.bytes_left = 1000};
    struct dk_sink sink = {.write = budget_write, .context = &budget};
    struct dk_export *export = NULL;
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    assert_ok(dk_export_open_sink(&export, &settings, sink, &err));
    assert_int_equal(dk_export_append(export, &readings, 0, 1, &err), DK_ERR_IO);
    assert_int_equal(dk_export_append(export, &readings, 0, 1, &err), DK_ERR_FAILED);
    assert_int_equal(dk_export_commit(export, NULL, &err), DK_ERR_FAILED);
    assert_false(budget.called_after_failure);
    dk_export_close(export);
    dk_readings_reset(&readings);
}

/* --- descriptors that refuse ---------------------------------------------------------------- */

/* The reader reads a little and exits: the error is EPIPE, which the command line ignores. */
static void closed_pipe_says_epipe(void **state)
{
    (void)state;
    struct dk_readings readings;
    table_init(&readings, 2, 2000);
    for (size_t f = 0; f < FILE_FORMATS; f++) {
        struct dk_error err;
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        struct dk_sink sink = dk_sink_fd(ends[1]);
        struct dk_export *export = NULL;
        const struct dk_export_settings settings = {.format = file_formats[f], .threads = 2};
        assert_ok(dk_export_open_sink(&export, &settings, sink, &err));
        assert_int_equal(close(ends[0]), 0);
        enum dk_status status = dk_export_append(export, &readings, 0, 2, &err);
        /* Parquet gathers rows before it writes. */
        if (file_formats[f] == DK_FORMAT_PARQUET && status == DK_OK)
            status = dk_export_commit(export, NULL, &err);
        assert_int_equal(status, DK_ERR_IO);
        assert_int_equal(err.native, EPIPE);
        dk_export_close(export);
        assert_int_equal(close(ends[1]), 0);
    }
    dk_readings_reset(&readings);
}

static void full_device_says_enospc(void **state)
{
    (void)state;
    struct dk_error err;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        skip();
    struct dk_export *export = NULL;
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL};
    assert_int_equal(dk_export_open_sink(&export, &settings, dk_sink_fd(fd), &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOSPC);
    assert_null(export);
    assert_int_equal(close(fd), 0);
}

/* --- a full disk ------------------------------------------------------------------------------ */

/* The system lets no file grow past this many bytes, like a full disk. */
static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The file can't grow past byte N, for all N below its size. */
static void full_disk_leaves_no_file(void **state)
{
    (void)state;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 2, 1);
    char *path = dk_path_join(folder.path, "out.csv");
    for (size_t f = 0; f < FILE_FORMATS; f++) {
        const struct dk_export_settings settings = {.format = file_formats[f], .threads = 1};
        char *text = table_text(&readings, &settings);
        for (size_t bytes = 0; bytes < strlen(text); bytes++) {
            struct dk_error err = {0};
            set_file_limit(bytes);
            enum dk_status status = export_all(&readings, &settings, path, NULL, NULL, &err);
            set_file_limit(RLIM_INFINITY);
            assert_int_equal(status, DK_ERR_IO);
            assert_int_equal(err.native, EFBIG);
            assert_string_equal(err.path, path);
            assert_int_equal(folder_walk(&folder, false), 0);
        }
        free(text);
    }
    free(path);
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

static void full_disk_leaves_no_folder_of_sensors(void **state)
{
    (void)state;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 2, 2);
    const struct dk_export_settings settings = {.format = DK_FORMAT_SENSORS, .threads = 2};
    for (size_t bytes = 0; bytes < 200; bytes += 7) {
        struct dk_error err = {0};
        set_file_limit(bytes);
        enum dk_status status = export_all(&readings, &settings, folder.path, NULL, NULL, &err);
        set_file_limit(RLIM_INFINITY);
        assert_int_equal(status, DK_ERR_IO);
        assert_int_equal(err.native, EFBIG);
        assert_int_equal(folder_walk(&folder, false), 0);
    }
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

static void no_folder_is_an_error(void **state)
{
    (void)state;
    struct dk_error err;
    struct folder folder = folder_make();
    struct dk_export *export = NULL;
    char *path = dk_path_join(folder.path, "absent/out.csv");
    struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL};
    assert_int_equal(dk_export_open(&export, &settings, path, true, &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOENT);
    assert_null(export);
    /* A folder of sensors is made. */
    settings.format = DK_FORMAT_SENSORS;
    assert_ok(dk_export_open(&export, &settings, path, false, &err));
    dk_export_close(export);
    assert_int_equal(rmdir(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
    free(path);
    folder_remove(&folder);
}

/* --- readings that contradict themselves ------------------------------------------------------ */

static void append_refuses(const struct dk_readings *readings, size_t first, size_t count)
{
    struct dk_error err;
    struct dk_buffer text;
    struct dk_export *export = NULL;
    dk_buffer_init(&text, TEXT_CEILING_BYTES);
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    assert_ok(dk_export_open_sink(&export, &settings, dk_sink_buffer(&text), &err));
    size_t size = text.size;
    assert_int_equal(dk_export_append(export, readings, first, count, &err), DK_ERR_FAILED);
    assert_int_equal(text.size, size);
    dk_export_close(export);
    dk_buffer_reset(&text);
}

static void readings_are_checked(void **state)
{
    (void)state;
    struct dk_readings readings;
    table_init(&readings, 2, 3);
    append_refuses(&readings, 0, 3);
    append_refuses(&readings, 3, 0);
    append_refuses(&readings, 1, SIZE_MAX);
    readings.rows = 2;
    append_refuses(&readings, 0, 1);
    readings.rows = 3;
    readings.profile.codes[2][4] = 2;
    append_refuses(&readings, 0, 1);
    dk_readings_reset(&readings);
}

static void unknown_format_is_refused(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_export *export = NULL;
    const struct dk_export_settings settings = {.format = DK_FORMAT_COUNT};
    assert_int_equal(dk_export_open(&export, &settings, "/nowhere/out.csv", false, &err),
                     DK_ERR_USAGE);
    assert_null(export);
}

/* --- allocation N fails ----------------------------------------------------------------------- */

#if OWN_MALLOC

static __thread long allocations_left = -1; /* this thread's; -1: no limit */

static bool may_allocate(void)
{
    if (allocations_left < 0)
        return true;
    if (allocations_left == 0)
        return false;
    allocations_left--;
    return true;
}

void *malloc(size_t size)
{
    return may_allocate() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    return may_allocate() ? __libc_calloc(count, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    return may_allocate() ? __libc_realloc(memory, size) : NULL;
}

/* The number of unfinished files in the folder. */
static size_t folder_walk_hidden(const struct folder *folder)
{
    size_t count = 0;
    DIR *stream = opendir(folder->path);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        count += entry->d_name[0] == '.' && strlen(entry->d_name) > 2;
    closedir(stream);
    return count;
}

/* Each allocation of an export fails once: a clean error every time, and nothing left behind. */
static void check_allocations(const struct dk_readings *readings, enum dk_format format,
                              const struct folder *folder, const char *path)
{
    const struct dk_export_settings settings = {.format = format, .threads = 2};
    enum dk_status status = DK_ERR_NOMEM;
    long allowed = 0;
    for (; status != DK_OK; allowed++) {
        struct dk_error err = {0};
        allocations_left = allowed;
        status = export_all(readings, &settings, path, NULL, NULL, &err);
        bool ran_out = allocations_left == 0;
        allocations_left = -1;
        if (status == DK_OK)
            break;
        assert_true(ran_out);
        assert_int_equal(err.status, status);
        assert_true(err.message[0] != '\0');
        /* A commit that has begun may leave whole files; nothing remains of the others. */
        assert_int_equal(folder_walk_hidden(folder), 0);
        (void)folder_walk(folder, true);
    }
    assert_true(allowed > 5);
    assert_true(folder_walk(folder, true) > 0);
}

static void failing_allocations_are_clean(void **state)
{
    (void)state;
    struct folder folder = folder_make();
    struct dk_readings readings;
    table_init(&readings, 3, 600);
    char *path = dk_path_join(folder.path, "out.csv");
    for (size_t f = 0; f < FILE_FORMATS; f++)
        check_allocations(&readings, file_formats[f], &folder, path);
    check_allocations(&readings, DK_FORMAT_SENSORS, &folder, folder.path);
    free(path);
    dk_readings_reset(&readings);
    folder_remove(&folder);
}

#endif

int main(void)
{
    /* A file size limit and a closed pipe also raise signals, which would end the test. */
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_appears_without_commit),
        cmocka_unit_test(earlier_file_stays_until_commit),
        cmocka_unit_test(result_describes_the_file),
        cmocka_unit_test(failing_sink_fails_the_export),
        cmocka_unit_test(failed_export_takes_nothing_more),
        cmocka_unit_test(closed_pipe_says_epipe),
        cmocka_unit_test(full_device_says_enospc),
        cmocka_unit_test(full_disk_leaves_no_file),
        cmocka_unit_test(full_disk_leaves_no_folder_of_sensors),
        cmocka_unit_test(no_folder_is_an_error),
        cmocka_unit_test(readings_are_checked),
        cmocka_unit_test(unknown_format_is_refused),
#if OWN_MALLOC
        cmocka_unit_test(failing_allocations_are_clean),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

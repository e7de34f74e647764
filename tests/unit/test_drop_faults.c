/* Faults while a drop is read: reads that fail, are short or interrupted, and failing allocation N,
 * in a folder and in archives. Each is a clean error, or makes no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buffer.h"
#include "drop_folder.h"
#include "own_malloc.h"

/* --- reads ---------------------------------------------------------------------------------- */

static struct {
    long reads_left;      /* until one fails; -1: none does */
    size_t bytes_at_most; /* 0: as asked for */
    int interrupt_every;  /* 0: never */
    long count;
    pthread_mutex_t lock;
} faults = {.reads_left = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

/* The reader's calls arrive here, because its library is linked statically. */
ssize_t read(int fd, void *data, size_t size)
{
    bool fails = false;
    bool interrupted = false;
    pthread_mutex_lock(&faults.lock);
    faults.count++;
    if (faults.reads_left >= 0)
        fails = faults.reads_left-- == 0;
    if (faults.interrupt_every > 0)
        interrupted = faults.count % faults.interrupt_every == 0;
    pthread_mutex_unlock(&faults.lock);
    if (fails || interrupted) {
        errno = fails ? EIO : EINTR;
        return -1;
    }
    if (faults.bytes_at_most > 0 && size > faults.bytes_at_most)
        size = faults.bytes_at_most;
    return syscall(SYS_read, fd, data, size);
}

static void read_normally(void)
{
    faults.reads_left = -1;
    faults.bytes_at_most = 0;
    faults.interrupt_every = 0;
    faults.count = 0;
}

/* --- drops ---------------------------------------------------------------------------------- */

static struct dk_input_settings settings_of(unsigned threads)
{
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.columns = DK_COLUMNS_SAMPLES;
    settings.threads = threads;
    return settings;
}

static void pack(const struct drop_folder *folder, const char *name, int format, int filter)
{
    char path[512];
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format(archive, format), ARCHIVE_OK);
    if (filter != ARCHIVE_FILTER_NONE)
        assert_int_equal(archive_write_add_filter(archive, filter), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(archive, drop_folder_path(folder, name, path)),
                     ARCHIVE_OK);
    for (int i = 0; i < DK_DROP_FILES; i++) {
        char member[64];
        char bytes[65536];
        snprintf(member, sizeof(member), "in/%s.txt",
                 i < DK_SENSORS ? dk_sensors[i].name : "profile");
        FILE *file = fopen(drop_folder_path(folder, member, path), "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof(bytes), file);
        assert_true(size < sizeof(bytes));
        fclose(file);
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, member);
        archive_entry_set_size(entry, (la_int64_t)size);
        archive_entry_set_filetype(entry, AE_IFREG);
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(archive, bytes, size), size);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

static const char *const drops[] = {"in", "a.zip", "a.tar", "a.tgz", "a.tar.zst"};
#define DROPS (sizeof(drops) / sizeof(drops[0]))

/* The same drop as a folder and in archives. */
static void make_drops(struct drop_folder *folder)
{
    drop_folder_make(folder);
    drop_folder_fill(folder, "in/", 20, 1);
    pack(folder, "a.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    pack(folder, "a.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    pack(folder, "a.tgz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP);
    pack(folder, "a.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD);
}

static void short_and_interrupted_reads(void **state)
{
    (void)state;
    struct drop_folder folder;
    char path[512];
    make_drops(&folder);
    for (size_t i = 0; i < DROPS; i++)
        for (size_t bytes = 1; bytes < 5000; bytes = bytes * 3 + 40) {
            struct drop_result whole;
            struct drop_result result;
            struct dk_input_settings settings = settings_of(2);
            read_normally();
            drop_result_read(&whole, drop_folder_path(&folder, drops[0], path), &settings, true);
            faults.bytes_at_most = bytes;
            faults.interrupt_every = i == 0 || bytes > 1 ? 3 : 0;
            drop_result_read(&result, drop_folder_path(&folder, drops[i], path), &settings, true);
            assert_int_equal(result.status, DK_OK);
            assert_string_equal(result.drop.content_hash, whole.drop.content_hash);
            for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
                assert_memory_equal(dk_readings_column(&whole.readings, sensor, 0),
                                    dk_readings_column(&result.readings, sensor, 0),
                                    20 * sizeof(dk_decimal));
            drop_result_reset(&result);
            drop_result_reset(&whole);
        }
    read_normally();
    drop_folder_remove(&folder);
}

static void a_read_that_fails(void **state)
{
    (void)state;
    struct drop_folder folder;
    char path[512];
    make_drops(&folder);
    /* The folder, and the archive that derrick unpacks; libarchive reads the others itself. */
    for (size_t i = 0; i < DROPS; i += 3) {
        long allowed = 0;
        enum dk_status status = DK_ERR_IO;
        for (; status != DK_OK; allowed++) {
            struct drop_result result;
            struct dk_input_settings settings = settings_of(allowed % 2 ? 1 : 3);
            faults.reads_left = allowed;
            drop_result_read(&result, drop_folder_path(&folder, drops[i], path), &settings, true);
            status = result.status;
            if (status != DK_OK) {
                assert_int_equal(status, DK_ERR_IO);
                assert_int_equal(result.error.native, EIO);
                assert_non_null(strstr(result.error.message, "can't read"));
                assert_null(result.readings.values);
            }
            drop_result_reset(&result);
        }
        assert_true(allowed > 3);
        read_normally();
    }
    drop_folder_remove(&folder);
}

/* --- allocation N fails --------------------------------------------------------------------- */

#if OWN_MALLOC

static __thread long allocations_left = -1; /* this thread's; -1: no limit */
static __thread bool for_good;              /* all that follow fail too */
static __thread bool own_only;              /* only those of this program's own code */

/* Defined by the linker: the bounds of the program's code. */
extern const char __executable_start;
extern const char etext;

static bool may_allocate(const char *caller)
{
    if (allocations_left < 0)
        return true;
    if (own_only && (caller < &__executable_start || caller >= &etext))
        return true;
    if (allocations_left > 0) {
        allocations_left--;
        return true;
    }
    if (!for_good)
        allocations_left = -1;
    return false;
}

void *malloc(size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_calloc(count, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_realloc(memory, size) : NULL;
}

/* Makes allocation `allowed` fail. Returns true if the reading made fewer. */
static bool read_with(const char *path, long allowed, bool good, const char *content_hash)
{
    struct drop_result result;
    struct dk_input_settings settings = settings_of(1);
    settings.quarantine = true;
    for_good = good;
    allocations_left = allowed;
    drop_result_read(&result, path, &settings, true);
    bool all_allowed = allocations_left > 0;
    allocations_left = -1;
    if (result.status == DK_OK) {
        assert_string_equal(result.drop.content_hash, content_hash);
        assert_int_equal(result.readings.rows, 20);
    } else {
        assert_int_equal(result.error.status, result.status);
        assert_true(result.error.message[0] != '\0');
        assert_null(result.readings.values);
    }
    drop_result_reset(&result);
    return all_allowed;
}

static void failing_allocations_are_clean(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result whole;
    struct dk_input_settings settings = settings_of(1);
    char path[512];
    make_drops(&folder);
    settings.quarantine = true;
    drop_result_read(&whole, drop_folder_path(&folder, "in", path), &settings, true);
    assert_int_equal(whole.status, DK_OK);
    for (size_t i = 0; i < DROPS; i++)
        for (int good = 0; good < 2; good++) {
            long allowed = 0;
            drop_folder_path(&folder, drops[i], path);
            own_only = i > 0; /* libarchive does not survive its own failed allocations */
            while (!read_with(path, allowed, good, whole.drop.content_hash))
                allowed++;
            assert_true(allowed > (own_only ? 10 : 30));
        }
    drop_result_reset(&whole);
    drop_folder_remove(&folder);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_interrupted_reads),
        cmocka_unit_test(a_read_that_fails),
#if OWN_MALLOC
        cmocka_unit_test(failing_allocations_are_clean),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

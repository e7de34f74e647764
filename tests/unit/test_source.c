/* Sources of bytes: files that somebody writes, and archives of every kind, whole, truncated at any
 * byte, and with any bit turned over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "drop_folder.h"
#include "input/source.h"

#define ROWS 30

static struct dk_input_settings one_cohort(void)
{
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.cohorts = 1;
    settings.threads = 2;
    return settings;
}

/* --- files being written -------------------------------------------------------------------- */

/* Whether this file system reports a writer that has `path` open now. */
static bool tells_of_writers(const char *path)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    bool reports = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
    close(fd);
    return reports;
}

static void a_writer_has_it_open(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = one_cohort();
    char path[512];
    char text[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, 1);
    int fd = open(drop_folder_path(&folder, "TS2.txt", path), O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    drop_result_read(&result, folder.path, &settings, true);
    if (tells_of_writers(path)) {
        assert_int_equal(result.status, DK_ERR_DATA);
        assert_true(result.report.fatal);
        assert_string_equal(drop_result_problem(&result, 0, text),
                            "TS2.txt: the file is still being written");
    } else {
        print_message("this file system does not tell of writers\n");
    }
    drop_result_reset(&result);
    close(fd);
    drop_result_read(&result, folder.path, &settings, true);
    assert_int_equal(result.status, DK_OK);
    drop_result_reset(&result);
    drop_folder_remove(&folder);
}

/* The probe leaves no lease behind: a later writer neither waits nor kills this process. */
static void the_probe_leaves_no_lease(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_source source;
    struct dk_drop_file file = {0};
    char path[512];
    drop_folder_make(&folder);
    drop_folder_put(&folder, "a", "1\n");
    drop_folder_path(&folder, "a", path);
    assert_int_equal(dk_source_open(&source, path, &file, NULL), DK_OK);
    for (int i = 0; i < 1000; i++)
        assert_false(dk_source_is_being_written(&source, &file));
    assert_int_equal(fcntl(source.fd, F_GETLEASE), F_UNLCK);
    int fd = open(path, O_WRONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    close(fd);
    dk_source_close(&source);
    drop_folder_remove(&folder);
}

enum change { APPENDED, TOUCHED, REPLACED, REMOVED, TRUNCATED, MOVED };

static void apply_change(const struct drop_folder *folder, const char *path, enum change change)
{
    char from[512];
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000}};
    char other[512];
    int fd = -1;
    switch (change) {
    case APPENDED:
        fd = open(path, O_WRONLY | O_APPEND);
        assert_int_equal(write(fd, "2\n", 2), 2);
        close(fd);
        break;
    case TOUCHED:
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        break;
    case REPLACED:
        drop_folder_put(folder, "b", "1\n");
        assert_int_equal(rename(drop_folder_path(folder, "b", other), path), 0);
        break;
    case REMOVED:
        assert_int_equal(unlink(path), 0);
        break;
    case TRUNCATED:
        assert_int_equal(truncate(path, 1), 0);
        break;
    case MOVED: /* its folder, with another in its place: the file itself is as it was */
        drop_folder_put(folder, "new/a", "1\n");
        assert_int_equal(
            rename(drop_folder_path(folder, "in", from), drop_folder_path(folder, "old", other)),
            0);
        assert_int_equal(
            rename(drop_folder_path(folder, "new", other), drop_folder_path(folder, "in", from)),
            0);
        break;
    }
}

static void every_change_is_seen(void **state)
{
    (void)state;
    for (int change = APPENDED; change <= MOVED; change++) {
        struct drop_folder folder;
        struct dk_source source;
        struct dk_drop_file file = {0};
        char path[512];
        drop_folder_make(&folder);
        drop_folder_put(&folder, "in/a", "1\n");
        drop_folder_path(&folder, "in/a", path);
        assert_int_equal(dk_source_open(&source, path, &file, NULL), DK_OK);
        assert_false(dk_source_is_being_written(&source, &file));
        apply_change(&folder, path, (enum change)change);
        assert_true(dk_source_is_being_written(&source, &file));
        dk_source_close(&source);
        drop_folder_remove(&folder);
    }
}

static void what_is_no_regular_file(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_source source;
    struct dk_drop_file file = {0};
    struct dk_error error = {0};
    char path[512];
    drop_folder_make(&folder);
    assert_int_equal(mkfifo(drop_folder_path(&folder, "pipe", path), 0600), 0);
    assert_int_equal(dk_source_open(&source, path, &file, &error), DK_ERR_DATA);
    assert_non_null(strstr(error.message, "not a regular file"));
    assert_int_equal(dk_source_open(&source, folder.path, &file, &error), DK_ERR_DATA);
    assert_int_equal(dk_source_open(&source, "/dev/zero", &file, NULL), DK_ERR_DATA);
    assert_int_equal(
        dk_source_open(&source, drop_folder_path(&folder, "none", path), &file, &error), DK_ERR_IO);
    assert_int_equal(error.native, ENOENT);
    drop_folder_remove(&folder);
}

static void a_file_that_vanished(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_error error = {0};
    struct dk_input_settings settings = one_cohort();
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 3, 1);
    assert_int_equal(dk_drop_open(&drop, folder.path, NULL, NULL, NULL), DK_OK);
    drop_folder_delete(&folder, "VS1.txt");
    assert_int_equal(
        dk_drop_read(
            &(struct dk_drop_request){.drop = &drop, .settings = &settings, .with_hashes = true},
            &readings, &report, &error),
        DK_ERR_IO);
    assert_non_null(strstr(error.message, "VS1.txt"));
    dk_report_reset(&report);
    dk_drop_reset(&drop);
    drop_folder_remove(&folder);
}

/* --- archives ------------------------------------------------------------------------------- */

struct kind {
    const char *name; /* of the file */
    int format;
    int filter;
    const char *options;
};

static const struct kind kinds[] = {
    {"drop.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL},
    {"stored.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:compression=store"},
    {"drop.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL},
    {"pax.tar", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE, NULL},
    {"gnu.tar", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE, NULL},
    {"drop.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, NULL},
    {"drop.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, NULL},
    {"drop.tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ, NULL},
    {"drop.tar.bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2, NULL},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void add_member(struct archive *archive, const char *member, const void *data, size_t size)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, member);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    /* A name that the locale can't show is a warning. */
    assert_true(archive_write_header(archive, entry) >= ARCHIVE_WARN);
    assert_int_equal(archive_write_data(archive, data, size), size);
    archive_entry_free(entry);
}

static void read_whole(const char *path, struct dk_buffer *bytes)
{
    dk_buffer_init(bytes, 64u << 20);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char block[4096];
    for (size_t got = fread(block, 1, sizeof(block), file); got > 0;
         got = fread(block, 1, sizeof(block), file))
        assert_int_equal(dk_buffer_append(bytes, block, got, NULL), DK_OK);
    fclose(file);
}

static struct archive *new_archive(const struct drop_folder *folder, const struct kind *kind)
{
    char path[512];
    struct archive *archive = archive_write_new();
    assert_non_null(archive);
    assert_int_equal(archive_write_set_format(archive, kind->format), ARCHIVE_OK);
    if (kind->filter != ARCHIVE_FILTER_NONE)
        assert_int_equal(archive_write_add_filter(archive, kind->filter), ARCHIVE_OK);
    if (kind->options)
        assert_int_equal(archive_write_set_options(archive, kind->options), ARCHIVE_OK);
    assert_int_equal(
        archive_write_open_filename(archive, drop_folder_path(folder, kind->name, path)),
        ARCHIVE_OK);
    return archive;
}

static void close_archive(struct archive *archive)
{
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

/* Packs the drop in "in/" of the folder, members below `below`; the profile first or last. */
static void pack(const struct drop_folder *folder, const struct kind *kind, const char *below,
                 bool profile_first)
{
    struct archive *archive = new_archive(folder, kind);
    add_member(archive, "description.txt", "not read", 8);
    add_member(archive, "__MACOSX/._PS1.txt", "\0\1", 2);
    for (int i = 0; i < DK_DROP_FILES; i++) {
        int file = profile_first ? (i + DK_DROP_PROFILE) % DK_DROP_FILES : i;
        const char *stem = file < DK_SENSORS ? dk_sensors[file].name : "profile";
        char name[128];
        char path[512];
        struct dk_buffer bytes;
        snprintf(name, sizeof(name), "in/%s.txt", stem);
        read_whole(drop_folder_path(folder, name, path), &bytes);
        snprintf(name, sizeof(name), "%s%s.txt", below, stem);
        add_member(archive, name, bytes.data, bytes.size);
        dk_buffer_reset(&bytes);
    }
    close_archive(archive);
}

static void compare_values(const struct dk_readings *a, const struct dk_readings *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_string_equal(a->profile.hash, b->profile.hash);
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++)
        assert_memory_equal(dk_readings_column(a, sensor, 0), dk_readings_column(b, sensor, 0),
                            a->rows * sizeof(dk_decimal));
}

static void archives_read_as_folders(void **state)
{
    (void)state;
    static const char *const places[] = {"",          "data/", "./a/b/c/",
                                         "../../up/", "/abs/", "Pr\xc3\xbc/"};
    struct drop_folder folder;
    struct drop_result whole;
    struct dk_input_settings settings = one_cohort();
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    drop_result_read(&whole, drop_folder_path(&folder, "in", path), &settings, true);
    assert_int_equal(whole.status, DK_OK);
    for (size_t i = 0; i < KINDS; i++)
        for (size_t place = 0; place < sizeof(places) / sizeof(places[0]); place++) {
            struct drop_result result;
            char hash[DK_HASH_HEX_MAX];
            pack(&folder, &kinds[i], places[place], place % 2 == 0);
            drop_folder_path(&folder, kinds[i].name, path);
            drop_result_read(&result, path, &settings, true);
            assert_int_equal(result.status, DK_OK);
            compare_values(&whole.readings, &result.readings);
            assert_string_equal(result.drop.content_hash, whole.drop.content_hash);
            assert_true(result.drop.is_archive);
            assert_string_equal(result.drop.archive.name, kinds[i].name);
            assert_int_equal(dk_hash_file(path, hash, NULL, NULL), DK_OK);
            assert_string_equal(result.drop.archive.hash, hash);
            assert_string_equal(result.drop.files[0].name, "PS1.txt");
            assert_int_equal(result.drop.files[0].size_bytes, whole.drop.files[0].size_bytes);
            assert_int_equal(result.drop.files[0].inode, 0);
            assert_true(result.drop.archive.inode != 0);
            assert_int_equal(result.report.bytes, whole.report.bytes);
            drop_result_reset(&result);
        }
    drop_result_reset(&whole);
    drop_folder_remove(&folder);
}

/* An archive with one byte fewer is never accepted. For zip, tar.gz, ... the archive itself reveals
 * it. */
static void truncated_archives(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_input_settings settings = one_cohort();
    settings.allow_missing = true; /* else missing members alone would be an error */
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    for (size_t i = 0; i < KINDS; i++) {
        struct dk_buffer bytes;
        char path[512];
        pack(&folder, &kinds[i], "", true);
        read_whole(drop_folder_path(&folder, kinds[i].name, path), &bytes);
        bool bare = kinds[i].filter == ARCHIVE_FILTER_NONE && kinds[i].format != ARCHIVE_FORMAT_ZIP;
        /* A bare tar ends in a mark of 1024 zeros, and as many as fill 10 KiB. */
        size_t whole = bytes.size;
        while (bare && bytes.data[whole - 1] == '\0')
            whole--;
        for (size_t cut = whole - 1, step = 1; cut < whole; cut -= step, step += 97) {
            struct drop_result result;
            drop_folder_put_bytes(&folder, "cut", bytes.data, cut);
            drop_result_read(&result, drop_folder_path(&folder, "cut", path), &settings, true);
            if (result.status != DK_ERR_DATA)
                fail_msg("%s cut to %zu of %zu bytes: %s", kinds[i].name, cut, bytes.size,
                         result.error.message);
            assert_non_null(strstr(result.error.message, "can't read the archive"));
            drop_result_reset(&result);
        }
        dk_buffer_reset(&bytes);
    }
    drop_folder_remove(&folder);
}

/* A tar truncated between two members looks whole, except for its missing end mark. */
static void a_tar_cut_between_members(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = one_cohort();
    struct dk_buffer bytes;
    char path[512];
    settings.allow_missing = true;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    pack(&folder, &kinds[2], "", true);
    read_whole(drop_folder_path(&folder, kinds[2].name, path), &bytes);
    unsigned cuts = 0;
    for (size_t at = 512; at + 512 <= bytes.size; at += 512) {
        if (memcmp(bytes.data + at + 257, "ustar", 5) != 0)
            continue;
        drop_folder_put_bytes(&folder, "cut.tar", bytes.data, at);
        drop_result_read(&result, drop_folder_path(&folder, "cut.tar", path), &settings, true);
        assert_int_equal(result.status, DK_ERR_DATA);
        assert_non_null(strstr(result.error.message, "the tar ends too early"));
        drop_result_reset(&result);
        cuts++;
    }
    assert_int_equal(cuts, DK_DROP_FILES + 1);
    dk_buffer_reset(&bytes);
    drop_folder_remove(&folder);
}

/* The library writes zstd without a checksum; the zstd and tar commands write it with one. */
static void pack_zstd(const struct drop_folder *folder, const char *name)
{
    struct dk_buffer tar;
    char path[512];
    pack(folder, &kinds[2], "", false);
    read_whole(drop_folder_path(folder, kinds[2].name, path), &tar);
    size_t room = ZSTD_compressBound(tar.size);
    void *packed = malloc(room);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_true(packed && context);
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    size_t size = ZSTD_compress2(context, packed, room, tar.data, tar.size);
    assert_false(ZSTD_isError(size));
    drop_folder_put_bytes(folder, name, packed, size);
    ZSTD_freeCCtx(context);
    free(packed);
    dk_buffer_reset(&tar);
}

/* A flipped bit is refused, or affects something that no value depends on (a time in a header). */
static void damaged_archives(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result whole;
    struct dk_input_settings settings = one_cohort();
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    drop_result_read(&whole, drop_folder_path(&folder, "in", path), &settings, true);
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].filter == ARCHIVE_FILTER_NONE && kinds[i].format != ARCHIVE_FORMAT_ZIP)
            continue; /* a bare tar has no checksum of its members */
        struct dk_buffer bytes;
        unsigned refused = 0;
        unsigned tried = 0;
        if (kinds[i].filter == ARCHIVE_FILTER_ZSTD)
            pack_zstd(&folder, kinds[i].name);
        else
            pack(&folder, &kinds[i], "", false);
        read_whole(drop_folder_path(&folder, kinds[i].name, path), &bytes);
        for (size_t at = 7; at < bytes.size; at += bytes.size / 150 + 1, tried++) {
            struct drop_result result;
            bytes.data[at] = (char)(bytes.data[at] ^ (1 << at % 8));
            drop_folder_put_bytes(&folder, "bad", bytes.data, bytes.size);
            bytes.data[at] = (char)(bytes.data[at] ^ (1 << at % 8));
            drop_result_read(&result, drop_folder_path(&folder, "bad", path), &settings, true);
            if (result.status == DK_OK &&
                strcmp(result.drop.content_hash, whole.drop.content_hash) != 0)
                fail_msg("%s with bit %zu of byte %zu of %zu turned over is read", kinds[i].name,
                         at % 8, at, bytes.size);
            if (result.status != DK_OK)
                assert_int_equal(result.status, DK_ERR_DATA);
            refused += result.status != DK_OK;
            drop_result_reset(&result);
        }
        assert_true(refused > tried * 8 / 10);
        dk_buffer_reset(&bytes);
    }
    drop_result_reset(&whole);
    drop_folder_remove(&folder);
}

/* Named case: libarchive does not verify the checksum of a gzip file. */
static void a_wrong_checksum_of_gzip(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = one_cohort();
    struct dk_buffer bytes;
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    pack(&folder, &kinds[5], "", false);
    read_whole(drop_folder_path(&folder, kinds[5].name, path), &bytes);
    bytes.data[bytes.size - 8] ^= 1;
    drop_folder_put_bytes(&folder, "bad.tgz", bytes.data, bytes.size);
    drop_result_read(&result, drop_folder_path(&folder, "bad.tgz", path), &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_non_null(strstr(result.error.message, "incorrect data check"));
    drop_result_reset(&result);
    bytes.data[bytes.size - 8] ^= 1;
    /* Zeros may follow, as on a tape; nothing else. */
    assert_int_equal(dk_buffer_append(&bytes, "\0\0\0\0\0\0", 6, NULL), DK_OK);
    drop_folder_put_bytes(&folder, "zeros.tgz", bytes.data, bytes.size);
    drop_result_read(&result, drop_folder_path(&folder, "zeros.tgz", path), &settings, true);
    assert_int_equal(result.status, DK_OK);
    drop_result_reset(&result);
    assert_int_equal(dk_buffer_append(&bytes, "more", 4, NULL), DK_OK);
    drop_folder_put_bytes(&folder, "more.tgz", bytes.data, bytes.size);
    drop_result_read(&result, drop_folder_path(&folder, "more.tgz", path), &settings, true);
    assert_int_equal(result.status, DK_ERR_DATA);
    drop_result_reset(&result);
    dk_buffer_reset(&bytes);
    drop_folder_remove(&folder);
}

/* gzip data of bytes[0..size), followed by the given number of zeros. */
static void pack_gzip(const struct drop_folder *folder, const char *name, struct dk_buffer *bytes,
                      size_t zeros, bool spoil)
{
    assert_int_equal(dk_buffer_reserve(bytes, zeros, NULL), DK_OK);
    memset(bytes->data + bytes->size, 0, zeros);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&stream, bytes->size + zeros);
    unsigned char *packed = malloc(room);
    assert_non_null(packed);
    stream.next_in = (unsigned char *)bytes->data;
    stream.avail_in = (unsigned)(bytes->size + zeros);
    stream.next_out = packed;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed[stream.total_out - 8] ^= spoil;
    drop_folder_put_bytes(folder, name, packed, stream.total_out);
    deflateEnd(&stream);
    free(packed);
}

/* Named case: the checksum of the whole file is verified, even far behind the end mark of the
 * tar. */
static void what_follows_the_tar_is_read(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_input_settings settings = one_cohort();
    struct dk_buffer tar;
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", ROWS, 1);
    pack(&folder, &kinds[2], "", false);
    read_whole(drop_folder_path(&folder, kinds[2].name, path), &tar);
    for (int spoil = 0; spoil < 2; spoil++) {
        struct drop_result result;
        pack_gzip(&folder, "long.tgz", &tar, 3 << 20, spoil);
        drop_result_read(&result, drop_folder_path(&folder, "long.tgz", path), &settings, true);
        assert_int_equal(result.status, spoil ? DK_ERR_DATA : DK_OK);
        drop_result_reset(&result);
    }
    dk_buffer_reset(&tar);
    drop_folder_remove(&folder);
}

static void doubles_in_an_archive(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct drop_result result;
    struct dk_input_settings settings = one_cohort();
    char path[512];
    drop_folder_make(&folder);
    for (size_t i = 0; i < KINDS; i++) {
        struct archive *archive = new_archive(&folder, &kinds[i]);
        add_member(archive, "a/PS1.txt", "1\n", 2);
        add_member(archive, "b/ps1-2023.txt", "1\n", 2);
        close_archive(archive);
        drop_result_read(&result, drop_folder_path(&folder, kinds[i].name, path), &settings, true);
        assert_int_equal(result.status, DK_ERR_DATA);
        assert_non_null(strstr(result.error.message, ":a/PS1.txt"));
        assert_non_null(strstr(result.error.message, ":b/ps1-2023.txt"));
        drop_result_reset(&result);
    }
    drop_folder_remove(&folder);
}

/* The profile beside the sensors is the drop's; elsewhere, the only one is. */
static void profiles_in_an_archive(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_error error = {0};
    char path[512];
    drop_folder_make(&folder);
    struct archive *archive = new_archive(&folder, &kinds[0]);
    add_member(archive, "profile/profile.txt", "x", 1);
    add_member(archive, "data/profile.txt", "x", 1);
    add_member(archive, "data/PS1.txt", "1\n", 2);
    close_archive(archive);
    drop_folder_path(&folder, kinds[0].name, path);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, NULL), DK_OK);
    assert_non_null(strstr(drop.files[DK_DROP_PROFILE].path, ":data/profile.txt"));
    dk_drop_reset(&drop);
    archive = new_archive(&folder, &kinds[0]);
    add_member(archive, "profile/profile.txt", "x", 1);
    add_member(archive, "data/PS1.txt", "1\n", 2);
    close_archive(archive);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, NULL), DK_OK);
    assert_non_null(strstr(drop.files[DK_DROP_PROFILE].path, ":profile/profile.txt"));
    dk_drop_reset(&drop);
    archive = new_archive(&folder, &kinds[0]);
    add_member(archive, "p/profile.txt", "x", 1);
    add_member(archive, "q/profile.txt", "x", 1);
    add_member(archive, "data/PS1.txt", "1\n", 2);
    close_archive(archive);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, &error), DK_ERR_DATA);
    assert_non_null(strstr(error.message, "two profiles"));
    drop_folder_remove(&folder);
}

/* An archive without a profile, and the workspace's profile on disk. */
static void a_profile_beside_the_archive(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_input_settings settings = one_cohort();
    char path[512];
    char standing[512];
    drop_folder_make(&folder);
    settings.allow_missing = true;
    struct archive *archive = new_archive(&folder, &kinds[5]);
    add_member(archive, "TS1.txt", "36.5\n37\n", 8);
    close_archive(archive);
    drop_folder_put(&folder, "standing/profile.txt", "3\t73\t0\t90\t0\n20\t73\t0\t90\t0\n");
    assert_int_equal(dk_drop_open(&drop, drop_folder_path(&folder, kinds[5].name, path),
                                  drop_folder_path(&folder, "standing", standing), NULL, NULL),
                     DK_OK);
    assert_int_equal(
        dk_drop_read(
            &(struct dk_drop_request){.drop = &drop, .settings = &settings, .with_hashes = true},
            &readings, &report, NULL),
        DK_OK);
    assert_int_equal(readings.rows, 2);
    assert_int_equal(readings.profile.codes[1][0], 1);
    assert_true(dk_readings_column(&readings, 9, 0)[0] == dk_decimal_pack(365, 1));
    assert_true(drop.files[DK_DROP_PROFILE].inode != 0);
    dk_readings_reset(&readings);
    dk_report_reset(&report);
    dk_drop_reset(&drop);
    drop_folder_remove(&folder);
}

static void an_archive_that_somebody_writes(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_readings readings;
    struct dk_report report;
    struct dk_error error = {0};
    struct dk_input_settings settings = one_cohort();
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "in/", 3, 1);
    pack(&folder, &kinds[0], "", false);
    drop_folder_path(&folder, kinds[0].name, path);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, NULL), DK_OK);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    if (tells_of_writers(path)) {
        struct dk_drop other;
        assert_int_equal(dk_drop_read(&(struct dk_drop_request){.drop = &drop,
                                                                .settings = &settings,
                                                                .with_hashes = true},
                                      &readings, &report, &error),
                         DK_ERR_DATA);
        assert_non_null(strstr(error.message, "drop.zip' is still being written"));
        dk_report_reset(&report);
        /* A file in transfer looks damaged: reporting the writer is more helpful. */
        assert_int_equal(ftruncate(fd, 3000), 0);
        assert_int_equal(dk_drop_open(&other, path, NULL, NULL, &error), DK_ERR_DATA);
        assert_non_null(strstr(error.message, "drop.zip' is still being written"));
    }
    close(fd);
    dk_drop_reset(&drop);
    drop_folder_remove(&folder);
}

static void an_encrypted_zip(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_error error = {0};
    char path[512];
    drop_folder_make(&folder);
    const struct kind kind = {"secret.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
                              "zip:encryption=zipcrypt"};
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format(archive, kind.format), ARCHIVE_OK);
    assert_int_equal(archive_write_set_options(archive, kind.options), ARCHIVE_OK);
    assert_int_equal(archive_write_set_passphrase(archive, "secret"), ARCHIVE_OK);
    drop_folder_path(&folder, kind.name, path);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    add_member(archive, "TS1.txt", "36.5\n37\n", 8);
    close_archive(archive);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, &error), DK_ERR_DATA);
    assert_non_null(strstr(error.message, ":TS1.txt' is encrypted"));
    drop_folder_remove(&folder);
}

static void what_is_no_archive(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "hello",
                                        "1\t2\t3\n4\t5\t6\n",
                                        "PK\x03\x04 not at all",
                                        "\x1f\x8b not at all",
                                        "\x28\xb5\x2f\xfd",
                                        "BZh9"};
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_error error = {0};
    char path[512];
    drop_folder_make(&folder);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        drop_folder_put(&folder, "thing.zip", texts[i]);
        drop_folder_path(&folder, "thing.zip", path);
        assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, &error), DK_ERR_DATA);
        assert_non_null(strstr(error.message, "can't read the archive"));
        assert_null(strchr(error.message, '\n'));
    }
    drop_folder_remove(&folder);
}

/* A nested archive, and members whose names would leave the folder or spoil a terminal. */
static void odd_members(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_stream *stream = NULL;
    char path[512];
    drop_folder_make(&folder);
    struct archive *archive = new_archive(&folder, &kinds[2]);
    add_member(archive, "inner.zip", "PK\x03\x04", 4);
    add_member(archive, "PS2.txt.zip", "PK\x03\x04", 4);
    add_member(archive, "../../../etc/\x1b[31m/PS1.txt", "1\n", 2);
    close_archive(archive);
    drop_folder_path(&folder, kinds[2].name, path);
    assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, NULL), DK_OK);
    assert_int_equal(dk_drop_sensor_count(&drop), 1);
    assert_string_equal(drop.files[0].name, "PS1.txt");
    assert_null(strchr(drop.files[0].path, '\x1b'));
    assert_non_null(strstr(drop.files[0].path, "?[31m"));
    dk_drop_reset(&drop);
    assert_int_equal(dk_stream_open(path, &stream, NULL), DK_OK);
    dk_stream_close(stream);
    drop_folder_remove(&folder);
}

/* The name of a sensor's file must be a file: anything else is not merely missing. */
static void members_that_are_no_files(void **state)
{
    (void)state;
    static const unsigned types[] = {AE_IFLNK, AE_IFDIR, AE_IFIFO, AE_IFREG};
    struct drop_folder folder;
    struct dk_drop drop;
    struct dk_error error = {0};
    char path[512];
    drop_folder_make(&folder);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct archive *archive = new_archive(&folder, &kinds[2]);
        struct archive_entry *entry = archive_entry_new();
        add_member(archive, "PS1.txt", "1\n", 2);
        archive_entry_set_pathname(entry, types[i] == AE_IFDIR ? "TS1.txt/" : "TS1.txt");
        archive_entry_set_filetype(entry, types[i]);
        if (types[i] == AE_IFLNK)
            archive_entry_set_symlink(entry, "/etc/passwd");
        if (types[i] == AE_IFREG)
            archive_entry_set_hardlink(entry, "PS1.txt");
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        archive_entry_free(entry);
        close_archive(archive);
        drop_folder_path(&folder, kinds[2].name, path);
        assert_int_equal(dk_drop_open(&drop, path, NULL, NULL, &error), DK_ERR_DATA);
        assert_non_null(strstr(error.message, types[i] == AE_IFREG
                                                  ? ":TS1.txt': it is a hard link"
                                                  : ":TS1.txt': it is not a regular file"));
    }
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_has_it_open),
        cmocka_unit_test(the_probe_leaves_no_lease),
        cmocka_unit_test(every_change_is_seen),
        cmocka_unit_test(what_is_no_regular_file),
        cmocka_unit_test(a_file_that_vanished),
        cmocka_unit_test(archives_read_as_folders),
        cmocka_unit_test(truncated_archives),
        cmocka_unit_test(a_tar_cut_between_members),
        cmocka_unit_test(damaged_archives),
        cmocka_unit_test(a_wrong_checksum_of_gzip),
        cmocka_unit_test(what_follows_the_tar_is_read),
        cmocka_unit_test(doubles_in_an_archive),
        cmocka_unit_test(profiles_in_an_archive),
        cmocka_unit_test(a_profile_beside_the_archive),
        cmocka_unit_test(an_archive_that_somebody_writes),
        cmocka_unit_test(an_encrypted_zip),
        cmocka_unit_test(what_is_no_archive),
        cmocka_unit_test(odd_members),
        cmocka_unit_test(members_that_are_no_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The lists of hashes in an archive folder, and the folders themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/archive.h"
#include "archive/folders.h"
#include "archive/manifest.h"
#include "drop_folder.h"

static const char hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void lines_are_sorted_and_come_back(void **state)
{
    (void)state;
    static const char *const names[] = {"PS1.txt", "a\\b\nc\rd", "../2023-06-01-run1/x", " y "};
    struct drop_folder folder;
    struct dk_manifest_lines lines = {0};
    struct dk_manifest_lines read = {0};
    drop_folder_make(&folder);
    for (size_t i = 0; i < DK_COUNT_OF(names); i++)
        assert_int_equal(dk_manifest_lines_add(&lines, hash, names[i], NULL), DK_OK);
    assert_int_equal(dk_manifest_lines_write(&lines, folder.path, DK_ARCHIVE_MANIFEST, NULL),
                     DK_OK);
    assert_int_equal(dk_manifest_lines_read(&read, folder.path, DK_ARCHIVE_MANIFEST, NULL), DK_OK);
    assert_int_equal(read.count, DK_COUNT_OF(names));
    for (size_t i = 0; i < read.count; i++) {
        assert_string_equal(read.lines[i].hash, hash);
        assert_string_equal(read.lines[i].name, lines.lines[i].name);
        assert_true(i == 0 || strcmp(read.lines[i - 1].name, read.lines[i].name) < 0);
    }
    dk_manifest_lines_reset(&read);
    dk_manifest_lines_reset(&lines);
    drop_folder_remove(&folder);
}

static void damaged_manifests(void **state)
{
    (void)state;
    static const char *const ends[] = {"", " ", "  ", " x", "\tx"};
    struct drop_folder folder;
    struct dk_error err = {0};
    char text[256];
    drop_folder_make(&folder);
    for (size_t i = 0; i < DK_COUNT_OF(ends) + 2; i++) {
        struct dk_manifest_lines read = {0};
        dk_text_format(text, sizeof(text), "%s%s\n", hash, i < DK_COUNT_OF(ends) ? ends[i] : "  x");
        if (i >= DK_COUNT_OF(ends))
            text[i] = 'G'; /* not a digit, or upper case */
        drop_folder_put(&folder, DK_ARCHIVE_MANIFEST, text);
        assert_int_equal(dk_manifest_lines_read(&read, folder.path, DK_ARCHIVE_MANIFEST, &err),
                         DK_ERR_DATA);
        assert_non_null(strstr(err.message, "is damaged"));
        dk_manifest_lines_reset(&read);
    }
    struct dk_manifest_lines none = {0};
    assert_int_equal(dk_manifest_lines_read(&none, folder.path, "none", &err), DK_ERR_IO);
    drop_folder_remove(&folder);
}

static void names_of_folders(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t run; /* -1: not one of derrick's */
        unsigned number;
    } cases[] = {
        {"2023-06-01-run7", 7, 1},
        {"2023-06-01-run7-2", 7, 2},
        {"2023-06-01-run", -1, 0},
        {"2023-06-01-run7-", -1, 0},
        {"2023-06-01-run7-x", -1, 0},
        {"2023-06-01-run7x", -1, 0},
        {"2023-06-1-run7", -1, 0},
        {"run7", -1, 0},
        {"", -1, 0},
        {"2023-06-01-run99999999999999999999", -1, 0},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_archive_folder folder = {0};
        assert_int_equal(dk_archive_folder_read(cases[i].name, &folder), cases[i].run >= 0);
        if (cases[i].run < 0)
            continue;
        assert_string_equal(folder.day, "2023-06-01");
        assert_int_equal(folder.run, cases[i].run);
        assert_int_equal(folder.number, cases[i].number);
    }
}

static void folders_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {"2023-06-01-run2", "2023-06-01-run10", "2023-06-01-run10-2",
                                        "2023-06-02-run1"};
    struct drop_folder folder;
    struct dk_archive_folder *list = NULL;
    size_t count = 0;
    char path[512];
    char name[128];
    drop_folder_make(&folder);
    for (size_t i = 0; i < DK_COUNT_OF(names); i++) {
        dk_text_format(name, sizeof(name), "%s/%s", names[3 - i], DK_ARCHIVE_MANIFEST);
        drop_folder_put(&folder, name, "");
    }
    drop_folder_put(&folder, "mine/manifest.sha256", "");
    drop_folder_put(&folder, "2023-06-03-run1/other", "");
    assert_int_equal(dk_archive_folders(folder.path, &list, &count, NULL), DK_OK);
    assert_int_equal(count, DK_COUNT_OF(names));
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list[i].path, drop_folder_path(&folder, names[i], path));
    free(list);
    assert_int_equal(
        dk_archive_folders(drop_folder_path(&folder, "none", path), &list, &count, NULL), DK_OK);
    assert_int_equal(count, 0);
    assert_null(list);
    drop_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_sorted_and_come_back),
        cmocka_unit_test(damaged_manifests),
        cmocka_unit_test(names_of_folders),
        cmocka_unit_test(folders_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

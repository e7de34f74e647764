/* The archive step: a drop leaves logs/, and nothing else moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "archive/manifest.h"
#include "archive/record.h"
#include "base/path.h"
#include "small_store.h"

#define ROWS 3
#define LOGS_FILES (DK_SENSORS + 1)

/* A workspace, which is the current folder, with one drop that was loaded from logs/. */
struct workspace {
    struct small_store small;
    struct drop_folder outside; /* somebody else's */
    struct dk_origins origins;
    int64_t run_id;
};

static void load(struct workspace *workspace, const char *path)
{
    struct drop_result read;
    struct dk_input_settings settings;
    struct dk_load_result loaded;
    char text[DK_SETTINGS_TEXT_MAX];
    dk_input_settings_init(&settings);
    settings.cohorts = 2;
    drop_result_read(&read, path, &settings, true);
    assert_int_equal(read.status, DK_OK);
    assert_int_equal(dk_origins_note(&workspace->origins, &read.drop, NULL), DK_OK);
    dk_input_settings_text(&settings, text);
    struct dk_store *store = workspace->small.store;
    assert_int_equal(dk_ledger_run_begin(store, "run", &workspace->run_id, NULL), DK_OK);
    const struct dk_load request = {.run_id = workspace->run_id,
                                    .drop = &read.drop,
                                    .readings = &read.readings,
                                    .settings = text};
    assert_int_equal(dk_store_load(store, &request, &loaded, NULL), DK_OK);
    drop_result_reset(&read);
}

static void open_workspace(struct workspace *workspace)
{
    *workspace = (struct workspace){0};
    small_store_open(&workspace->small);
    small_store_workspace(&workspace->small, 'a');
    drop_folder_make(&workspace->outside);
    assert_int_equal(chdir(workspace->small.folder.path), 0);
    assert_int_equal(mkdir("archive", 0777), 0);
    drop_folder_fill(&workspace->small.folder, "logs/", ROWS, 2);
}

static void close_workspace(struct workspace *workspace)
{
    assert_int_equal(chdir("/"), 0);
    dk_origins_reset(&workspace->origins);
    drop_folder_remove(&workspace->outside);
    small_store_close(&workspace->small);
}

/* Archives what is pending, as the run of the load or as a later one. */
static enum dk_status archive(struct workspace *workspace, bool same_run,
                              struct dk_archive_result *result)
{
    struct small_store *small = &workspace->small;
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    assert_int_equal(dk_ledger_pending(small->store, &pending, &count, NULL), DK_OK);
    assert_int_equal(count, 1);
    const struct dk_archive_settings settings = {
        .archive_folder = "archive",
        .profile_folder = "profile",
        .run_id = workspace->run_id + !same_run,
        .first_run_id = workspace->run_id + !same_run,
        .threads = 1,
        .origins = same_run ? &workspace->origins : NULL,
    };
    small->notices[0] = '\0';
    enum dk_status status = dk_archive_drop(small->store, &pending[0], &settings, &small->observer,
                                            result, &small->err);
    free(pending);
    return status;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int count_files(const char *folder)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, is_visible, alphasort);
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
    return count;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* Checks that the folder holds what its manifest says. */
static void check_manifest(const char *folder, size_t count)
{
    struct dk_manifest_lines lines = {0};
    assert_int_equal(dk_manifest_lines_read(&lines, folder, DK_ARCHIVE_MANIFEST, NULL), DK_OK);
    assert_int_equal(lines.count, count);
    for (size_t i = 0; i < lines.count; i++) {
        char hex[DK_HASH_HEX_MAX];
        char *path = dk_path_join(folder, lines.lines[i].name);
        assert_int_equal(dk_hash_file(path, hex, NULL, NULL), DK_OK);
        assert_string_equal(hex, lines.lines[i].hash);
        free(path);
    }
    dk_manifest_lines_reset(&lines);
}

static void expect_none_pending(struct workspace *workspace)
{
    struct dk_ledger_drop *pending = NULL;
    size_t count = 0;
    assert_int_equal(dk_ledger_pending(workspace->small.store, &pending, &count, NULL), DK_OK);
    assert_int_equal(count, 0);
    free(pending);
}

static void a_drop_moves(void **state)
{
    (void)state;
    for (int same_run = 0; same_run < 2; same_run++) {
        struct workspace workspace;
        struct dk_archive_result result;
        struct dk_record record;
        bool found = false;
        open_workspace(&workspace);
        load(&workspace, "logs");
        assert_int_equal(archive(&workspace, same_run, &result), DK_OK);
        assert_int_equal(result.files, LOGS_FILES);
        assert_int_equal(count_files("logs"), 0);
        assert_int_equal(count_files("profile"), 1);
        check_manifest(result.folder, LOGS_FILES + 1);
        assert_int_equal(dk_record_read(result.folder, &record, &found, NULL), DK_OK);
        assert_true(found);
        assert_int_equal(record.run_id, workspace.run_id);
        assert_int_equal(record.cohort_count, 2);
        assert_string_equal(record.drop, ".");
        dk_record_reset(&record);
        expect_none_pending(&workspace);
        close_workspace(&workspace);
    }
}

/* logs/ or a folder in it becomes a link after the drop was read. What the link leads to has the
 * names and the contents of what was loaded, or is even the very folder. */
static void a_folder_replaced_by_a_link(void **state)
{
    (void)state;
    static const char *const folders[] = {"logs", "logs/batch"};
    for (size_t i = 0; i < 4; i++) {
        struct workspace workspace;
        struct dk_archive_result result;
        const char *folder = folders[i % 2];
        const bool is_moved = i >= 2;
        char elsewhere[512];
        open_workspace(&workspace);
        if (i % 2 == 1) {
            assert_int_equal(rename("logs", "batch"), 0);
            assert_int_equal(mkdir("logs", 0777), 0);
            assert_int_equal(rename("batch", "logs/batch"), 0);
        }
        load(&workspace, "logs");
        drop_folder_path(&workspace.outside, "theirs", elsewhere);
        if (is_moved) {
            assert_int_equal(rename(folder, elsewhere), 0);
        } else {
            drop_folder_fill(&workspace.outside, "theirs/", ROWS, 2);
            assert_int_equal(rename(folder, "away"), 0);
        }
        assert_int_equal(symlink(elsewhere, folder), 0);
        assert_int_equal(archive(&workspace, true, &result), DK_OK);
        assert_int_equal(count_files(elsewhere), LOGS_FILES);
        assert_int_equal(result.files, 0);
        assert_int_equal(count_files("profile"), -1);
        assert_int_equal(count_lines(workspace.small.notices), 2);
        assert_non_null(strstr(workspace.small.notices, "is incomplete"));
        assert_non_null(strstr(workspace.small.notices, "was replaced after its files were read"));
        expect_none_pending(&workspace);
        close_workspace(&workspace);
    }
}

/* Only a change of the folder counts: logs/ may always have been a link. */
static void a_folder_that_is_a_link(void **state)
{
    (void)state;
    struct workspace workspace;
    struct dk_archive_result result;
    char elsewhere[512];
    open_workspace(&workspace);
    drop_folder_path(&workspace.outside, "share", elsewhere);
    assert_int_equal(rename("logs", elsewhere), 0);
    assert_int_equal(symlink(elsewhere, "logs"), 0);
    load(&workspace, "logs");
    assert_int_equal(archive(&workspace, true, &result), DK_OK);
    assert_int_equal(result.files, LOGS_FILES);
    assert_int_equal(count_files(elsewhere), 0);
    check_manifest(result.folder, LOGS_FILES + 1);
    close_workspace(&workspace);
}

static void files_that_changed_or_disappeared(void **state)
{
    (void)state;
    struct workspace workspace;
    struct dk_archive_result result;
    open_workspace(&workspace);
    load(&workspace, "logs");
    drop_folder_put(&workspace.small.folder, "logs/PS1.txt", "1\t2\n");
    drop_folder_delete(&workspace.small.folder, "logs/PS2.txt");
    assert_int_equal(archive(&workspace, true, &result), DK_OK);
    assert_int_equal(result.files, LOGS_FILES - 2);
    assert_int_equal(count_files("logs"), 1);
    assert_int_equal(count_lines(workspace.small.notices), 4);
    assert_non_null(strstr(workspace.small.notices, "is incomplete"));
    assert_non_null(strstr(workspace.small.notices, "'logs/PS1.txt' changed since it was loaded"));
    assert_non_null(strstr(workspace.small.notices, "'logs/PS2.txt' disappeared"));
    assert_non_null(strstr(workspace.small.notices, "moved profile.txt to profile/"));
    check_manifest(result.folder, LOGS_FILES - 2 + 1);
    close_workspace(&workspace);
}

/* A run was interrupted after it moved a file, and before it recorded that. */
static void an_interrupted_step_continues(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct workspace workspace;
        struct dk_archive_result result;
        char folder[] = "archive/2023-06-01-run1";
        open_workspace(&workspace);
        load(&workspace, "logs");
        assert_int_equal(mkdir(folder, 0777), 0);
        assert_int_equal(rename("logs/TS1.txt", "archive/2023-06-01-run1/TS1.txt"), 0);
        if (wrong)
            drop_folder_put(&workspace.small.folder, "archive/2023-06-01-run1/TS1.txt", "1\n");
        assert_int_equal(dk_ledger_archive_begin(
                             workspace.small.store,
                             small_store_number(&workspace.small, "SELECT MAX(drop_id) FROM drops"),
                             folder, NULL),
                         DK_OK);
        assert_int_equal(archive(&workspace, false, &result), wrong ? DK_ERR_IO : DK_OK);
        assert_string_equal(result.folder, folder);
        if (wrong)
            assert_non_null(strstr(workspace.small.err.message, "has different contents"));
        else
            check_manifest(folder, LOGS_FILES + 1);
        close_workspace(&workspace);
    }
}

static void origins_follow_the_newest_drop(void **state)
{
    (void)state;
    struct workspace workspace;
    char one[512];
    char other[512];
    open_workspace(&workspace);
    load(&workspace, "logs");
    assert_null(dk_origins_find(&workspace.origins, "csv"));
    dk_text_format(one, sizeof(one), "%s", dk_origins_find(&workspace.origins, "logs"));
    assert_string_equal(dk_path_name(one), "logs");
    assert_int_equal(rename("logs", "batch"), 0);
    assert_int_equal(symlink("batch", "logs"), 0);
    load(&workspace, "logs");
    dk_text_format(other, sizeof(other), "%s", dk_origins_find(&workspace.origins, "logs"));
    assert_string_equal(dk_path_name(other), "batch");
    assert_int_equal(workspace.origins.count, 1);
    close_workspace(&workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drop_moves),
        cmocka_unit_test(a_folder_replaced_by_a_link),
        cmocka_unit_test(a_folder_that_is_a_link),
        cmocka_unit_test(files_that_changed_or_disappeared),
        cmocka_unit_test(an_interrupted_step_continues),
        cmocka_unit_test(origins_follow_the_newest_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

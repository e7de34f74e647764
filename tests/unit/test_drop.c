/* Finding a drop: names, folders, doubles, profiles, what is passed over; and the settings' text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drop_folder.h"
#include "input/name.h"

/* --- names ---------------------------------------------------------------------------------- */

struct name_case {
    const char *name;
    enum dk_name_kind kind;
    const char *file; /* the catalogue's name, or "profile" */
};

static const struct name_case name_cases[] = {
    {"PS1.txt", DK_NAME_TAKEN, "PS1"},
    {"ps1.TXT", DK_NAME_TAKEN, "PS1"},
    {"Ps1.Tsv", DK_NAME_TAKEN, "PS1"},
    {"CE.csv", DK_NAME_TAKEN, "CE"},
    {"EPS1.txt", DK_NAME_TAKEN, "EPS1"},
    {"PS1-2023-06-01.txt", DK_NAME_TAKEN, "PS1"},
    {"PS1_2023-06-01.txt", DK_NAME_TAKEN, "PS1"},
    {"ps1.2023-06-01.txt", DK_NAME_TAKEN, "PS1"},
    {"PS1 2023_06_01.txt", DK_NAME_TAKEN, "PS1"},
    {"PS1-20230601T1200.txt", DK_NAME_TAKEN, "PS1"},
    {"PS1-2023-Q2.txt", DK_NAME_TAKEN, "PS1"},
    {"PS1-2023.txt", DK_NAME_TAKEN, "PS1"},
    {"profile.txt", DK_NAME_TAKEN, "profile"},
    {"Profile-2023.TXT", DK_NAME_TAKEN, "profile"},
    {"PS1.txt.gz", DK_NAME_TAKEN, "PS1"},
    {"PS1-2023.TSV.Zst", DK_NAME_TAKEN, "PS1"},
    {"profile.txt.xz", DK_NAME_TAKEN, "profile"},
    {"PS1.txt.part", DK_NAME_UNFINISHED, "PS1"},
    {"PS1.txt.gz.part", DK_NAME_UNFINISHED, "PS1"},
    {"PS1-2023-06-01.txt.filepart", DK_NAME_UNFINISHED, "PS1"},
    {"PS1.txt.crdownload", DK_NAME_UNFINISHED, "PS1"},
    {"PS1.txt.TMP", DK_NAME_UNFINISHED, "PS1"},
    {"PS1.tmp", DK_NAME_UNFINISHED, "PS1"},
    {".PS1.txt.x7Gh2K", DK_NAME_UNFINISHED, "PS1"},
    {"profile.txt.partial", DK_NAME_UNFINISHED, "profile"},
    {"PS1", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1.log", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1.txt.txt", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1.gz", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1.txt.Z", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1.txt.gz.gz", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1 (1).txt", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1 - Copy.txt", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1_old.txt", DK_NAME_LOOKALIKE, "PS1"},
    {"PS1_1.txt", DK_NAME_LOOKALIKE, "PS1"},
    {"PS7.txt", DK_NAME_OTHER, NULL},
    {"PS11.txt", DK_NAME_OTHER, NULL},
    {"2023-PS1.txt", DK_NAME_OTHER, NULL},
    {"xPS1.txt", DK_NAME_OTHER, NULL},
    {"PS1a.txt", DK_NAME_OTHER, NULL},
    {"profiles.txt", DK_NAME_OTHER, NULL},
    {"description.txt", DK_NAME_OTHER, NULL},
    {"documentation.txt", DK_NAME_OTHER, NULL},
    {"Thumbs.db", DK_NAME_OTHER, NULL},
    {"desktop.ini", DK_NAME_OTHER, NULL},
    {".PS1.txt", DK_NAME_OTHER, NULL},
    {"._PS1.txt", DK_NAME_OTHER, NULL},
    {"~$PS1.txt", DK_NAME_OTHER, NULL},
    {".txt", DK_NAME_OTHER, NULL},
    {".", DK_NAME_OTHER, NULL},
    {"", DK_NAME_OTHER, NULL},
};

static void names_say_whose_file_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(name_cases) / sizeof(name_cases[0]); i++) {
        struct dk_name name = dk_name_read(name_cases[i].name);
        int file = -1;
        if (name_cases[i].file)
            file = strcmp(name_cases[i].file, "profile") == 0
                       ? DK_DROP_PROFILE
                       : dk_sensor_find(name_cases[i].file, strlen(name_cases[i].file));
        if (name.kind != name_cases[i].kind || name.file != file)
            fail_msg("'%s': kind %d file %d", name_cases[i].name, (int)name.kind, name.file);
    }
}

static void names_of_archives(void **state)
{
    (void)state;
    static const char *const archives[] = {"drop.zip",    "drop.tar",     "drop.tgz",
                                           "drop.tar.gz", "DROP.TAR.ZST", "2023-06.tar.bz2",
                                           "drop.tar.xz", "drop.tzst"};
    static const char *const others[] = {"",          ".zip",       ".drop.zip",     "~$drop.zip",
                                         "drop.zip~", "PS1.txt.gz", "drop.zip.part", "drop.rar"};
    for (size_t i = 0; i < DK_COUNT_OF(archives); i++)
        if (!dk_name_is_archive(archives[i]))
            fail_msg("'%s' is no archive", archives[i]);
    for (size_t i = 0; i < DK_COUNT_OF(others); i++)
        if (dk_name_is_archive(others[i]))
            fail_msg("'%s' is an archive", others[i]);
}

static void hidden_folders_of_archives(void **state)
{
    (void)state;
    assert_false(dk_name_is_hidden_path("PS1.txt"));
    assert_false(dk_name_is_hidden_path("data/PS1.txt"));
    assert_false(dk_name_is_hidden_path("./data/PS1.txt"));
    assert_false(dk_name_is_hidden_path("../../etc/PS1.txt"));
    assert_true(dk_name_is_hidden_path("__MACOSX/PS1.txt"));
    assert_true(dk_name_is_hidden_path("a/__MACOSX/b/PS1.txt"));
    assert_true(dk_name_is_hidden_path(".git/PS1.txt"));
    assert_true(dk_name_is_hidden_path("a/.Trash-1000/PS1.txt"));
}

/* --- opening -------------------------------------------------------------------------------- */

struct found {
    struct dk_drop drop;
    struct dk_error error;
    enum dk_status status;
    char notices[8192];
};

static void keep_notice(void *context, enum dk_level level, const char *text)
{
    struct found *found = context;
    size_t used = strlen(found->notices);
    if (level >= DK_LEVEL_NOTICE)
        snprintf(found->notices + used, sizeof(found->notices) - used, "%s\n", text);
}

static void find(struct found *found, const char *path, const char *profile_folder)
{
    struct dk_observer observer = {.context = found, .notice = keep_notice};
    *found = (struct found){0};
    found->status = dk_drop_open(&found->drop, path, profile_folder, &observer, &found->error);
}

static void expect_error(const struct drop_folder *folder, enum dk_status status, const char *first,
                         const char *second)
{
    struct found found;
    find(&found, folder->path, NULL);
    assert_int_equal(found.status, status);
    if (!strstr(found.error.message, first) || !strstr(found.error.message, second))
        fail_msg("'%s' names not both '%s' and '%s'", found.error.message, first, second);
    assert_true(found.error.hint[0] != '\0');
    assert_null(found.drop.path);
    dk_drop_reset(&found.drop);
}

static void a_folder_of_logs(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_put(&folder, "description.txt", "cycles");
    drop_folder_put(&folder, "PS9.txt", "no sensor");
    drop_folder_put(&folder, "Thumbs.db", "x");
    drop_folder_put(&folder, "old/PS1.txt", "1\n");
    drop_folder_put(&folder, "~$PS2.txt", "x");
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_int_equal(dk_drop_sensor_count(&found.drop), DK_SENSORS);
    assert_string_equal(found.drop.files[0].name, "PS1.txt");
    assert_non_null(found.drop.files[DK_DROP_PROFILE].name);
    assert_false(found.drop.is_archive);
    assert_string_equal(found.drop.path, folder.path);
    assert_true(found.drop.files[0].size_bytes > 100);
    assert_string_equal(found.notices, "");
    dk_drop_reset(&found.drop);
    drop_folder_remove(&folder);
}

static void logs_one_folder_below(void **state)
{
    (void)state;
    static const char *const outputs[] = {"csv/PS1.csv", "archive/PS1.txt", "quarantine/PS1.txt",
                                          "aws_s3/PS1.csv", ".hidden/PS1.txt"};
    struct drop_folder folder;
    struct found found;
    char path[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "logs/", 2, 1);
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
        drop_folder_put(&folder, outputs[i], "x");
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_int_equal(dk_drop_sensor_count(&found.drop), DK_SENSORS);
    assert_string_equal(found.drop.files[0].path, drop_folder_path(&folder, "logs/PS1.txt", path));
    assert_string_equal(found.drop.files[DK_DROP_PROFILE].path,
                        drop_folder_path(&folder, "logs/profile.txt", path));
    dk_drop_reset(&found.drop);
    drop_folder_put(&folder, "more/ps1-2023.txt", "1\n");
    expect_error(&folder, DK_ERR_DATA, "logs/PS1.txt", "more/ps1-2023.txt");
    drop_folder_remove(&folder);
}

static void an_empty_drop_is_no_error(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    drop_folder_make(&folder);
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_int_equal(dk_drop_sensor_count(&found.drop), 0);
    dk_drop_reset(&found.drop);
    drop_folder_remove(&folder);
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_ERR_IO);
    dk_drop_reset(&found.drop);
}

static void a_sensor_twice(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_put(&folder, "ps1-2023.txt", "1\n");
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "ps1-2023.txt");
    drop_folder_delete(&folder, "ps1-2023.txt");
    drop_folder_put(&folder, "PS1.csv", "1\n");
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "PS1.csv");
    /* One that the old scripts made is named as that. */
    drop_folder_put(&folder, "PS1.csv", "sensor_value,sensor_name,cohort\n1,PS1,1\n");
    expect_error(&folder, DK_ERR_DATA, "PS1.csv", "the old scripts made");
    drop_folder_delete(&folder, "PS1.csv");
    drop_folder_put(&folder, "profile-2022.txt", "3\t73\t0\t90\t0\n");
    expect_error(&folder, DK_ERR_DATA, "two profiles", "profile-2022.txt");
    drop_folder_remove(&folder);
}

static void a_tab_file_named_csv(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    char from[512];
    char to[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    assert_int_equal(rename(drop_folder_path(&folder, "PS1.txt", from),
                            drop_folder_path(&folder, "PS1.csv", to)),
                     0);
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_string_equal(found.drop.files[0].name, "PS1.csv");
    dk_drop_reset(&found.drop);
    drop_folder_remove(&folder);
}

static void links_and_special_files(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    char from[512];
    char to[512];
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_path(&folder, "PS1.txt", from);
    assert_int_equal(rename(from, drop_folder_path(&folder, "elsewhere", to)), 0);
    assert_int_equal(symlink("elsewhere", from), 0);
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_string_equal(found.drop.files[0].name, "PS1.txt");
    dk_drop_reset(&found.drop);
    assert_int_equal(unlink(to), 0);
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "a link that leads nowhere");
    assert_int_equal(unlink(from), 0);
    assert_int_equal(mkfifo(from, 0600), 0);
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "no regular file");
    assert_int_equal(unlink(from), 0);
    assert_int_equal(mkdir(from, 0700), 0);
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "a folder");
    find(&found, drop_folder_path(&folder, "PS2.txt", to), NULL);
    assert_int_equal(found.status, DK_ERR_DATA);
    assert_non_null(strstr(found.error.message, "one file of a drop"));
    find(&found, "/dev/null", NULL);
    assert_int_equal(found.status, DK_ERR_DATA);
    drop_folder_remove(&folder);
}

/* --- what comes close ----------------------------------------------------------------------- */

static void check_hint(const struct drop_folder *folder, const char *hint)
{
    struct drop_result result;
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.cohorts = 1;
    drop_result_read(&result, folder->path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    assert_string_equal(result.error.message, "PS1.txt: the file is missing");
    if (!strstr(result.error.hint, hint))
        fail_msg("'%s' does not say '%s'", result.error.hint, hint);
    drop_result_reset(&result);
}

static void hints_at_what_comes_close(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_put(&folder, "PS1.txt.part", "1\n");
    drop_folder_put(&folder, "PS1_old.txt", "1\n");
    find(&found, folder.path, NULL);
    assert_int_equal(found.status, DK_OK);
    assert_non_null(strstr(found.notices, "PS1.txt.part' passed over"));
    assert_null(found.drop.files[0].lookalike);
    dk_drop_reset(&found.drop);
    drop_folder_delete(&folder, "PS1.txt");
    check_hint(&folder, "PS1.txt.part' looks like its transfer, which has not ended");
    drop_folder_delete(&folder, "PS1.txt.part");
    check_hint(&folder, "PS1_old.txt' is it, rename it to PS1.txt");
    drop_folder_delete(&folder, "PS1_old.txt");
    check_hint(&folder, "--allow-missing");
    drop_folder_remove(&folder);
}

/* --- profiles ------------------------------------------------------------------------------- */

static void expect_profile(const struct drop_folder *folder, const char *path,
                           const char *profile_folder, const char *expected, const char *notice)
{
    struct found found;
    char drop[512];
    char given[512];
    char wanted[512];
    find(&found, drop_folder_path(folder, path, drop),
         profile_folder ? drop_folder_path(folder, profile_folder, given) : NULL);
    assert_int_equal(found.status, DK_OK);
    if (expected)
        assert_string_equal(found.drop.files[DK_DROP_PROFILE].path,
                            drop_folder_path(folder, expected, wanted));
    else
        assert_null(found.drop.files[DK_DROP_PROFILE].name);
    if (notice)
        assert_non_null(strstr(found.notices, notice));
    else
        assert_string_equal(found.notices, "");
    dk_drop_reset(&found.drop);
}

static void profiles_by_their_place(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct found found;
    char drop[512];
    char given[512];
    const char *row = "3\t73\t0\t90\t0\n";
    const char *other = "100\t73\t0\t90\t0\n";
    drop_folder_make(&folder);
    drop_folder_put(&folder, "drop/data/PS1.txt", "1\n");
    expect_profile(&folder, "drop", "nowhere", NULL, NULL);
    drop_folder_put(&folder, "standing/profile.txt", row);
    expect_profile(&folder, "drop", NULL, NULL, NULL);
    expect_profile(&folder, "drop", "standing", "standing/profile.txt", NULL);
    drop_folder_put(&folder, "drop/profile/profile.txt", other);
    expect_profile(&folder, "drop", "drop/profile", "drop/profile/profile.txt", NULL);
    expect_profile(&folder, "drop", "standing", "drop/profile/profile.txt", "came with the logs");
    drop_folder_put(&folder, "drop/Profile.TXT", other);
    expect_profile(&folder, "drop", NULL, "drop/Profile.TXT", NULL);
    drop_folder_put(&folder, "drop/data/profile-2023.txt", row);
    expect_profile(&folder, "drop", NULL, "drop/data/profile-2023.txt", "not '");
    drop_folder_put(&folder, "drop/data/profile-2023.txt", other);
    expect_profile(&folder, "drop", "standing", "drop/data/profile-2023.txt", "came with the logs");
    drop_folder_put(&folder, "drop/data/profile.tsv", row);
    find(&found, drop_folder_path(&folder, "drop", drop),
         drop_folder_path(&folder, "standing", given));
    assert_int_equal(found.status, DK_ERR_DATA);
    drop_folder_remove(&folder);
}

/* --- settings ------------------------------------------------------------------------------- */

static void settings_as_text(void **state)
{
    (void)state;
    struct dk_input_settings settings;
    char text[DK_SETTINGS_TEXT_MAX];
    dk_input_settings_init(&settings);
    dk_input_settings_text(&settings, text);
    assert_string_equal(text, "columns=cohorts cohorts=60 sample=first alignment=second "
                              "start=2008-03-26 cohort_days=92 interval_minutes=60 rig=texas-1");
    settings.columns = DK_COLUMNS_WELLS;
    settings.sample = DK_SAMPLE_MEAN;
    settings.alignment = DK_ALIGNMENT_COLUMN;
    settings.cohort = 7;
    settings.threads = 5;
    settings.quarantine = true;
    dk_input_settings_text(&settings, text);
    assert_string_equal(text,
                        "columns=wells cohorts=60 sample=mean alignment=column "
                        "start=2008-03-26 cohort_days=92 interval_minutes=60 rig=texas-1 cohort=7");
    memset(settings.well.site, 'x', DK_SITE_MAX - 1);
    settings.well.site[DK_SITE_MAX - 1] = '\0';
    settings.well.number = DK_WELL_NUMBER_MAX;
    settings.cohort = DK_COHORT_MAX;
    settings.cohorts = DK_SERIES_MAX;
    assert_int_equal(dk_calendar_init(&settings.calendar, "9899-12-31", 36600, 52704000, NULL),
                     DK_OK);
    dk_input_settings_text(&settings, text);
    assert_true(strlen(text) < DK_SETTINGS_TEXT_MAX - 1);
    assert_non_null(strstr(text, "xxx-99999 cohort=9999"));
}

static void settings_out_of_a_text(void **state)
{
    (void)state;
    const char *text = "columns=wells cohorts=60 sample=mean rig=a-1 cohort=7";
    const char *value = NULL;
    assert_int_equal(dk_input_settings_find(text, "columns", &value), 5);
    assert_memory_equal(value, "wells", 5);
    assert_int_equal(dk_input_settings_find(text, "rig", &value), 3);
    assert_memory_equal(value, "a-1", 3);
    assert_int_equal(dk_input_settings_find(text, "cohort", &value), 1);
    assert_string_equal(value, "7");
    assert_int_equal(dk_input_settings_find(text, "coh", &value), 0);
    assert_int_equal(dk_input_settings_find(text, "start", &value), 0);
    assert_string_equal(value, "");
    assert_int_equal(dk_input_settings_find("", "rig", &value), 0);
    assert_int_equal(dk_input_settings_sample(text), DK_SAMPLE_MEAN);
    assert_int_equal(dk_input_settings_sample("sample=none"), -1);
    assert_int_equal(dk_input_settings_sample("columns=wells"), -1);
}

static void words_and_back(void **state)
{
    (void)state;
    for (int i = DK_COLUMNS_COHORTS; i <= DK_COLUMNS_WELLS; i++)
        assert_int_equal(dk_columns_find(dk_columns_name((enum dk_columns)i)), i);
    for (int i = DK_SAMPLE_FIRST; i <= DK_SAMPLE_LAST; i++)
        assert_int_equal(dk_sample_find(dk_sample_name((enum dk_sample)i)), i);
    for (int i = DK_ALIGNMENT_SECOND; i <= DK_ALIGNMENT_COLUMN; i++)
        assert_int_equal(dk_alignment_find(dk_alignment_name((enum dk_alignment)i)), i);
    assert_int_equal(dk_columns_find("cohort"), -1);
    assert_int_equal(dk_sample_find("Mean"), -1);
    assert_int_equal(dk_alignment_find(""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_whose_file_it_is),
        cmocka_unit_test(names_of_archives),
        cmocka_unit_test(hidden_folders_of_archives),
        cmocka_unit_test(a_folder_of_logs),
        cmocka_unit_test(logs_one_folder_below),
        cmocka_unit_test(an_empty_drop_is_no_error),
        cmocka_unit_test(a_sensor_twice),
        cmocka_unit_test(a_tab_file_named_csv),
        cmocka_unit_test(links_and_special_files),
        cmocka_unit_test(hints_at_what_comes_close),
        cmocka_unit_test(profiles_by_their_place),
        cmocka_unit_test(settings_as_text),
        cmocka_unit_test(settings_out_of_a_text),
        cmocka_unit_test(words_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

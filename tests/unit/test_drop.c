/* Finding a drop: names, folders, duplicates, profiles, ignored files; and the settings' text. */
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
    {"PS1.txt", DK_NAME_RECOGNISED, "PS1"},
    {"ps1.TXT", DK_NAME_RECOGNISED, "PS1"},
    {"Ps1.Tsv", DK_NAME_RECOGNISED, "PS1"},
    {"CE.csv", DK_NAME_RECOGNISED, "CE"},
    {"EPS1.txt", DK_NAME_RECOGNISED, "EPS1"},
    {"PS1-2023-06-01.txt", DK_NAME_RECOGNISED, "PS1"},
    {"PS1_2023-06-01.txt", DK_NAME_RECOGNISED, "PS1"},
    {"ps1.2023-06-01.txt", DK_NAME_RECOGNISED, "PS1"},
    {"PS1 2023_06_01.txt", DK_NAME_RECOGNISED, "PS1"},
    {"PS1-20230601T1200.txt", DK_NAME_RECOGNISED, "PS1"},
    {"PS1-2023-Q2.txt", DK_NAME_RECOGNISED, "PS1"},
    {"PS1-2023.txt", DK_NAME_RECOGNISED, "PS1"},
    {"profile.txt", DK_NAME_RECOGNISED, "profile"},
    {"Profile-2023.TXT", DK_NAME_RECOGNISED, "profile"},
    {"PS1.txt.gz", DK_NAME_RECOGNISED, "PS1"},
    {"PS1-2023.TSV.Zst", DK_NAME_RECOGNISED, "PS1"},
    {"profile.txt.xz", DK_NAME_RECOGNISED, "profile"},
    {"PS1.txt.part", DK_NAME_IN_TRANSFER, "PS1"},
    {"PS1.txt.gz.part", DK_NAME_IN_TRANSFER, "PS1"},
    {"PS1-2023-06-01.txt.filepart", DK_NAME_IN_TRANSFER, "PS1"},
    {"PS1.txt.crdownload", DK_NAME_IN_TRANSFER, "PS1"},
    {"PS1.txt.TMP", DK_NAME_IN_TRANSFER, "PS1"},
    {"PS1.tmp", DK_NAME_IN_TRANSFER, "PS1"},
    {".PS1.txt.x7Gh2K", DK_NAME_IN_TRANSFER, "PS1"},
    {"profile.txt.partial", DK_NAME_IN_TRANSFER, "profile"},
    {"PS1", DK_NAME_NEAR, "PS1"},
    {"PS1.log", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.txt", DK_NAME_NEAR, "PS1"},
    {"PS1.gz", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.Z", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.gz.gz", DK_NAME_NEAR, "PS1"},
    {"PS1 (1).txt", DK_NAME_NEAR, "PS1"},
    {"PS1 - Copy.txt", DK_NAME_NEAR, "PS1"},
    {"PS1_old.txt", DK_NAME_NEAR, "PS1"},
    {"PS1_1.txt", DK_NAME_NEAR, "PS1"},
    {"PS7.txt", DK_NAME_OTHER, NULL},
    {"PS11.txt", DK_NAME_OTHER, NULL},
    {"2023-PS1.txt", DK_NAME_RECOGNISED, "PS1"},
    {"xPS1.txt", DK_NAME_OTHER, NULL},
    {"PS1a.txt", DK_NAME_OTHER, NULL},
    {"profiles.txt", DK_NAME_OTHER, NULL},
    {"EPS1.txt", DK_NAME_RECOGNISED, "EPS1"},
    {"maintenance.txt", DK_NAME_OTHER, NULL},
    {"transfer.log", DK_NAME_OTHER, NULL},
    {"README", DK_NAME_OTHER, NULL},
    {"delivery.zip", DK_NAME_OTHER, NULL},
    {"2026-09-30_PS1.txt", DK_NAME_RECOGNISED, "PS1"},
    {"20260930-ps1.tsv.gz", DK_NAME_RECOGNISED, "PS1"},
    {"2026-09-30T12_profile.txt", DK_NAME_RECOGNISED, "profile"},
    {"2026 CE.csv", DK_NAME_RECOGNISED, "CE"},
    {"26_PS1.txt", DK_NAME_NEAR, "PS1"},
    {"-2026_PS1.txt", DK_NAME_NEAR, "PS1"},
    {"2026PS1.txt", DK_NAME_OTHER, NULL},
    {"texas-1_PS1.txt", DK_NAME_NEAR, "PS1"},
    {"Kopie von PS1.txt", DK_NAME_NEAR, "PS1"},
    {"Copy of profile.txt", DK_NAME_NEAR, "profile"},
    {"profile (1).txt", DK_NAME_NEAR, "profile"},
    {"PS1.dat", DK_NAME_NEAR, "PS1"},
    {"PS1.xlsx", DK_NAME_NEAR, "PS1"},
    {"PS1.zip", DK_NAME_NEAR, "PS1"},
    {"PS1_temp.txt", DK_NAME_NEAR, "PS1"},
    {"PS1_PS2.txt", DK_NAME_NEAR, "PS1"},
    {"PS1.txt~", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.~1~", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.bak", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.backup", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.sha256", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.md5sum", DK_NAME_NEAR, "PS1"},
    {"PS1.txt.20230601", DK_NAME_NEAR, "PS1"},
    {"description.txt", DK_NAME_NEVER, NULL},
    {"documentation.txt", DK_NAME_NEVER, NULL},
    {".derrick.lock", DK_NAME_NEVER, NULL},
    {".derrick-workspace", DK_NAME_NEVER, NULL},
    {"Thumbs.db", DK_NAME_NEVER, NULL},
    {"DESKTOP.INI", DK_NAME_NEVER, NULL},
    {".DS_Store", DK_NAME_NEVER, NULL},
    {"__MACOSX", DK_NAME_NEVER, NULL},
    {"._PS1.txt", DK_NAME_NEVER, NULL},
    {"PS1.pdf", DK_NAME_NEVER, NULL},
    {"profile.docx", DK_NAME_NEVER, NULL},
    {"PS1.md", DK_NAME_NEVER, NULL},
    {"PS1.html", DK_NAME_NEVER, NULL},
    {"PS1 plot.PNG", DK_NAME_NEVER, NULL},
    {"PS1.jpg", DK_NAME_NEVER, NULL},
    {"manifest.sha256", DK_NAME_NEVER, NULL},
    {"oil-well-data-all-historical.csv", DK_NAME_NEVER, NULL},
    {"earlier-profile.txt", DK_NAME_NEVER, NULL},
    {"earlier-PS1.txt", DK_NAME_NEAR, "PS1"},
    {"~$report.xlsx", DK_NAME_NEVER, NULL},
    {".nfs0001", DK_NAME_NEVER, NULL},
    {".txt", DK_NAME_NEVER, NULL},
    {".", DK_NAME_NEVER, NULL},
    {"", DK_NAME_NEVER, NULL},
};

static int file_of(const char *name)
{
    if (!name)
        return -1;
    return strcmp(name, "profile") == 0 ? DK_DROP_PROFILE : dk_sensor_find(name, strlen(name));
}

static void names_say_whose_file_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(name_cases) / sizeof(name_cases[0]); i++) {
        struct dk_name name = dk_name_read(name_cases[i].name, NULL);
        if (name.kind != name_cases[i].kind || name.file != file_of(name_cases[i].file))
            fail_msg("'%s': kind %d file %d", name_cases[i].name, (int)name.kind, name.file);
    }
}

/* The temporary name that each tool uses for NAME.txt; "%s" is the name without its ending. */
static const char *const temporary_names[] = {
    "%s.txt.part",
    "%s.part",
    "%s.txt.partial",
    "%s.txt.filepart",
    "%s.txt.tmp",
    "%s.txt.TMP",
    "%s.txt.temp",
    "%s.txt.crdownload",
    "%s.txt.download",
    "%s.txt.opdownload",
    "%s.txt.unconfirmed",
    "%s.txt.aria2",
    "%s.txt.aria2__temp",
    "%s.txt.!ut",
    "%s.txt.!qB",
    "%s.txt.!bt",
    "%s.txt.bc!",
    "%s.txt.jc!",
    "%s.txt.fdmdownload",
    "%s.txt.dctmp",
    "%s.txt.td",
    "%s.txt.cyberduckpart",
    "%s.txt.lftp-pget-status",
    "%s.txt.st",
    "%s.txt.part001",
    "%s.txt.part.minio",
    "%s.txt.1f2e3d4c.partial", /* rclone */
    "%s.txt.1f2E3d4C",         /* AWS */
    "%s.txt.abcdefab",         /* AWS */
    "%s.txt.B7eD61fa",         /* AWS */
    "%s.txtAbC12345",          /* s5cmd */
    "%s.txt_.gstmp",           /* gsutil */
    "%s.txt._COPYING_",        /* Hadoop */
    ".azDownload-3f2504e0-4f89-11d3-9a0c-0305e82c3301-%s.txt",
    ".%s.txt.AbC123", /* rsync */
    ".%s.txt.abcdef", /* rsync */
    ".%s.txt.~1a2b",  /* ownCloud, Nextcloud */
    ".~%s.txt",
    ".syncthing.%s.txt.tmp",
    "~syncthing~%s.txt.tmp",
    ".unison.%s.txt.0123456789abcdef.unison.tmp",
    ".in.%s.txt.", /* proftpd */
    ".in.%s.txt",  /* lftp */
    ".%s.txt",     /* NiFi and other SFTP clients */
    ".%s.txt.icloud",
    "%s.txt.owncloud",
    "%s.txt.nextcloud",
    ".%s.txt.swp", /* vim */
    ".%s.txt.kate-swp",
    ".#%s.txt",       /* emacs */
    "#%s.txt#",       /* emacs */
    "~$%s.txt",       /* Office */
    ".~lock.%s.txt#", /* LibreOffice */
    "%s.txt.lock",
    "%s.txt.uploading",
    "%s.txt.inprogress",
    "%s.txt.incomplete",
    "%s.txt.writing",
    "%s.part.txt",
    "tmp_%s.txt",
    "partial-%s.txt",
    "%s.txt.gz.part",
    "%s-2023-06-01.txt.filepart",
    "2023-06-01_%s.txt.part",
    ".%s.txt.1a2b3c4d.1234.1.tmp", /* derrick itself */
    ".%s.txt.1234.1.tmp",          /* and earlier versions */
};

static void temporary_names_of_every_tool(void **state)
{
    (void)state;
    static const char *const files[] = {"PS1", "ps6", "EPS1", "CE", "profile"};
    for (size_t i = 0; i < DK_COUNT_OF(temporary_names); i++)
        for (size_t j = 0; j < DK_COUNT_OF(files); j++) {
            char text[128];
            const char *slot = strstr(temporary_names[i], "%s");
            snprintf(text, sizeof(text), "%.*s%s%s", (int)(slot - temporary_names[i]),
                     temporary_names[i], files[j], slot + 2);
            struct dk_name name = dk_name_read(text, NULL);
            int file = file_of(files[j]);
            if (name.kind != DK_NAME_IN_TRANSFER || name.file != file ||
                name.files != DK_NAME_FILE(file))
                fail_msg("'%s': kind %d files %x", text, (int)name.kind, name.files);
        }
}

static void transfers_of_other_files(void **state)
{
    (void)state;
    static const char *const transfers[] = {"delivery.zip.part",
                                            ".delivery.zip.Ab3dEf",
                                            "delivery.7z.crdownload",
                                            "x.zip.1f2e3d4c",
                                            "anything.filepart",
                                            ".delivery.tar.gz.~1a2b",
                                            "Unconfirmed 12345.crdownload",
                                            ".~tmp~"};
    for (size_t i = 0; i < DK_COUNT_OF(transfers); i++)
        if (dk_name_read(transfers[i], NULL).kind != DK_NAME_IN_TRANSFER)
            fail_msg("'%s'", transfers[i]);
    /* It is unknown which file it will become. */
    struct dk_name any = dk_name_read(".pureftpd-upload.5f3a.15.1234", NULL);
    assert_int_equal(any.kind, DK_NAME_IN_TRANSFER);
    assert_true(any.is_anonymous);
    assert_int_equal(any.files, DK_NAME_FILE(DK_DROP_FILES) - 1);
    assert_true(dk_name_is_transfer_of("x.zip.part", "x.zip"));
    assert_true(dk_name_is_transfer_of(".X.zip.a8F3kQ", "x.zip"));
    assert_true(dk_name_is_transfer_of("x.zip.1f2e3d4c", "x.zip"));
    assert_false(dk_name_is_transfer_of("x.zip", "x.zip"));
    assert_false(dk_name_is_transfer_of("x.zip.sha256", "x.zip"));
    assert_false(dk_name_is_transfer_of("._x.zip", "x.zip"));
    assert_false(dk_name_is_transfer_of("y.zip.part", "x.zip"));
}

static void several_words(void **state)
{
    (void)state;
    struct dk_name name = dk_name_read("PS1_PS2 and profile.txt", NULL);
    assert_int_equal(name.kind, DK_NAME_NEAR);
    assert_int_equal(name.files, DK_NAME_FILE(0) | DK_NAME_FILE(1) | DK_NAME_FILE(DK_DROP_PROFILE));
}

static void copies_and_notes(void **state)
{
    (void)state;
    static const char *const seconds[] = {"PS1 (1).txt",
                                          "PS1(2).txt",
                                          "PS1[1].txt",
                                          "PS1_1.txt",
                                          "PS1.txt.1",
                                          "PS1.txt (1)",
                                          "PS1 - Copy.txt",
                                          "Kopie von PS1.txt",
                                          "PS1 (1).dat",
                                          "PS1_old.txt",
                                          "PS1.txt.txt",
                                          "Copy of PS1",
                                          "PS1 (conflicted copy 2023-06-01).txt",
                                          "PS1~1.TXT",
                                          "PS1.sync-conflict-20230601-120000-ABCDEFG.txt"};
    static const char *const notes[] = {"PS1.bak",  "PS1.txt.bak",    "PS1.log",  "PS1",
                                        "PS1.dat",  "PS1.txt.sha256", "PS1.xlsx", "PS1.zip",
                                        "PS1.txt~", "PS1.txt.~1~"};
    for (size_t i = 0; i < DK_COUNT_OF(seconds); i++) {
        struct dk_name name = dk_name_read(seconds[i], NULL);
        if (name.kind != DK_NAME_NEAR || !name.is_second)
            fail_msg("'%s' is not recognised as a second file", seconds[i]);
    }
    for (size_t i = 0; i < DK_COUNT_OF(notes); i++) {
        struct dk_name name = dk_name_read(notes[i], NULL);
        if (name.kind != DK_NAME_NEAR || name.is_second)
            fail_msg("'%s' is a second file", notes[i]);
    }
}

static void ignored_names(void **state)
{
    (void)state;
    const char *ignore = "*.bak, Copy of *.txt ,old_*";
    assert_int_equal(dk_name_read("PS1.bak", ignore).kind, DK_NAME_NEVER);
    assert_int_equal(dk_name_read("COPY OF PS1.TXT", ignore).kind, DK_NAME_NEVER);
    assert_int_equal(dk_name_read("old_profile.txt", ignore).kind, DK_NAME_NEVER);
    assert_int_equal(dk_name_read("PS1.txt", ignore).kind, DK_NAME_RECOGNISED);
    assert_int_equal(dk_name_read("of", ignore).kind, DK_NAME_OTHER);
    assert_int_equal(dk_name_read("PS1.bak", "").kind, DK_NAME_NEAR);
    assert_int_equal(dk_name_read("PS1.bak", " , ,").kind, DK_NAME_NEAR);
    assert_false(dk_name_ignore_hides(ignore));
    assert_false(dk_name_ignore_hides(NULL));
    assert_true(dk_name_ignore_hides("x, *"));
    assert_true(dk_name_ignore_hides("ps?.txt"));
    assert_true(dk_name_ignore_hides("prof*"));
}

static bool is_archive(const char *text)
{
    struct dk_name name = dk_name_read(text, NULL);
    return dk_name_is_archive(&name);
}

static void names_of_archives(void **state)
{
    (void)state;
    static const char *const archives[] = {"drop.zip",    "drop.tar",     "drop.tgz",
                                           "drop.tar.gz", "DROP.TAR.ZST", "2023-06.tar.bz2",
                                           "drop.tar.xz", "drop.tzst",    "PS1.zip"};
    static const char *const others[] = {"",          ".zip",       ".drop.zip",     "~$drop.zip",
                                         "drop.zip~", "PS1.txt.gz", "drop.zip.part", "drop.rar"};
    for (size_t i = 0; i < DK_COUNT_OF(archives); i++)
        if (!is_archive(archives[i]))
            fail_msg("'%s' is not recognised as an archive", archives[i]);
    for (size_t i = 0; i < DK_COUNT_OF(others); i++)
        if (is_archive(others[i]))
            fail_msg("'%s' is an archive", others[i]);
    assert_int_equal(dk_name_read("drop.7z", NULL).form, DK_FORM_FOREIGN_ARCHIVE);
    assert_int_equal(dk_name_read("drop.RAR", NULL).form, DK_FORM_FOREIGN_ARCHIVE);
    assert_int_equal(dk_name_read("drop.zip.001", NULL).form, DK_FORM_FOREIGN_ARCHIVE);
    assert_int_equal(dk_name_read("log.xlsx", NULL).form, DK_FORM_WORKBOOK);
    assert_int_equal(dk_name_read("log.xls", NULL).form, DK_FORM_WORKBOOK);
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
    drop_folder_put(&folder, "._PS2.txt", "x");
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
    /* A CSV of the old scripts is recognised as such. */
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
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "a broken link");
    assert_int_equal(unlink(from), 0);
    assert_int_equal(mkfifo(from, 0600), 0);
    expect_error(&folder, DK_ERR_DATA, "PS1.txt", "not a regular file");
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

static void check_hint(const struct drop_folder *folder, const char *message, const char *hint)
{
    struct drop_result result;
    struct dk_input_settings settings;
    dk_input_settings_init(&settings);
    settings.cohorts = 1;
    settings.allow_missing = true;
    drop_result_read(&result, folder->path, &settings, false);
    assert_int_equal(result.status, DK_ERR_DATA);
    if (!strstr(result.error.message, message))
        fail_msg("'%s' does not say '%s'", result.error.message, message);
    if (!strstr(result.error.hint, hint))
        fail_msg("'%s' does not say '%s'", result.error.hint, hint);
    drop_result_reset(&result);
}

/* One name at a time, instead of a file and beside it. */
static void a_near_name_is_not_absent(void **state)
{
    (void)state;
    static const struct {
        const char *name, *absent, *present; /* a part of the message; NULL: no error */
    } cases[] = {
        {"PS1.txt.part", "wait until it is complete", "is being replaced"},
        {".PS1.txt.AbC123", "wait until it is complete", "is being replaced"},
        {".~tmp~/PS1.txt", "wait until it is complete", "is being replaced"},
        {".rsync-partial/PS1.txt", "wait until it is complete", "is being replaced"},
        {"more.part/x/PS1.txt", "wait until it is complete", NULL},
        {".pureftpd-upload.5f3a", "may be this file", NULL},
        {"PS1 (1).txt", "rename it to PS1.txt", "two files for sensor PS1"},
        {"PS1.txt.1", "copy PS1.txt from the rig", "two files for sensor PS1"},
        {"PS1.bak", "copy PS1.txt from the rig", NULL},
        {"PS1", "copy PS1.txt from the rig", NULL},
        {"PS1.xlsx", "Tab delimited", NULL},
        {"PS1.zip", "unpack it", NULL},
        {"PS1_PS2.bak", "copy PS1.txt from the rig", NULL},
        {"PS1/a.dat", "move it beside", NULL},
        {"deep/deeper/PS1.txt", "move it beside", NULL},
        {"EPS1.dat", NULL, NULL},
        {"PS11.txt", NULL, NULL},
        {"PS1.pdf", NULL, NULL},
        {"._PS1.txt", NULL, NULL},
        {".git/PS1.txt", NULL, NULL},
        {"archive/PS1.txt", NULL, NULL},
    };
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct drop_folder folder;
        struct drop_result result;
        struct dk_input_settings settings;
        dk_input_settings_init(&settings);
        settings.cohorts = 1;
        settings.allow_missing = true;
        drop_folder_make(&folder);
        drop_folder_fill(&folder, "", 2, 1);
        drop_folder_put(&folder, cases[i].name, "1\n");
        print_message("%s\n", cases[i].name);
        if (cases[i].present)
            expect_error(&folder, DK_ERR_DATA, cases[i].present, cases[i].name);
        else {
            drop_result_read(&result, folder.path, &settings, false);
            assert_int_equal(result.status, DK_OK);
            drop_result_reset(&result);
        }
        drop_folder_delete(&folder, "PS1.txt");
        if (cases[i].absent) {
            check_hint(&folder, "PS1.txt is missing", cases[i].absent);
            if (!strstr(cases[i].name, "a.dat")) /* the message names the folder */
                check_hint(&folder, "PS1.txt is missing", cases[i].name);
        } else {
            drop_result_read(&result, folder.path, &settings, false);
            assert_int_equal(result.status, DK_OK);
            drop_result_reset(&result);
        }
        drop_folder_remove(&folder);
    }
}

static void a_transfer_explains_more_than_a_copy(void **state)
{
    (void)state;
    struct drop_folder folder;
    drop_folder_make(&folder);
    drop_folder_fill(&folder, "", 2, 1);
    drop_folder_delete(&folder, "PS1.txt");
    drop_folder_put(&folder, "PS1.bak", "1\n");
    drop_folder_put(&folder, "PS1 (1).txt", "1\n");
    drop_folder_put(&folder, "PS1.txt.part", "1\n");
    check_hint(&folder, "is missing", "PS1.txt.part");
    drop_folder_delete(&folder, "PS1.txt.part");
    check_hint(&folder, "is missing", "PS1 (1).txt");
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
    expect_profile(&folder, "drop", "standing", "standing/profile.txt",
                   "the drop has no profile: using '");
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
    assert_string_equal(text, "columns=auto cohorts=60 sample=first alignment=second "
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
        cmocka_unit_test(temporary_names_of_every_tool),
        cmocka_unit_test(transfers_of_other_files),
        cmocka_unit_test(several_words),
        cmocka_unit_test(copies_and_notes),
        cmocka_unit_test(ignored_names),
        cmocka_unit_test(names_of_archives),
        cmocka_unit_test(hidden_folders_of_archives),
        cmocka_unit_test(a_folder_of_logs),
        cmocka_unit_test(logs_one_folder_below),
        cmocka_unit_test(an_empty_drop_is_no_error),
        cmocka_unit_test(a_sensor_twice),
        cmocka_unit_test(a_tab_file_named_csv),
        cmocka_unit_test(links_and_special_files),
        cmocka_unit_test(a_near_name_is_not_absent),
        cmocka_unit_test(a_transfer_explains_more_than_a_copy),
        cmocka_unit_test(profiles_by_their_place),
        cmocka_unit_test(settings_as_text),
        cmocka_unit_test(settings_out_of_a_text),
        cmocka_unit_test(words_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

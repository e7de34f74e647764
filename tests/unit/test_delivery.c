/* What in a folder looks like a delivery. */
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
#include "input/delivery.h"

/* What a walk visited: "kind path" per line, paths from the folder on. */
struct visits {
    const char *folder;
    char text[4096];
    struct dk_delivery delivery;
};

static void visit(void *context, const struct dk_delivery_item *item)
{
    struct visits *visits = context;
    size_t used = strlen(visits->text);
    dk_text_format(visits->text + used, sizeof(visits->text) - used, "%d %s\n", (int)item->kind,
                   item->path + strlen(visits->folder) + 1);
    dk_delivery_add(&visits->delivery, item);
    assert_non_null(item->info);
}

static void walk(struct visits *visits, const struct drop_folder *folder, const char *ignore)
{
    *visits = (struct visits){.folder = folder->path};
    assert_int_equal(dk_delivery_walk(folder->path, ignore, visit, visits, NULL), DK_OK);
}

static void expect_kind(const struct visits *visits, enum dk_delivery_kind kind, const char *path)
{
    char line[512];
    dk_text_format(line, sizeof(line), "%d %s\n", (int)kind, path);
    const char *found = strstr(visits->text, line);
    if (!found || (found != visits->text && found[-1] != '\n'))
        fail_msg("'%s' is not in:\n%s", line, visits->text);
}

static const char *find_contents(const char *path, int kind)
{
    if (kind == DK_DELIVERY_OLD_CSV)
        return "rig_name,cohort,x\n";
    if (strstr(path, ".done"))
        return "";
    return kind == DK_DELIVERY_NEAR_ARCHIVE || strstr(path, ".sig") ? "PK\x03\x04rest"
           : strstr(path, ".gz")                                    ? "\x1f\x8b\x08rest"
                                                                    : "1\n";
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int kind; /* -1: noise */
    } cases[] = {
        {"PS1.txt", DK_DELIVERY_SENSOR},
        {"below/TS1.txt", DK_DELIVERY_SENSOR},
        {"below/deeper/TS2.txt", DK_DELIVERY_DEEP},
        {"profile.txt", DK_DELIVERY_PROFILE},
        {"drop.zip", DK_DELIVERY_ARCHIVE},
        {"CE.zip", DK_DELIVERY_ARCHIVE},
        {"below/deeper/drop.tar.gz", DK_DELIVERY_DEEP},
        {"FS1.txt.part", DK_DELIVERY_TRANSFER},
        {"x.zip.filepart", DK_DELIVERY_TRANSFER},
        {"EPS1.bak", DK_DELIVERY_NEAR},
        {"drop.7z", DK_DELIVERY_FOREIGN_ARCHIVE},
        {"drop.iso", DK_DELIVERY_FOREIGN_ARCHIVE},
        {"q1.zip (1)", DK_DELIVERY_NEAR_ARCHIVE},
        {"q1.zip.1", DK_DELIVERY_NEAR_ARCHIVE},
        {"q1.zip.gz", DK_DELIVERY_NEAR_ARCHIVE},
        {"below/q1.zip.bak", DK_DELIVERY_NEAR_ARCHIVE},
        {"q1", DK_DELIVERY_NEAR_ARCHIVE},
        {"q1.xz", DK_DELIVERY_NEAR_ARCHIVE},
        {"transfer.log.gz", DK_DELIVERY_FOREIGN},
        {"transfer.log-20230601.gz", DK_DELIVERY_FOREIGN},
        {"q1.zip.sha256", DK_DELIVERY_FOREIGN},
        {"q1.zip.sig", DK_DELIVERY_FOREIGN},
        {"q1.zip.done", DK_DELIVERY_FOREIGN},
        {".q1/PS1.txt", DK_DELIVERY_HIDDEN},
        {".q1/data/PS2.txt", DK_DELIVERY_HIDDEN},
        {".q1/profile.txt", -1},
        {".q1/PS3.txt.part", -1},
        {".PS1/notes.txt", DK_DELIVERY_TRANSFER},
        {".ignored.other/PS1.txt", -1},
        {"logs.xlsx", DK_DELIVERY_WORKBOOK},
        {"export.csv", DK_DELIVERY_OLD_CSV},
        {"other.csv", DK_DELIVERY_FOREIGN},
        {"transfer.log", DK_DELIVERY_FOREIGN},
        {"maintenance.txt", DK_DELIVERY_FOREIGN},
        {"Thumbs.db", -1},
        {"._PS1.txt", -1},
        {"description.txt", -1},
        {"note.pdf", -1},
        {"VS1.skip", -1}, /* by `ignore` */
    };
    struct drop_folder folder;
    struct visits visits;
    size_t count = 0;
    size_t lines = 0;
    drop_folder_make(&folder);
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++)
        drop_folder_put(&folder, cases[i].path, find_contents(cases[i].path, cases[i].kind));
    walk(&visits, &folder, "*.skip, *.other");
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        count += cases[i].kind >= 0;
        if (cases[i].kind >= 0)
            expect_kind(&visits, (enum dk_delivery_kind)cases[i].kind, cases[i].path);
    }
    for (const char *at = visits.text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, count);
    assert_int_equal(visits.delivery.foreign, 8);
    assert_int_equal(visits.delivery.count, count - 8 - 2);
    assert_non_null(strstr(visits.delivery.first_hidden, ".q1/PS1.txt"));
    assert_int_equal(visits.delivery.readable, 4);
    drop_folder_remove(&folder);
}

static void folders_that_can_not_be_read(void **state)
{
    (void)state;
    struct drop_folder folder;
    struct visits visits;
    struct dk_error err = {0};
    char path[512];
    drop_folder_make(&folder);
    assert_int_equal(symlink(".", drop_folder_path(&folder, "loop", path)), 0);
    assert_int_equal(symlink("nowhere", drop_folder_path(&folder, "PS1.txt", path)), 0);
    walk(&visits, &folder, NULL);
    expect_kind(&visits, DK_DELIVERY_SENSOR, "PS1.txt");
    assert_int_equal(
        dk_delivery_walk(drop_folder_path(&folder, "none", path), NULL, visit, &visits, &err),
        DK_ERR_IO);
    assert_non_null(strstr(err.message, "can't list the folder"));
    drop_folder_remove(&folder);
}

static void every_kind_has_words(void **state)
{
    (void)state;
    for (int kind = DK_DELIVERY_FOREIGN; kind <= DK_DELIVERY_HIDDEN; kind++) {
        assert_true(dk_delivery_reason((enum dk_delivery_kind)kind)[0] != '\0');
        assert_true(kind == DK_DELIVERY_FOREIGN ||
                    dk_delivery_hint((enum dk_delivery_kind)kind, DK_COLUMNS_AUTO)[0] != '\0');
        assert_true(kind == DK_DELIVERY_FOREIGN ||
                    dk_delivery_hint((enum dk_delivery_kind)kind, DK_COLUMNS_WELLS)[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(folders_that_can_not_be_read),
        cmocka_unit_test(every_kind_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The identity of a workspace: its valid forms, and what its file may contain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/workspace.h"

#define UUID "0a1b2c3d-4e5f-4678-9abc-def012345678"

static char folder[] = "/tmp/derrick-identity-XXXXXX";
static char path[sizeof(folder) + sizeof(DK_WORKSPACE_IDENTITY)];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/%s", folder, DK_WORKSPACE_IDENTITY);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void only_a_uuid_is_one(void **state)
{
    (void)state;
    assert_true(dk_uuid_is_valid(UUID));
    static const char *const others[] = {
        "",
        "0a1b2c3d",
        "0a1b2c3d-4e5f-4678-9abc-def01234567",
        UUID "0",
        UUID "\n",
        "0A1B2C3D-4E5F-4678-9ABC-DEF012345678",
        "0a1b2c3d-4e5f-4678-9abc-def01234567g",
        "0a1b2c3d04e5f-4678-9abc-def012345678",
        "{0a1b2c3d-4e5f-4678-9abc-def0123456}",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (dk_uuid_is_valid(others[i]))
            fail_msg("'%s'", others[i]);
}

static void each_new_one_is_another(void **state)
{
    (void)state;
    char made[100][DK_WORKSPACE_ID_MAX];
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(dk_uuid_make(made[i], NULL), DK_OK);
        assert_true(dk_uuid_is_valid(made[i]));
        assert_int_equal(made[i][14], '4');
        assert_non_null(strchr("89ab", made[i][19]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(made[i], made[j]);
    }
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_file_holds_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {UUID "\n", true},
        {UUID "\r\n", true},
        {UUID, true},
        {"", false},
        {"\n", false},
        {" " UUID "\n", false},
        {UUID " \n", false},
        {UUID "\n" UUID "\n", false},
        {"0a1b2c3d-4e5f\n", false},
    };
    char id[DK_WORKSPACE_ID_MAX];
    uint64_t inode = 0;
    struct stat info;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_error err = {0};
        write_text(cases[i].text);
        enum dk_status status = dk_workspace_id_read(folder, id, &inode, &err);
        if (status != (cases[i].good ? DK_OK : DK_ERR_CONFIG))
            fail_msg("case %zu: %d", i, status);
        assert_string_equal(id, cases[i].good ? UUID : "");
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(inode, cases[i].good ? info.st_ino : 0);
        assert_true(cases[i].good || strstr(err.message, path));
        assert_int_equal(unlink(path), 0);
    }
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    char id[DK_WORKSPACE_ID_MAX] = UUID;
    uint64_t inode = 1;
    assert_int_equal(dk_workspace_id_read(folder, id, &inode, NULL), DK_OK);
    assert_string_equal(id, "");
    assert_int_equal(inode, 0);
    assert_int_equal(dk_workspace_id_read("/no/such/folder", id, &inode, NULL), DK_OK);
    assert_string_equal(id, "");
}

static void a_row_is_of_a_place(void **state)
{
    (void)state;
    const struct dk_ledger_workspace here = {.workspace_id = UUID, .host = "a", .path = "/w"};
    struct dk_ledger_workspace row = {.workspace_id = "another", .host = "a", .path = "/w"};
    assert_true(dk_workspace_is_here(&row, &here));
    row.path[1] = 'v';
    assert_false(dk_workspace_is_here(&row, &here));
    row = here;
    row.host[0] = 'b';
    assert_false(dk_workspace_is_here(&row, &here));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_uuid_is_one),    cmocka_unit_test(each_new_one_is_another),
        cmocka_unit_test(a_file_holds_one_line), cmocka_unit_test(a_missing_file_is_not_found),
        cmocka_unit_test(a_row_is_of_a_place),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

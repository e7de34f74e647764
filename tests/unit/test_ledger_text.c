/* Texts of the ledger that derrick uses again: each column with texts that derrick may have
 * written, which are read, and with others, which stop the command that reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small_store.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct attempt {
    const char *table, *column;
    const char *value; /* as SQL */
    bool is_ours;
};

static const struct attempt attempts[] = {
    {"drops", "archive_folder", "NULL", true},
    {"drops", "archive_folder", "'archive/2023-06-01-run7'", true},
    {"drops", "archive_folder", "'archive/2023-06-01-run123456789-12'", true},
    {"drops", "archive_folder", "'/elsewhere/x'", false},
    {"drops", "archive_folder", "'/elsewhere/archive/2023-06-01-run7'", false},
    {"drops", "archive_folder", "'../archive/2023-06-01-run7'", false},
    {"drops", "archive_folder", "'archive/../../2023-06-01-run7'", false},
    {"drops", "archive_folder", "'archive'", false},
    {"drops", "archive_folder", "'archive/'", false},
    {"drops", "archive_folder", "'archive/..'", false},
    {"drops", "archive_folder", "'archive/2023-06-01-run'", false},
    {"drops", "archive_folder", "'archive/2023-06-01-run7-'", false},
    {"drops", "archive_folder", "'archive/2023-06-01-run7/..'", false},
    {"drops", "archive_folder", "'archive/2023-06-01-run7\n'", false},
    {"drops", "archive_folder", "'logs'", false},
    {"drops", "source", "'logs'", true},
    {"drops", "source", "'logs/a b/..c'", true},
    {"drops", "source", "'/far/drop'", true},
    {"drops", "source", "'logs/x' || char(10) || 'y'", true}, /* any name that a folder may have */
    {"drops", "source", "''", false},
    {"drops", "source", "'../drop'", false},
    {"drops", "content_hash", "'" HASH "'", true},
    {"drops", "content_hash", "'" HASH "0'", false},
    {"drops", "content_hash", "'ab'", false},
    {"drops", "content_hash", "'x' || substr('" HASH "', 2)", false},
    {"files", "name", "'PS1.txt'", true},
    {"files", "name", "'./sub/PS1.txt'", true},
    {"files", "name", "'..'", false},
    {"files", "name", "'sub/..'", false},
    {"files", "name", "'../PS1.txt'", false},
    {"files", "name", "'/PS1.txt'", false},
    {"files", "name", "''", false},
    {"files", "path", "'logs/PS1.txt'", true},
    {"files", "path", "'logs/a.zip:./PS1.txt'", true},
    {"files", "path", "'/far/drop/PS1.txt'", true},
    {"files", "path", "'../outside.txt'", false},
    {"files", "path", "'logs/../../outside.txt'", false},
    {"files", "path", "'logs/..'", false},
    {"files", "path", "''", false},
    {"files", "hash", "'" HASH "'", true},
    {"files", "hash", "'" HASH "' || char(10) || '" HASH "  ../x'", false},
    {"files", "stored_name", "NULL", true},
    {"files", "stored_name", "'PS1.txt.zst'", true},
    {"files", "stored_name", "'.'", false},
    {"files", "stored_name", "'..'", false},
    {"files", "stored_name", "'../PS1.txt'", false},
    {"files", "stored_name", "'sub/PS1.txt'", false},
    {"files", "stored_name", "'/PS1.txt'", false},
    {"files", "stored_hash", "'" HASH "'", true},
    {"files", "stored_hash", "'../x'", false},
    {"files", "file", "17", true},
    {"files", "file", "-1", false},
    {"files", "file", "4294967296", false},
    {"publications", "target", "'aws_s3/x.csv'", true},
    {"publications", "target", "'../pwn.csv'", false},
    {"publications", "target", "'/pwn.csv'", false},
    {"publications", "target", "'aws_s3/../../pwn.csv'", false},
    {"publications", "target", "'derrick.ini'", false},
    {"publications", "target", "'aws_s3/x' || char(10)", false},
    {"publications", "target", "'s3://bucket/x.csv'", false}, /* of an export */
    {"publications", "hash", "''", true},
    {"publications", "hash", "'..'", false},
    {"publications", "etag", "'\"abc-2\"'", true},
    {"publications", "etag", "'\"a\"' || char(13) || char(10) || 'x-amz-acl: public-read'", false},
    {"publications", "kind", "'exporT'", false},
};

/* Reads everything of the ledger that names files or objects. */
static enum dk_status read_all(struct small_store *small)
{
    struct dk_ledger_drop *drops = NULL;
    struct dk_ledger_file *files = NULL;
    struct dk_ledger_publication *rows = NULL;
    struct dk_ledger_publication row;
    size_t count;
    bool found;
    small->err = (struct dk_error){0};
    enum dk_status status = dk_ledger_pending(small->store, &drops, &count, &small->err);
    if (status == DK_OK)
        status = dk_ledger_files(small->store, 1, &files, &count, &small->err);
    if (status == DK_OK)
        status =
            dk_ledger_publications(small->store, DK_PUBLICATION_EXPORT, &rows, &count, &small->err);
    if (status == DK_OK)
        status = dk_ledger_publication_get(small->store, DK_PUBLICATION_EXPORT, "aws_s3/x.csv",
                                           &row, &found, &small->err);
    free(drops);
    free(files);
    free(rows);
    return status;
}

static void open_loaded(struct small_store *small)
{
    const struct dk_ledger_publication put = {
        .kind = DK_PUBLICATION_EXPORT, .target = "aws_s3/x.csv", .layout = "historical"};
    struct dk_readings readings;
    small_store_open(small);
    small_store_fill(&readings, "texas", 1, 1, 3, 1);
    assert_int_equal(small_store_load(small, &readings, "drop", "x=1", false, NULL), DK_OK);
    assert_int_equal(dk_ledger_publication_put(small->store, &put, NULL), DK_OK);
    dk_readings_reset(&readings);
}

static void each_column_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        const struct attempt *attempt = &attempts[i];
        struct small_store small;
        char sql[512];
        open_loaded(&small);
        assert_int_equal(read_all(&small), DK_OK);
        snprintf(sql, sizeof(sql), "UPDATE %s SET %s = %s", attempt->table, attempt->column,
                 attempt->value);
        print_message("%s\n", sql);
        small_store_execute(&small, sql);
        assert_int_equal(read_all(&small), attempt->is_ours ? DK_OK : DK_ERR_STORE);
        if (!attempt->is_ours) {
            assert_int_equal(dk_status_exit_code(small.err.status), 4);
            snprintf(sql, sizeof(sql), "table %s, ", attempt->table);
            assert_non_null(strstr(small.err.message, sql));
            assert_non_null(strstr(small.err.message, "_id 1: "));
            snprintf(sql, sizeof(sql), ": %s", attempt->column);
            assert_non_null(strstr(small.err.message, sql));
            assert_non_null(strstr(small.err.hint, "backup"));
        }
        small_store_close(&small);
    }
}

static void a_target_must_be_the_one_asked_for(void **state)
{
    (void)state;
    struct small_store small;
    open_loaded(&small);
    small_store_execute(&small, "UPDATE publications SET target = 'aws_s3/y.csv'");
    assert_int_equal(read_all(&small), DK_ERR_STORE);
    small_store_close(&small);
}

static void only_what_is_inside_is_archived(void **state)
{
    (void)state;
    struct small_store small;
    open_loaded(&small);
    small_store_execute(&small, "UPDATE files SET path = '/far/PS1.txt', stored_name = 'PS1.txt'");
    assert_int_equal(read_all(&small), DK_ERR_STORE);
    small_store_close(&small);
}

static void an_upload_is_below_a_bucket(void **state)
{
    static const struct {
        const char *target;
        enum dk_status status;
    } cases[] = {
        {"s3://bucket/x.csv", DK_OK},
        {"s3://bucket/a/x y.csv", DK_OK},
        {"s3://bucket at http://127.0.0.1:1", DK_OK},
        {"https://elsewhere/x.csv", DK_ERR_STORE},
        {"s3:///x.csv", DK_ERR_STORE},
        {"s3://bucket/../x.csv", DK_ERR_STORE},
        {"aws_s3/x.csv", DK_ERR_STORE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dk_ledger_publication put = {.kind = DK_PUBLICATION_UPLOAD, .layout = "csv"};
        struct dk_ledger_publication *rows = NULL;
        struct small_store small;
        size_t count = 0;
        open_loaded(&small);
        dk_text_format(put.target, sizeof(put.target), "%s", cases[i].target);
        assert_int_equal(dk_ledger_publication_put(small.store, &put, NULL), DK_OK);
        print_message("%s\n", put.target);
        assert_int_equal(
            dk_ledger_publications(small.store, DK_PUBLICATION_UPLOAD, &rows, &count, NULL),
            cases[i].status);
        free(rows);
        small_store_close(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_column_is_checked),
        cmocka_unit_test(a_target_must_be_the_one_asked_for),
        cmocka_unit_test(only_what_is_inside_is_archived),
        cmocka_unit_test(an_upload_is_below_a_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

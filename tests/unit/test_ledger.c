/* The ledger of runs, publications and workspaces, and the words that it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "small_store.h"
#include "store/ledger_words.h"

static void each_state_has_its_word(void **state)
{
    (void)state;
    enum dk_run_state found;
    assert_string_equal(dk_run_state_word(DK_RUN_INTERRUPTED), "interrupted");
    assert_string_equal(dk_ledger_state_word(DK_RUN_INTERRUPTED), "failed");
    for (int i = 0; i < DK_RUN_STATES; i++) {
        const char *message = i == DK_RUN_INTERRUPTED ? DK_LEDGER_INTERRUPTED : "";
        assert_true(
            dk_ledger_state_find(dk_ledger_state_word((enum dk_run_state)i), message, &found));
        assert_int_equal(found, i);
    }
    assert_true(dk_ledger_state_find("failed", "cut off", &found) && found == DK_RUN_INTERRUPTED);
    assert_true(dk_ledger_state_find("failed", "cut", &found) && found == DK_RUN_FAILED);
    assert_false(dk_ledger_state_find("gone", "", &found));
    enum dk_publication_kind kind;
    assert_true(dk_ledger_kind_find("upload", &kind) && kind == DK_PUBLICATION_UPLOAD);
    assert_true(dk_ledger_kind_find("export", &kind) && kind == DK_PUBLICATION_EXPORT);
    assert_false(dk_ledger_kind_find("", &kind));
}

static void a_run_that_did_not_end_was_interrupted(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    int64_t run_id;
    const struct dk_ledger_run_end done = {.state = DK_RUN_DONE, .exit_code = 6};
    const struct dk_ledger_run_end failed = {
        .state = DK_RUN_FAILED, .exit_code = 4, .message = "the disk is full"};
    small_store_open(&small);
    assert_int_equal(dk_ledger_run_begin(small.store, "run", &run_id, NULL), DK_OK);
    const struct dk_ledger_actor actor = {
        .user = "ann", .host = "rig-pc", .version = "1.2", .reason = "wrong wells"};
    dk_ledger_actor_use(small.store, &actor);
    assert_int_equal(dk_ledger_run_begin(small.store, "load", &run_id, NULL), DK_OK);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM runs WHERE user_name = 'ann' "
                                                "AND host = 'rig-pc' AND derrick_version = '1.2' "
                                                "AND reason = 'wrong wells'"),
                     1);
    assert_int_equal(dk_ledger_run_end(small.store, run_id, &failed, NULL), DK_OK);
    assert_int_equal(dk_ledger_run_begin(small.store, "export", &run_id, NULL), DK_OK);
    assert_int_equal(dk_ledger_run_end(small.store, run_id, &done, NULL), DK_OK);
    assert_int_equal(dk_ledger_run_begin(small.store, "a-very-long-command", &run_id, NULL), DK_OK);
    assert_int_equal(dk_ledger_runs(small.store, 10, &runs, &count, NULL), DK_OK);
    assert_int_equal(count, 4);
    assert_int_equal(runs[0].state, DK_RUN_RUNNING);
    assert_string_equal(runs[0].ended, "");
    assert_int_equal(runs[1].state, DK_RUN_DONE);
    assert_int_equal(runs[1].exit_code, 6);
    assert_int_equal(runs[2].state, DK_RUN_FAILED);
    assert_string_equal(runs[2].message, "the disk is full");
    assert_int_equal(runs[3].state, DK_RUN_INTERRUPTED);
    assert_string_equal(runs[3].message, "");
    assert_int_equal(runs[3].exit_code, 1);
    assert_int_equal(strlen(runs[3].ended), 19);
    free(runs);
    /* The words in the database; older versions wrote "cut off". */
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM runs WHERE state = 'failed' "
                                                "AND message = 'interrupted' AND exit_code = 1"),
                     1);
    assert_int_equal(
        small_store_number(&small, "SELECT COUNT(*) FROM runs WHERE state IN ('running', 'done')"),
        2);
    small_store_close(&small);
}

static void an_unknown_word_is_an_error(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_ledger_run *runs = NULL;
    struct dk_error err = {0};
    size_t count = 0;
    small_store_open(&small);
    small_store_execute(&small, "INSERT INTO runs (command, started, state) "
                                "VALUES ('x', '2008-03-26 00:00:00', 'melted')");
    assert_int_equal(dk_ledger_runs(small.store, 10, &runs, &count, &err), DK_ERR_STORE);
    assert_non_null(strstr(err.message, "melted"));
    assert_null(runs);
    small_store_close(&small);
}

static void a_restored_run_keeps_its_number(void **state)
{
    (void)state;
    struct small_store small;
    bool own = false;
    int64_t run_id;
    small_store_open(&small);
    assert_int_equal(dk_ledger_run_begin(small.store, "init", &run_id, NULL), DK_OK);
    assert_int_equal(dk_ledger_run_restore(small.store, 7, "2020-01-01 00:00:00", &own, NULL),
                     DK_OK);
    assert_true(own);
    assert_int_equal(dk_ledger_run_restore(small.store, 7, "2020-01-01 00:00:00", &own, NULL),
                     DK_OK);
    assert_true(own);
    assert_int_equal(dk_ledger_run_restore(small.store, run_id, "2020-01-01 00:00:00", &own, NULL),
                     DK_OK);
    assert_false(own);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM runs WHERE run_id = 7 AND "
                                                "state = 'done' AND exit_code = 0"),
                     1);
    small_store_close(&small);
}

static void an_export_belongs_to_its_workspace(void **state)
{
    (void)state;
    struct small_store small;
    static const char *const targets[DK_PUBLICATION_KINDS] = {"aws_s3/x.csv", "s3://bucket/x.csv"};
    struct dk_ledger_publication put = {.layout = "historical"};
    struct dk_ledger_publication got;
    struct dk_ledger_publication *list = NULL;
    size_t count = 0;
    bool found = false;
    small_store_open(&small);
    for (int letter = 'a'; letter <= 'b'; letter++) {
        small_store_workspace(&small, (char)letter);
        for (int kind = 0; kind < DK_PUBLICATION_KINDS; kind++) {
            put.kind = (enum dk_publication_kind)kind;
            dk_text_format(put.target, sizeof(put.target), "%s", targets[kind]);
            put.rows = letter;
            assert_int_equal(dk_ledger_publication_put(small.store, &put, NULL), DK_OK);
        }
    }
    small_store_workspace(&small, 'a');
    assert_int_equal(dk_ledger_publication_get(small.store, DK_PUBLICATION_EXPORT, targets[0], &got,
                                               &found, NULL),
                     DK_OK);
    assert_true(found && got.rows == 'a' && got.kind == DK_PUBLICATION_EXPORT);
    assert_int_equal(dk_ledger_publication_get(small.store, DK_PUBLICATION_UPLOAD, targets[1], &got,
                                               &found, NULL),
                     DK_OK);
    assert_true(found && got.rows == 'b' && got.kind == DK_PUBLICATION_UPLOAD);
    assert_int_equal(
        dk_ledger_publications(small.store, DK_PUBLICATION_EXPORT, &list, &count, NULL), DK_OK);
    assert_int_equal(count, 1);
    free(list);
    assert_int_equal(
        dk_ledger_publication_remove(small.store, DK_PUBLICATION_EXPORT, targets[0], NULL), DK_OK);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM publications"), 2);
    small_store_close(&small);
}

static void a_workspace_is_recorded_where_it_was_seen_last(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_ledger_workspace seen;
    bool found = true;
    small_store_open(&small);
    assert_int_equal(dk_ledger_workspace_get(small.store, "none", &seen, &found, NULL), DK_OK);
    assert_false(found);
    assert_int_equal(dk_ledger_workspace_put(small.store, NULL), DK_OK); /* nobody's: nothing */
    small_store_workspace(&small, 'a');
    assert_int_equal(dk_ledger_workspace_put(small.store, NULL), DK_OK);
    assert_int_equal(dk_ledger_workspace_put(small.store, NULL), DK_OK);
    assert_int_equal(small_store_number(&small, "SELECT COUNT(*) FROM workspaces"), 1);
    assert_int_equal(dk_ledger_workspace_get(small.store, small.store->workspace.workspace_id,
                                             &seen, &found, NULL),
                     DK_OK);
    assert_true(found);
    assert_string_equal(seen.host, "host");
    small_store_close(&small);
}

static void what_is_archived_does_not_wait(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_readings readings;
    struct dk_load_result result;
    struct dk_ledger_drop drop;
    static const char folder[] = "archive/2008-06-26-run1";
    struct dk_ledger_file *files = NULL;
    struct dk_ledger_drop *pending = NULL;
    struct dk_error err = {0};
    size_t count = 0;
    small_store_open(&small);
    small_store_fill(&readings, "texas", 1, 1, 3, 1);
    assert_int_equal(small_store_load(&small, &readings, "drop", "x=1", false, &result), DK_OK);
    assert_int_equal(dk_ledger_pending(small.store, &pending, &count, NULL), DK_OK);
    assert_int_equal(count, 1);
    assert_string_equal(pending[0].source, "logs/drop");
    drop = pending[0];
    free(pending);
    assert_int_equal(dk_ledger_archive_begin(small.store, result.drop_id, folder, NULL), DK_OK);
    assert_int_equal(
        dk_ledger_file_stored(small.store, result.drop_id, 0, "PS1.zst", drop.content_hash, NULL),
        DK_OK);
    assert_int_equal(
        dk_ledger_file_stored(small.store, result.drop_id, 9, "PS1.zst", drop.content_hash, &err),
        DK_ERR_STORE);
    assert_int_equal(dk_ledger_archive_end(small.store, result.drop_id, NULL), DK_OK);
    assert_int_equal(dk_ledger_pending(small.store, &pending, &count, NULL), DK_OK);
    assert_int_equal(count, 0);
    assert_int_equal(dk_ledger_files(small.store, result.drop_id, &files, &count, NULL), DK_OK);
    assert_int_equal(count, 1);
    assert_string_equal(files[0].stored, "PS1.zst");
    free(files);
    assert_int_equal(dk_ledger_drop_get(small.store, result.drop_id, &drop, NULL), DK_OK);
    assert_string_equal(drop.archive_folder, folder);
    assert_int_equal(dk_ledger_drop_get(small.store, 99, &drop, &err), DK_ERR_STORE);
    dk_readings_reset(&readings);
    small_store_close(&small);
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct small_store small;
    struct dk_error err = {0};
    char folder[400];
    small_store_open(&small);
    memset(folder, 'x', sizeof(folder) - 1);
    folder[sizeof(folder) - 1] = '\0';
    assert_int_equal(dk_ledger_archive_begin(small.store, 1, folder, &err), DK_ERR_DATA);
    small_store_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_word),
        cmocka_unit_test(a_run_that_did_not_end_was_interrupted),
        cmocka_unit_test(an_unknown_word_is_an_error),
        cmocka_unit_test(a_restored_run_keeps_its_number),
        cmocka_unit_test(an_export_belongs_to_its_workspace),
        cmocka_unit_test(a_workspace_is_recorded_where_it_was_seen_last),
        cmocka_unit_test(what_is_archived_does_not_wait),
        cmocka_unit_test(a_path_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

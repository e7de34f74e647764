/* The parts of the export: which there are, which keys are theirs, and which are written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/partition.h"
#include "small_workspace.h"

static void keys_that_the_ledger_may_hold(void **state)
{
    static const struct {
        const char *layout, *key;
        bool ours;
    } cases[] = {
        {"parquet", "oil-well-data-all-historical.parquet", true},
        {"parquet", "oil-well-data-all-historical.csv", false},
        {"parquet", "parquet/rig_name=texas-1/cohort=07/part-0.parquet", false},
        {"parquet-cohort", "oil-well-data-all-historical.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=07/part-0.parquet", true},
        {"parquet-cohort", "parquet/rig_name=new-york-12/cohort=99/part-0.parquet", true},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=100/part-0.parquet", true},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=7/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=007/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=00/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-01/cohort=07/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas/cohort=07/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=/cohort=07/part-0.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-1", false},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=07/part-1.parquet", false},
        {"parquet-cohort", "parquet/rig_name=texas-1/cohort=07/part-0.parquet/x", false},
        {"parquet-cohort", "parquet/rig_name=../cohort=07/part-0.parquet", false},
        {"parquet-cohort", "features/rig_name=texas-1/cohort=07/part-0.parquet", false},
        {"features", "features/rig_name=texas-1/cohort=07/part-0.parquet", true},
        {"features", "parquet/rig_name=texas-1/cohort=07/part-0.parquet", false},
        {"samples_100hz", "samples_100hz/rig_name=texas-1/cohort=07/part-0.parquet", true},
        {"samples_10hz", "samples_100hz/rig_name=texas-1/cohort=07/part-0.parquet", false},
        {"samples_1hz", "x/samples_1hz/rig_name=texas-1/cohort=07/part-0.parquet", false},
        {"parquet-cohort", "cohort=07/oil-well-data-cohort-07.csv", false},
        {"site", "site=alpha/oil-well-data-site-alpha.csv", true},
        {"site", "site=new-york.2/oil-well-data-site-new-york.2.csv", true},
        {"site", "site=alpha/oil-well-data-site-beta.csv", false},
        {"site", "site=alpha/oil-well-data-site-alpha.csv/x", false},
        {"site", "site=/oil-well-data-site-.csv", false},
        {"site", "site=../oil-well-data-site-...csv", false},
        {"site", "site=alpha", false},
        {"site", "cohort=07/oil-well-data-cohort-07.csv", false},
        {"parquet-cohort", "site=alpha/oil-well-data-site-alpha.csv", false},
        {"parquet-cohort", "", false},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct dk_ledger_publication row = {.publication_id = 5};
        struct dk_error err = {0};
        dk_text_format(row.layout, sizeof(row.layout), "%s", cases[i].layout);
        dk_text_format(row.target, sizeof(row.target), "s3://bucket/%s", cases[i].key);
        enum dk_status status = dk_partition_check_key(&row, cases[i].key, &err);
        if (status != (cases[i].ours ? DK_OK : DK_ERR_STORE))
            fail_msg("'%s' as %s: %s", cases[i].key, cases[i].layout, err.message);
        if (!cases[i].ours)
            assert_non_null(strstr(err.message, "publication_id 5"));
    }
}

static void layouts_that_the_ledger_names(void **state)
{
    (void)state;
    assert_true(dk_partition_is_named("parquet"));
    assert_true(dk_partition_is_named("parquet-cohort"));
    assert_true(dk_partition_is_named("site"));
    assert_false(dk_partition_is_named("cohort"));
    assert_false(dk_partition_is_named("historical"));
    assert_false(dk_partition_is_named(""));
}

/* Writes the parts in a run of its own. Appends their keys to text, one per line. */
static void write_parts(struct small_workspace *small, bool for_upload, char text[2048])
{
    struct dk_partition *list = NULL;
    size_t count = 0;
    struct dk_pipeline *pipeline = &small->pipeline;
    text[0] = '\0';
    assert_int_equal(dk_pipeline_begin(pipeline, "export", &small->err), DK_OK);
    assert_int_equal(dk_partitions_write(pipeline, for_upload, &list, &count, &small->err), DK_OK);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        bool written = list[i].publication.run_id == pipeline->run_id;
        dk_text_format(text + used, 2048 - used, "%s %lld %s\n", list[i].key,
                       (long long)list[i].publication.rows, written ? "new" : "kept");
        assert_true(dk_path_exists(list[i].publication.target));
        assert_int_equal(dk_partition_is_named(list[i].publication.layout),
                         list[i].kind != DK_PARTITION_CSV);
    }
    free(list);
    dk_pipeline_end(pipeline, DK_OK, 0, "");
    dk_pipeline_reset(pipeline);
    dk_pipeline_init(pipeline, &small->settings, &small->environment, &small->observer);
}

#define CSV(N) "cohort=0" #N "/oil-well-data-cohort-0" #N ".csv 4 "
#define PARQUET(N) "parquet/rig_name=texas-1/cohort=0" #N "/part-0.parquet 4 "
#define SITE "site=texas/oil-well-data-site-texas.csv 8 "
#define HISTORY "oil-well-data-all-historical.parquet 8 "

static void the_settings_say_which_parts(void **state)
{
    static const struct {
        enum dk_s3_partition partition;
        bool parquet, for_upload;
        const char *parts;
    } cases[] = {
        {DK_S3_PARTITION_NONE, false, true, ""},
        {DK_S3_PARTITION_NONE, true, false, HISTORY "new\n"},
        {DK_S3_PARTITION_NONE, true, true, HISTORY "kept\n"},
        {DK_S3_PARTITION_COHORT, true, false, HISTORY "kept\n"},
        {DK_S3_PARTITION_COHORT, false, true, CSV(1) "new\n" CSV(2) "new\n"},
        {DK_S3_PARTITION_COHORT, true, true,
         CSV(1) "kept\n" CSV(2) "kept\n" HISTORY "kept\n" PARQUET(1) "new\n" PARQUET(2) "new\n"},
        {DK_S3_PARTITION_SITE, false, false, ""},
        {DK_S3_PARTITION_SITE, false, true, SITE "new\n"},
        {DK_S3_PARTITION_SITE, true, true, SITE "kept\n" HISTORY "kept\n"},
    };
    (void)state;
    struct small_workspace small;
    char text[2048];
    small_workspace_open(&small, 2);
    write_parts(&small, true, text);
    assert_string_equal(text, ""); /* nothing is loaded */
    small_workspace_drop(&small, 4, 2);
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        small.settings.s3.partition = cases[i].partition;
        small.settings.export_parquet = cases[i].parquet;
        write_parts(&small, cases[i].for_upload, text);
        assert_string_equal(text, cases[i].parts);
    }
    small_workspace_close(&small);
}

/* A part is written again where its file is gone, and the history, which is for people, where it
 * was edited. An upload notices edits of the others: it hashes what it sends. */
static void what_is_not_as_it_was_is_written_again(void **state)
{
    static const struct {
        const char *change;
        const char *parts;
    } cases[] = {
        {"true", CSV(1) "kept\n" CSV(2) "kept\n" HISTORY "kept\n"},
        {"rm aws_s3/cohort=01/*", CSV(1) "new\n" CSV(2) "kept\n" HISTORY "kept\n"},
        {"rm aws_s3/*.parquet", CSV(1) "kept\n" CSV(2) "kept\n" HISTORY "new\n"},
        {"printf X | dd of=aws_s3/oil-well-data-all-historical.parquet bs=1 seek=9 conv=notrunc "
         "status=none",
         CSV(1) "kept\n" CSV(2) "kept\n" HISTORY "new\n"},
    };
    (void)state;
    struct small_workspace small;
    char text[2048];
    small_workspace_open(&small, 2);
    small_workspace_drop(&small, 4, 2);
    small.settings.export_parquet = true;
    assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
    small.settings.s3.partition = DK_S3_PARTITION_COHORT;
    write_parts(&small, true, text);
    /* Without those that only S3 has, to keep the table short. */
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        small_workspace_shell(cases[i].change);
        print_message("%s\n", cases[i].change);
        write_parts(&small, true, text);
        char *rest = strstr(text, "parquet/rig_name");
        assert_non_null(rest);
        assert_string_equal(rest, PARQUET(1) "kept\n" PARQUET(2) "kept\n");
        *rest = '\0';
        assert_string_equal(text, cases[i].parts);
    }
    small_workspace_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_the_ledger_may_hold),
        cmocka_unit_test(layouts_that_the_ledger_names),
        cmocka_unit_test(the_settings_say_which_parts),
        cmocka_unit_test(what_is_not_as_it_was_is_written_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

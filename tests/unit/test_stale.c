/* Files in aws_s3/ that are no longer part of the export: derrick's own are removed, others are
 * named. */
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
#include "pipeline/stale.h"
#include "small_workspace.h"
#include "store/private.h"

#define CSV(N) "aws_s3/cohort=0" #N "/oil-well-data-cohort-0" #N ".csv"
#define PARQUET(N) "aws_s3/parquet/rig_name=texas-1/cohort=0" #N "/part-0.parquet"

static void execute(struct small_workspace *small, const char *sql)
{
    struct dk_sql *database = small->pipeline.store->sql;
    assert_int_equal(database->ops->execute(database, sql, &small->err), DK_OK);
}

static void begin(struct small_workspace *small)
{
    assert_int_equal(dk_pipeline_begin(&small->pipeline, "upload", &small->err), DK_OK);
}

static void end(struct small_workspace *small)
{
    dk_pipeline_end(&small->pipeline, DK_OK, 0, "");
    dk_pipeline_reset(&small->pipeline);
    dk_pipeline_init(&small->pipeline, &small->settings, &small->environment, &small->observer);
}

/* Three cohorts, exported with all parts, of which the database has lost the third. */
static void make_workspace(struct small_workspace *small)
{
    struct dk_partition *list = NULL;
    size_t count = 0;
    small_workspace_open(small, 3);
    small_workspace_drop(small, 4, 3);
    assert_int_equal(small_workspace_run(small, NULL), DK_OK);
    small->settings.s3.partition = DK_S3_PARTITION_COHORT;
    small->settings.export_parquet = true;
    begin(small);
    assert_int_equal(dk_partitions_write(&small->pipeline, true, &list, &count, &small->err),
                     DK_OK);
    free(list);
    execute(small, "DELETE FROM well_reading WHERE cohort = 3");
    execute(small, "DELETE FROM sensor_quality WHERE cohort = 3");
    execute(small, "DELETE FROM cohorts WHERE cohort = 3");
    end(small);
    small->notices[0] = '\0';
}

/* What is left of these files, one letter each; '-' where it is gone. */
static void list_left(char left[5])
{
    static const char *const files[] = {CSV(2), CSV(3), PARQUET(2), PARQUET(3)};
    for (size_t i = 0; i < DK_COUNT_OF(files); i++)
        left[i] = dk_path_exists(files[i]) ? "2323"[i] : '-';
    left[4] = '\0';
}

static void only_what_derrick_wrote_is_removed(void **state)
{
    static const struct {
        const char *name, *change;
        const char *left; /* CSVs of cohorts 2 and 3, Parquet of 2 and 3 */
        const char *says;
        bool folder; /* whether cohort=03 is left */
    } cases[] = {
        {"as derrick wrote them", "true", "2-2-", "removed '" CSV(3) "'", false},
        {"an edited CSV stays", "echo x >>" CSV(3), "232-", "'" CSV(3) "' is no longer part", true},
        {"an edited Parquet file stays", "echo x >>" PARQUET(3), "2-23",
         "'" PARQUET(3) "' is no longer part", false},
        {"what is gone already", "rm " CSV(3) " " PARQUET(3), "2-2-", "", true},
        {"another file keeps the folder", "touch aws_s3/cohort=03/mine", "2-2-",
         "removed '" CSV(3) "'", true},
        {"a stranger's CSV", "mkdir aws_s3/cohort=04; cp " CSV(2) " " CSV(4), "2-2-",
         "'" CSV(4) "' is no longer part", false},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct small_workspace small;
        struct dk_partition *list = NULL;
        size_t count = 0;
        char left[5];
        make_workspace(&small);
        small_workspace_shell(cases[i].change);
        begin(&small);
        assert_int_equal(dk_partitions_write(&small.pipeline, true, &list, &count, &small.err),
                         DK_OK);
        assert_int_equal(dk_stale_files_remove(&small.pipeline, list, count, &small.err), DK_OK);
        end(&small);
        free(list);
        list_left(left);
        print_message("%s: %s\n%s", cases[i].name, left, small.notices);
        assert_string_equal(left, cases[i].left);
        assert_non_null(strstr(small.notices, cases[i].says));
        assert_int_equal(dk_path_exists("aws_s3/cohort=03"), cases[i].folder);
        assert_true(dk_path_exists("aws_s3/oil-well-data-all-historical.parquet"));
        small_workspace_close(&small);
    }
}

/* A row of the ledger that derrick can't have written leads to no file. */
static void a_forged_row_removes_nothing(void **state)
{
    struct small_workspace small;
    struct dk_partition *list = NULL;
    size_t count = 0;
    (void)state;
    make_workspace(&small);
    small_workspace_shell("mkdir -p aws_s3/x; cp " PARQUET(3) " aws_s3/x/part-0.parquet");
    begin(&small);
    assert_int_equal(dk_partitions_write(&small.pipeline, true, &list, &count, &small.err), DK_OK);
    execute(&small, "UPDATE publications SET target = 'aws_s3/x/part-0.parquet' "
                    "WHERE target = '" PARQUET(3) "'");
    assert_int_equal(dk_stale_files_remove(&small.pipeline, list, count, &small.err), DK_ERR_STORE);
    assert_non_null(strstr(small.err.message, "aws_s3/x/part-0.parquet"));
    assert_true(dk_path_exists("aws_s3/x/part-0.parquet"));
    free(list);
    end(&small);
    small_workspace_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_derrick_wrote_is_removed),
        cmocka_unit_test(a_forged_row_removes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

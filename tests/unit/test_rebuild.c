/* A database rebuilt from the archive: what is loaded again, what is compared, and what a damaged
 * archive does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pipeline/init.h"
#include "pipeline/rebuild.h"
#include "small_workspace.h"

#define COHORTS 3
#define READINGS 4

static void a_workspace_is_rebuilt(void **state)
{
    static const struct {
        const char *name, *change; /* before the rebuild */
        enum dk_status status;
        size_t loaded, cohorts;
        bool same_export;
        const char *says; /* the error, or a notice */
    } cases[] = {
        {"the database is gone", "rm energymobile.db", DK_OK, 1, COHORTS, true, ""},
        {"the database is whole", "true", DK_OK, 0, 0, true, ""},
        {"the export is gone, too", "rm energymobile.db aws_s3/*.csv", DK_OK, 1, COHORTS, false,
         ""},
        {"the export is another one",
         "rm energymobile.db; echo x >>aws_s3/oil-well-data-all-historical.csv", DK_OK, 1, COHORTS,
         false, "is not the one that is in 'aws_s3'"},
        {"a file of the archive is gone", "rm energymobile.db archive/*/PS1.txt*", DK_ERR_DATA, 0,
         0, false, "PS1.txt"},
        {"a file of the archive was edited",
         "rm energymobile.db; for file in archive/*/TS1.txt; do sed -i 1s/^./9/ $file; done",
         DK_ERR_DATA, 0, 0, false, "TS1.txt"},
        {"the archive's manifest is gone", "rm energymobile.db archive/*/manifest.sha256",
         DK_ERR_STORE, 0, 0, false, "no archived drop"},
        {"there is no archive", "rm -r energymobile.db archive", DK_ERR_STORE, 0, 0, false,
         "archive"},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        struct small_workspace small;
        struct dk_rebuilt rebuilt = {0};
        bool made = false;
        small_workspace_open(&small, COHORTS);
        small_workspace_drop(&small, READINGS, COHORTS);
        assert_int_equal(small_workspace_run(&small, NULL), DK_OK);
        small.notices[0] = '\0';
        small_workspace_shell(cases[i].change);
        enum dk_status status =
            dk_pipeline_init_database(&small.pipeline, DK_INIT_REBUILD, false, &made, &small.err);
        if (status == DK_OK)
            status = dk_pipeline_rebuild(&small.pipeline, &rebuilt, &small.err);
        print_message("%s: %s\n%s", cases[i].name, small.err.message, small.notices);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(rebuilt.loaded, cases[i].loaded);
        assert_int_equal(rebuilt.same_export, cases[i].same_export);
        assert_true(strstr(small.err.message, cases[i].says) ||
                    strstr(small.notices, cases[i].says));
        if (status == DK_OK) {
            assert_int_equal(rebuilt.drops, 1);
            assert_int_equal(rebuilt.cohorts, cases[i].cohorts);
            assert_int_equal(rebuilt.export.rows, READINGS * COHORTS);
            assert_true(dk_path_exists("aws_s3/oil-well-data-all-historical.csv"));
            /* Whatever was done before is done now: a run has nothing to do. */
            dk_pipeline_end(&small.pipeline, DK_OK, 0, "");
            dk_pipeline_reset(&small.pipeline);
            dk_pipeline_init(&small.pipeline, &small.settings, &small.environment, &small.observer);
            struct dk_run_result result;
            assert_int_equal(small_workspace_run(&small, &result), DK_OK);
            assert_false(result.worked);
        }
        small_workspace_close(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workspace_is_rebuilt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

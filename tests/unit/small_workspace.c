#include "small_workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void notice(void *context, enum dk_level level, const char *text)
{
    struct small_workspace *small = context;
    size_t used = strlen(small->notices);
    if (level >= DK_LEVEL_NOTICE)
        dk_text_format(small->notices + used, sizeof(small->notices) - used, "%s\n", text);
}

void small_workspace_open(struct small_workspace *small, int cohorts)
{
    *small = (struct small_workspace){0};
    assert_non_null(getcwd(small->before, sizeof(small->before)));
    drop_folder_make(&small->folder);
    assert_int_equal(chdir(small->folder.path), 0);
    assert_int_equal(dk_workspace_make(NULL, NULL), DK_OK);
    small->observer = (struct dk_observer){.notice = notice, .context = small};
    dk_settings_init(&small->settings);
    small->settings.input.cohorts = cohorts;
    small->settings.allow_out_of_range = true;
    small->settings.threads = 2;
    assert_int_equal(dk_well_init(&small->settings.input.well, "texas", 1, NULL), DK_OK);
    dk_pipeline_init(&small->pipeline, &small->settings, &small->environment, &small->observer);
}

void small_workspace_close(struct small_workspace *small)
{
    dk_pipeline_reset(&small->pipeline);
    assert_int_equal(chdir(small->before), 0);
    drop_folder_remove(&small->folder);
}

void small_workspace_drop(struct small_workspace *small, size_t readings, size_t cohorts)
{
    drop_folder_fill(&small->folder, "logs/", readings, cohorts);
}

enum dk_status small_workspace_run(struct small_workspace *small, struct dk_run_result *result)
{
    struct dk_run_result unused;
    struct dk_intake intake = {0};
    struct dk_pipeline *pipeline = &small->pipeline;
    small->err = (struct dk_error){0};
    enum dk_status status = dk_pipeline_begin(pipeline, "run", &small->err);
    if (status == DK_OK)
        status = dk_pipeline_run(pipeline, NULL, &intake, result ? result : &unused, &small->err);
    dk_pipeline_end(pipeline, status, dk_status_exit_code(status), small->err.message);
    dk_intake_reset(&intake);
    dk_pipeline_reset(pipeline);
    dk_pipeline_init(pipeline, &small->settings, &small->environment, &small->observer);
    return status;
}

void small_workspace_shell(const char *command)
{
    /* NOLINTNEXTLINE(cert-env33-c): the commands are constants of the tests */
    assert_int_equal(system(command), 0);
}

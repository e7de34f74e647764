#include "pipeline/pipeline.h"

#include <string.h>

#include "guard.h"
#include "missed_runs.h"
#include "read_ahead.h"
#include "run_notes.h"
#include "unload_notes.h"

void dk_settings_init(struct dk_settings *settings)
{
    *settings = (struct dk_settings){0};
    dk_input_settings_init(&settings->input);
    dk_store_settings_init(&settings->store);
    dk_s3_settings_init(&settings->s3);
    dk_limits_default(settings->limits);
    settings->quarantine_max =
        (struct dk_quarantine_max){.percent = true, .number = dk_decimal_pack(1, 0)};
}

const char *dk_settings_database_file(const struct dk_settings *settings)
{
    static const char sqlite[] = "sqlite:";
    const size_t size = sizeof(sqlite) - 1;
    return strncmp(settings->store.url, sqlite, size) == 0 ? settings->store.url + size : NULL;
}

void dk_pipeline_init(struct dk_pipeline *pipeline, const struct dk_settings *settings,
                      const struct dk_environment *environment, const struct dk_observer *observer)
{
    *pipeline = (struct dk_pipeline){
        .settings = settings, .environment = environment, .observer = observer};
    dk_workspace_init(&pipeline->workspace);
}

void dk_pipeline_reset(struct dk_pipeline *pipeline)
{
    dk_read_ahead_end(pipeline);
    dk_store_close(pipeline->store);
    pipeline->store = NULL;
    dk_workspace_unlock(&pipeline->workspace);
    dk_origins_reset(&pipeline->origins);
}

enum dk_status dk_pipeline_open(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_ledger_workspace here = {0};
    DK_RETURN_IF_ERROR(dk_guard_open(pipeline, false, err));
    DK_RETURN_IF_ERROR(dk_store_check(pipeline->store, err));
    DK_RETURN_IF_ERROR(dk_workspace_identify(&pipeline->workspace, false, err));
    DK_RETURN_IF_ERROR(dk_workspace_place(&pipeline->workspace, &here, err));
    dk_ledger_workspace_use(pipeline->store, &here);
    return DK_OK;
}

void dk_pipeline_try_open(struct dk_pipeline *pipeline)
{
    struct dk_error err = {0};
    if (dk_pipeline_open(pipeline, &err) == DK_OK)
        return;
    if (dk_guard_refused(&err) || !dk_store_is_absent(&pipeline->settings->store, &err))
        dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                           "not compared with what is loaded: %s", err.message);
    dk_store_close(pipeline->store);
    pipeline->store = NULL;
}

enum dk_status dk_pipeline_check_database(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_error why = {0};
    bool refused = dk_pipeline_open(pipeline, &why) != DK_OK && dk_guard_refused(&why);
    dk_pipeline_reset(pipeline);
    if (refused && err)
        *err = why;
    return refused ? why.status : DK_OK;
}

static enum dk_status begin(struct dk_pipeline *pipeline, const char *command, struct dk_error *err)
{
    struct dk_error local = {0};
    struct dk_error *why = err ? err : &local;
    enum dk_status status = dk_guard_open(pipeline, true, why);
    if (status != DK_OK && dk_guard_refused(why))
        pipeline->notes.attempted[0] = '\0'; /* it is there, and is the wrong one */
    DK_RETURN_IF_ERROR(status);
    DK_RETURN_IF_ERROR(dk_store_lock(pipeline->store, err));
    DK_RETURN_IF_ERROR(dk_store_prepare(pipeline->store, false, err));
    DK_RETURN_IF_ERROR(dk_pipeline_identify(pipeline, err));
    dk_pipeline_name_actor(pipeline);
    DK_RETURN_IF_ERROR(dk_missed_runs_record(pipeline, err));
    DK_RETURN_IF_ERROR(dk_ledger_run_begin(pipeline->store, command, &pipeline->run_id, err));
    pipeline->first_run_id = pipeline->run_id;
    return DK_OK;
}

enum dk_status dk_pipeline_begin(struct dk_pipeline *pipeline, const char *command,
                                 struct dk_error *err)
{
    dk_store_close(pipeline->store); /* one that was opened to read */
    pipeline->store = NULL;
    pipeline->notes = (struct dk_run_notes){0};
    DK_RETURN_IF_ERROR(dk_workspace_lock(&pipeline->workspace, err));
    dk_text_format(pipeline->notes.attempted, sizeof(pipeline->notes.attempted), "%s", command);
    dk_ledger_now(pipeline->notes.attempted_at);
    DK_RETURN_IF_ERROR(begin(pipeline, command, err));
    pipeline->notes.attempted[0] = '\0';
    return dk_unload_note_all(pipeline, err);
}

enum dk_status dk_pipeline_next(struct dk_pipeline *pipeline, const char *command,
                                struct dk_error *err)
{
    pipeline->notes = (struct dk_run_notes){0};
    return dk_ledger_run_begin(pipeline->store, command, &pipeline->run_id, err);
}

/* A run that could not reach its database is recorded by the next one. */
static void keep_missed(struct dk_pipeline *pipeline, int exit_code, const char *message)
{
    struct dk_error err = {0};
    if (dk_missed_runs_keep(pipeline, exit_code, message, &err) != DK_OK)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING, "can't note the failed run: %s",
                           err.message);
    pipeline->notes.attempted[0] = '\0';
}

/* What the ledger says of a run: the first problem of its drop rather than how many there were. */
static void choose_message(const struct dk_run_notes *notes, const char *message, char *text,
                           size_t cap)
{
    char more[DK_COUNT_TEXT_MAX + 16] = "";
    char digits[DK_COUNT_TEXT_MAX];
    if (notes->problem_total > 1)
        dk_text_format(more, sizeof(more), " (and %s more)",
                       dk_count_text((uint64_t)notes->problem_total - 1, digits));
    if (notes->summed_up && notes->problem_count > 0)
        dk_text_format(text, cap, "%s%s", notes->problems[0].message, more);
    else
        dk_text_format(text, cap, "%s", message);
}

void dk_pipeline_end(struct dk_pipeline *pipeline, enum dk_status status, int exit_code,
                     const char *message)
{
    const struct dk_run_notes *notes = &pipeline->notes;
    char steps[256];
    char text[DK_ERROR_TEXT_MAX];
    struct dk_error err = {0};
    choose_message(notes, message ? message : "", text, sizeof(text));
    if (pipeline->run_id == 0 && status == DK_ERR_STORE && notes->attempted[0] != '\0')
        keep_missed(pipeline, exit_code, message);
    if (!pipeline->store || pipeline->run_id == 0)
        return;
    dk_notes_steps_text(notes, steps);
    const struct dk_ledger_run_end end = {.state = status == DK_OK ? DK_RUN_DONE : DK_RUN_FAILED,
                                          .exit_code = exit_code,
                                          .message = text,
                                          .source = notes->source,
                                          .steps = steps,
                                          .readings = notes->readings,
                                          .problem_total = notes->problem_total,
                                          .problems = notes->problems,
                                          .problem_count = notes->problem_count};
    if (dk_ledger_run_end(pipeline->store, pipeline->run_id, &end, &err) != DK_OK)
        dk_observer_notice(pipeline->observer, DK_LEVEL_WARNING,
                           "can't record how the run ended: %s", err.message);
    pipeline->run_id = 0;
}

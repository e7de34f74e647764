/* derrick convert: a drop to CSV, without a database. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

static const struct dk_option own_options[] = {
    {DK_COHORT,
     .help = "the number of a drop that is one cohort; for a history, convert only these cohorts"},
    {DK_RIG, .help = "only this rig, such as texas-1"},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_layout, dk_options_input,
                                                 dk_options_reading, own_options, NULL};

static void report(struct dk_session *session, const char *path,
                   const struct dk_export_result *result)
{
    char rows[DK_COUNT_TEXT_MAX];
    if (!path)
        return; /* standard output is the CSV */
    dk_console_result(&session->console, "convert",
                      DK_FIELDS(DK_TEXT("output", path), DK_NUMBER("rows", result->rows),
                                DK_NUMBER("bytes", result->size_bytes),
                                DK_NUMBER("files", result->files)),
                      "'%s': %s rows", path, dk_count_text(result->rows, rows));
}

/* quarantine/convert-<time>.tsv: the ledger has no run for a conversion. */
static void name_quarantine(char *name, size_t size)
{
    struct tm date;
    time_t now = time(NULL);
    char stamp[32];
    gmtime_r(&now, &date);
    (void)strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &date);
    snprintf(name, size, "convert-%s-%ld", stamp, (long)getpid());
}

static enum dk_status convert(struct dk_session *session, struct dk_intake *intake,
                              const struct dk_output *output, struct dk_error *err)
{
    struct dk_pipeline *pipeline = &session->pipeline;
    struct dk_export_result result = {0};
    char quarantine[96];
    name_quarantine(quarantine, sizeof(quarantine));
    DK_RETURN_IF_ERROR(dk_intake_collect(pipeline, intake, output, err));
    enum dk_status status = dk_intake_read(pipeline, intake, DK_INTAKE_CONVERT, quarantine, err);
    dk_session_report_intake(session, intake, status);
    if (status != DK_OK)
        return status;
    DK_RETURN_IF_ERROR(dk_pipeline_convert(pipeline, intake, output, &result, err));
    DK_RETURN_IF_ERROR(dk_pipeline_dictionary(pipeline, output->settings, output->path, err));
    report(session, output->path, &result);
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_intake intake = {0};
    struct dk_export_settings settings;
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    struct dk_output output = {.settings = &settings, .sink = &sink};
    char *path = NULL;
    bool found = false;
    DK_RETURN_IF_ERROR(dk_session_layout(session, &settings, err));
    DK_RETURN_IF_ERROR(dk_session_filter(session, &output.filter, err));
    enum dk_status status = dk_session_output(session, &settings, &path, err);
    output.path = path;
    if (status == DK_OK)
        status = dk_intake_open(&session->pipeline, session->drop, &intake, &found, err);
    if (status == DK_OK)
        status =
            found ? convert(session, &intake, &output, err) : dk_session_report_empty(session, err);
    dk_intake_reset(&intake);
    free(path);
    return status;
}

const struct dk_command dk_command_convert = {
    .name = "convert",
    .summary = "convert a drop to CSV or Parquet, without a database",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Reads a drop and writes it as CSV: the same bytes that 'load' and 'export' would write. "
        "The file appears whole or not at all. Without -o it goes to csv/ of the workspace, or to "
        "the current folder where there is no workspace. The historical CSV under its own name "
        "gets its data dictionary beside it.",
    .examples = "derrick convert drop -o oil-well.csv\n"
                "derrick convert delivery.zip --format sensors -o csv\n"
                "derrick convert drop --format sagemaker --label cooler -o - | head -3",
    .options = groups,
    .operand = DK_OPERAND_FILE,
    .refused = "; nothing was converted",
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_DROP,
    .run = run,
};

/* derrick check: reads and validates everything, changes nothing. */
#include <stdlib.h>

#include "command.h"

static const struct dk_option options[] = {
    {"database", 0, NULL, "no drop: compare all that is loaded with what the ledger says", NULL},
    {"cohort", 0, "A[-B]", "the number of a drop that is one cohort; of a history, only these",
     NULL},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading, options,
                                                 NULL};

static void report(struct dk_session *session, const struct dk_intake *intake)
{
    const struct dk_report *report = &intake->report;
    const struct dk_readings *readings = &intake->readings;
    char cells[DK_COUNT_TEXT_MAX];
    char total[DK_COUNT_TEXT_MAX];
    uint64_t rows = (uint64_t)readings->rows * readings->series_count;
    size_t sensors = dk_drop_sensor_count(&intake->drop);
    bool wells = intake->input.columns == DK_COLUMNS_WELLS;
    dk_console_result(
        &session->console, "check",
        DK_FIELDS(DK_TEXT("drop", intake->drop.path), DK_NUMBER("sensors", sensors),
                  DK_NUMBER("cells", report->cells), DK_NUMBER("bytes", report->bytes),
                  DK_NUMBER("rows", readings->rows), DK_NUMBER("series", readings->series_count),
                  DK_NUMBER("readings", rows), DK_NUMBER("problems", report->problems_total)),
        "'%s' is %s: %zu sensor%s, %s cells, %zu row%s x %zu %s%s = %s reading%s",
        intake->drop.path,
        report->problems_total == 0 ? "good" : "good but for what is in quarantine", sensors,
        sensors == 1 ? "" : "s", dk_count_text(report->cells, cells), readings->rows,
        readings->rows == 1 ? "" : "s", readings->series_count, wells ? "well" : "cohort",
        readings->series_count == 1 ? "" : "s", dk_count_text(rows, total), rows == 1 ? "" : "s");
}

/* The table comes with a refusal of the values, too: it is what explains one. */
static enum dk_status report_all(struct dk_session *session, const struct dk_intake *intake,
                                 enum dk_status status, struct dk_error *err)
{
    if (status == DK_OK)
        report(session, intake);
    if (intake->readings.rows == 0)
        return status;
    enum dk_status told =
        dk_session_report_quality(session, &intake->readings, status == DK_OK ? err : NULL);
    return status == DK_OK ? told : status;
}

static enum dk_status check_drop(struct dk_session *session, struct dk_error *err)
{
    struct dk_intake intake = {0};
    char *path = NULL;
    bool found = false;
    enum dk_status status = dk_session_cohort(session, err);
    if (status == DK_OK)
        status = dk_session_drop(session, &path, err);
    if (status == DK_OK)
        dk_pipeline_try_open(&session->pipeline);
    if (status == DK_OK)
        status = dk_intake_open(&session->pipeline, path, &intake, &found, err);
    if (status == DK_OK && !found)
        status = dk_session_report_empty(session, err);
    if (status == DK_OK && found) {
        status = dk_intake_read(&session->pipeline, &intake, DK_INTAKE_CHECK, NULL, err);
        dk_session_report_intake(session, &intake, status);
        status = report_all(session, &intake, status, err);
    }
    dk_intake_reset(&intake);
    free(path);
    return status;
}

/* check --database */
static enum dk_status check_database(struct dk_session *session, struct dk_error *err)
{
    struct dk_verification proof = {0};
    char rows[DK_COUNT_TEXT_MAX];
    if (session->arguments.operand_count > 0) {
        dk_error_set(err, DK_ERR_USAGE, "--database takes no drop");
        dk_error_hint(err, "check the drop and the database one after the other");
        return DK_ERR_USAGE;
    }
    enum dk_status status = dk_pipeline_open(&session->pipeline, err);
    if (status == DK_OK)
        status = dk_pipeline_verify(&session->pipeline, &proof, err);
    if (status != DK_OK)
        return status;
    const char *url = dk_store_url(session->pipeline.store);
    dk_console_result(&session->console, "database",
                      DK_FIELDS(DK_TEXT("url", url), DK_NUMBER("cohorts", proof.series),
                                DK_NUMBER("readings", proof.rows)),
                      "'%s' is good: %zu cohort%s, %s reading%s, all as they were loaded", url,
                      proof.series, proof.series == 1 ? "" : "s", dk_count_text(proof.rows, rows),
                      proof.rows == 1 ? "" : "s");
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    if (dk_arguments_get(&session->arguments, "database"))
        return check_database(session, err);
    return check_drop(session, err);
}

const struct dk_command dk_command_check = {
    .name = "check",
    .summary = "read and validate a drop, change nothing",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Reads every cell of every file of a drop (a folder, a zip or a tar; default: the\n"
        "workspace's logs/ and profile/) and tells what is wrong, where, and how much. Then comes\n"
        "a table of the values: how many each sensor has, are missing, and are outside its\n"
        "plausible range; the longest run of equal values; least, median and greatest. Changes\n"
        "nothing.\n"
        "\n"
        "With --database reads all rows of the database instead, and compares every cohort with\n"
        "the hash that the ledger has of it: has anything else changed, removed or added rows?",
    .examples = "derrick check\n"
                "derrick check delivery.zip\n"
                "derrick check --database\n"
                "derrick check --allow-missing /mnt/share/2023-06",
    .options = groups,
    .run = run,
};

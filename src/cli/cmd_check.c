/* derrick check: reads and validates everything, changes nothing. */
#include "command.h"

static const struct dk_option own_options[] = {
    {.name = "database",
     .help = "check every row of the database instead of a drop: compare each cohort with its hash "
             "in the ledger",
     DK_FIELD(database)},
    {DK_COHORT,
     .help = "the number of a drop that is one cohort; for a history, check only these cohorts"},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading, own_options,
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
    char verdict[96];
    if (report->problems_total == 0)
        dk_text_format(verdict, sizeof(verdict), "no problems found");
    else
        dk_text_format(verdict, sizeof(verdict), "%s problem%s found, which --quarantine allows",
                       dk_count_text(report->problems_total, cells),
                       report->problems_total == 1 ? "" : "s");
    dk_console_result(
        &session->console, "check",
        DK_FIELDS(DK_TEXT("drop", intake->drop.path), DK_NUMBER("sensors", sensors),
                  DK_NUMBER("cells", report->cells), DK_NUMBER("bytes", report->bytes),
                  DK_NUMBER("rows", readings->rows), DK_NUMBER("series", readings->series_count),
                  DK_NUMBER("readings", rows), DK_NUMBER("problems", report->problems_total)),
        "%s: %s (%zu sensor%s, %s cells, %zu row%s x %zu %s%s = %s reading%s)", intake->drop.path,
        verdict, sensors, sensors == 1 ? "" : "s", dk_count_text(report->cells, cells),
        readings->rows, readings->rows == 1 ? "" : "s", readings->series_count,
        wells ? "well" : "cohort", readings->series_count == 1 ? "" : "s",
        dk_count_text(rows, total), rows == 1 ? "" : "s");
}

/* The table comes with a refusal of the values, too: it is what explains one. */
static enum dk_status report_all(struct dk_session *session, const struct dk_intake *intake,
                                 enum dk_status status, struct dk_error *err)
{
    if (status == DK_OK)
        report(session, intake);
    if (intake->readings.rows == 0)
        return status;
    enum dk_status reported =
        dk_session_report_quality(session, &intake->readings, status == DK_OK ? err : NULL);
    return status == DK_OK ? reported : status;
}

static enum dk_status check_drop(struct dk_session *session, struct dk_error *err)
{
    struct dk_intake intake = {0};
    bool found = false;
    dk_pipeline_try_open(&session->pipeline);
    enum dk_status status = dk_intake_open(&session->pipeline, session->drop, &intake, &found, err);
    if (status == DK_OK && !found)
        status = dk_session_report_empty(session, err);
    if (status == DK_OK && found) {
        status = dk_intake_read(&session->pipeline, &intake, DK_INTAKE_CHECK, NULL, err);
        dk_session_report_intake(session, &intake, status);
        status = report_all(session, &intake, status, err);
    }
    dk_intake_reset(&intake);
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
    if (session->arguments.options.cohort.first > 0) {
        dk_error_set(err, DK_ERR_USAGE, "--database takes no --cohort: it checks all cohorts");
        dk_error_hint(err, "leave one of them out");
        return DK_ERR_USAGE;
    }
    DK_RETURN_IF_ERROR(dk_pipeline_open(&session->pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_verify(&session->pipeline, &proof, err));
    const char *url = dk_store_url(session->pipeline.store);
    dk_console_result(&session->console, "database",
                      DK_FIELDS(DK_TEXT("url", url), DK_NUMBER("cohorts", proof.series),
                                DK_NUMBER("readings", proof.rows)),
                      "%s: no problems found (%zu cohort%s, %s reading%s, all as they were loaded)",
                      url, proof.series, proof.series == 1 ? "" : "s",
                      dk_count_text(proof.rows, rows), proof.rows == 1 ? "" : "s");
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    return session->arguments.options.database ? check_database(session, err)
                                               : check_drop(session, err);
}

const struct dk_command dk_command_check = {
    .name = "check",
    .summary = "read and validate a drop, change nothing",
    .operands = "[DROP]",
    .operands_max = 1,
    .description =
        "Reads every cell of every file of a drop (a folder, a zip or a tar; by default the "
        "workspace's logs/ and profile/) and reports what is wrong, where, and how often. A table "
        "then shows the values of each sensor: how many there are, how many are missing and how "
        "many are outside the plausible range; the longest run of equal values; minimum, median "
        "and maximum. Changes nothing.\n\n"
        "With --database, reads all rows of the database instead, and finds out whether anything "
        "other than derrick changed, removed or added rows.",
    .examples = "derrick check\n"
                "derrick check delivery.zip\n"
                "derrick check --database\n"
                "derrick check --allow-missing /mnt/share/2023-06",
    .options = groups,
    .operand = DK_OPERAND_FILE,
    .refused = "",
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_DROP,
    .run = run,
};

/* derrick quarantine: the cells that a load took as missing, and their values once somebody knows
 * them. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pipeline/corrections.h"

#define ROW_BYTES_MAX 2048u

/* --- list ----------------------------------------------------------------------------------- */

static enum dk_status print_row(struct dk_buffer *text, struct dk_error *err)
{
    enum dk_status status = dk_buffer_finish(text, err);
    if (status == DK_OK)
        fputs(text->data, stdout);
    dk_buffer_reset(text);
    return status;
}

static void report_cell(struct dk_session *session, const struct dk_quarantined *cell)
{
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&cell->well, rig);
    dk_console_result(
        &session->console, "quarantined",
        DK_FIELDS(DK_NUMBER("run", cell->run_id), DK_TEXT("rig", rig),
                  DK_NUMBER("cohort", cell->cohort), DK_NUMBER("reading", cell->reading),
                  DK_TEXT("sensor", dk_sensors[cell->file].name), DK_TEXT("file", cell->file_name),
                  DK_NUMBER("line", cell->line), DK_NUMBER("column", cell->column),
                  DK_TEXT("text", cell->text), DK_TEXT("reason", cell->reason)),
        "%s", "");
}

static enum dk_status list_cell(void *context, const struct dk_quarantined *cell,
                                struct dk_error *err)
{
    struct dk_session *session = context;
    struct dk_buffer text;
    if (session->console.json) {
        report_cell(session, cell);
        return DK_OK;
    }
    dk_buffer_init(&text, ROW_BYTES_MAX);
    dk_quarantine_put_row(&text, cell);
    return print_row(&text, err);
}

static enum dk_status list(struct dk_session *session, struct dk_error *err)
{
    struct dk_store_filter filter;
    struct dk_buffer text;
    const struct dk_quarantine_visit visit = {
        .filter = &filter, .context = session, .each = list_cell};
    DK_RETURN_IF_ERROR(dk_session_filter(session, &filter, err));
    DK_RETURN_IF_ERROR(dk_pipeline_open(&session->pipeline, err));
    if (!session->console.json) {
        dk_buffer_init(&text, ROW_BYTES_MAX);
        dk_quarantine_put_header(&text);
        DK_RETURN_IF_ERROR(print_row(&text, err));
    }
    return dk_store_quarantine_each(session->pipeline.store, &visit, err);
}

/* --- apply ---------------------------------------------------------------------------------- */

/* "quarantine/run7.tsv" is of run 7, whose number its rows do not repeat. */
static int64_t run_of_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *end = NULL;
    if (strncmp(name, "run", 3) != 0 || name[3] < '1' || name[3] > '9')
        return 0;
    long long run = strtoll(name + 3, &end, 10);
    return *end == '.' || *end == '-' || *end == '_' || *end == ' ' ? run : 0;
}

static void report_corrected(struct dk_session *session, const char *path,
                             const struct dk_corrected *result)
{
    char counts[3][DK_COUNT_TEXT_MAX];
    dk_count_text(result->cells, counts[0]);
    dk_count_text(result->readings, counts[1]);
    dk_count_text(result->cohorts, counts[2]);
    const struct dk_field *fields =
        DK_FIELDS(DK_TEXT("list", path), DK_NUMBER("cells", result->cells),
                  DK_NUMBER("readings", result->readings), DK_NUMBER("cohorts", result->cohorts),
                  DK_NUMBER("same", result->same));
    if (result->cells == 0)
        dk_console_result(&session->console, "corrected", fields,
                          "'%s' contains no new value: nothing was changed", path);
    else
        dk_console_result(
            &session->console, "corrected", fields,
            "corrected %s cell%s: %s reading%s of %s cohort%s changed%s", counts[0],
            result->cells == 1 ? "" : "s", counts[1], result->readings == 1 ? "" : "s", counts[2],
            result->cohorts == 1 ? "" : "s",
            result->readings > 0 ? "; the export is out of date: 'derrick run' writes it again"
                                 : "");
}

static enum dk_status apply_list(struct dk_session *session, const char *path, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    const struct dk_correction_list list = {
        .path = path, .run_id = options->run > 0 ? options->run : run_of_name(path)};
    struct dk_corrected result = {0};
    DK_RETURN_IF_ERROR(dk_pipeline_begin(&session->pipeline, "quarantine", err));
    DK_RETURN_IF_ERROR(dk_pipeline_keep_corrections(&session->pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_correct(&session->pipeline, &list, &result, err));
    DK_RETURN_IF_ERROR(dk_pipeline_keep_corrections(&session->pipeline, err));
    report_corrected(session, path, &result);
    return DK_OK;
}

static enum dk_status apply(struct dk_session *session, struct dk_error *err)
{
    char *path = NULL;
    if (session->arguments.operand_count < 2) {
        dk_error_set(err, DK_ERR_USAGE, "'derrick quarantine apply' needs a list");
        dk_error_hint(err,
                      "make one with 'derrick quarantine list > fixed.tsv', and put the values "
                      "into its last column");
        return DK_ERR_USAGE;
    }
    DK_RETURN_IF_ERROR(dk_session_path(session, session->arguments.operands[1], &path, err));
    enum dk_status status = apply_list(session, path, err);
    free(path);
    return status;
}

/* --- the command ---------------------------------------------------------------------------- */

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    size_t count = session->arguments.operand_count;
    const char *what = count > 0 ? session->arguments.operands[0] : "list";
    const struct dk_options *options = &session->arguments.options;
    bool applies = strcmp(what, "apply") == 0;
    if (!applies && (strcmp(what, "list") != 0 || count > 1)) {
        dk_error_set(err, DK_ERR_USAGE, "'derrick quarantine' does not know '%s'",
                     session->arguments.operands[count - 1]);
        dk_error_hint(err, "write list, or apply FILE");
        return DK_ERR_USAGE;
    }
    if (applies && (options->rig || options->cohort.first > 0))
        return dk_error_set(err, DK_ERR_USAGE, "--rig and --cohort are for 'quarantine list'");
    if (!applies && (options->run > 0 || options->reason))
        return dk_error_set(err, DK_ERR_USAGE, "%s is for 'quarantine apply'",
                            options->run > 0 ? "--run" : "--reason");
    return applies ? apply(session, err) : list(session, err);
}

static const struct dk_option own_options[] = {
    {DK_RIG, .help = "list: only this rig, such as texas-1"},
    {DK_COHORT, .help = "list: only these cohorts"},
    {.name = "run",
     .argument = "N",
     .help = "apply: the run that loaded the cells, where neither the rows of FILE nor its name "
             "(run7.tsv) say so",
     .type = DK_OPTION_NUMBER,
     DK_FIELD(run),
     .min = 1,
     .max = INT32_MAX},
    {.name = "reason",
     .argument = "TEXT",
     .help = "apply: why; kept in the ledger, with your name",
     .type = DK_OPTION_TEXT,
     DK_FIELD(reason)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

const struct dk_command dk_command_quarantine = {
    .name = "quarantine",
    .summary = "list bad cells, and load corrected ones",
    .operands = "[list | apply FILE]",
    .operands_max = 2,
    .operand = DK_OPERAND_WORD,
    .words = "list apply",
    .description =
        "list prints the cells that --quarantine made missing and nobody has corrected, one row "
        "each with tabs between the columns, and an empty last column, value.\n\n"
        "apply takes such a list, or a file of quarantine/ with one more column, value, and loads "
        "the values, all of them or none. A row without a value stays as it is. A value for the "
        "sample that represents its reading becomes the reading's value; a mean, minimum or "
        "maximum is computed again from the archived drop. The database keeps the old and the new "
        "values, and which run changed them; the list goes into the archive too. Each row that "
        "can't be applied is named. Afterwards the export is out of date: 'derrick run' writes and "
        "uploads it again.",
    .examples = "derrick quarantine list\n"
                "derrick quarantine list --cohort 61 > fixed.tsv\n"
                "derrick quarantine apply fixed.tsv --reason 'read again from the rig'",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_WORKSPACE,
    .refused = "",
    .run = run,
};

/* derrick report: what is loaded as one HTML page. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "pipeline/html_report.h"

static const struct dk_option own_options[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "FILE|DIR|-",
     .help = "where to write instead of " DK_REPORT_FILE "; - is standard output",
     .type = DK_OPTION_PATH,
     DK_FIELD(output)},
    {DK_RIG, .help = "only this rig, such as texas-1"},
    {DK_COHORT, .help = "only these cohorts"},
    {.name = "as-of",
     .argument = "DATE",
     .help = "judge what is late by this day, not by the day of the last run",
     .type = DK_OPTION_DATE,
     DK_FIELD(as_of)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

static enum dk_status write_to(struct dk_session *session, const char *path, struct dk_error *err)
{
    struct dk_page_result result = {0};
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    struct dk_report_request request = {
        .as_of_minute = session->arguments.options.as_of, .path = path, .sink = &sink};
    DK_RETURN_IF_ERROR(dk_session_filter(session, &request.filter, err));
    DK_RETURN_IF_ERROR(dk_pipeline_report(&session->pipeline, &request, &result, err));
    if (path)
        dk_session_report_page(session, path, &result);
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    char *path = NULL;
    enum dk_status status = DK_OK;
    session->console.stdout_is_output = dk_session_is_standard_output(session);
    if (!session->console.stdout_is_output)
        status = dk_session_file(session, DK_REPORT_FILE, strdup(DK_REPORT_FILE), &path, err);
    if (status == DK_OK)
        status = write_to(session, path, err);
    free(path);
    return status;
}

const struct dk_command dk_command_report = {
    .name = "report",
    .summary = "write an HTML report on the data",
    .operands = "",
    .operands_max = 0,
    .description =
        "Writes one HTML file that shows, for each rig, whether the data is complete, the "
        "condition of the components and since when, every sensor day by day, which sensors move "
        "with which condition, and where the data comes from. The file loads nothing from "
        "anywhere: any browser opens it, from a mail or a share. The same data gives the same "
        "bytes. A fleet gets an overview with a row for each rig; the rigs that need attention "
        "first have sections of their own, as many as a page can hold.",
    .examples = "derrick report\n"
                "derrick report --rig texas-1 --cohort 50-60 -o texas-1.html\n"
                "derrick report --as-of 2023-08-21 -o - | gzip > report.html.gz",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_STORE,
    .run = run,
};

/* derrick doctor: tests every part of the setup, and says what to fix. */
#include "command.h"
#include "feedback.h"
#include "pipeline/doctor.h"

static const char *kind_word(enum dk_finding_kind kind)
{
    static const char *const words[] = {
        [DK_FINDING_OK] = "ok", [DK_FINDING_NOTE] = "note", [DK_FINDING_PROBLEM] = "problem"};
    return words[kind];
}

struct doctor_session {
    struct dk_session *session;
    size_t problems;
};

static void report_finding(void *context, const struct dk_finding *finding)
{
    struct doctor_session *doctor = context;
    const char *hint = finding->hint;
    doctor->problems += finding->kind == DK_FINDING_PROBLEM;
    dk_console_result(
        &doctor->session->console, "finding",
        DK_FIELDS(DK_TEXT("part", finding->part), DK_TEXT("result", kind_word(finding->kind)),
                  DK_TEXT("message", finding->text), DK_TEXT("hint", hint[0] ? hint : NULL)),
        "%-8s %s: %s", kind_word(finding->kind), finding->part, finding->text);
    if (hint[0])
        dk_console_print(&doctor->session->console, "         -> %s", hint);
}

/* Only a message that arrives shows that the command works. */
static void examine_notify(struct doctor_session *doctor)
{
    struct dk_error err = {0};
    struct dk_finding finding = {.kind = DK_FINDING_OK, .part = "notify"};
    struct dk_session *session = doctor->session;
    if (!session->config.notify_command) {
        finding.kind = DK_FINDING_NOTE;
        dk_text_format(finding.text, sizeof(finding.text),
                       "no command is configured: nobody is notified of failures");
    } else if (dk_feedback_send(
                   session, "test", "derrick: test of the notify command",
                   "derrick doctor tests the notify command. There is nothing to do.\n",
                   &err) == DK_OK) {
        dk_text_format(finding.text, sizeof(finding.text),
                       "the command works: check that its test message has arrived");
    } else {
        finding.kind = DK_FINDING_PROBLEM;
        dk_text_format(finding.text, sizeof(finding.text), "the command does not work: %s",
                       err.message);
        dk_text_format(finding.hint, sizeof(finding.hint),
                       "run the command of [notify] by hand, and see docs/notify.md");
    }
    report_finding(doctor, &finding);
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct doctor_session context = {.session = session};
    const struct dk_doctor doctor = {.found = report_finding, .context = &context};
    char count[DK_COUNT_TEXT_MAX];
    (void)err;
    dk_pipeline_doctor(&session->pipeline, &doctor);
    examine_notify(&context);
    session->needs_action = context.problems > 0;
    dk_console_result(&session->console, "doctor",
                      DK_FIELDS(DK_NUMBER("problems", context.problems)), "%s problem%s found",
                      context.problems == 0 ? "no" : dk_count_text(context.problems, count),
                      context.problems == 1 ? "" : "s");
    return DK_OK;
}

const struct dk_command dk_command_doctor = {
    .name = "doctor",
    .summary = "test every part of the setup, and say what to fix",
    .operands = "",
    .operands_max = 0,
    .description =
        "Tests what a run needs, and how a run would use it: each folder of the workspace and its "
        "file system, free disk space, the locks, the database (writes, and rolls back), the "
        "clock, and S3 (puts a small object under s3.url and deletes it). Runs the command of "
        "[notify] with a test message. Also shows the last delivery, and cells in quarantine. "
        "Changes nothing.\n\n"
        "Exit code 7 if there is a problem. A note alone, such as that S3 is not configured, is "
        "none.",
    .examples = "derrick doctor\n"
                "derrick doctor --json | jq 'select(.result == \"problem\")'",
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_WORKSPACE,
    .run = run,
};

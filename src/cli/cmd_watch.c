/*
 * derrick watch: waits for complete drops in logs/, and runs each. No daemon is needed: it stays in
 * the foreground and ends on SIGINT or SIGTERM, between two runs.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "command.h"
#include "feedback.h"
#include "late.h"
#include "settle.h"
#include "stop.h"

#define INTERVAL_DEFAULT_S 10
#define SETTLE_DEFAULT_S 60
#define SECONDS_MAX 86400
#define NO_INTERVAL_MS 100 /* between two looks where --interval is 0 */

static const struct dk_option own_options[] = {
    {.name = "interval",
     .argument = "SECONDS",
     .help = "how often to check logs/ (default: 10)",
     .type = DK_OPTION_NUMBER,
     .max = SECONDS_MAX,
     DK_FIELD(interval_s)},
    {.name = "settle",
     .argument = "SECONDS",
     .help = "a drop is complete when nothing in it has changed for this long (default: 60)",
     .type = DK_OPTION_NUMBER,
     .max = SECONDS_MAX,
     DK_FIELD(settle_s)},
    {.name = "once", .help = "stop after the first drop", DK_FIELD(once)},
    {.name = "replace",
     .help = "replace what is loaded for this rig by the drop",
     DK_FIELD(replace)},
    {0},
};
static const struct dk_option *const groups[] = {dk_options_input, dk_options_reading, own_options,
                                                 NULL};

/* A handler has nothing else to reach its program by. */
static volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t is_running; /* a drop, which the first signal does not stop */
static int stop_event = -1; /* readable once a signal came, so that no pause outlasts it */

/* The first signal ends the watch between two runs, the second one at once. */
static void on_signal(int number)
{
    static const char text[] = "derrick: stopping after this run; once more stops now\n";
    int saved = errno;
    uint64_t one = 1;
    if (stop_signal) {
        dk_stop_now(number);
        return;
    }
    stop_signal = number;
    if (is_running && write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        errno = saved; /* nobody reads it */
    if (write(stop_event, &one, sizeof(one)) < 0)
        errno = saved; /* it is readable already */
    errno = saved;
}

static enum dk_status catch_signals(struct dk_error *err)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_event < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't wait for signals", NULL);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return DK_OK;
}

static bool is_stopping(void)
{
    return stop_signal != 0;
}

static void wait_for_signal(int64_t seconds)
{
    struct pollfd stop = {.fd = stop_event, .events = POLLIN};
    (void)poll(&stop, 1, seconds > 0 ? (int)seconds * 1000 : NO_INTERVAL_MS);
}

/* What is known from look to look. */
struct watching {
    int64_t interval_s;
    struct dk_settling settling;
    int64_t late_day;   /* of the last look for late cohorts */
    char unlisted[512]; /* why the last look failed; "" if it did not */
};

/* A folder that can't be listed, for lack of permission or because a share is gone, may return:
 * the reason is printed once, until it changes. */
static void report_listing(struct dk_session *session, struct watching *watching,
                           const char *reason)
{
    if (strcmp(watching->unlisted, reason) == 0)
        return;
    dk_text_format(watching->unlisted, sizeof(watching->unlisted), "%s", reason);
    if (reason[0])
        dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING,
                           "%s; watching until that changes", reason);
    else
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE, "'%s' can be listed again",
                           DK_WORKSPACE_LOGS);
}

static enum dk_status run_one(struct dk_session *session, struct dk_settling *settling,
                              bool *worked, struct dk_error *err)
{
    struct dk_pipeline *pipeline = &session->pipeline;
    const struct dk_logs_watch fleet = {
        .is_ready = dk_settling_is_running, .ended = dk_settling_ended, .context = settling};
    bool is_fleet = session->config.settings.input.columns == DK_COLUMNS_WELLS;
    session->partial = false;
    dk_feedback_begin(session, NULL);
    enum dk_status status = dk_session_clock(session, err);
    if (status == DK_OK)
        status = dk_pipeline_begin(pipeline, "watch", err);
    if (status == DK_OK)
        status = dk_session_run_logs(session, "watch", is_fleet ? &fleet : NULL, worked, err);
    dk_session_sum_up(session, status, err);
    if (status != DK_OK)
        dk_console_error(&session->console, err);
    int exit_code = dk_session_exit_code(session, status);
    dk_feedback_report(session, exit_code);
    dk_pipeline_end(pipeline, status, exit_code, status == DK_OK ? "" : err->message);
    dk_feedback_notify(session, exit_code);
    dk_session_name_rig(session, NULL);
    dk_pipeline_reset(pipeline);
    dk_pipeline_init(pipeline, &session->config.settings, &session->environment,
                     &session->console.observer);
    return status;
}

/* Runs what is complete. A failure is reported, and does not end the watch. */
static void run_complete(struct dk_session *session, struct watching *watching, bool *done)
{
    struct dk_error err = {0};
    struct dk_error flush_err = {0};
    bool worked = false;
    is_running = 1;
    enum dk_status status = run_one(session, &watching->settling, &worked, &err);
    is_running = 0;
    *done = status == DK_OK && worked;
    if (dk_console_flush(&session->console, &flush_err) != DK_OK)
        dk_console_error(&session->console, &flush_err);
    dk_settling_end(&watching->settling, status, dk_monotonic_ms(), &session->console.observer);
}

static void watch(struct dk_session *session, struct watching *watching)
{
    bool once = session->arguments.options.once;
    bool done = false;
    while (!stop_signal && !(once && done)) {
        dk_late_report(session, &watching->late_day);
        struct dk_error why = {0};
        enum dk_status status = dk_settling_look(&watching->settling, dk_monotonic_ms(), &why);
        report_listing(session, watching, status == DK_OK ? "" : why.message);
        if (status == DK_OK && dk_settling_begin(&watching->settling, dk_monotonic_ms())) {
            run_complete(session, watching, &done);
            continue;
        }
        wait_for_signal(watching->interval_s);
    }
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    int64_t settle_s = options->settle_s >= 0 ? options->settle_s : SETTLE_DEFAULT_S;
    struct watching watching = {.interval_s = options->interval_s >= 0 ? options->interval_s
                                                                       : INTERVAL_DEFAULT_S};
    dk_settling_init(&watching.settling, &session->config.settings, settle_s);
    /* A database that has lost what was loaded does not return by itself, as a server does. */
    DK_RETURN_IF_ERROR(dk_pipeline_check_database(&session->pipeline, err));
    DK_RETURN_IF_ERROR(catch_signals(err));
    session->is_stopping = is_stopping;
    dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                       "watching '%s': a drop runs when it has not changed for %lld s",
                       DK_WORKSPACE_LOGS, (long long)settle_s);
    watch(session, &watching);
    dk_settling_reset(&watching.settling);
    if (stop_signal)
        dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE, "stopped");
    session->partial = false;
    dk_feedback_reset(&session->feedback);
    session->feedback = (struct dk_feedback){0}; /* the runs have ended, and left theirs */
    return DK_OK;
}

const struct dk_command dk_command_watch = {
    .name = "watch",
    .summary = "wait for complete drops, and run each",
    .operands = "",
    .operands_max = 0,
    .description =
        "Checks logs/ again and again, and does what 'run' does once a drop there is complete, "
        "which means that nothing in it has changed for a while. When a drop fails, derrick "
        "reports it and waits until the drop changes; when a server did not answer, it tries again "
        "after growing pauses. Ctrl-C (SIGINT) or SIGTERM ends it after the run in progress; a "
        "second one ends it at once.\n\n"
        "With columns = wells, derrick waits for each site, a sub-folder of logs/, by itself.\n\n"
        "Once a day, derrick also checks whether a cohort is late (status.late), and reports each "
        "one once.",
    .examples = "derrick watch\n"
                "derrick watch --settle 600 --json >> derrick.log",
    .options = groups,
    .needs = DK_NEEDS_SETTINGS | DK_NEEDS_WORKSPACE,
    .feedback = true,
    .run = run,
};

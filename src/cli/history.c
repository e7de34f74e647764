/* status --runs: what ran, who ran it, and what it found. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pipeline/overview.h"

/* Takes the next step of "read 310 load 520", milliseconds; false at the end. */
static bool next_step(const char **steps, char word[24], double *seconds)
{
    char *end = NULL;
    size_t size = strcspn(*steps, " ");
    if (size == 0 || (*steps)[size] == '\0')
        return false;
    dk_text_format(word, 24, "%.*s", (int)size, *steps);
    *seconds = (double)strtoll(*steps + size + 1, &end, 10) / 1000;
    *steps = end + strspn(end, " ");
    return true;
}

/* "read 0.3 s, load 0.5 s" */
static void seconds_text(const char *steps, char *text, size_t cap)
{
    char word[24];
    double seconds = 0;
    size_t used = 0;
    text[0] = '\0';
    while (next_step(&steps, word, &seconds)) {
        dk_text_format(text + used, cap - used, "%s%s %.1f s", used > 0 ? ", " : "", word, seconds);
        used = strlen(text);
    }
}

static json_t *seconds_json(const char *steps)
{
    json_t *array = json_array();
    char word[24];
    double seconds = 0;
    while (next_step(&steps, word, &seconds))
        (void)json_array_append_new(array,
                                    json_pack("{s:s,s:f}", "step", word, "seconds", seconds));
    return array;
}

static json_t *problems_json(const struct dk_ledger_problem *problems, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, json_pack("{s:s,s:I,s:I,s:s}", "file", problems[i].file,
                                                     "line", (json_int_t)problems[i].line, "column",
                                                     (json_int_t)problems[i].column, "message",
                                                     problems[i].message));
    return array;
}

/* Who and what, on the line below the run's own. */
static void print_details(struct dk_session *session, const struct dk_ledger_run *run)
{
    struct dk_console *console = &session->console;
    char seconds[256];
    char count[DK_COUNT_TEXT_MAX];
    if (run->actor.user[0] != '\0')
        dk_console_print(console, "    by %s on %s, derrick %s", run->actor.user, run->actor.host,
                         run->actor.version);
    if (run->actor.reason[0] != '\0')
        dk_console_print(console, "    reason: %s", run->actor.reason);
    if (run->source[0] != '\0' || run->readings > 0)
        dk_console_print(console, "    %s%s%s%s readings", run->source[0] ? "'" : "", run->source,
                         run->source[0] ? "', " : "",
                         dk_count_text((uint64_t)run->readings, count));
    seconds_text(run->steps, seconds, sizeof(seconds));
    if (seconds[0] != '\0')
        dk_console_print(console, "    %s", seconds);
}

static void print_problems(struct dk_session *session, const struct dk_ledger_run *run,
                           const struct dk_ledger_problem *problems, size_t count)
{
    char total[DK_COUNT_TEXT_MAX];
    for (size_t i = 0; i < count; i++)
        dk_console_print(&session->console, "    problem: %s", problems[i].message);
    if ((uint64_t)run->problem_total > count)
        dk_console_print(&session->console, "    %s problems in all",
                         dk_count_text((uint64_t)run->problem_total, total));
}

static void report_run(struct dk_session *session, const struct dk_ledger_run *run,
                       const struct dk_ledger_problem *problems, size_t count)
{
    const struct dk_ledger_actor *actor = &run->actor;
    dk_console_result(
        &session->console, "run",
        DK_FIELDS(
            DK_NUMBER("run", run->run_id), DK_TEXT("command", run->command),
            DK_TEXT("started", run->started), DK_TEXT("ended", run->ended[0] ? run->ended : NULL),
            DK_TEXT("state", dk_run_state_word(run->state)), DK_NUMBER("exit_code", run->exit_code),
            DK_TEXT("message", run->message), DK_TEXT("user", actor->user),
            DK_TEXT("host", actor->host), DK_TEXT("version", actor->version),
            DK_TEXT("reason", actor->reason), DK_TEXT("drop", run->source),
            DK_NUMBER("readings", run->readings), DK_JSON("seconds", seconds_json(run->steps)),
            DK_NUMBER("problem_total", run->problem_total),
            DK_JSON("problems", problems_json(problems, count))),
        "run %lld  %s UTC  %-8s %s%s%s", (long long)run->run_id, run->started, run->command,
        dk_run_state_word(run->state), run->message[0] ? ": " : "", run->message);
    print_details(session, run);
    print_problems(session, run, problems, count);
}

enum dk_status dk_session_report_history(struct dk_session *session, size_t limit,
                                         struct dk_error *err)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    enum dk_status status = dk_pipeline_runs(&session->pipeline, limit, &runs, &count, err);
    for (size_t i = 0; status == DK_OK && i < count; i++) {
        struct dk_ledger_problem *problems = NULL;
        size_t problem_count = 0;
        status = dk_ledger_run_problems(session->pipeline.store, runs[i].run_id, &problems,
                                        &problem_count, err);
        if (status == DK_OK)
            report_run(session, &runs[i], problems, problem_count);
        free(problems);
    }
    free(runs);
    return status;
}

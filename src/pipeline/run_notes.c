#include "run_notes.h"

#include <string.h>

#include "base/monotonic.h"

void dk_notes_step(struct dk_pipeline *pipeline, enum dk_run_step step, int64_t started_ms)
{
    /* A step that was taken lasts at least a millisecond, so that it is listed. */
    int64_t elapsed_ms = dk_monotonic_ms() - started_ms;
    pipeline->notes.step_ms[step] += elapsed_ms > 0 ? elapsed_ms : 1;
}

void dk_notes_steps_text(const struct dk_run_notes *notes, char text[256])
{
    static const char *const words[DK_RUN_STEPS] = {"read", "load", "export", "upload", "archive"};
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < DK_RUN_STEPS; i++) {
        if (notes->step_ms[i] == 0)
            continue;
        dk_text_format(text + used, 256 - used, "%s%s %lld", used > 0 ? " " : "", words[i],
                       (long long)notes->step_ms[i]);
        used = strlen(text);
    }
}

void dk_pipeline_note_problems(struct dk_pipeline *pipeline, const struct dk_intake *intake)
{
    struct dk_run_notes *notes = &pipeline->notes;
    const struct dk_report *report = &intake->report;
    notes->problem_total = (int64_t)report->problems_total;
    notes->problem_count = 0;
    for (size_t i = 0; i < report->problems_count && i < DK_RUN_PROBLEMS_MAX; i++) {
        struct dk_ledger_problem *row = &notes->problems[notes->problem_count++];
        struct dk_problem_words words;
        dk_problem_format(&report->problems[i], &intake->drop, &words);
        dk_problem_file_name(&report->problems[i], &intake->drop, row->file);
        dk_text_show(words.text, row->message, sizeof(row->message));
        row->line = report->problems[i].line;
        row->column = report->problems[i].column;
    }
}

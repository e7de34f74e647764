/*
 * Feedback: what a run leaves for people who did not see it.
 *
 * Whoever delivered finds DERRICK-REPORT.txt beside the files: what was accepted or refused, and
 * what to do. Whoever operates derrick gets a notification: [notify] command with the run as JSON
 * on its standard input. Both are made of the events that the console keeps. docs/notify.md
 * describes them.
 */
#ifndef DK_CLI_FEEDBACK_H
#define DK_CLI_FEEDBACK_H

#include "command.h"

/* Before a run on the drop at `path` (NULL: in logs/): forgets the one before, and notes which
 * folder logs/ is. */
void dk_feedback_begin(struct dk_session *session, const char *path);

/* After the report on one of several deliveries: keeps its events and its report for the
 * notification on all of them. */
void dk_feedback_collect(struct dk_session *session, int exit_code);

/* What is known of one of several deliveries before the steps that they share. Zeroed at first. */
struct dk_feedback_part {
    char folder[DK_ERROR_PATH_MAX];
    bool delivered, loaded;
    json_t *events; /* owned; NULL: nothing was put aside */
};
/* How it ended with those steps. */
struct dk_feedback_end {
    int exit_code;
    const struct dk_error *failure; /* of those steps; NULL: none */
    const char *archive_folder;     /* "": not archived */
    bool worked;
};
/* Puts aside what there is to report, for dk_feedback_conclude. */
void dk_feedback_put_aside(struct dk_session *session, struct dk_feedback_part *part);
/* Writes the report, and keeps it for the notification on all of them. What the shared steps have
 * printed stays kept. */
void dk_feedback_conclude(struct dk_session *session, struct dk_feedback_part *part,
                          const struct dk_feedback_end *end);
void dk_feedback_part_reset(struct dk_feedback_part *part);

/* Frees what is kept. */
void dk_feedback_reset(struct dk_feedback *feedback);

/* Notes where the report on the drop at `path` (NULL: in logs/) belongs, once `drop` (NULL: none)
 * is found. Reports on drops outside logs/ belong nowhere. */
void dk_feedback_place(struct dk_feedback *feedback, const char *path, const struct dk_drop *drop);

/* Writes the report, if there is something to report: it worked on a delivery in logs/, or failed
 * while one is there. The workspace's lock is still held; a failure is a warning. */
void dk_feedback_report(struct dk_session *session, int exit_code);

/* Runs the command for how the run ended, as [notify] on says. All else is done: the pipeline is
 * reset first, so that the command may use derrick. A failure is a warning. */
void dk_feedback_notify(struct dk_session *session, int exit_code);

/* The last event of that name, borrowed; NULL: there is none. */
const json_t *dk_feedback_event(const json_t *events, const char *name);
/* The report as a text, on the heap (the caller frees); NULL: no memory. */
char *dk_feedback_text(const struct dk_session *session, const json_t *events, int exit_code);

/* Runs the command for `reason` ("late", "test"), with a subject and a text; whatever [notify] on
 * says. */
enum dk_status dk_feedback_send(struct dk_session *session, const char *reason, const char *subject,
                                const char *text, struct dk_error *err) DK_CHECK;

#endif

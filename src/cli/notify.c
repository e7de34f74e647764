/* notify: the command of [notify], which gets the run as one JSON object. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "base/shell.h"
#include "feedback.h"

#define SECONDS_MAX 30

static const struct {
    const char *word;
    unsigned reason;
} words[] = {{"failure", DK_NOTIFY_FAILURE},
             {"quarantine", DK_NOTIFY_QUARANTINE},
             {"late", DK_NOTIFY_LATE},
             {"success", DK_NOTIFY_SUCCESS}};

static const char *word_of(unsigned reason)
{
    size_t i = 0;
    while (i + 1 < DK_COUNT_OF(words) && words[i].reason != reason)
        i++;
    return words[i].word;
}

/* The reason that text[0..size) names, 0: none. */
static unsigned find_reason(const char *text, size_t size)
{
    for (size_t i = 0; i < DK_COUNT_OF(words); i++)
        if (strlen(words[i].word) == size && memcmp(text, words[i].word, size) == 0)
            return words[i].reason;
    return 0;
}

bool dk_notify_parse(const char *text, unsigned *reasons)
{
    *reasons = 0;
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        size_t size = strcspn(text, ", ");
        unsigned reason = find_reason(text, size);
        if (reason == 0)
            return false;
        *reasons |= reason;
        text += size;
    }
    return true;
}

/* What the command gets. All is borrowed. */
struct message {
    const char *reason, *subject, *text;
    int exit_code;
    const json_t *events; /* NULL: none */
};

/* Those of one name, as a new array. */
static json_t *select_events(const json_t *events, const char *name)
{
    json_t *selected = json_array();
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        const char *is = json_string_value(json_object_get(event, "event"));
        if (is && strcmp(is, name) == 0)
            (void)json_array_append(selected, event);
    }
    return selected;
}

/* On the heap; NULL: no memory. */
static char *pack_message(const struct dk_session *session, const struct message *message)
{
    char host[DK_HOST_NAME_MAX];
    char *folder = getcwd(NULL, 0);
    dk_host_name(host);
    json_t *events =
        message->events ? json_copy((json_t *)(uintptr_t)message->events) : json_array();
    const struct dk_field fields[] = {DK_TEXT("reason", message->reason),
                                      DK_TEXT("subject", message->subject),
                                      DK_TEXT("text", message->text),
                                      DK_NUMBER("exit_code", message->exit_code),
                                      DK_TEXT("command", session->command->name),
                                      DK_TEXT("host", host),
                                      DK_TEXT("workspace", folder),
                                      DK_JSON("problems", select_events(events, "problem")),
                                      DK_JSON("events", events),
                                      {.kind = DK_FIELD_NONE}};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const struct dk_event event = {.name = "notification",
                                   .level = message->exit_code == 0 ? "info" : "error",
                                   .time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                                   .run_id = session->feedback.run_id,
                                   .rig = session->console.rig,
                                   .fields = fields};
    char *line = dk_event_line(&event);
    free(folder);
    return line;
}

static enum dk_status send_message(struct dk_session *session, const struct message *message,
                                   struct dk_error *err)
{
    char *line = pack_message(session, message);
    if (!line)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a notification");
    const struct dk_shell shell = {.command = session->config.notify_command,
                                   .input = line,
                                   .input_size = strlen(line),
                                   .variables = environ,
                                   .seconds_max = SECONDS_MAX};
    (void)fflush(stdout);
    enum dk_status status = dk_shell_run(&shell, err);
    free(line);
    return status;
}

enum dk_status dk_feedback_send(struct dk_session *session, const char *reason, const char *subject,
                                const char *text, struct dk_error *err)
{
    const struct message message = {
        .reason = reason, .subject = subject, .text = text, .events = session->console.kept};
    session->feedback.run_id = 0;
    return send_message(session, &message, err);
}

/* 0: nobody needs to know. */
static unsigned reason_of(const struct dk_session *session, int exit_code)
{
    if (exit_code == 6)
        return DK_NOTIFY_QUARANTINE;
    if (exit_code != 0)
        return DK_NOTIFY_FAILURE;
    return session->feedback.worked ? DK_NOTIFY_SUCCESS : 0;
}

/* A watch that tries again and fails in the same way has said so. */
static bool is_repeated(struct dk_feedback *feedback, unsigned reason, const char *said)
{
    bool repeated = feedback->notified == reason && strcmp(feedback->notified_text, said) == 0;
    feedback->notified = reason;
    dk_text_format(feedback->notified_text, sizeof(feedback->notified_text), "%s", said);
    return repeated && reason == DK_NOTIFY_FAILURE;
}

static void notify(struct dk_session *session, int exit_code)
{
    struct dk_error err = {0};
    const struct dk_config *config = &session->config;
    struct dk_feedback *feedback = &session->feedback;
    json_t *events = session->console.kept;
    unsigned reason = reason_of(session, exit_code);
    if (!events || !config->notify_command || reason == 0)
        return;
    const json_t *last = dk_feedback_event(events, "error");
    const char *said = last ? json_string_value(json_object_get(last, "message")) : "";
    if (is_repeated(&session->feedback, reason, said ? said : "") || !(config->notify_on & reason))
        return;
    const char *word = word_of(reason);
    char subject[DK_ERROR_TEXT_MAX];
    char *text =
        feedback->text ? strdup(feedback->text) : dk_feedback_text(session, events, exit_code);
    if (feedback->events && json_array_extend(feedback->events, events) == 0)
        events = feedback->events;
    dk_text_format(subject, sizeof(subject), "derrick: %s: %s (exit code %d)",
                   feedback->concerns[0] ? feedback->concerns : session->console.rig, word,
                   exit_code);
    const struct message message = {.reason = word,
                                    .subject = subject,
                                    .text = text ? text : "",
                                    .exit_code = exit_code,
                                    .events = events};
    dk_pipeline_reset(&session->pipeline);
    if (send_message(session, &message, &err) != DK_OK)
        dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING,
                           "the notify command did not work: %s", err.message);
    free(text);
}

void dk_feedback_notify(struct dk_session *session, int exit_code)
{
    notify(session, exit_code);
    dk_feedback_reset(&session->feedback);
}

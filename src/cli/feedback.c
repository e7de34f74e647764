#include "feedback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "base/file.h"
#include "hint.h"
#include "wrap.h"

#define PROBLEMS_MAX 20 /* of a drop; the console keeps no more either */

/* --- where ---------------------------------------------------------------------------------- */

/* Whether `path` is logs/ or below. */
static bool is_in_logs(const char *path)
{
    size_t size = strlen(DK_WORKSPACE_LOGS);
    return strncmp(path, DK_WORKSPACE_LOGS, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

/* A sub-folder that is a link may lead outside the workspace. */
static bool is_real_folder(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The path of the drop's first file; NULL: there is none. */
static const char *first_file(const struct dk_drop *drop)
{
    for (int i = 0; i < DK_SENSORS; i++)
        if (drop->files[i].name && drop->files[i].path)
            return drop->files[i].path;
    return NULL;
}

void dk_feedback_place(struct dk_feedback *feedback, const char *path, const struct dk_drop *drop)
{
    char *folder = NULL;
    feedback->folder[0] = '\0';
    if (path && !is_in_logs(path))
        return;
    if (drop && drop->is_archive)
        folder = dk_path_folder(drop->path);
    else if (drop && first_file(drop))
        folder = dk_path_folder(first_file(drop));
    else if (path && !dk_path_exists(path))
        return;
    else if (path)
        folder = dk_path_is_folder(path) ? strdup(path) : dk_path_folder(path);
    bool usable = folder && is_in_logs(folder) && is_real_folder(folder);
    dk_text_format(feedback->folder, sizeof(feedback->folder), "%s",
                   usable ? folder : DK_WORKSPACE_LOGS);
    free(folder);
}

/* What logs/ is now: the folder, or the link to one. */
static void find_logs(uint64_t *device, uint64_t *inode)
{
    struct stat info;
    bool found = lstat(DK_WORKSPACE_LOGS, &info) == 0;
    *device = found ? info.st_dev : 0;
    *inode = found ? info.st_ino : 0;
}

void dk_feedback_begin(struct dk_session *session, const char *path)
{
    struct dk_feedback *feedback = &session->feedback;
    dk_console_keep(&session->console);
    feedback->worked = false;
    feedback->delivered = false;
    feedback->loaded = false;
    feedback->waits_for = NULL;
    find_logs(&feedback->logs_device, &feedback->logs_inode);
    dk_feedback_place(feedback, path, NULL);
}

/* Whether the folder of the report is still where it was: logs/ may have been replaced meanwhile,
 * by a link that leads elsewhere. */
static bool is_still_there(const struct dk_feedback *feedback)
{
    uint64_t device = 0;
    uint64_t inode = 0;
    find_logs(&device, &inode);
    return inode != 0 && device == feedback->logs_device && inode == feedback->logs_inode &&
           (strcmp(feedback->folder, DK_WORKSPACE_LOGS) == 0 || is_real_folder(feedback->folder));
}

/* What in the folder of the report looks like a delivery, loaded or not. */
struct looking {
    size_t count;
    /* the sub-folder of logs/ that all is in; "": none, or it is the temporary one of a transfer */
    char folder[DK_DELIVERY_PATH_MAX];
};

static void look_at(void *context, const struct dk_delivery_item *item)
{
    struct looking *looking = context;
    const char *slash = strchr(item->path + strlen(DK_WORKSPACE_LOGS "/"), '/');
    size_t size = slash && item->kind != DK_DELIVERY_TRANSFER ? (size_t)(slash - item->path) : 0;
    if (!dk_delivery_is_part(item->kind))
        return;
    if (looking->count++ == 0)
        dk_text_format(looking->folder, sizeof(looking->folder), "%.*s", (int)size, item->path);
    else if (strlen(looking->folder) != size || strncmp(looking->folder, item->path, size) != 0)
        looking->folder[0] = '\0';
}

/* Whether there is a delivery to report a failure on. The report goes to the sub-folder that it is
 * in. */
static bool find_delivery(struct dk_session *session)
{
    struct dk_feedback *feedback = &session->feedback;
    struct looking looking = {0};
    if (dk_delivery_walk(feedback->folder, session->config.settings.input.ignore, look_at, &looking,
                         NULL) != DK_OK ||
        looking.count == 0)
        return false;
    if (looking.folder[0] && is_real_folder(looking.folder))
        memcpy(feedback->folder, looking.folder, sizeof(feedback->folder));
    return true;
}

/* --- the events ----------------------------------------------------------------------------- */

static const char *text_of(const json_t *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text ? text : "";
}

static bool is_event(const json_t *event, const char *name)
{
    return strcmp(text_of(event, "event"), name) == 0;
}

const json_t *dk_feedback_event(const json_t *events, const char *name)
{
    for (size_t i = json_array_size(events); i > 0; i--)
        if (is_event(json_array_get(events, i - 1), name))
            return json_array_get(events, i - 1);
    return NULL;
}

/* --- the report ----------------------------------------------------------------------------- */

/* Text from elsewhere can't control a terminal, or look like a line of its own. */
static void put_line(FILE *stream, size_t indent, const char *text)
{
    size_t size = strlen(text) + 1;
    char *safe = malloc(size);
    if (safe)
        dk_text_show(text, safe, size);
    fprintf(stream, "%*s", (int)indent, "");
    dk_wrap_print(stream, safe ? safe : "out of memory", DK_WRAP_WIDTH, indent, indent);
    (void)fputc('\n', stream);
    free(safe);
}

/* What happened, and what whoever delivered can do about it. */
static void put_message(FILE *stream, const json_t *event, bool with_hint)
{
    char text[DK_ERROR_TEXT_MAX];
    dk_message_for_deliverer(text_of(event, "message"), text, sizeof(text));
    put_line(stream, 2, text);
    dk_hint_for_deliverer(text_of(event, "hint"), text, sizeof(text));
    if (with_hint && text[0])
        put_line(stream, 6, text);
}

static bool is_already_loaded(const json_t *events)
{
    const json_t *load = dk_feedback_event(events, "load");
    return load && strcmp(text_of(load, "outcome"), "already") == 0;
}

/* What a person reads first. */
static const char *verdict(const struct dk_feedback *feedback, const json_t *events, int exit_code)
{
    if (exit_code == 0 && is_already_loaded(events))
        return "ALREADY LOADED: this data was loaded before, and nothing was changed.";
    if (exit_code == 0 && !feedback->delivered)
        return "DONE: nothing new was delivered; the exports are up to date.";
    if (exit_code == 0)
        return "ACCEPTED: the delivery is loaded.";
    if (exit_code == 6)
        return "ACCEPTED IN PART: the delivery is loaded, but the bad cells below are missing.";
    if (feedback->loaded)
        return "LOADED, BUT NOT FINISHED: the data is safe, and a later run does the rest.";
    if (feedback->waits_for)
        return feedback->waits_for_loaded
                   ? "WAITING: another delivery comes first, and is not finished."
                   : "WAITING: another delivery comes first, and is not loaded.";
    return exit_code == 3 ? "REFUSED: nothing of the delivery was loaded."
                          : "NOT LOADED YET: derrick could not do its work.";
}

static void put_amounts(FILE *stream, const json_t *events)
{
    const json_t *load = dk_feedback_event(events, "load");
    const json_t *archive = dk_feedback_event(events, "archive");
    char readings[DK_COUNT_TEXT_MAX];
    char values[DK_COUNT_TEXT_MAX];
    char line[DK_ERROR_TEXT_MAX];
    if (load && strcmp(text_of(load, "outcome"), "loaded") == 0) {
        int64_t rows = json_integer_value(json_object_get(load, "readings"));
        int64_t count = json_integer_value(json_object_get(load, "values"));
        dk_text_format(line, sizeof(line), "Loaded: %s readings, %s values.",
                       dk_count_text((uint64_t)rows, readings),
                       dk_count_text((uint64_t)count, values));
        put_line(stream, 0, line);
    }
    if (archive && text_of(archive, "folder")[0]) {
        dk_text_format(line, sizeof(line), "The files are now in '%s'.",
                       text_of(archive, "folder"));
        put_line(stream, 0, line);
    }
}

/* Problems of cells and files, each with its hint, where that differs from the one before. */
static size_t put_problems(FILE *stream, const json_t *events)
{
    const char *hint = "";
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(events) && count < PROBLEMS_MAX; i++) {
        const json_t *event = json_array_get(events, i);
        if (!is_event(event, "problem"))
            continue;
        if (count++ == 0)
            (void)fputs("\nProblems:\n", stream);
        put_message(stream, event, strcmp(hint, text_of(event, "hint")) != 0);
        hint = text_of(event, "hint");
    }
    return count;
}

/* The errors. After problems that were listed, the first one sums them up, and has no hint. The
 * hints on the configuration, the database and S3 are for operators only. */
static void put_errors(FILE *stream, const json_t *events, int exit_code, size_t problems)
{
    bool with_hint = exit_code == 1 || exit_code == 3;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        if (!is_event(event, "error"))
            continue;
        (void)fputs(problems > 0 ? "" : "\nProblems:\n", stream);
        problems++;
        put_message(stream, event, with_hint);
    }
}

static void put_notes(FILE *stream, const json_t *events)
{
    bool any = false;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        if ((!is_event(event, "notice") && !is_event(event, "warning")) ||
            dk_note_is_for_operators(text_of(event, "message")))
            continue;
        if (!any)
            (void)fputs("\nNotes:\n", stream);
        any = true;
        put_message(stream, event, false);
    }
}

static bool has_warning(const json_t *events)
{
    for (size_t i = 0; i < json_array_size(events); i++)
        if (is_event(json_array_get(events, i), "warning") &&
            !dk_note_is_for_operators(text_of(json_array_get(events, i), "message")))
            return true;
    return false;
}

/* Whether good data contradicts what is loaded: there is nothing to correct in the files. */
static bool contradicts(const json_t *events)
{
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        if (is_event(event, "error") &&
            strcmp(text_of(event, "status"), dk_status_name(DK_ERR_REFUSED)) == 0)
            return true;
    }
    return false;
}

static const char *advice(const struct dk_feedback *feedback, const json_t *events, int exit_code)
{
    if (exit_code == 0 && is_already_loaded(events))
        return "Nothing, if you delivered the same data again on purpose. If it was meant to be "
               "new data, copy the right files to this folder.";
    if (exit_code == 0)
        return has_warning(events)
                   ? "Read the notes above. If something there is not as it should be, show this "
                     "file to the people who operate derrick."
                   : "Nothing.";
    if (exit_code == 6)
        return "Find out why these cells are bad. The people who operate derrick can load the "
               "right values, or a corrected delivery in place of this one.";
    if (feedback->waits_for && feedback->waits_for_loaded)
        return "Nothing: leave the files where they are. derrick loads them after the other "
               "delivery. The people who operate derrick must see to the problem.";
    if (feedback->waits_for)
        return "Nothing about these files: derrick loads them once the other delivery is "
               "loaded.";
    if (exit_code == 3 && !feedback->loaded && contradicts(events))
        return "If these are the wrong files, copy the right ones to this folder. If they are the "
               "right ones, leave them where they are and show this file to the people who operate "
               "derrick: they decide what happens to the delivery.";
    if (exit_code == 3 && !feedback->loaded)
        return "Correct the files, or copy them from the rig again, and put them where they were. "
               "derrick reads the delivery again the next time that it runs. If you can't, show "
               "this file to the people who operate derrick.";
    return feedback->loaded
               ? "Nothing: leave the files where they are, until derrick moves them to the "
                 "archive. "
                 "The people who operate derrick must see to the problem."
               : "Leave the files where they are. Show this file to the people who operate "
                 "derrick: once they have seen to the problem, derrick loads the delivery.";
}

char *dk_feedback_text(const struct dk_session *session, const json_t *events, int exit_code)
{
    const struct dk_feedback *feedback = &session->feedback;
    char *text = NULL;
    size_t size = 0;
    char now[DK_DATE_TIME_SIZE + 1] = "";
    char line[DK_ERROR_TEXT_MAX];
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    dk_date_time_format(session->config.settings.now_minute, now);
    dk_text_format(line, sizeof(line), "derrick: report on the delivery in '%s', %.16s UTC",
                   feedback->folder[0] ? feedback->folder : DK_WORKSPACE_LOGS, now);
    put_line(stream, 0, line);
    (void)fputc('\n', stream);
    put_line(stream, 0, verdict(feedback, events, exit_code));
    if (feedback->waits_for)
        put_line(stream, 0, feedback->waits_for);
    put_amounts(stream, events);
    size_t problems = put_problems(stream, events);
    put_errors(stream, events, exit_code, problems);
    put_notes(stream, events);
    (void)fputs("\nWhat to do:\n", stream);
    put_line(stream, 2, advice(feedback, events, exit_code));
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Of one that waits, in a folder of which there is a report: all else is there already. */
static char *waiting_text(const struct dk_feedback *feedback)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    put_line(stream, 0, verdict(feedback, NULL, dk_status_exit_code(DK_ERR_REFUSED)));
    put_line(stream, 0, feedback->waits_for);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void write_report(struct dk_session *session, const char *folder, const char *text)
{
    struct dk_error err = {0};
    char *path = dk_path_join(folder, DK_WORKSPACE_DELIVERY_REPORT);
    enum dk_status status = path && text
                                ? dk_file_put(path, text, strlen(text), &err)
                                : dk_error_nomem(&err, "write", DK_WORKSPACE_DELIVERY_REPORT);
    free(path);
    if (status != DK_OK)
        dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING,
                           "the report for whoever delivered was not written: %s", err.message);
}

static char *join_texts(char *text, char *more)
{
    char *joined = NULL;
    if (!text)
        return more;
    if (!more || asprintf(&joined, "%s\n%s", text, more) < 0)
        return text;
    free(text);
    free(more);
    return joined;
}

/* Several archives in one folder share its report: the text after those of this run before it.
 * Takes the text over. */
static char *add_report(struct dk_feedback *feedback, char *text)
{
    if (!feedback->reports)
        feedback->reports = json_object();
    const char *before = json_string_value(json_object_get(feedback->reports, feedback->folder));
    char *copy = before ? strdup(before) : NULL;
    text = join_texts(copy, text);
    if (text)
        (void)json_object_set_new(feedback->reports, feedback->folder, json_string(text));
    return text;
}

void dk_feedback_report(struct dk_session *session, int exit_code)
{
    struct dk_feedback *feedback = &session->feedback;
    const json_t *events = session->console.kept;
    bool is_locked = session->pipeline.workspace.lock_fd >= 0;
    feedback->run_id = session->pipeline.run_id;
    if (!events || !is_locked || !feedback->folder[0] || !is_still_there(feedback))
        return;
    bool concerns_delivery = feedback->worked && feedback->delivered;
    if (!concerns_delivery && (exit_code == 0 || !find_delivery(session)))
        return;
    bool has_report = json_object_get(feedback->reports, feedback->folder) != NULL;
    char *text = feedback->waits_for && has_report ? waiting_text(feedback)
                                                   : dk_feedback_text(session, events, exit_code);
    text = add_report(feedback, text);
    write_report(session, feedback->folder, text);
    free(text);
}

void dk_feedback_collect(struct dk_session *session, int exit_code)
{
    struct dk_feedback *feedback = &session->feedback;
    if (!session->console.kept)
        return;
    if (!feedback->events)
        feedback->events = json_array();
    (void)json_array_extend(feedback->events, session->console.kept);
    feedback->text =
        join_texts(feedback->text, dk_feedback_text(session, session->console.kept, exit_code));
}

void dk_feedback_part_reset(struct dk_feedback_part *part)
{
    json_decref(part->events);
    *part = (struct dk_feedback_part){0};
}

void dk_feedback_put_aside(struct dk_session *session, struct dk_feedback_part *part)
{
    const struct dk_feedback *feedback = &session->feedback;
    *part = (struct dk_feedback_part){.delivered = feedback->delivered,
                                      .loaded = feedback->loaded,
                                      .events = json_incref(session->console.kept)};
    memcpy(part->folder, feedback->folder, sizeof(part->folder));
}

/* Its events, and those of the shared steps that concern it. NULL: no memory. */
static json_t *all_events(const struct dk_feedback_part *part, const struct dk_feedback_end *end)
{
    json_t *events = json_copy(part->events);
    if (end->failure)
        (void)json_array_append_new(events,
                                    json_pack("{s:s, s:s, s:s}", "event", "error", "message",
                                              end->failure->message, "hint", end->failure->hint));
    if (end->archive_folder[0])
        (void)json_array_append_new(
            events, json_pack("{s:s, s:s}", "event", "archive", "folder", end->archive_folder));
    return events;
}

void dk_feedback_conclude(struct dk_session *session, struct dk_feedback_part *part,
                          const struct dk_feedback_end *end)
{
    struct dk_feedback *feedback = &session->feedback;
    json_t *shared = session->console.kept;
    memcpy(feedback->folder, part->folder, sizeof(feedback->folder));
    feedback->worked = end->worked;
    feedback->delivered = part->delivered;
    feedback->loaded = part->loaded;
    session->console.kept = all_events(part, end);
    dk_feedback_report(session, end->exit_code);
    json_t *with_shared = session->console.kept;
    char *text = dk_feedback_text(session, with_shared, end->exit_code);
    session->console.kept = shared;
    json_decref(with_shared);
    if (!feedback->events)
        feedback->events = json_array();
    (void)json_array_extend(feedback->events, part->events);
    feedback->text = join_texts(feedback->text, text);
    dk_feedback_part_reset(part);
}

void dk_feedback_reset(struct dk_feedback *feedback)
{
    json_decref(feedback->reports);
    json_decref(feedback->events);
    free(feedback->text);
    feedback->reports = NULL;
    feedback->events = NULL;
    feedback->text = NULL;
    feedback->concerns[0] = '\0';
}

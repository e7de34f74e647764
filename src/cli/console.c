#include "console.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/text.h"
#include "hint.h"
#include "wrap.h"

#define DRAW_EVERY_MS 100
#define EVENT_EVERY_MS 1000
#define RATE_AFTER_MS 500
#define WIDTH_MIN 40
#define KEPT_MAX 2000 /* events */

struct severity {
    const char *word;
    const char *colour; /* ANSI (ECMA-48, SGR) */
    const char *level;
    const char *event;
    const char *priority; /* for the journal: sd-daemon(3) */
};

static const struct severity severity_error = {"error: ", "\033[1;31m", "error", "error", "<3>"};
static const struct severity severity_warning = {"warning: ", "\033[1;33m", "warning", "warning",
                                                 "<4>"};
static const struct severity severity_note = {"note: ", "\033[1;36m", "notice", "notice", "<5>"};
static const struct severity severity_debug = {"note: ", "\033[1;36m", "debug", "notice", "<7>"};

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- what is printed; the caller holds the lock --------------------------------------------- */

static void note_output(struct dk_console *console, int errno_value)
{
    if (console->output_errno == 0)
        console->output_errno = errno_value ? errno_value : EIO;
}

static void clear_line(struct dk_console *console)
{
    if (console->line_shown)
        (void)fputs("\r\033[K", stderr);
    console->line_shown = false;
}

/* The event as an object, which the caller releases. Takes ownership of the fields' JSON. */
static json_t *make_event(const struct dk_console *console, const char *name, const char *level,
                          const struct dk_field *fields)
{
    const struct dk_event event = {.name = name,
                                   .level = level,
                                   .time_ms = wall_ms(),
                                   .run_id = console->run_id ? *console->run_id : 0,
                                   .rig = console->rig,
                                   .fields = fields};
    return dk_event_object(&event);
}

static void print_object(struct dk_console *console, const json_t *object)
{
    FILE *stream = console->stdout_is_output ? stderr : stdout;
    char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
    errno = 0;
    if (!line)
        note_output(console, ENOMEM);
    else if ((fprintf(stream, "%s\n", line) < 0 || fflush(stream) != 0) && stream == stdout)
        note_output(console, errno);
    free(line);
}

/* Keeps an event where events are kept, and prints it where it is `shown` as JSON. */
static void emit_event(struct dk_console *console, bool shown, const char *name, const char *level,
                       const struct dk_field *fields)
{
    bool keeps = console->kept && json_array_size(console->kept) < KEPT_MAX;
    if (!keeps && !(shown && console->json)) {
        dk_fields_reset(fields);
        return;
    }
    json_t *object = make_event(console, name, level, fields);
    if (keeps && object)
        (void)json_array_append(console->kept, object); /* without memory there is one less */
    if (shown && console->json)
        print_object(console, object);
    json_decref(object);
}

/* What a text quotes may come from elsewhere, such as a file's name. It must not control the
 * terminal or make one line look like two: only `kept` passes of what is not shown. Heap; NULL: no
 * memory. */
static char *make_safe(const char *text, char kept)
{
    char *safe = malloc(strlen(text) + 1);
    size_t used = 0;
    while (safe && *text) {
        bool shown = false;
        size_t size = dk_text_next(text, &shown);
        if (shown || *text == kept)
            memcpy(safe + used, text, size);
        else
            safe[used] = '?';
        used += shown || *text == kept ? size : 1;
        text += size;
    }
    if (safe)
        safe[used] = '\0';
    return safe;
}

static void print_safely(FILE *stream, const char *text, size_t width, size_t column, size_t indent)
{
    char *safe = make_safe(text, stream == stdout ? '\n' : '\0');
    dk_wrap_print(stream, safe ? safe : "out of memory", width, column, indent);
    (void)fputc('\n', stream);
    free(safe);
}

static void print_message(struct dk_console *console, const struct severity *severity,
                          const char *text)
{
    static const char before[] = "derrick: ";
    size_t indent = strlen(before);
    clear_line(console);
    console->priority = console->journal ? severity->priority : "";
    fprintf(stderr, "%s%s%s%s%s", console->priority, before,
            console->colour ? severity->colour : "", severity->word,
            console->colour ? "\033[0m" : "");
    print_safely(stderr, text, console->error_width, indent + strlen(severity->word), indent);
}

static void print_hint(struct dk_console *console, const char *hint)
{
    static const char before[] = "  hint: ";
    (void)fputs(console->priority, stderr);
    (void)fputs(before, stderr);
    print_safely(stderr, hint, console->error_width, strlen(before), strlen(before));
}

static void on_notice(void *context, enum dk_level level, const char *text)
{
    struct dk_console *console = context;
    const struct severity *severity = level == DK_LEVEL_WARNING  ? &severity_warning
                                      : level == DK_LEVEL_NOTICE ? &severity_note
                                                                 : &severity_debug;
    bool shown = !(level == DK_LEVEL_NOTICE && console->quiet);
    if (level == DK_LEVEL_DEBUG && !console->verbose)
        return;
    pthread_mutex_lock(&console->lock);
    emit_event(console, shown, severity->event, severity->level,
               DK_FIELDS(DK_TEXT("message", text)));
    if (shown && !console->json)
        print_message(console, severity, text);
    pthread_mutex_unlock(&console->lock);
}

/* --- progress ------------------------------------------------------------------------------- */

static void human_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    unsigned unit = 0;
    while (bytes >= 1000 && unit < 4) {
        bytes /= 1000;
        unit++;
    }
    snprintf(text, size, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void human_amount(double amount, const char *unit, char *text, size_t size)
{
    char count[DK_COUNT_TEXT_MAX];
    if (strcmp(unit, "bytes") == 0)
        human_bytes(amount, text, size);
    else
        snprintf(text, size, "%s %s", dk_count_text((uint64_t)amount, count), unit);
}

/* Appends to a line of at most `room` bytes with its NUL, if all of it fits. */
static void append(char *line, size_t room, const char *fmt, ...) DK_PRINTF(3, 4);

static void append(char *line, size_t room, const char *fmt, ...)
{
    char text[DK_WRAP_WIDTH];
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(text, sizeof(text), fmt, args);
    va_end(args);
    if (strlen(line) + strlen(text) < room)
        memcpy(line + strlen(line), text, strlen(text) + 1);
}

/* "read 42 % 231.0 MB of 550.0 MB 310.2 MB/s 1 s left", less where the terminal is narrow: a line
 * that wraps could not be cleared. */
static void draw(struct dk_console *console, uint64_t done, uint64_t total, const char *unit,
                 int64_t elapsed_ms)
{
    char text[DK_WRAP_WIDTH];
    char amount[48];
    char whole[48];
    char each[48];
    const size_t room = console->error_width > 0 ? console->error_width : sizeof(text);
    const double seconds = (double)elapsed_ms / 1000;
    human_amount((double)done, unit, amount, sizeof(amount));
    human_amount((double)total, unit, whole, sizeof(whole));
    if (total > 0 && strcmp(unit, "bytes") != 0) /* "3 of 60 cohorts" */
        (void)dk_count_text(done, amount);
    if (total > 0)
        dk_text_format(text, room, "%-8s %3.0f %%  %s of %s", console->step,
                       100.0 * (double)done / (double)total, amount, whole);
    else
        dk_text_format(text, room, "%-8s %s", console->step, amount);
    if (elapsed_ms >= RATE_AFTER_MS && done > 0) {
        human_amount((double)done / seconds, unit, each, sizeof(each));
        append(text, room, "  %s/s", each);
        if (total > done)
            append(text, room, "  %.0f s left", seconds * (double)(total - done) / (double)done);
    }
    console->line_shown = true;
    fprintf(stderr, "\r\033[K%s", text);
    (void)fflush(stderr);
}

/* The row of a step, made if there is none; NULL where there are too many. */
static struct dk_console_step *find_step(struct dk_console *console, const char *name, bool *is_new)
{
    *is_new = false;
    for (size_t i = 0; i < console->step_count; i++)
        if (strcmp(console->steps[i].name, name) == 0)
            return &console->steps[i];
    if (console->step_count == DK_CONSOLE_STEPS_MAX)
        return NULL;
    struct dk_console_step *step = &console->steps[console->step_count++];
    *step = (struct dk_console_step){0};
    dk_text_format(step->name, sizeof(step->name), "%s", name);
    *is_new = true;
    return step;
}

/* Each step is reported when it begins and when it ends, and in between as often as time allows:
 * not by each call. */
static bool is_worth_reporting(struct dk_console *console, const char *name, bool at_end,
                               int64_t now)
{
    int64_t every = console->json ? EVENT_EVERY_MS : DRAW_EVERY_MS;
    bool is_new = false;
    struct dk_console_step *step = find_step(console, name, &is_new);
    bool ends = at_end && step && !step->ended;
    if (ends)
        step->ended = true;
    return is_new || ends || now - console->reported_ms >= every;
}

/* Follows a command through its steps. Those of a load come in this order: read, load, verify, then
 * those that only a committed load has. */
static void note_stage(struct dk_console *console, const char *step, bool at_end)
{
    int stage = atomic_load(&console->stage);
    bool is_load = strcmp(step, "read") == 0 || strcmp(step, "load") == 0;
    if (stage == DK_STAGE_REBUILDING)
        return;
    if (strcmp(step, "rebuild") == 0)
        stage = DK_STAGE_REBUILDING;
    else if (!console->loads)
        return;
    else if (is_load)
        stage = console->has_loaded ? DK_STAGE_LOADED : DK_STAGE_NOTHING_LOADED;
    else if (strcmp(step, "verify") != 0)
        stage = DK_STAGE_LOADED;
    else if (at_end && stage == DK_STAGE_NOTHING_LOADED)
        stage = DK_STAGE_COMPLETING;
    atomic_store(&console->stage, stage);
}

static void on_progress(void *context, const char *step, uint64_t done, uint64_t total,
                        const char *unit)
{
    struct dk_console *console = context;
    bool at_end = total > 0 && done >= total;
    note_stage(console, step, at_end);
    if (console->stop_at && strcmp(step, console->stop_at) == 0)
        (void)raise(SIGINT);
    if (!console->progress)
        return;
    pthread_mutex_lock(&console->lock);
    int64_t now = console->clock_ms();
    if (is_worth_reporting(console, step, at_end, now)) {
        if (strcmp(console->step, step) != 0) {
            dk_text_format(console->step, sizeof(console->step), "%s", step);
            console->step_started_ms = now;
        }
        console->reported_ms = now;
        if (console->json) {
            json_t *object =
                make_event(console, "progress", "info",
                           DK_FIELDS(DK_TEXT("step", step), DK_NUMBER("done", done),
                                     DK_NUMBER("total", total), DK_TEXT("unit", unit)));
            print_object(console, object);
            json_decref(object);
        } else
            draw(console, done, total, unit, now - console->step_started_ms);
    }
    pthread_mutex_unlock(&console->lock);
}

/* --- the console ---------------------------------------------------------------------------- */

/* Whether stderr is the stream that systemd connected to the journal: systemd.exec(5) says how
 * JOURNAL_STREAM names it, by device and inode. */
static bool is_journal(void)
{
    const char *text = getenv("JOURNAL_STREAM");
    struct stat info;
    char *end = NULL;
    if (!text || fstat(STDERR_FILENO, &info) != 0)
        return false;
    unsigned long long device = strtoull(text, &end, 10);
    if (*end != ':' || device != (unsigned long long)info.st_dev)
        return false;
    return strtoull(end + 1, &end, 10) == (unsigned long long)info.st_ino && *end == '\0';
}

void dk_console_init(struct dk_console *console)
{
    *console =
        (struct dk_console){.clock_ms = dk_monotonic_ms, .journal = is_journal(), .priority = ""};
    pthread_mutex_init(&console->lock, NULL);
    console->observer =
        (struct dk_observer){.context = console, .notice = on_notice, .progress = on_progress};
}

static size_t find_width(int fd)
{
    struct winsize size = {0};
    if (!isatty(fd))
        return 0;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH_MIN || size.ws_col > DK_WRAP_WIDTH)
        return DK_WRAP_WIDTH;
    return size.ws_col;
}

/* Whether the terminal understands colours and how to clear a line. */
static bool is_terminal_able(void)
{
    const char *term = getenv("TERM");
    return term && term[0] && strcmp(term, "dumb") != 0;
}

/* https://no-color.org: set and not empty. */
static bool is_colour_wanted(void)
{
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && no_color[0]);
}

void dk_console_start(struct dk_console *console)
{
    console->error_width = find_width(STDERR_FILENO);
    console->output_width = find_width(STDOUT_FILENO);
    bool able = console->error_width > 0 && is_terminal_able();
    console->colour = able && is_colour_wanted();
    console->progress =
        console->progress_mode == DK_PROGRESS_ALWAYS ||
        (console->progress_mode == DK_PROGRESS_AUTO && !console->quiet && !console->json && able);
}

static void lock_and_clear(struct dk_console *console)
{
    pthread_mutex_lock(&console->lock);
    clear_line(console);
}

void dk_console_reset(struct dk_console *console)
{
    lock_and_clear(console);
    pthread_mutex_unlock(&console->lock);
    pthread_mutex_destroy(&console->lock);
    json_decref(console->kept);
    console->kept = NULL;
}

void dk_console_keep(struct dk_console *console)
{
    pthread_mutex_lock(&console->lock);
    json_decref(console->kept);
    console->kept = json_array();
    pthread_mutex_unlock(&console->lock);
}

void dk_console_begin_run(struct dk_console *console)
{
    pthread_mutex_lock(&console->lock);
    console->step_count = 0;
    console->step[0] = '\0';
    console->loads = true;
    atomic_store(&console->stage, console->has_loaded ? DK_STAGE_LOADED : DK_STAGE_OTHER);
    pthread_mutex_unlock(&console->lock);
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static void emit_error(struct dk_console *console, const struct dk_error *err, const char *message)
{
    struct dk_field fields[9] = {DK_TEXT("status", dk_status_name(err->status)),
                                 DK_NUMBER("exit_code", dk_status_exit_code(err->status)),
                                 DK_TEXT("message", message), DK_TEXT("hint", or_null(err->hint)),
                                 DK_TEXT("path", or_null(err->path))};
    if (err->line > 0) {
        fields[5] = (struct dk_field)DK_NUMBER("line", err->line);
        fields[6] = (struct dk_field)DK_NUMBER("column", err->column);
        fields[7] = (struct dk_field)DK_NUMBER("byte_offset", err->offset);
    }
    emit_event(console, true, severity_error.event, severity_error.level, fields);
}

void dk_console_error(struct dk_console *console, const struct dk_error *err)
{
    const char *message = err->message[0] ? err->message : dk_status_sentence(err->status);
    lock_and_clear(console);
    emit_error(console, err, message);
    if (!console->json) {
        print_message(console, &severity_error, message);
        if (err->hint[0])
            print_hint(console, err->hint);
    }
    pthread_mutex_unlock(&console->lock);
}

static void emit_problem(struct dk_console *console, const struct severity *severity,
                         const struct dk_problem *problem, const struct dk_drop *drop,
                         const struct dk_problem_words *words)
{
    char name[DK_PROBLEM_NAME_MAX];
    dk_problem_file_name(problem, drop, name);
    emit_event(console, true, "problem", severity->level,
               DK_FIELDS(DK_TEXT("file", name), DK_NUMBER("line", problem->line),
                         DK_NUMBER("column", problem->column),
                         DK_NUMBER("byte_offset", problem->offset), DK_TEXT("text", problem->text),
                         DK_TEXT("message", words->text), DK_TEXT("hint", or_null(words->hint))));
}

/* With -v, the byte offset follows. */
static void print_problem(struct dk_console *console, const struct severity *severity,
                          const struct dk_problem *problem, const struct dk_problem_words *words)
{
    char text[DK_ERROR_TEXT_MAX];
    if (console->verbose && problem->line > 0)
        dk_text_format(text, sizeof(text), "%s (byte %" PRIu64 ")", words->text, problem->offset);
    else
        dk_text_format(text, sizeof(text), "%s", words->text);
    print_message(console, severity, text);
}

/* The cell is in quarantine already. */
static void leave_out_quarantine(struct dk_problem_words *words)
{
    char hint[sizeof(words->hint)];
    dk_hint_without(words->hint, "--quarantine", hint, sizeof(hint));
    memcpy(words->hint, hint, sizeof(hint));
}

void dk_console_report(struct dk_console *console, const struct dk_report *report,
                       const struct dk_drop *drop, bool refused)
{
    const struct severity *severity = refused ? &severity_error : &severity_warning;
    char last_hint[DK_ERROR_TEXT_MAX] = "";
    size_t shown = report->problems_count;
    if (shown > DK_PROBLEMS_SHOWN)
        shown = DK_PROBLEMS_SHOWN;
    lock_and_clear(console);
    for (size_t i = 0; i < shown; i++) {
        struct dk_problem_words words;
        dk_problem_format(&report->problems[i], drop, &words);
        if (!refused)
            leave_out_quarantine(&words);
        emit_problem(console, severity, &report->problems[i], drop, &words);
        if (console->json)
            continue;
        print_problem(console, severity, &report->problems[i], &words);
        if (words.hint[0] && strcmp(words.hint, last_hint) != 0)
            print_hint(console, words.hint);
        memcpy(last_hint, words.hint, sizeof(last_hint));
    }
    if (!console->json && report->problems_total > shown) {
        char rest[DK_ERROR_TEXT_MAX];
        dk_report_format_rest(report, drop, shown, rest);
        fprintf(stderr, "%sderrick: ... and %s\n", console->priority, rest);
    }
    pthread_mutex_unlock(&console->lock);
}

static void flush_output(struct dk_console *console)
{
    errno = 0;
    if (fflush(stdout) != 0)
        note_output(console, errno);
}

/* A line that a break begins is indented further than the text. */
static void print_result(struct dk_console *console, const char *fmt, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, args) < 0) {
        note_output(console, ENOMEM);
        return;
    }
    print_safely(stdout, text, console->output_width, 0, strspn(text, " ") + 2);
    free(text);
    flush_output(console);
}

void dk_console_result(struct dk_console *console, const char *event, const struct dk_field *fields,
                       const char *fmt, ...)
{
    lock_and_clear(console);
    emit_event(console, true, event, "info", fields);
    if (!console->json) {
        va_list args;
        va_start(args, fmt);
        print_result(console, fmt, args);
        va_end(args);
    }
    pthread_mutex_unlock(&console->lock);
}

void dk_console_keep_result(struct dk_console *console, const char *event,
                            const struct dk_field *fields)
{
    pthread_mutex_lock(&console->lock);
    emit_event(console, false, event, "info", fields);
    pthread_mutex_unlock(&console->lock);
}

void dk_console_print(struct dk_console *console, const char *fmt, ...)
{
    if (console->json)
        return;
    va_list args;
    lock_and_clear(console);
    va_start(args, fmt);
    print_result(console, fmt, args);
    va_end(args);
    pthread_mutex_unlock(&console->lock);
}

enum dk_status dk_console_flush(struct dk_console *console, struct dk_error *err)
{
    flush_output(console);
    if (console->output_errno == 0 && !ferror(stdout))
        return DK_OK;
    return dk_error_errno(err, DK_ERR_IO, console->output_errno ? console->output_errno : EIO,
                          "can't write", "standard output");
}

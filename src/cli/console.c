#include "cli/console.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define DRAW_EVERY_MS 100
#define RATE_AFTER_MS 500

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One line of JSON. */
static void print_json(FILE *stream, json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    if (text)
        fprintf(stream, "%s\n", text);
    free(text);
    json_decref(object);
}

json_t *dk_json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char plain[DK_ERROR_TEXT_MAX];
    dk_text_show(text, plain, sizeof(plain));
    return json_string(plain);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_object_set_new(object, key, dk_json_text(text));
}

/* Text, and a line end. What it quotes may come from others, such as a file's name, and must not
 * control the terminal or make one line look like two: only `kept` passes of what is not shown. */
static void print_text(FILE *stream, const char *text, char kept)
{
    while (*text) {
        bool shown = false;
        size_t size = dk_text_next(text, &shown);
        if (shown || *text == kept)
            (void)fwrite(text, 1, size, stream);
        else
            (void)fputc('?', stream);
        text += size;
    }
    (void)fputc('\n', stream);
}

static void print_line(const char *before, const char *text)
{
    (void)fputs(before, stderr);
    print_text(stderr, text, '\0');
}

static void clear_line(struct dk_console *console)
{
    if (console->step[0] == '\0')
        return;
    (void)fputs("\r\033[K", stderr);
    console->step[0] = '\0';
}

static void on_notice(void *context, enum dk_level level, const char *text)
{
    struct dk_console *console = context;
    if (level == DK_LEVEL_DEBUG && !console->verbose)
        return;
    if (level == DK_LEVEL_NOTICE && console->quiet)
        return;
    pthread_mutex_lock(&console->lock);
    clear_line(console);
    if (console->json) {
        json_t *object = json_object();
        set_text(object, "event", level == DK_LEVEL_WARNING ? "warning" : "notice");
        set_text(object, "message", text);
        print_json(stderr, object);
    } else {
        print_line(level == DK_LEVEL_WARNING ? "derrick: warning: " : "derrick: ", text);
    }
    pthread_mutex_unlock(&console->lock);
}

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
    if (strcmp(unit, "bytes") == 0)
        human_bytes(amount, text, size);
    else
        snprintf(text, size, "%.0f %s", amount, unit);
}

static void draw(const char *step, uint64_t done, uint64_t total, const char *unit,
                 int64_t elapsed_ms)
{
    char amount[48];
    char rate[64] = "";
    char left[32] = "";
    human_amount((double)done, unit, amount, sizeof(amount));
    if (elapsed_ms >= RATE_AFTER_MS && done > 0) {
        char each[48];
        double seconds = (double)elapsed_ms / 1000;
        human_amount((double)done / seconds, unit, each, sizeof(each));
        snprintf(rate, sizeof(rate), "  %s/s", each);
        if (total > done)
            snprintf(left, sizeof(left), "  %.0f s left",
                     seconds * (double)(total - done) / (double)done);
    }
    if (total > 0)
        fprintf(stderr, "\r\033[K%-8s %3.0f %%  %s%s%s", step, 100.0 * (double)done / (double)total,
                amount, rate, left);
    else
        fprintf(stderr, "\r\033[K%-8s %s%s", step, amount, rate);
    (void)fflush(stderr);
}

static void on_progress(void *context, const char *step, uint64_t done, uint64_t total,
                        const char *unit)
{
    struct dk_console *console = context;
    if (!console->progress)
        return;
    pthread_mutex_lock(&console->lock);
    int64_t now = now_ms();
    if (strcmp(console->step, step) != 0) {
        snprintf(console->step, sizeof(console->step), "%s", step);
        console->step_started_ms = now;
        console->drawn_ms = 0;
    }
    if (now - console->drawn_ms >= DRAW_EVERY_MS) {
        console->drawn_ms = now;
        if (console->json)
            print_json(stderr,
                       json_pack("{s:s,s:s,s:I,s:I,s:s}", "event", "progress", "step", step, "done",
                                 (json_int_t)done, "total", (json_int_t)total, "unit", unit));
        else
            draw(step, done, total, unit, now - console->step_started_ms);
    }
    if (console->json)
        console->step[0] = '\0';
    pthread_mutex_unlock(&console->lock);
}

/* Takes the progress line off the terminal. */
static void clear_progress(struct dk_console *console)
{
    pthread_mutex_lock(&console->lock);
    clear_line(console);
    pthread_mutex_unlock(&console->lock);
}

void dk_console_init(struct dk_console *console)
{
    *console = (struct dk_console){0};
    pthread_mutex_init(&console->lock, NULL);
    console->observer =
        (struct dk_observer){.context = console, .notice = on_notice, .progress = on_progress};
}

void dk_console_start(struct dk_console *console)
{
    console->progress = console->progress_mode == DK_PROGRESS_ALWAYS ||
                        (console->progress_mode == DK_PROGRESS_AUTO && !console->quiet &&
                         !console->json && isatty(STDERR_FILENO));
}

void dk_console_reset(struct dk_console *console)
{
    clear_progress(console);
    pthread_mutex_destroy(&console->lock);
}

static void print_error_json(const struct dk_error *err)
{
    json_t *object = json_object();
    set_text(object, "event", "error");
    set_text(object, "status", dk_status_name(err->status));
    json_object_set_new(object, "exit_code", json_integer(dk_status_exit_code(err->status)));
    set_text(object, "message", err->message);
    set_text(object, "hint", err->hint);
    set_text(object, "path", err->path);
    if (err->line > 0) {
        json_object_set_new(object, "line", json_integer((json_int_t)err->line));
        json_object_set_new(object, "column", json_integer((json_int_t)err->column));
        json_object_set_new(object, "byte_offset", json_integer((json_int_t)err->offset));
    }
    print_json(stderr, object);
}

void dk_console_error(struct dk_console *console, const struct dk_error *err)
{
    clear_progress(console);
    if (console->json) {
        print_error_json(err);
        return;
    }
    print_line("derrick: ", err->message[0] ? err->message : dk_status_sentence(err->status));
    if (err->hint[0])
        print_line("  hint: ", err->hint);
}

static void print_problem_json(const struct dk_problem *problem, const struct dk_drop *drop,
                               const char *text, const char *hint)
{
    json_t *object = json_object();
    char name[DK_PROBLEM_NAME_MAX];
    dk_problem_file_name(problem, drop, name);
    set_text(object, "event", "problem");
    set_text(object, "file", name);
    json_object_set_new(object, "line", json_integer(problem->line));
    json_object_set_new(object, "column", json_integer(problem->column));
    json_object_set_new(object, "byte_offset", json_integer((json_int_t)problem->offset));
    set_text(object, "text", problem->text);
    set_text(object, "message", text);
    set_text(object, "hint", hint);
    print_json(stderr, object);
}

void dk_console_report(struct dk_console *console, const struct dk_report *report,
                       const struct dk_drop *drop)
{
    clear_progress(console);
    char last_hint[DK_ERROR_TEXT_MAX] = "";
    size_t shown = report->problems_count;
    if (shown > DK_PROBLEMS_SHOWN)
        shown = DK_PROBLEMS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        char text[DK_ERROR_TEXT_MAX];
        char hint[DK_ERROR_TEXT_MAX];
        dk_problem_format(&report->problems[i], drop, text, sizeof(text), hint, sizeof(hint));
        if (console->json) {
            print_problem_json(&report->problems[i], drop, text, hint);
            continue;
        }
        print_line("derrick: ", text);
        if (hint[0] && strcmp(hint, last_hint) != 0)
            print_line("  hint: ", hint);
        memcpy(last_hint, hint, sizeof(last_hint));
    }
    if (!console->json && report->problems_total > shown)
        fprintf(stderr, "derrick: ... and %" PRIu64 " more\n", report->problems_total - shown);
}

static void note_output(struct dk_console *console)
{
    errno = 0;
    if (fflush(stdout) != 0 && console->output_errno == 0)
        console->output_errno = errno ? errno : EIO;
}

void dk_console_result(struct dk_console *console, json_t *object, const char *fmt, ...)
{
    clear_progress(console);
    if (console->json) {
        print_json(stdout, object);
    } else {
        char *text = NULL;
        va_list args;
        json_decref(object);
        va_start(args, fmt);
        if (vasprintf(&text, fmt, args) < 0)
            text = NULL;
        va_end(args);
        if (text)
            print_text(stdout, text, '\n');
        else
            console->output_errno = ENOMEM;
        free(text);
    }
    note_output(console);
}

enum dk_status dk_console_flush(struct dk_console *console, struct dk_error *err)
{
    note_output(console);
    if (console->output_errno == 0 && !ferror(stdout))
        return DK_OK;
    return dk_error_errno(err, DK_ERR_IO, console->output_errno ? console->output_errno : EIO,
                          "can't write", "standard output");
}

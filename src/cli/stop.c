#include "stop.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/shell.h"

static struct dk_console *stopped_console;

static const char *const sentences[] = {
    [DK_STAGE_OTHER] = "stopped; run again",
    [DK_STAGE_NOTHING_LOADED] = "stopped; nothing was loaded, run again",
    [DK_STAGE_COMPLETING] = "stopped while the load was being completed; run again to finish it",
    [DK_STAGE_LOADED] = "stopped; what was loaded is safe, run again to finish",
    [DK_STAGE_REBUILDING] =
        "stopped; the drops loaded so far are safe, run 'derrick init --rebuild' again",
};

struct line {
    char *text;
    size_t used, size;
};

static void add(struct line *line, const char *text)
{
    size_t size = strlen(text);
    if (size > line->size - line->used)
        size = line->size - line->used;
    memcpy(line->text + line->used, text, size);
    line->used += size;
}

static void add_number(struct line *line, int64_t number, int width)
{
    char digits[24];
    char *at = digits + sizeof(digits) - 1;
    *at = '\0';
    for (; number > 0 || width > 0; number /= 10, width--)
        *--at = (char)('0' + number % 10);
    add(line, at);
}

/* As dk_event_line does. The name of a rig is made of letters, digits and hyphens. */
static void add_event(struct line *line, const struct dk_console *console, int64_t time_ms,
                      const char *sentence)
{
    char time[DK_DATE_TIME_SIZE + 1] = "";
    int64_t run_id = console->run_id ? *console->run_id : 0;
    dk_date_time_format(time_ms / 60000, time);
    time[10] = 'T';
    time[17] = '\0'; /* the seconds follow */
    add(line, "{\"time\":\"");
    add(line, time);
    add_number(line, time_ms / 1000 % 60, 2);
    add(line, ".");
    add_number(line, time_ms % 1000, 3);
    add(line, "Z\",\"level\":\"warning\",\"event\":\"stopped\",\"run_id\":");
    if (run_id > 0)
        add_number(line, run_id, 1);
    else
        add(line, "null");
    add(line, ",\"rig\":");
    add(line, console->rig[0] ? "\"" : "null");
    add(line, console->rig);
    add(line, console->rig[0] ? "\"" : "");
    add(line, ",\"message\":\"");
    add(line, sentence);
    add(line, "\"}");
}

size_t dk_stop_line(const struct dk_console *console, int64_t time_ms, char *line, size_t size)
{
    struct line out = {.text = line, .size = size - 1};
    const char *sentence = sentences[atomic_load(&console->stage)];
    if (console->json) {
        add_event(&out, console, time_ms, sentence);
    } else {
        add(&out, console->journal ? "<4>" : "");
        add(&out, console->line_shown ? "\r\033[K" : "");
        add(&out, "derrick: ");
        add(&out, sentence);
    }
    line[out.used++] = '\n';
    return out.used;
}

static void print_stop(void)
{
    char line[512];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    size_t size = dk_stop_line(stopped_console, time_ms, line, sizeof(line));
    bool is_result = stopped_console->json && !stopped_console->stdout_is_output;
    if (write(is_result ? STDOUT_FILENO : STDERR_FILENO, line, size) < 0)
        return; /* nobody reads it */
}

void dk_stop_now(int number)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    print_stop();
    dk_file_remove_temporaries();
    dk_shell_kill();
    (void)sigaction(number, &action, NULL);
    (void)raise(number); /* in a handler: as soon as it returns */
}

void dk_stop_install(struct dk_console *console)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = dk_stop_now, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    stopped_console = console;
    for (size_t i = 0; i < DK_COUNT_OF(numbers); i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            (void)sigaction(numbers[i], &action, NULL);
}

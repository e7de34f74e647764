/* derrick trace: where a value came from. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "command.h"
#include "pipeline/trace.h"
#include "rig/catalogue.h"

#define CELLS_SHOWN 8
#define CELLS_TEXT_MAX 512

/* --- the command line ----------------------------------------------------------------------- */

static enum dk_status usage(struct dk_error *err, const char *fmt, const char *text)
{
    dk_error_set(err, DK_ERR_USAGE, fmt, text);
    dk_error_hint(err, "write a rig, a cohort and a reading (texas-1 61 7), or a rig and a time "
                       "(texas-1 '2023-05-07 06:00:00'), and perhaps a sensor");
    return DK_ERR_USAGE;
}

static enum dk_status take_sensor(const char *name, int *sensor, struct dk_error *err)
{
    *sensor = dk_sensor_find(name, strlen(name));
    return *sensor >= 0 ? DK_OK : usage(err, "'%s' is not a sensor", name);
}

static enum dk_status read_request(const struct dk_session *session,
                                   struct dk_trace_request *request, struct dk_error *err)
{
    char *const *words = session->arguments.operands;
    size_t count = session->arguments.operand_count;
    size_t used = 2;
    uint64_t cohort = 0;
    uint64_t reading = 0;
    *request = (struct dk_trace_request){.sensor = -1};
    if (count < 2)
        return usage(err, "'derrick trace' needs %s", "a rig and a reading");
    DK_RETURN_IF_ERROR(dk_well_parse(words[0], &request->well, err));
    if (dk_date_time_parse(words[1], &request->minute) != 0) {
        used = 3;
        if (!dk_text_number(words[1], &cohort) || cohort < 1 || cohort > DK_COHORT_MAX)
            return usage(err, "'%s' is neither a cohort nor a time", words[1]);
        if (count < 3)
            return usage(err, "cohort %s: which reading?", words[1]);
        if (!dk_text_number(words[2], &reading) || reading < 1 || reading > INT32_MAX)
            return usage(err, "'%s' is not the number of a reading", words[2]);
        request->cohort = (int)cohort;
        request->reading = (size_t)reading;
    }
    if (count > used + 1)
        return usage(err, "'%s' is one word too many", words[used + 1]);
    return count > used ? take_sensor(words[used], &request->sensor, err) : DK_OK;
}

/* --- the answer ----------------------------------------------------------------------------- */

/* What the answer is printed with. */
struct telling {
    struct dk_session *session;
    const struct dk_trace *trace;
    size_t disagreeing;
};

static void report_reading(struct dk_session *session, const struct dk_trace *trace)
{
    const struct dk_ledger_drop *drop = &trace->drop;
    const char *place = drop->archive_folder[0] ? drop->archive_folder : drop->source;
    char rig[DK_RIG_NAME_MAX];
    char date[DK_DATE_TIME_SIZE + 1] = "";
    dk_well_rig_name(&trace->series.series.well, rig);
    dk_date_time_format(trace->minute, date);
    dk_console_result(
        &session->console, "trace",
        DK_FIELDS(DK_TEXT("rig", rig), DK_NUMBER("cohort", trace->series.series.cohort),
                  DK_NUMBER("reading", trace->reading), DK_TEXT("date_time", date),
                  DK_NUMBER("run", trace->series.run_id), DK_TEXT("drop", drop->source),
                  DK_TEXT("folder", place), DK_TEXT("loaded_at", drop->loaded_at),
                  DK_TEXT("sample", dk_sample_name(trace->sample))),
        "%s, cohort %d, reading %zu: %s", rig, trace->series.series.cohort, trace->reading, date);
    dk_console_print(&session->console, "drop '%s', loaded by run %lld on %s UTC, now in '%s'",
                     drop->source, (long long)trace->series.run_id, drop->loaded_at, place);
    dk_console_print(&session->console, "sample rule: %s", dk_sample_name(trace->sample));
}

static void put_value(dk_decimal value, char text[DK_DECIMAL_TEXT_MAX + 8])
{
    size_t size = dk_decimal_format(value, text);
    text[size] = '\0';
    if (size == 0)
        dk_text_format(text, DK_DECIMAL_TEXT_MAX + 8, "missing");
}

/* The cells as text: all of a short burst, the first ones of a long one, or the one that counts. */
static void put_cells(const struct telling *telling, const struct dk_traced *value,
                      char text[CELLS_TEXT_MAX])
{
    enum dk_sample rule = telling->trace->sample;
    size_t first = rule == DK_SAMPLE_LAST ? value->count - 1 : 0;
    size_t shown = rule == DK_SAMPLE_FIRST || rule == DK_SAMPLE_LAST ? 1 : CELLS_SHOWN;
    text[0] = '\0';
    for (size_t i = first; i < first + shown && i < value->count; i++) {
        const char *cell = value->cells[i] ? value->cells[i] : "(none)";
        size_t used = strlen(text);
        dk_text_format(text + used, CELLS_TEXT_MAX - used, "%s'%s'", i > first ? " " : "", cell);
    }
    size_t used = strlen(text);
    if (shown > 1 && value->count > shown)
        dk_text_format(text + used, CELLS_TEXT_MAX - used, " ... of %zu", value->count);
    else if (shown == 1 && value->count > 1)
        dk_text_format(text + used, CELLS_TEXT_MAX - used, ", the %s of %zu",
                       rule == DK_SAMPLE_LAST ? "last" : "first", value->count);
}

static json_t *list_cells(const struct dk_traced *value)
{
    json_t *list = json_array();
    for (size_t i = 0; i < value->count; i++) {
        json_t *text = value->cells[i] ? json_string(value->cells[i]) : NULL;
        json_array_append_new(list, text ? text : json_null());
    }
    return list;
}

static void print_file(const struct telling *telling, const struct dk_traced *value)
{
    struct dk_console *console = &telling->session->console;
    char cells[CELLS_TEXT_MAX];
    dk_console_print(console, "  '%s', sha256 %s", value->path, value->sha256);
    if (value->state == DK_TRACED_UNREADABLE) {
        dk_console_print(console, "  the file is gone, or is not the one that was loaded");
        return;
    }
    put_cells(telling, value, cells);
    dk_console_print(
        console, "  line %llu, column%s %llu%s%.0llu: %s", (unsigned long long)value->line,
        value->count > 1 ? "s" : "", (unsigned long long)value->column,
        value->count > 1 ? " to " : "",
        value->count > 1 ? (unsigned long long)(value->column + value->count - 1) : 0ULL, cells);
    if (value->corrected > 0)
        dk_console_print(console, "  %zu of the cells %s a value from 'derrick quarantine apply'",
                         value->corrected, value->corrected == 1 ? "has" : "have");
}

static const char *const states[] = {[DK_TRACED_SAME] = "same",
                                     [DK_TRACED_OTHER] = "other",
                                     [DK_TRACED_UNREADABLE] = "unreadable",
                                     [DK_TRACED_ABSENT] = "absent"};

static void report_value(void *context, const struct dk_traced *value)
{
    struct telling *telling = context;
    struct dk_console *console = &telling->session->console;
    char stored[DK_DECIMAL_TEXT_MAX + 8];
    char computed[DK_DECIMAL_TEXT_MAX + 8];
    bool has_stored = value->stored != DK_DECIMAL_MISSING;
    bool has_computed = value->computed != DK_DECIMAL_MISSING;
    put_value(value->stored, stored);
    put_value(value->computed, computed);
    telling->disagreeing += value->state == DK_TRACED_OTHER || value->state == DK_TRACED_UNREADABLE;
    dk_console_result(
        console, "traced",
        DK_FIELDS(DK_TEXT("sensor", dk_sensors[value->sensor].name),
                  DK_TEXT("state", states[value->state]),
                  DK_TEXT("value", has_stored ? stored : NULL),
                  DK_TEXT("computed", has_computed ? computed : NULL), DK_TEXT("file", value->name),
                  DK_TEXT("path", value->path), DK_TEXT("sha256", value->sha256),
                  DK_NUMBER("line", value->line), DK_NUMBER("column", value->column),
                  DK_JSON("cells", list_cells(value)), DK_NUMBER("corrected", value->corrected)),
        "%s: %s%s%s", dk_sensors[value->sensor].name, stored,
        value->state == DK_TRACED_OTHER ? ", but the file gives " : "",
        value->state == DK_TRACED_OTHER    ? computed
        : value->state == DK_TRACED_ABSENT ? " (the drop had no file of it)"
                                           : "");
    if (value->path)
        print_file(telling, value);
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_trace_request request;
    struct dk_trace trace;
    struct telling telling = {.session = session, .trace = &trace};
    DK_RETURN_IF_ERROR(read_request(session, &request, err));
    DK_RETURN_IF_ERROR(dk_pipeline_open(&session->pipeline, err));
    DK_RETURN_IF_ERROR(dk_pipeline_trace_find(&session->pipeline, &request, &trace, err));
    report_reading(session, &trace);
    DK_RETURN_IF_ERROR(
        dk_pipeline_trace(&session->pipeline, &trace, request.sensor, &telling, report_value, err));
    session->needs_action = telling.disagreeing > 0;
    return DK_OK;
}

const struct dk_command dk_command_trace = {
    .name = "trace",
    .summary = "show where a value came from",
    .operands = "RIG COHORT READING [SENSOR]",
    .operands_max = 4,
    .operand = DK_OPERAND_TEXT,
    .description =
        "Shows the drop, the run, the file with its sha256, the line and the columns of a "
        "reading's values, reads the cells again from the archived drop, and compares what they "
        "give by the drop's sample rule with the database. READING counts from 1. Instead of "
        "COHORT and READING you can write a date and time, in quotes. Exit code 7: a value "
        "differs, or a file is gone or is not the one that was loaded. Changes nothing.",
    .examples = "derrick trace texas-1 61 7\n"
                "derrick trace texas-1 61 7 PS1\n"
                "derrick trace texas-1 '2023-05-07 06:00:00' --json",
    .needs = DK_NEEDS_SETTINGS,
    .refused = "",
    .run = run,
};

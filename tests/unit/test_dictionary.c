/* The data dictionary: one line per column of the historical CSV, in the same order. */
#include "test_export_table.h"

#include <errno.h>
#include <stdbool.h>

#define FIELDS 6
#define FIELD_BYTES_MAX 512

/* The fields of one CSV line, unquoted. Returns the position after its LF. */
static const char *split_line(const char *at, char fields[FIELDS][FIELD_BYTES_MAX], size_t *count)
{
    *count = 0;
    for (bool more = true; more;) {
        assert_true(*count < FIELDS);
        char *to = fields[(*count)++];
        bool quoted = *at == '"';
        at += quoted;
        while (quoted ? at[0] != '"' || at[1] == '"' : *at != ',' && *at != '\n') {
            assert_true(*at != '\0');
            at += quoted && *at == '"';
            *to++ = *at++;
        }
        *to = '\0';
        at += quoted;
        more = *at == ',';
        assert_true(more || *at == '\n');
        at++;
    }
    return at;
}

static char *dictionary_text(const char *sample)
{
    struct dk_error err;
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_CEILING_BYTES);
    struct dk_sink sink = dk_sink_buffer(&text);
    assert_ok(dk_dictionary_write(&sink, sample, &err));
    assert_ok(dk_buffer_terminate(&text, &err));
    return text.data;
}

static char *historical_header(void)
{
    struct dk_readings readings;
    table_init(&readings, 1, 0);
    const struct dk_export_settings settings = {.format = DK_FORMAT_HISTORICAL, .threads = 1};
    char *text = table_text(&readings, &settings);
    dk_readings_reset(&readings);
    return text;
}

static void dictionary_has_every_column_in_order(void **state)
{
    (void)state;
    char *dictionary = dictionary_text("first");
    char *header = historical_header();
    char fields[FIELDS][FIELD_BYTES_MAX];
    size_t count = 0;
    const char *line = split_line(dictionary, fields, &count);
    const char *column = header;
    size_t lines = 0;
    while (*line) {
        line = split_line(line, fields, &count);
        assert_int_equal(count, FIELDS);
        size_t size = strcspn(column, ",\n");
        assert_int_equal(strlen(fields[0]), size);
        assert_memory_equal(fields[0], column, size);
        assert_true(strlen(fields[1]) > 0);
        assert_true(strlen(fields[3]) > 10);
        column += size + 1;
        lines++;
    }
    assert_int_equal(*column, '\0');
    assert_int_equal(lines, 31);
    free(header);
    free(dictionary);
}

static void assert_line(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("no line '%s' in\n%s", line, text);
}

static void dictionary_describes_the_columns(void **state)
{
    (void)state;
    char *text = dictionary_text("mean");
    assert_int_equal(strncmp(text, "column,type,unit,meaning,sensor,sample_rule\n", 44), 0);
    assert_line(text, "\nrig_name,string,,the rig: its site and its well's number there,,\n");
    assert_line(text, "\ndate_time,datetime,,\"when the reading was taken, YYYY-MM-DD HH:MM:SS, ");
    assert_line(text,
                "\ncooler_percentage,number,fraction,\"condition of the cooler, a fraction of "
                "full efficiency: 0.03 close to total failure; 0.2 reduced efficiency; 1 "
                "full efficiency\",,\n");
    assert_line(text, "\ninternal_pump_leakage,integer,,leakage of the internal pump: 0 no "
                      "leakage; 1 weak leakage; 2 severe leakage,,\n");
    assert_line(text, "\nhydraulic_description,string,,hydraulic_accumulator_bar in words,,\n");
    assert_line(text, "\nmotor_power_w,number,W,\"motor power, one value of the reading's burst of "
                      "100 samples a second; empty where it is missing\",EPS1,mean\n");
    assert_line(text, "\nvibration,number,mm/s,\"vibration, one value of the reading's burst of 1 "
                      "sample a second; empty where it is missing\",VS1,mean\n");
    free(text);
}

static enum dk_status refuse(struct dk_sink *sink, const void *data, size_t size,
                             struct dk_error *err)
{
    (void)sink;
    (void)data;
    (void)size;
    return dk_error_errno(err, DK_ERR_IO, ENOSPC, "can't write", "dictionary");
}

static void dictionary_reports_a_failing_sink(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_sink sink = {.write = refuse};
    assert_int_equal(dk_dictionary_write(&sink, "first", &err), DK_ERR_IO);
    assert_int_equal(err.native, ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dictionary_has_every_column_in_order),
        cmocka_unit_test(dictionary_describes_the_columns),
        cmocka_unit_test(dictionary_reports_a_failing_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

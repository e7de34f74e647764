/* derrick.ini: what its lines set. */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "cli/config.h"

#define LINE_BYTES_MAX 4096 /* with newline and NUL */

struct ini_reading {
    struct dk_config *config;
    FILE *stream;
    const char *path;
    uint64_t line;             /* lines given to the parser */
    char text[LINE_BYTES_MAX]; /* the last of them */
    enum dk_status status;
    struct dk_error error;
};

/* The next line as far as it fits. false: there is none, or it can't be a line of text. */
static bool read_line(struct ini_reading *reading)
{
    char *text = reading->text;
    size_t size = 0;
    int byte = 0;
    while (size + 1 < LINE_BYTES_MAX && byte != '\n' && (byte = getc(reading->stream)) != EOF)
        text[size++] = (char)byte;
    text[size] = '\0';
    if (size == 0)
        return false;
    reading->line++;
    if (memchr(text, '\0', size)) {
        reading->status =
            dk_error_set(&reading->error, DK_ERR_CONFIG, "%s:%llu: a NUL byte in the line",
                         reading->path, (unsigned long long)reading->line);
        dk_error_hint(&reading->error, "save the file as UTF-8 or ASCII");
    } else if (size + 1 == LINE_BYTES_MAX && byte != '\n') {
        reading->status = dk_error_set(&reading->error, DK_ERR_CONFIG,
                                       "%s:%llu: the line is longer than %d bytes", reading->path,
                                       (unsigned long long)reading->line, LINE_BYTES_MAX - 2);
    }
    return reading->status == DK_OK;
}

/* Gives the parser one line at a time, so that its number is known. Of a long one it gets the
 * beginning, which holds the key. A line that begins with blanks would continue the value before
 * it: here it is a line like all others. */
static char *ini_line(char *out, int size, void *context)
{
    struct ini_reading *reading = context;
    char *text = reading->text;
    if (reading->status != DK_OK || !read_line(reading))
        return NULL;
    snprintf(out, (size_t)size, "%s", text + strspn(text, " \t"));
    return out;
}

/* The value in a line that has one: what stands behind the key, without blanks around it and
 * without a comment, which begins with a blank and ';' or '#'. */
static const char *read_value(char *line)
{
    char *value = line + strcspn(line, "=:");
    value += value[0] != '\0';
    value += strspn(value, " \t");
    size_t size = 0;
    for (size_t i = 0; value[i]; i++) {
        bool after_blank = i == 0 || isspace((unsigned char)value[i - 1]);
        if (after_blank && (value[i] == ';' || value[i] == '#'))
            break;
        if (!isspace((unsigned char)value[i]))
            size = i + 1;
    }
    value[size] = '\0';
    return value;
}

static int ini_value(void *context, const char *section, const char *name, const char *value)
{
    struct ini_reading *reading = context;
    char key[128];
    (void)value; /* the beginning of it, where the line is long */
    if (reading->status != DK_OK)
        return 0;
    snprintf(key, sizeof(key), "%s%s%s", section, section[0] ? "." : "", name);
    reading->status =
        dk_config_set(reading->config, key, read_value(reading->text), &reading->error);
    if (reading->status == DK_OK)
        return 1;
    dk_error_prefix(&reading->error, "%s:%llu", reading->path, (unsigned long long)reading->line);
    dk_error_place(&reading->error, reading->path, reading->line, 0, 0);
    return 0;
}

static enum dk_status read_stream(struct dk_config *config, FILE *stream, const char *path,
                                  struct dk_error *err)
{
    struct ini_reading reading = {.config = config, .stream = stream, .path = path};
    int line = ini_parse_stream(ini_line, &reading, ini_value, &reading);
    /* The first line that is wrong in itself may be why a later one is. */
    bool before = line > 0 && reading.error.line > (uint64_t)line;
    if (line > 0 && (reading.status == DK_OK || before)) {
        reading.status = dk_error_set(&reading.error, DK_ERR_CONFIG,
                                      "%s:%d: neither '[section]' nor 'key = value'", path, line);
        dk_error_hint(&reading.error, "comments start with ';' or '#'");
        dk_error_place(&reading.error, path, (uint64_t)line, 0, 0);
    } else if (reading.status == DK_OK && line < 0) {
        reading.status = dk_error_nomem(&reading.error, "read", path);
    }
    if (reading.status == DK_OK && ferror(stream))
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    if (reading.status != DK_OK && err)
        *err = reading.error;
    return reading.status;
}

enum dk_status dk_config_read(struct dk_config *config, const char *path, bool required,
                              struct dk_error *err)
{
    FILE *stream = fopen(path, "re");
    if (!stream && errno == ENOENT && !required)
        return DK_OK;
    if (!stream)
        return dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the configuration", path);
    enum dk_status status = read_stream(config, stream, path, err);
    (void)fclose(stream); /* it was only read */
    return status;
}

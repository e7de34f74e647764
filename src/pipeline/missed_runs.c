#include "missed_runs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/host.h"
#include "derrick_version.h"
#include "pipeline/overview.h"

#define MISSED_MAX 100
#define FIELDS 8
#define LINE_BYTES_MAX 1024

struct missed {
    struct dk_ledger_missed list[MISSED_MAX];
    size_t count;
};

/* --- the file ------------------------------------------------------------------------------- */

/* Splits a line at its tabs, in place; false unless it has all fields. */
static bool split(char *line, char *fields[FIELDS])
{
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = line;
        if (i + 1 == FIELDS)
            return true;
        line = strchr(line, '\t');
        if (!line)
            return false;
        *line++ = '\0';
    }
    return true;
}

/* Whether a text has the form of dk_ledger_now. */
static bool is_time(const char *text)
{
    static const char form[] = "0000-00-00 00:00:00";
    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}

/* A line that derrick did not write is left out. */
static void read_line(char *line, struct missed *missed)
{
    char *fields[FIELDS];
    if (missed->count == MISSED_MAX || !split(line, fields) || !is_time(fields[0]) ||
        !is_time(fields[1]))
        return;
    struct dk_ledger_missed *row = &missed->list[missed->count++];
    dk_text_format(row->started, sizeof(row->started), "%s", fields[0]);
    dk_text_format(row->ended, sizeof(row->ended), "%s", fields[1]);
    dk_text_format(row->command, sizeof(row->command), "%s", fields[2]);
    row->exit_code = (int)strtol(fields[3], NULL, 10);
    dk_text_format(row->actor.user, sizeof(row->actor.user), "%s", fields[4]);
    dk_text_format(row->actor.host, sizeof(row->actor.host), "%s", fields[5]);
    dk_text_format(row->actor.version, sizeof(row->actor.version), "%s", fields[6]);
    dk_text_format(row->message, sizeof(row->message), "%s", fields[7]);
}

/* *missed is on the heap. Without a file it is empty. */
static enum dk_status read_file(struct missed **missed, struct dk_error *err)
{
    char line[LINE_BYTES_MAX];
    *missed = calloc(1, sizeof(**missed));
    if (!*missed)
        return dk_error_nomem(err, "read", DK_WORKSPACE_MISSED);
    FILE *file = fopen(DK_WORKSPACE_MISSED, "re");
    while (file && fgets(line, sizeof(line), file))
        read_line(line, *missed);
    if (file)
        (void)fclose(file);
    return DK_OK;
}

static enum dk_status write_file(const struct missed *missed, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, MISSED_MAX * LINE_BYTES_MAX);
    for (size_t i = 0; i < missed->count; i++) {
        const struct dk_ledger_missed *row = &missed->list[i];
        dk_buffer_putf(&text, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", row->started, row->ended,
                       row->command, row->exit_code, row->actor.user, row->actor.host,
                       row->actor.version, row->message);
    }
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_file_put(DK_WORKSPACE_MISSED, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}

/* --- keeping and recording ------------------------------------------------------------------ */

static void describe(const struct dk_run_notes *notes, int exit_code, const char *message,
                     struct dk_ledger_missed *row)
{
    *row = (struct dk_ledger_missed){.exit_code = exit_code};
    dk_text_format(row->command, sizeof(row->command), "%s", notes->attempted);
    dk_text_format(row->started, sizeof(row->started), "%s", notes->attempted_at);
    dk_ledger_now(row->ended);
    dk_text_show(message, row->message, sizeof(row->message));
    dk_user_name(row->actor.user);
    dk_host_name(row->actor.host);
    dk_text_format(row->actor.version, sizeof(row->actor.version), "%s", DERRICK_VERSION);
}

static void add(struct missed *missed, const struct dk_ledger_missed *row)
{
    struct dk_ledger_missed *last = missed->count > 0 ? &missed->list[missed->count - 1] : NULL;
    if (last && strcmp(last->command, row->command) == 0 &&
        strcmp(last->message, row->message) == 0 &&
        strcmp(last->actor.host, row->actor.host) == 0) {
        memcpy(last->ended, row->ended, sizeof(last->ended));
        return;
    }
    if (missed->count == MISSED_MAX)
        memmove(missed->list, missed->list + 1, --missed->count * sizeof(*missed->list));
    missed->list[missed->count++] = *row;
}

enum dk_status dk_missed_runs_keep(struct dk_pipeline *pipeline, int exit_code, const char *message,
                                   struct dk_error *err)
{
    struct missed *missed = NULL;
    struct dk_ledger_missed row;
    describe(&pipeline->notes, exit_code, message, &row);
    DK_RETURN_IF_ERROR(read_file(&missed, err));
    add(missed, &row);
    enum dk_status status = write_file(missed, err);
    free(missed);
    return status;
}

enum dk_status dk_missed_runs_record(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct missed *missed = NULL;
    if (!dk_path_exists(DK_WORKSPACE_MISSED))
        return DK_OK;
    enum dk_status status = read_file(&missed, err);
    for (size_t i = 0; status == DK_OK && i < missed->count; i++)
        status = dk_ledger_run_missed(pipeline->store, &missed->list[i], err);
    free(missed);
    if (status == DK_OK && unlink(DK_WORKSPACE_MISSED) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove", DK_WORKSPACE_MISSED);
    return status;
}

enum dk_status dk_pipeline_missed(struct dk_ledger_missed *last, bool *found, struct dk_error *err)
{
    struct missed *missed = NULL;
    DK_RETURN_IF_ERROR(read_file(&missed, err));
    *found = missed->count > 0;
    *last = *found ? missed->list[missed->count - 1] : (struct dk_ledger_missed){0};
    free(missed);
    return DK_OK;
}

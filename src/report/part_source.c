/* Where the data comes from: drops and their balance, files and their hashes, settings. */
#include <inttypes.h>
#include <string.h>

#include "parts.h"

/* Sums over the cohorts of a rig that a drop loaded. */
struct balance {
    size_t cohorts;
    uint64_t readings, loaded, missing, quarantined;
};

static struct balance balance_of(const struct dk_survey_rig *rig, int64_t drop_id)
{
    struct balance balance = {0};
    for (size_t i = 0; i < rig->cohort_count; i++) {
        const struct dk_survey_cohort *cohort = &rig->cohorts[i];
        if (cohort->place.drop_id != drop_id)
            continue;
        balance.cohorts++;
        balance.readings += cohort->place.rows;
        for (int s = 0; s < DK_SENSORS; s++) {
            balance.loaded += cohort->quality[s].values;
            balance.missing += cohort->quality[s].missing;
            balance.quarantined += cohort->quality[s].quarantined;
        }
    }
    return balance;
}

static void put_count_cell(struct dk_buffer *out, uint64_t count)
{
    dk_buffer_put(out, "<td>");
    dk_html_count(out, count);
    dk_buffer_put(out, "</td>");
}

static void put_drop(const struct dk_report_part *part, const struct dk_survey_drop *drop)
{
    struct dk_buffer *out = part->out;
    struct balance balance = balance_of(part->rig, drop->row.drop_id);
    uint64_t expected = balance.readings * DK_SENSORS;
    if (balance.cohorts == 0)
        return;
    dk_buffer_putf(out,
                   "<tr data-drop=%" PRId64 "><th scope=row>%" PRId64 "</th><td>%" PRId64
                   "</td><td class=tx>%s</td><td class=\"tx br\">",
                   drop->row.drop_id, drop->row.drop_id, drop->row.run_id, drop->row.loaded_at);
    dk_html_text(out, drop->row.source);
    dk_buffer_put(out, "</td>");
    put_count_cell(out, balance.cohorts);
    put_count_cell(out, balance.readings);
    put_count_cell(out, expected);
    put_count_cell(out, balance.loaded);
    put_count_cell(out, balance.missing);
    put_count_cell(out, balance.quarantined);
    if (balance.loaded + balance.missing == expected)
        dk_buffer_put(out, "<td>balanced</td></tr>\n");
    else if (balance.loaded + balance.missing == 0)
        dk_buffer_put(out, "<td>not counted</td></tr>\n");
    else
        dk_buffer_put(out, "<td><b class=alarm>not balanced</b></td></tr>\n");
}

static void put_drops(const struct dk_report_part *part)
{
    dk_part_table_begin(part, "dr", "Drops");
    dk_buffer_put(part->out,
                  "<thead><tr><th scope=col>drop</th><th scope=col>run</th><th scope=col "
                  "class=tx>loaded at, UTC</th><th scope=col class=tx>from</th><th "
                  "scope=col>cohorts</th><th scope=col>readings</th><th scope=col>expected</th><th "
                  "scope=col>loaded</th><th scope=col>missing</th><th scope=col>in "
                  "quarantine</th><th scope=col>balance</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < part->survey->drop_count; i++)
        put_drop(part, &part->survey->drops[i]);
    dk_buffer_put(part->out, "</tbody>");
    dk_part_table_end(part);
}

/* The newest drop of this rig. */
static const struct dk_survey_drop *newest_drop(const struct dk_report_part *part)
{
    for (size_t i = 0; i < part->survey->drop_count; i++)
        if (balance_of(part->rig, part->survey->drops[i].row.drop_id).cohorts > 0)
            return &part->survey->drops[i];
    return NULL;
}

static void put_files(const struct dk_report_part *part, const struct dk_survey_drop *drop)
{
    struct dk_buffer *out = part->out;
    char caption[64];
    dk_text_format(caption, sizeof(caption), "Files of drop %" PRId64, drop->row.drop_id);
    dk_part_table_begin(part, "ff", caption);
    dk_buffer_put(out, "<thead><tr><th scope=col>file</th><th scope=col>bytes</th><th "
                       "scope=col>SHA-256, first 16</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < drop->file_count; i++) {
        dk_buffer_put(out, "<tr><th scope=row class=br>");
        dk_html_text(out, drop->files[i].name);
        dk_buffer_put(out, "</th>");
        put_count_cell(out, drop->files[i].size_bytes);
        dk_buffer_putf(out, "<td class=hx>%.16s</td></tr>\n", drop->files[i].hash);
    }
    dk_buffer_put(out, "</tbody>");
    dk_part_table_end(part);
}

static void put_setting(struct dk_buffer *out, const char *key, const char *value)
{
    dk_buffer_putf(out, "<tr><th scope=row>%s</th><td class=br>", key);
    dk_html_text(out, value);
    dk_buffer_put(out, "</td></tr>\n");
}

static void put_settings(const struct dk_report_part *part, const struct dk_survey_drop *drop)
{
    struct dk_buffer *out = part->out;
    dk_part_table_begin(part, "kv", "Settings that shape the data");
    dk_buffer_put(out, "<tbody><tr><th scope=row>time</th><td>local, without a zone</td></tr>\n");
    /* "columns=cohorts cohorts=60 sample=first": a row each. */
    for (const char *at = drop->row.settings; *at; at += strspn(at, " ")) {
        char key[64];
        char value[128];
        size_t size = strcspn(at, " ");
        size_t key_size = strcspn(at, "= ");
        dk_text_format(key, sizeof(key), "%.*s", (int)key_size, at);
        dk_text_format(value, sizeof(value), "%.*s",
                       size > key_size ? (int)(size - key_size - 1) : 0,
                       at + key_size + (size > key_size));
        if (dk_text_is_clean(key) && strpbrk(key, "<>&\"'") == NULL)
            put_setting(out, key, value);
        at += size;
    }
    dk_buffer_putf(out,
                   "<tr><th scope=row>contents of the drop, SHA-256</th><td class=\"hx "
                   "br\">%s</td></tr></tbody>",
                   drop->row.content_hash);
    dk_part_table_end(part);
}

void dk_part_source(const struct dk_report_part *part)
{
    const struct dk_survey_drop *newest = newest_drop(part);
    dk_part_begin(part, "source", "Where the data comes from");
    dk_buffer_put(part->out,
                  "<p class=say>Each drop balances: values loaded + missing = readings × sensors. "
                  "Values in quarantine are part of missing, and so are all of a sensor that is "
                  "absent.</p>\n");
    put_drops(part);
    if (newest) {
        dk_buffer_put(part->out, "<div class=two>");
        put_files(part, newest);
        put_settings(part, newest);
        dk_buffer_put(part->out, "</div>\n");
    }
    dk_part_end(part);
}

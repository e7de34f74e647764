/* The page: head, parts, foot. It is built rig by rig, and handed to the sink in between. */
#include "report/html_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "base/hash.h"
#include "derrick_version.h"
#include "parts.h"

#define CEILING_BYTES (64u << 20)
#define SHA256_BYTES 32

/* What is written, and where to. */
struct page {
    const struct dk_survey *survey;
    struct dk_buffer text;
    struct dk_sink *sink;
    uint64_t written;
};

static enum dk_status flush_text(struct page *page, struct dk_error *err)
{
    if (page->text.failed)
        return dk_error_nomem(err, "write a report", NULL);
    DK_RETURN_IF_ERROR(page->sink->write(page->sink, page->text.data, page->text.size, err));
    page->written += page->text.size;
    page->text.size = 0;
    return DK_OK;
}

/* --- head and foot -------------------------------------------------------------------------- */

static unsigned nibble_of(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* 'sha256-...' in the form of a policy: in base64 (RFC 4648), which 32 bytes end with one '='. */
static enum dk_status put_hash(struct dk_buffer *out, const void *data, size_t size,
                               struct dk_error *err)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char hex[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_bytes(data, size, hex, err));
    dk_buffer_put(out, "'sha256-");
    for (size_t i = 0; i < SHA256_BYTES; i += 3) {
        unsigned bits = 0;
        size_t count = SHA256_BYTES - i < 3 ? SHA256_BYTES - i : 3;
        for (size_t at = 0; at < 3; at++) {
            const char *pair = hex + 2 * (i + at);
            bits = bits << 8 | (at < count ? nibble_of(pair[0]) << 4 | nibble_of(pair[1]) : 0);
        }
        for (size_t at = 0; at < 4; at++)
            dk_buffer_putf(out, "%c", at <= count ? digits[bits >> (18 - 6 * at) & 63] : '=');
    }
    dk_buffer_put(out, "'");
    return DK_OK;
}

static void put_title(struct dk_buffer *out, const struct dk_survey *survey)
{
    dk_buffer_put(out, "<title>");
    if (survey->rig_count == 1)
        dk_html_text(out, survey->rigs[0].name);
    else
        dk_html_counted(out, survey->rig_count, "rig");
    char day[DK_HTML_DATE_MAX];
    dk_html_date_text(survey->as_of_day, day);
    dk_buffer_putf(out, ": derrick report as of %s</title>\n", day);
}

static void put_navigation(struct dk_buffer *out, const struct dk_survey *survey)
{
    static const char *const links[][2] = {{"summary", "Summary"}, {"components", "Components"},
                                           {"trends", "Trends"},   {"sensors", "Sensors"},
                                           {"effects", "Effects"}, {"quality", "Data quality"},
                                           {"source", "Source"}};
    dk_buffer_putf(out, "<a class=skip href=\"#main\">Skip to the report</a>\n<header class=top><p "
                        "class=brand><b>derrick</b> report</p>\n<nav aria-label=Sections><ul>");
    if (survey->rig_count > 1)
        dk_buffer_put(out, "<li><a href=\"#fleet\">All rigs</a></li>");
    for (size_t i = 0; survey->rig_count == 1 && i < DK_COUNT_OF(links); i++)
        dk_buffer_putf(out, "<li><a href=\"#r1-%s\">%s</a></li>", links[i][0], links[i][1]);
    dk_buffer_put(out, "</ul></nav></header>\n<main id=main>\n");
}

static enum dk_status put_head(struct page *page, struct dk_error *err)
{
    struct dk_buffer *out = &page->text;
    dk_buffer_put(out,
                  "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<meta "
                  "http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src ");
    DK_RETURN_IF_ERROR(put_hash(out, dk_report_style, dk_report_style_bytes, err));
    dk_buffer_put(out, "; script-src ");
    DK_RETURN_IF_ERROR(put_hash(out, dk_report_script, dk_report_script_bytes, err));
    dk_buffer_put(out, "; base-uri 'none'; form-action 'none'\">\n<meta name=viewport "
                       "content=\"width=device-width, initial-scale=1\">\n<meta name=referrer "
                       "content=no-referrer>\n");
    put_title(out, page->survey);
    dk_buffer_put(out, "<style>");
    dk_buffer_put_bytes(out, dk_report_style, dk_report_style_bytes);
    dk_buffer_put(out, "</style>\n</head>\n<body>\n");
    put_navigation(out, page->survey);
    return DK_OK;
}

/* How to get these bytes again. */
static void put_command(struct dk_buffer *out, const struct dk_survey *survey)
{
    const struct dk_store_filter *filter = &survey->request->filter;
    char day[DK_HTML_DATE_MAX];
    dk_html_date_text(survey->as_of_day, day);
    dk_buffer_put(out, "<code>derrick report");
    if (filter->by_rig) {
        dk_buffer_put(out, " --rig ");
        dk_html_text(out, survey->rigs[0].name);
    }
    if (filter->cohort_first > 0)
        dk_buffer_putf(out, " --cohort %d", filter->cohort_first);
    if (filter->cohort_first > 0 && filter->cohort_last != filter->cohort_first)
        dk_buffer_putf(out, "-%d", filter->cohort_last);
    dk_buffer_putf(out, " --as-of %s</code>", day);
}

static void put_foot(struct page *page)
{
    struct dk_buffer *out = &page->text;
    dk_buffer_put(out, "</main>\n<footer><p>derrick " DERRICK_VERSION " · as of ");
    dk_html_date(out, page->survey->as_of_day);
    dk_buffer_put(out, page->survey->request->as_of_minute == INT64_MIN
                           ? ", the day of the last recorded run"
                           : "");
    dk_buffer_put(out, " · ");
    put_command(out, page->survey);
    dk_buffer_put(out, " writes the same bytes again from the same data.</p><p>This file is "
                       "complete: it loads nothing and sends nothing.</p></footer>\n<script>");
    dk_buffer_put_bytes(out, dk_report_script, dk_report_script_bytes);
    dk_buffer_put(out, "</script>\n</body>\n</html>\n");
}

/* --- rigs ----------------------------------------------------------------------------------- */

static void put_rig(const struct dk_report_part *part)
{
    if (part->survey->rig_count > 1) {
        dk_buffer_put(part->out, "<article aria-label=\"Rig ");
        dk_html_text(part->out, part->rig->name);
        dk_buffer_put(part->out, "\">\n");
    }
    dk_part_strip_shapes(part);
    dk_part_summary(part);
    dk_part_components(part);
    dk_part_trends(part);
    dk_part_sensors(part);
    dk_part_effects(part);
    dk_part_quality(part);
    dk_part_source(part);
    if (part->survey->rig_count > 1)
        dk_buffer_put(part->out, "<p class=back><a href=\"#fleet\">Back to all rigs</a></p>\n"
                                 "</article>\n");
}

const char *dk_page_version(void)
{
    return DERRICK_VERSION;
}

static enum dk_status write_page(struct page *page, struct dk_error *err)
{
    const struct dk_survey *survey = page->survey;
    DK_RETURN_IF_ERROR(put_head(page, err));
    if (survey->rig_count > 1)
        dk_part_fleet(&page->text, survey);
    DK_RETURN_IF_ERROR(flush_text(page, err));
    for (size_t i = 0; i < survey->rig_count; i++) {
        const struct dk_report_part part = {
            .out = &page->text, .survey = survey, .rig = &survey->rigs[i], .number = i + 1};
        if (!part.rig->in_full)
            continue;
        put_rig(&part);
        DK_RETURN_IF_ERROR(flush_text(page, err));
    }
    put_foot(page);
    return flush_text(page, err);
}

enum dk_status dk_page_write(struct dk_store *store, const struct dk_page_request *request,
                             struct dk_sink *sink, struct dk_page_result *result,
                             struct dk_error *err)
{
    struct dk_survey survey;
    struct page page = {.survey = &survey, .sink = sink};
    enum dk_status status = dk_survey_read(&survey, store, request, err);
    dk_buffer_init(&page.text, CEILING_BYTES);
    if (status == DK_OK)
        status = write_page(&page, err);
    if (status == DK_OK) {
        *result = (struct dk_page_result){.rigs = survey.rig_count, .size_bytes = page.written};
        for (size_t i = 0; i < survey.rig_count; i++) {
            result->rigs_in_full += survey.rigs[i].in_full;
            result->readings += survey.rigs[i].counts.readings;
        }
    }
    dk_buffer_reset(&page.text);
    dk_survey_reset(&survey);
    return status;
}

/* The overview of a fleet: one row for each rig, what needs attention first. */
#include <inttypes.h>

#include "parts.h"

static void put_state(struct dk_buffer *out, const struct dk_survey_rig *rig, int condition)
{
    int code = rig->now[condition].code;
    bool worst = dk_code_severity(condition, code) == (int)dk_conditions[condition].code_count - 1;
    dk_buffer_putf(out, "<td class=\"t %s\">%s%s%s", dk_html_state_class(condition, code),
                   worst ? "<b>" : "", dk_html_state(condition, code), worst ? "</b>" : "");
}

static void put_row(struct dk_buffer *out, const struct dk_survey_rig *rig, size_t number)
{
    const struct dk_rig_counts *counts = &rig->counts;
    uint64_t expected = counts->expected * (uint64_t)(DK_SENSORS - counts->absent_sensors);
    dk_buffer_put(out, "<tr><th scope=row>");
    if (rig->in_full)
        dk_buffer_putf(out, "<a href=\"#r%zu-summary\">", number);
    dk_html_text(out, rig->name);
    dk_buffer_put(out, rig->in_full ? "</a>" : "");
    dk_buffer_put(out, "<td>");
    dk_html_share(out, counts->values, counts->values > expected ? counts->values : expected);
    for (int c = 0; c < DK_COMPONENTS; c++)
        put_state(out, rig, c);
    dk_buffer_putf(out, "<td>%d<td%s>", rig->next_cohort, rig->late_days > 0 ? " class=alarm" : "");
    dk_findings_due(out, rig);
    dk_buffer_put(out, "\n");
}

static void put_sentence(struct dk_buffer *out, const struct dk_survey *survey)
{
    size_t worst = 0;
    size_t late = 0;
    size_t partial = 0;
    for (size_t i = 0; i < survey->rig_count; i++) {
        const struct dk_survey_rig *rig = &survey->rigs[i];
        worst += rig->worst_count > 0;
        late += rig->late_days > 0;
        partial += rig->counts.readings < rig->counts.expected || rig->counts.missing > 0;
    }
    dk_buffer_put(out, "<p class=lede>");
    dk_html_counted(out, survey->rig_count, "rig");
    dk_buffer_put(out, ". ");
    if (worst > 0) {
        dk_buffer_put(out, "<em>");
        dk_html_count(out, worst);
        dk_buffer_putf(out, " %s a component in its worst state</em>, ",
                       worst == 1 ? "has" : "have");
    } else
        dk_buffer_put(out, "None has a component in its worst state, ");
    if (partial > 0) {
        dk_html_count(out, partial);
        dk_buffer_putf(out, " %s not complete, and ", partial == 1 ? "is" : "are");
    } else
        dk_buffer_put(out, "all are complete, and ");
    if (late > 0) {
        dk_html_count(out, late);
        dk_buffer_putf(out, " %s late.</p>\n", late == 1 ? "is" : "are");
    } else
        dk_buffer_put(out, "none is late.</p>\n");
}

void dk_part_fleet(struct dk_buffer *out, const struct dk_survey *survey)
{
    size_t full = 0;
    for (size_t i = 0; i < survey->rig_count; i++)
        full += survey->rigs[i].in_full;
    dk_buffer_put(out,
                  "<section id=fleet aria-labelledby=fleet-h>\n<h1 id=fleet-h>All rigs</h1>\n");
    put_sentence(out, survey);
    dk_buffer_put(out, "<p class=say>What needs attention comes first: components in their worst "
                       "state, then what is missing, then what is late as of ");
    dk_html_date(out, survey->as_of_day);
    dk_buffer_put(out, ". ");
    if (full == survey->rig_count)
        dk_buffer_put(out, "Each name leads to that rig’s sections below.");
    else if (full == 1)
        dk_buffer_put(out, "The first has sections of its own below; <code>derrick report --rig "
                           "NAME</code> writes the report of any other.");
    else if (full > 0)
        dk_buffer_putf(out,
                       "The first %zu have sections of their own below; <code>derrick report --rig "
                       "NAME</code> writes the report of any other.",
                       full);
    else
        dk_buffer_put(out, "<code>derrick report --rig NAME</code> writes the report of a rig.");
    dk_buffer_put(out, "</p>\n<div class=tw role=region aria-label=\"Table of all rigs\"><table "
                       "class=fl><caption class=vh>All rigs</caption><thead><tr><th "
                       "scope=col>rig</th><th scope=col>complete</th>");
    for (int c = 0; c < DK_COMPONENTS; c++)
        dk_buffer_putf(out, "<th scope=col class=t>%s</th>", dk_html_component(c, false));
    dk_buffer_put(out,
                  "<th scope=col>next cohort</th><th scope=col>due</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < survey->rig_count; i++)
        put_row(out, &survey->rigs[i], i + 1);
    dk_buffer_put(out, "</tbody></table></div>\n</section>\n");
}

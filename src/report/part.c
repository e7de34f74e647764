/* What all parts of a page begin and end with. */
#include "html.h"
#include "parts.h"

void dk_part_begin(const struct dk_report_part *part, const char *id, const char *title)
{
    bool fleet = part->survey->rig_count > 1;
    int level = fleet ? 3 : 2;
    dk_buffer_putf(part->out, "<section id=r%zu-%s aria-labelledby=\"r%zu-%s-h", part->number, id,
                   part->number, id);
    if (fleet) /* the rig, too: each section has a name of its own */
        dk_buffer_putf(part->out, " r%zu-h", part->number);
    dk_buffer_putf(part->out, "\">\n<h%d class=h2 id=r%zu-%s-h>%s</h%d>\n", level, part->number, id,
                   title, level);
}

void dk_part_end(const struct dk_report_part *part)
{
    dk_buffer_put(part->out, "</section>\n\n");
}

void dk_part_table_begin(const struct dk_report_part *part, const char *class, const char *caption)
{
    dk_buffer_putf(part->out, "<div class=tw role=region aria-label=\"%s", caption);
    if (part->survey->rig_count > 1) {
        dk_buffer_put(part->out, ", rig ");
        dk_html_text(part->out, part->rig->name);
    }
    dk_buffer_putf(part->out, "\"><table class=%s><caption>%s</caption>", class, caption);
}

void dk_part_table_end(const struct dk_report_part *part)
{
    dk_buffer_put(part->out, "</table></div>\n");
}

/*
 * The parts of a page, in their order. Each appends one section to the buffer; the ids in it begin
 * with "r<number>-", so that several rigs share a page.
 */
#ifndef DK_REPORT_PARTS_H
#define DK_REPORT_PARTS_H

#include "findings.h"

struct dk_report_part {
    struct dk_buffer *out;
    const struct dk_survey *survey;
    const struct dk_survey_rig *rig;
    size_t number; /* of the rig on this page, from 1 */
};

void dk_part_fleet(struct dk_buffer *out, const struct dk_survey *survey);
void dk_part_summary(const struct dk_report_part *part);
void dk_part_components(const struct dk_report_part *part);
void dk_part_trends(const struct dk_report_part *part);
void dk_part_sensors(const struct dk_report_part *part);
void dk_part_effects(const struct dk_report_part *part);
void dk_part_quality(const struct dk_report_part *part);
void dk_part_source(const struct dk_report_part *part);
/* The daily values, for the script (data.c). */
void dk_part_data(const struct dk_report_part *part);

/* <section> with its heading. */
void dk_part_begin(const struct dk_report_part *part, const char *id, const char *title);
void dk_part_end(const struct dk_report_part *part);
/* A region that a keyboard can scroll: before and after a wide table. */
void dk_part_table_begin(const struct dk_report_part *part, const char *class, const char *caption);
void dk_part_table_end(const struct dk_report_part *part);

/* Shapes that strips repeat with <use>: the profiles of a rig (strips.c). */
void dk_part_strip_shapes(const struct dk_report_part *part);
/* The strip of one condition over all cohorts, in days from the rig's first. */
void dk_part_strip(const struct dk_report_part *part, int condition);
/* The columns of one profile's condition as paths, one for each state; x in readings, y 0..8. */
void dk_part_stretches(const struct dk_report_part *part, const struct dk_survey_profile *profile,
                       int condition);

#endif

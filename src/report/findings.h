/*
 * Findings: the sentences of the page, each composed by a rule from the survey. All append HTML.
 */
#ifndef DK_REPORT_FINDINGS_H
#define DK_REPORT_FINDINGS_H

#include "html.h"

/* What the page is about, in up to three sentences: is the data complete, how is the rig, what is
 * due. */
void dk_findings_lede(struct dk_buffer *out, const struct dk_survey *survey,
                      const struct dk_survey_rig *rig);
/* List items: what the newest delivery changed. */
void dk_findings_changed(struct dk_buffer *out, const struct dk_survey *survey,
                         const struct dk_survey_rig *rig);
/* List items: what needs attention. Returns how many; with none it says so. */
size_t dk_findings_attention(struct dk_buffer *out, const struct dk_survey *survey,
                             const struct dk_survey_rig *rig);
/* What is due next, as a number of days: "15 days late", "in 3 days", "today". */
void dk_findings_due(struct dk_buffer *out, const struct dk_survey_rig *rig);

/* What one sensor's quality amounts to over the cohorts of a rig. */
struct dk_sensor_findings {
    uint64_t missing, quarantined, outside, zeros;
    uint64_t longest_constant;
    size_t constant_cohorts; /* with one value only, the whole cohort long */
};
struct dk_sensor_findings dk_findings_sensor(const struct dk_survey_rig *rig, int sensor);
/* Whether all readings of the cohort have the same value of this sensor. */
bool dk_findings_is_constant(const struct dk_survey_cohort *cohort, int sensor);

#endif

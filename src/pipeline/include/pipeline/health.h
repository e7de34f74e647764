/*
 * health: whether somebody has to look at this workspace, for monitoring. Each function but the
 * last needs an open store, and none changes anything.
 */
#ifndef DK_PIPELINE_HEALTH_H
#define DK_PIPELINE_HEALTH_H

#include "base/buffer.h"
#include "pipeline/doctor.h"

/* Reports what somebody has to see to, each as a problem: the last run failed, a delivery that was
 * refused is in logs/, files there can't be read, a cohort is more than `late_days` days late or
 * missing between others, the export or the upload is out of date, cells are in quarantine, the
 * disk is nearly full. */
enum dk_status dk_pipeline_health(struct dk_pipeline *pipeline, int late_days,
                                  const struct dk_doctor *to, struct dk_error *err) DK_CHECK;

/* Appends the state of the workspace in the text format of Prometheus (version 0.0.4). `version` is
 * that of the program. docs/monitoring.md lists the metrics. */
enum dk_status dk_pipeline_metrics(struct dk_pipeline *pipeline, int late_days, const char *version,
                                   struct dk_buffer *text, struct dk_error *err) DK_CHECK;

/* The same where the store can't be read: derrick_up is 0, and what needs the store is left out. */
enum dk_status dk_pipeline_metrics_down(const char *version, struct dk_buffer *text,
                                        struct dk_error *err) DK_CHECK;

#endif

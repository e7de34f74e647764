/*
 * doctor: tests every part of a setup for real, as a run would use it: writes a file into each
 * folder, takes the locks, writes to the database and rolls back, puts an object into the bucket
 * and deletes it. Changes nothing that stays.
 */
#ifndef DK_PIPELINE_DOCTOR_H
#define DK_PIPELINE_DOCTOR_H

#include "pipeline/pipeline.h"

enum dk_finding_kind {
    DK_FINDING_OK,
    DK_FINDING_NOTE,   /* worth knowing: runs work all the same */
    DK_FINDING_PROBLEM /* a run would fail, or its result can't be trusted */
};

struct dk_finding {
    enum dk_finding_kind kind;
    const char *part; /* "workspace", "disk", "database", ... */
    char text[DK_ERROR_TEXT_MAX];
    char hint[DK_ERROR_TEXT_MAX]; /* what to do; "": nothing */
};

/* Where findings go, as they come. */
struct dk_doctor {
    void (*found)(void *context, const struct dk_finding *finding);
    void *context;
};

/* Tests all parts, whatever fails. The store is closed before and after. */
void dk_pipeline_doctor(struct dk_pipeline *pipeline, const struct dk_doctor *doctor);

#endif

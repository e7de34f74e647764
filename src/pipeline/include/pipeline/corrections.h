/*
 * corrections: values for cells in quarantine, from a list; and what is kept of them beside the
 * archived drop.
 */
#ifndef DK_PIPELINE_CORRECTIONS_H
#define DK_PIPELINE_CORRECTIONS_H

#include "base/buffer.h"
#include "pipeline/pipeline.h"
#include "store/quarantine.h"

/* In the folder of an archived drop: the cells of it that were corrected, as a list that `derrick
 * quarantine apply` takes. */
#define DK_CORRECTIONS_FILE "corrections.tsv"

/* Appends the header of a list of cells, and the row of one. */
void dk_quarantine_put_header(struct dk_buffer *text);
void dk_quarantine_put_row(struct dk_buffer *text, const struct dk_quarantined *cell);

struct dk_correction_list {
    const char *path; /* input/fixes.h */
    int64_t run_id;   /* that the cells of a file of quarantine/ are of; 0: not known */
    /* Of a rebuild: only cells of the drop that is archived there count, unless their cohort has
     * gone to another drop. NULL: all count. */
    const char *folder;
};

struct dk_corrected {
    size_t cells;    /* that got another value */
    size_t readings; /* whose value changed */
    size_t cohorts;  /* that those are of */
    size_t same;     /* cells that had the value already */
};

/* Gives cells in quarantine the values of a list, all of them or none. What represents a reading is
 * computed again: for a mean, a least or a greatest value from the burst in the archived drop. A
 * warning for each row that can't be applied, up to a number, and DK_ERR_DATA. The caller holds the
 * locks, in a run. */
enum dk_status dk_pipeline_correct(struct dk_pipeline *pipeline,
                                   const struct dk_correction_list *list,
                                   struct dk_corrected *result, struct dk_error *err) DK_CHECK;

/* Writes what the archive of this workspace lacks of corrections: after them, and again in the next
 * run where they were interrupted. */
enum dk_status dk_pipeline_keep_corrections(struct dk_pipeline *pipeline, struct dk_error *err)
    DK_CHECK;

#endif

/* deliveries: what in logs/ is read as one drop each, and in which order. */
#ifndef DK_PIPELINE_DELIVERIES_H
#define DK_PIPELINE_DELIVERIES_H

#include "pipeline/pipeline.h"

/* One delivery: the files in logs/ itself, those in a sub-folder, or an archive in either. */
struct dk_waiting_drop {
    char path[DK_DELIVERY_PATH_MAX];
    bool readable;              /* a sensor's file is in it, or it is an archive */
    enum dk_delivery_kind kind; /* otherwise: of `first` */
    /* a file of it that explains most, as in struct dk_delivery */
    char first[DK_DELIVERY_PATH_MAX];
};

/* Lists them: those in logs/ itself first, then by name, numbers in names by their value. What
 * can't be read is listed only before something that can: it may be an earlier quarter in transfer.
 * With columns = wells it is always listed. *list is on the heap (the caller frees). */
enum dk_status dk_pipeline_deliveries(struct dk_pipeline *pipeline, struct dk_waiting_drop **list,
                                      size_t *count, struct dk_error *err) DK_CHECK;

/* Below 0, 0, above 0: as names are sorted, "q2" before "q10". */
int dk_natural_compare(const char *left, const char *right);

#endif

/* finding: what doctor and health find in the same way. */
#ifndef DK_PIPELINE_FINDING_H
#define DK_PIPELINE_FINDING_H

#include "pipeline/doctor.h"

/* Whether the disk has room for the next run. */
void dk_finding_disk(struct dk_finding *finding);

#endif

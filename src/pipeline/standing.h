/* Names of the standing export. Private to src/pipeline/ and the commands that tell them. */
#ifndef DK_PIPELINE_STANDING_H
#define DK_PIPELINE_STANDING_H

#include "pipeline/workspace.h"

#define DK_STANDING_NAME "oil-well-data-all-historical.csv"
#define DK_STANDING_CSV DK_WORKSPACE_S3 "/" DK_STANDING_NAME
#define DK_STANDING_DICTIONARY DK_WORKSPACE_S3 "/oil-well-data-all-historical.dictionary.csv"

#endif

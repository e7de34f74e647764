/* The deliveries of a fleet. Private to run_logs.c. */
#ifndef DK_CLI_RUN_FLEET_H
#define DK_CLI_RUN_FLEET_H

#include "taking.h"

/* Loads one, as far as it is right, and reports a failure; that of the others is for the end. */
void dk_fleet_take(struct dk_taking *taking, size_t i);
/* Exports, uploads and archives all that was loaded, and reports on each once. */
enum dk_status dk_fleet_bring_out(struct dk_taking *taking, struct dk_error *err) DK_CHECK;
/* What would happen to each site. */
enum dk_status dk_fleet_preview(struct dk_taking *taking, unsigned steps, struct dk_error *err)
    DK_CHECK;

#endif

/*
 * The simulation: a synthetic drop of the real shape, for a first try, for tests and for the bench.
 *
 * A drop is 17 sensor files and profile.txt. Row r of each is reading r; columns
 * (c-1)*k .. c*k-1 of a sensor file are the burst of cohort c, k = the sensor's rate in Hz. The
 * burst of cohort c is second (c-1) mod 60 of the rig's working cycle of one minute, as in the
 * published experiment, so the same files are also a drop of one cohort whose bursts last `cohorts`
 * seconds (columns = samples), and one of `cohorts` wells (columns = wells).
 *
 * The conditions of the profile act on the sensors: a failing cooler heats the oil (TS1..TS4, and
 * with it PS4..PS6, FS2, VS1) and lowers CE and CP; leakage in the pump takes flow (FS1) and
 * efficiency (SE); a lagging valve switches later and slower (edges of PS1, PS2, FS1); a weak
 * accumulator lets the pressure swing (PS1..PS3); where the stable flag is 1, conditions have just
 * changed and temperatures still move.
 *
 * Every byte is a function of settings.seed, readings and cohorts alone: integers only, no libm,
 * and a generator that counts instead of remembering, so threads and machines make no difference.
 * Ranges, levels, decimals and the plan's class counts are those of N. Helwig, E. Pignanelli,
 * A. Schuetze, UCI dataset 447, doi 10.24432/C5CW21.
 */
#ifndef DK_SAMPLE_SIMULATION_H
#define DK_SAMPLE_SIMULATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/observer.h"
#include "base/status.h"

#define DK_SIMULATION_READINGS_DEFAULT 2205
#define DK_SIMULATION_READINGS_MAX 1000000
#define DK_SIMULATION_COHORTS_DEFAULT 60
#define DK_SIMULATION_SEED_DEFAULT 1

struct dk_simulation_settings {
    size_t readings;  /* --readings: rows of each file, 1..DK_SIMULATION_READINGS_MAX */
    int cohorts;      /* --cohorts: one-second bursts in a row, 1..DK_COHORT_MAX */
    uint64_t seed;    /* --seed */
    unsigned threads; /* 0: as many as there are processors */
};

/* The full historical drop: 2205 readings, 60 cohorts (about 556 MB), seed 1, all processors. */
void dk_simulation_settings_init(struct dk_simulation_settings *settings);

/* Writes the drop into `folder`, which is created if needed. The files get their names only when
 * all of them are written, the profile's last. Progress: step "sample", unit "values".
 *
 * DK_ERR_USAGE if a setting is out of range, DK_ERR_FAILED if the folder already holds a sensor's
 * file or a profile (in any case of letters), DK_ERR_IO, DK_ERR_NOMEM. After a failure none of the
 * files is there, unless it was the renaming itself that failed: then some are, each of them whole.
 */
enum dk_status dk_simulation_write(const char *folder,
                                   const struct dk_simulation_settings *settings,
                                   const struct dk_observer *observer, struct dk_error *err)
    DK_CHECK;

#endif

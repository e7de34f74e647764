/*
 * The model behind the simulation: the plan of the experiment, the state of the oil along it, and
 * the burst of any sensor at any reading and second. Internal to the simulation.
 *
 * Values are fixed point: thousandths of the sensor's unit, tenths for EPS1. A burst depends on the
 * model and its own coordinates only, so any of them can be made in any order by any thread. The
 * model is read-only once it is set up.
 */
#ifndef DK_SAMPLE_SIMULATION_MODEL_H
#define DK_SAMPLE_SIMULATION_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "rig/catalogue.h"

/* Sensors by index, in the catalogue's order. */
enum dk_simulation_sensor {
    DK_SIMULATION_PS1,
    DK_SIMULATION_PS2,
    DK_SIMULATION_PS3,
    DK_SIMULATION_PS4,
    DK_SIMULATION_PS5,
    DK_SIMULATION_PS6,
    DK_SIMULATION_EPS1,
    DK_SIMULATION_FS1,
    DK_SIMULATION_FS2,
    DK_SIMULATION_TS1,
    DK_SIMULATION_TS2,
    DK_SIMULATION_TS3,
    DK_SIMULATION_TS4,
    DK_SIMULATION_VS1,
    DK_SIMULATION_CE,
    DK_SIMULATION_CP,
    DK_SIMULATION_SE
};

/* Columns of the profile. */
enum dk_simulation_condition {
    DK_SIMULATION_COOLER,
    DK_SIMULATION_VALVE,
    DK_SIMULATION_PUMP,
    DK_SIMULATION_ACCUMULATOR,
    DK_SIMULATION_FLAG
};

/* Rows of the plan. A drop of other length is the same plan, stretched or thinned out. */
#define DK_SIMULATION_PLAN_ROWS 2205
/* Samples in a burst of the fastest sensors. */
#define DK_SIMULATION_BURST_MAX 100
/* Centiseconds that a switch of the valve is followed: longer than any load level lasts. */
#define DK_SIMULATION_DECAY_CS 1200
/* No value is above this: 200 in thousandths, 3000 in tenths. */
#define DK_SIMULATION_VALUE_MAX 200000

struct dk_simulation_row {
    uint8_t codes[DK_CONDITIONS]; /* indices into the catalogue's codes */
    int32_t level[DK_SENSORS];    /* what temperature and wear add at the row's first second */
    int32_t gain[DK_SENSORS];     /* what they multiply the duty cycle by, 1024 = 1 */
};

struct dk_simulation_model {
    uint64_t seed; /* mixed */
    size_t readings;
    /* One row more than the plan has, a copy of the last: the state moves on to the next row. */
    struct dk_simulation_row rows[DK_SIMULATION_PLAN_ROWS + 1];
    /* What is left of a step n centiseconds after a switch, 65536 = all; by valve code. */
    int32_t decay[DK_CONDITION_CODES_MAX][DK_SIMULATION_DECAY_CS];
};

/* Fills the plan: codes, then the state of the oil and what follows from it. [PLAN_ROWS + 1] */
void dk_simulation_plan_fill(struct dk_simulation_row *rows);

/* Sets up a model. It is about 330 KB large, so the caller puts it on the heap. */
void dk_simulation_model_init(struct dk_simulation_model *model, uint64_t seed, size_t readings);

/* The plan's row for reading `reading` (0-based, below model->readings). */
const struct dk_simulation_row *dk_simulation_model_row(const struct dk_simulation_model *model,
                                                        size_t reading);

/* Makes the burst of one second: dk_sensors[sensor].rate_hz values, 0..DK_SIMULATION_VALUE_MAX.
 * `burst` counts the bursts of a row from 0. */
void dk_simulation_model_burst(const struct dk_simulation_model *model, size_t sensor,
                               size_t reading, size_t burst,
                               int32_t values[DK_SIMULATION_BURST_MAX]);

/* Decimals of a sensor's fixed point: 3, or 1 for EPS1. */
int dk_simulation_model_decimals(size_t sensor);

#endif

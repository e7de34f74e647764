#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"
#include "simulation_model.h"

/* The plan nests as the published experiment does: the cooler changes slowest, then the
 * accumulator, the pump and the valve. A new cooler gets 200 readings to settle, a new accumulator
 * 10, a new pump 1, all of them flagged as not yet stable; a valve code is held for 10 readings. */
enum {
    COOLER_ROWS = 200,
    ACCUMULATOR_ROWS = 10,
    PUMP_ROWS = 1,
    VALVE_ROWS = 10,
    COOLER_CODES = 3,
    PUMP_CODES = 3,
    VALVE_CODES = 4,
    ACCUMULATOR_CODES = 4
};

/* Indices of codes: worse first, whole again last. */
static const uint8_t pump_order[PUMP_CODES] = {1, 2, 0};
static const uint8_t valve_order[VALVE_CODES] = {2, 1, 0, 3};

/* Writes `count` rows of the same codes from `*used` on, as far as the plan reaches. */
static void hold_codes(struct dk_simulation_row *rows, size_t *used, size_t count,
                       const uint8_t codes[DK_CONDITIONS])
{
    for (size_t i = 0; i < count && *used < DK_SIMULATION_PLAN_ROWS; i++) {
        memcpy(rows[*used].codes, codes, DK_CONDITIONS);
        (*used)++;
    }
}

static void hold_pump(struct dk_simulation_row *rows, size_t *used, uint8_t codes[DK_CONDITIONS])
{
    codes[DK_SIMULATION_FLAG] = 1;
    hold_codes(rows, used, PUMP_ROWS, codes);
    codes[DK_SIMULATION_FLAG] = 0;
    for (size_t v = 0; v < VALVE_CODES; v++) {
        codes[DK_SIMULATION_VALVE] = valve_order[v];
        hold_codes(rows, used, VALVE_ROWS, codes);
    }
}

static void fill_codes(struct dk_simulation_row *rows)
{
    size_t used = 0;
    uint8_t codes[DK_CONDITIONS] = {0, VALVE_CODES - 1, 0, ACCUMULATOR_CODES - 1, 1};

    for (int cooler = 0; cooler < COOLER_CODES; cooler++) {
        codes[DK_SIMULATION_COOLER] = (uint8_t)cooler;
        codes[DK_SIMULATION_FLAG] = 1;
        hold_codes(rows, &used, COOLER_ROWS, codes);
        for (int fall = 0; fall < ACCUMULATOR_CODES; fall++) {
            codes[DK_SIMULATION_ACCUMULATOR] = (uint8_t)(ACCUMULATOR_CODES - 1 - fall);
            codes[DK_SIMULATION_FLAG] = 1;
            hold_codes(rows, &used, ACCUMULATOR_ROWS, codes);
            for (size_t p = 0; p < PUMP_CODES; p++) {
                codes[DK_SIMULATION_PUMP] = pump_order[p];
                hold_pump(rows, &used, codes);
            }
        }
    }
    hold_codes(rows, &used, DK_SIMULATION_PLAN_ROWS, codes);
}

/* The share of the flow that each level of leakage leaves, 1024 = all. */
static const int32_t tight[PUMP_CODES] = {1024, 987, 956};

/* A quantity that follows the cooler with a lag: three parts in four quickly, one part slowly.
 * Thousandths of the sensor's unit. */
struct lag {
    int sensor;
    int32_t start;                 /* of the cold rig */
    int32_t target[COOLER_CODES];  /* by cooler code: 3, 20, 100 */
    int32_t per_leak;              /* added a level of leakage: lost work is heat */
    int32_t quick_rows, slow_rows; /* time constants */
};

static const struct lag lags[] = {
    {DK_SIMULATION_TS1, 35300, {56900, 44500, 35900}, 150, 8, 64},
    {DK_SIMULATION_TS2, 40750, {60900, 49500, 41500}, 130, 9, 64},
    {DK_SIMULATION_TS3, 38200, {58400, 46800, 38800}, 140, 9, 64},
    {DK_SIMULATION_TS4, 30400, {52200, 40100, 30900}, 160, 7, 64},
    {DK_SIMULATION_CE, 44000, {19300, 27500, 47050}, -60, 1, 8},
    {DK_SIMULATION_CP, 1900, {1510, 1745, 2160}, -4, 1, 12},
};

/* Follows one lagged quantity along the plan. The state is kept in 1/64 of a thousandth, so that
 * a whole division loses nothing that shows. */
static void fill_lag(struct dk_simulation_row *rows, const struct lag *lag)
{
    const int32_t fine = 64;
    int32_t quick = lag->start * fine;
    int32_t slow = lag->start * fine;

    for (size_t r = 0; r < DK_SIMULATION_PLAN_ROWS; r++) {
        int32_t leak = rows[r].codes[DK_SIMULATION_PUMP];
        int32_t target = lag->target[rows[r].codes[DK_SIMULATION_COOLER]] + leak * lag->per_leak;

        rows[r].level[lag->sensor] = (3 * quick + slow) / (4 * fine);
        quick += (target * fine - quick) / lag->quick_rows;
        slow += (target * fine - slow) / lag->slow_rows;
    }
}

/* The rest follows from the oil: warm oil is thin, so the small pressures, the flow of the second
 * pump and the motor's load fall, and vibration rises. PS4 sees nothing of thin oil at all. */
static void fill_followers(struct dk_simulation_row *row)
{
    int32_t warm = row->level[DK_SIMULATION_TS1] - 36000; /* 1/1000 K above a cool rig */
    int32_t back = row->level[DK_SIMULATION_TS4] - 31000; /* the same behind the cooler */
    int32_t leak = row->codes[DK_SIMULATION_PUMP];
    int32_t thin = (38000 - row->level[DK_SIMULATION_TS4]) * 5 / 2;
    int32_t *level = row->level;

    level[DK_SIMULATION_PS1] = -warm * 30 / 1000 - 300 * leak;
    level[DK_SIMULATION_PS2] = -warm * 25 / 1000 - 250 * leak;
    level[DK_SIMULATION_PS4] = 10060 - back * 60 / 1000;
    if (level[DK_SIMULATION_PS4] > thin)
        level[DK_SIMULATION_PS4] = thin;
    level[DK_SIMULATION_PS5] = 9850 - back * 66 / 1000;
    level[DK_SIMULATION_PS6] = 9730 - back * 64 / 1000;
    level[DK_SIMULATION_FS2] = 10165 - back * 50 / 1000;
    level[DK_SIMULATION_EPS1] = 60 - warm * 35 / 1000 + 60 * leak;
    level[DK_SIMULATION_VS1] = 546 + warm * 7 / 1000 + 9 * leak;
    for (size_t s = 0; s < DK_SENSORS; s++)
        row->gain[s] = 1024;
    row->gain[DK_SIMULATION_FS1] = tight[leak] - warm / 1000;
    row->gain[DK_SIMULATION_SE] =
        tight[leak] - warm / 2000 -
        6 * (ACCUMULATOR_CODES - 1 - row->codes[DK_SIMULATION_ACCUMULATOR]);
}

void dk_simulation_plan_fill(struct dk_simulation_row *rows)
{
    memset(rows, 0, (DK_SIMULATION_PLAN_ROWS + 1) * sizeof(*rows));
    fill_codes(rows);
    for (size_t i = 0; i < DK_COUNT_OF(lags); i++)
        fill_lag(rows, &lags[i]);
    for (size_t r = 0; r < DK_SIMULATION_PLAN_ROWS; r++)
        fill_followers(&rows[r]);
    rows[DK_SIMULATION_PLAN_ROWS] = rows[DK_SIMULATION_PLAN_ROWS - 1];
}

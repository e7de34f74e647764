#include "simulation_model.h"

/* The minute's working cycle: six load levels, each reached by a switch of the valve. Levels are
 * the means of the published cycles with a healthy, cool rig; a jump is what how far the first
 * sample after the switch is above its new level, and decays as `decay` says. */
enum { LEVELS = 6, CYCLE_S = 60, CYCLE_CS = 6000 };

static const int32_t switch_cs[LEVELS] = {10, 940, 1940, 2940, 3940, 4940};

struct duty {
    int32_t level[LEVELS];
    int32_t jump[LEVELS];
    int32_t shut_noise; /* half width of the noise while the first level shuts the line */
    int shuts;          /* whether it does */
};

static const struct duty duty_ps1 = {
    .level = {191400, 146600, 156370, 166200, 156400, 151550},
    .jump = {-39850, 44800, -9770, -9830, 9800, 4850},
};
static const struct duty duty_ps2 = {
    .level = {0, 120550, 130500, 140300, 130480, 125550},
    .jump = {0, 34000, -9950, -9800, 9820, 4930},
    .shuts = 1,
};
static const struct duty duty_ps3 = {
    .level = {0, 2350, 2310, 2310, 2340, 2330},
    .jump = {0, 6800, -1700, -1700, 1900, 1000},
    .shuts = 1,
};
static const struct duty duty_eps1 = {
    .level = {29360, 23380, 24730, 26090, 24725, 24065},
    .jump = {-5295, 5980, -1350, -1360, 1365, 660},
};
static const struct duty duty_fs1 = {
    .level = {0, 7920, 7840, 7800, 7850, 7860},
    .jump = {0, 12400, -6800, -6400, 5600, 3000},
    .shut_noise = 7,
    .shuts = 1,
};

/* Everything about a sensor that no condition changes. Limits are the least and greatest published
 * value, for the nine faster sensors widened to what their hot cycles reach. */
struct shape {
    int32_t low, high;
    int32_t noise;  /* half width of the noise */
    int32_t wave;   /* height of the slow wave over the minute */
    int32_t ripple; /* share of the accumulator's swing, 1024 = all */
    int32_t steps;  /* of the converter, a unit of 1000; 0: finer than the file's decimals */
    const struct duty *duty; /* NULL: the load doesn't show */
};

static const struct shape shapes[DK_SENSORS] = {
    [DK_SIMULATION_PS1] = {140000, 191920, 180, 0, 1024, 0, &duty_ps1},
    [DK_SIMULATION_PS2] = {0, 167700, 300, 0, 900, 128, &duty_ps2},
    [DK_SIMULATION_PS3] = {0, 10200, 190, 0, 200, 128, &duty_ps3},
    [DK_SIMULATION_PS4] = {0, 10270, 25, 15, 0, 0, NULL},
    [DK_SIMULATION_PS5] = {8300, 10030, 22, 15, 0, 0, NULL},
    [DK_SIMULATION_PS6] = {8260, 9905, 22, 15, 0, 0, NULL},
    [DK_SIMULATION_EPS1] = {20970, 29950, 45, 0, 0, 500, &duty_eps1},
    [DK_SIMULATION_FS1] = {0, 20479, 280, 0, 0, 0, &duty_fs1},
    [DK_SIMULATION_FS2] = {8850, 10450, 25, 15, 0, 0, NULL},
    [DK_SIMULATION_TS1] = {34984, 58207, 60, -180, 0, 256, NULL},
    [DK_SIMULATION_TS2] = {40707, 62176, 40, -70, 0, 256, NULL},
    [DK_SIMULATION_TS3] = {38145, 59539, 30, 60, 0, 256, NULL},
    [DK_SIMULATION_TS4] = {30355, 53145, 30, -40, 0, 256, NULL},
    [DK_SIMULATION_VS1] = {483, 2546, 18, 24, 0, 0, NULL},
    [DK_SIMULATION_CE] = {17042, 48777, 180, 350, 0, 0, NULL},
    [DK_SIMULATION_CP] = {1016, 2909, 14, 24, 0, 0, NULL},
    [DK_SIMULATION_SE] = {0, 100600, 350, 0, 0, 0, NULL},
};

/* SE is a mean over two seconds of the cycle, (0), (1, 2), (3, 4) ... (59); none while the line is
 * shut. */
enum { SE_WINDOWS = CYCLE_S / 2 + 1, SE_OPENING = 5 };
static const int32_t se_windows[SE_WINDOWS] = {
    68800, 0,     0,     0,     0,     71500, 68900, 68500, 68450, 68400, 58300,
    69300, 69400, 69300, 69350, 58200, 70300, 70100, 70150, 70200, 79500, 69400,
    69300, 69250, 69250, 73100, 68900, 68700, 68650, 68650, 68600,
};

/* A lagging valve, by code (73, 80, 90, 100): switches late, opens slowly, settles slowly. */
struct lag {
    int32_t late_cs, open_cs;
    int32_t settle; /* share of a step left after another centisecond, 65536 = all */
};
static const struct lag valve_lags[DK_CONDITION_CODES_MAX] = {
    {14, 26, 64287}, {9, 16, 63994}, {4, 8, 63636}, {0, 3, 63237}};

/* The pressure's swing by accumulator code (90, 100, 115, 130 bar): the less gas pressure, the less
 * it evens out. Thousandths of a bar, half width. */
static const int32_t swings[DK_CONDITION_CODES_MAX] = {520, 300, 130, 40};

/* splitmix64's output function: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014, doi 10.1145/2660193.2660195; its increment is GOLDEN. */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Noise of half width `width` from the low 16 bits: the sum of two even ones, a triangle. */
static inline int32_t noise_of(uint64_t bits, int32_t width)
{
    int32_t sum = (int32_t)(bits & 255) + (int32_t)((bits >> 8) & 255) - 255;
    return sum * width / 256;
}

/* A sine near enough: two parabolas of `half` steps each, between -height and height. */
static inline int32_t wave_of(int32_t at, int32_t half, int32_t height)
{
    int32_t x = at % half;
    int32_t y = 4 * height * x * (half - x) / (half * half);
    return (at / half) % 2 == 0 ? y : -y;
}

void dk_simulation_model_init(struct dk_simulation_model *model, uint64_t seed, size_t readings)
{
    model->seed = mix(seed + GOLDEN);
    model->readings = readings;
    dk_simulation_plan_fill(model->rows);
    for (size_t code = 0; code < DK_CONDITION_CODES_MAX; code++) {
        int32_t left = 65536;
        for (size_t n = 0; n < DK_SIMULATION_DECAY_CS; n++) {
            model->decay[code][n] = left;
            left = (int32_t)((int64_t)left * valve_lags[code].settle / 65536);
        }
    }
}

const struct dk_simulation_row *dk_simulation_model_row(const struct dk_simulation_model *model,
                                                        size_t reading)
{
    return &model->rows[(uint64_t)reading * DK_SIMULATION_PLAN_ROWS / model->readings];
}

int dk_simulation_model_decimals(size_t sensor)
{
    return sensor == DK_SIMULATION_EPS1 ? 1 : 3;
}

/* The part of a burst at one load level. */
struct stretch {
    const int32_t *decay; /* at the first sample */
    int32_t step_cs;      /* between samples */
    int32_t since_cs;     /* from the switch to the first sample */
    int32_t base, jump;
    int32_t noise;
    int32_t swing;
    int32_t open_cs; /* the line opens over this many centiseconds; 0: it is open */
};

/* The noise-free part: level, what is left of the switch, swing, opening. */
static void fill_stretch(const struct stretch *stretch, size_t count, int32_t *values)
{
    int32_t since = stretch->since_cs;

    for (size_t i = 0; i < count; i++, since += stretch->step_cs) {
        int32_t left = stretch->decay[since];
        int32_t value = stretch->base + (int32_t)((int64_t)stretch->jump * left / 65536);
        if (stretch->swing > 0) {
            int32_t height = stretch->swing + stretch->swing * (left / 1024) / 16;
            value += wave_of(since, 8, height);
        }
        values[i] = value;
    }
    for (size_t i = 0; i < count && stretch->open_cs > 0; i++) {
        int32_t open = stretch->since_cs + (int32_t)i * stretch->step_cs + 1;
        if (open >= stretch->open_cs)
            break;
        values[i] = values[i] / stretch->open_cs * open;
    }
}

/* Noise, the converter's steps and the limits, in place. Counts draws from `key`. */
static void finish_stretch(const struct shape *shape, int32_t noise, uint64_t key, size_t count,
                           int32_t *values)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        if (i % 4 == 0)
            bits = mix(key + (i / 4 + 1) * GOLDEN);
        int32_t value = values[i] + noise_of(bits, noise);
        bits >>= 16;
        value = value < shape->low ? shape->low : value;
        value = value > shape->high ? shape->high : value;
        if (shape->steps > 0) {
            int32_t step = (value * shape->steps + 500) / 1000;
            value = (step * 1000 + shape->steps / 2) / shape->steps;
        }
        values[i] = value;
    }
}

/* A second of a sensor under a row's conditions. */
struct second {
    const struct dk_simulation_model *model;
    const struct dk_simulation_row *row;
    size_t sensor;
    int32_t second; /* of the cycle */
    int32_t added;  /* the row's own level */
    uint64_t key;   /* of the noise */
};

/* What a level of the cycle makes of a sensor, from `since_cs` after the switch to it. */
static struct stretch stretch_at(const struct second *of, size_t level, int32_t since_cs)
{
    const struct dk_simulation_row *row = of->row;
    const struct shape *shape = &shapes[of->sensor];
    const struct duty *duty = shape->duty;
    size_t valve = row->codes[DK_SIMULATION_VALVE];
    int32_t gain = row->gain[of->sensor];
    struct stretch stretch = {.decay = of->model->decay[valve],
                              .step_cs = 100 / dk_sensors[of->sensor].rate_hz,
                              .since_cs = since_cs,
                              .noise = shape->noise};

    if (duty->shuts && level == 0) {
        stretch.noise = duty->shut_noise;
        return stretch;
    }
    stretch.base = (int32_t)((int64_t)duty->level[level] * gain / 1024) + of->added;
    stretch.jump = (int32_t)((int64_t)duty->jump[level] * gain / 1024);
    stretch.swing = swings[row->codes[DK_SIMULATION_ACCUMULATOR]] * shape->ripple / 1024;
    if (duty->shuts && level == 1)
        stretch.open_cs = valve_lags[valve].open_cs;
    return stretch;
}

/* A second of a sensor that the load moves: one stretch, or two where the valve switches in it. */
static void fill_duty(const struct second *of, int32_t *values)
{
    const struct shape *shape = &shapes[of->sensor];
    size_t count = (size_t)dk_sensors[of->sensor].rate_hz;
    int32_t late_cs = valve_lags[of->row->codes[DK_SIMULATION_VALVE]].late_cs;
    int32_t start_cs = of->second * 100;
    int32_t step_cs = 100 / dk_sensors[of->sensor].rate_hz;
    size_t at = 0;

    while (at < count) {
        int32_t now_cs = start_cs + (int32_t)at * step_cs;
        size_t next = 0;
        while (next < LEVELS && switch_cs[next] + late_cs <= now_cs)
            next++;
        size_t level = (next + LEVELS - 1) % LEVELS;
        int32_t since_cs = now_cs - switch_cs[level] - late_cs + (next == 0 ? CYCLE_CS : 0);
        size_t end = at;
        while (end < count &&
               (next == LEVELS || start_cs + (int32_t)end * step_cs < switch_cs[next] + late_cs))
            end++;
        struct stretch stretch = stretch_at(of, level, since_cs);
        fill_stretch(&stretch, end - at, values + at);
        finish_stretch(shape, stretch.noise, of->key + at * GOLDEN, end - at, values + at);
        at = end;
    }
}

/* A second of SE: its window of the cycle, less what the pump leaks and the opening valve costs. */
static int32_t efficiency(const struct dk_simulation_row *row, size_t window)
{
    int32_t value = (int32_t)((int64_t)se_windows[window] * row->gain[DK_SIMULATION_SE] / 1024);

    if (window == SE_OPENING)
        value -= valve_lags[row->codes[DK_SIMULATION_VALVE]].late_cs * 1100;
    return value;
}

/* What the row's state adds: the oil moves towards the state of the next row. A reading of a
 * stretched plan covers only a part of that change. */
static int32_t level_at(const struct dk_simulation_model *model,
                        const struct dk_simulation_row *row, size_t sensor, size_t reading,
                        int32_t second)
{
    int32_t change = row[1].level[sensor] - row->level[sensor];
    int32_t gone = second; /* of CYCLE_S parts of the way */

    if (model->readings > DK_SIMULATION_PLAN_ROWS) {
        uint64_t begun = (uint64_t)reading * DK_SIMULATION_PLAN_ROWS % model->readings * CYCLE_S;
        gone = (int32_t)((begun + (uint64_t)second * DK_SIMULATION_PLAN_ROWS) / model->readings);
    }
    return row->level[sensor] + change * gone / CYCLE_S;
}

void dk_simulation_model_burst(const struct dk_simulation_model *model, size_t sensor,
                               size_t reading, size_t burst,
                               int32_t values[DK_SIMULATION_BURST_MAX])
{
    const struct dk_simulation_row *row = dk_simulation_model_row(model, reading);
    const struct shape *shape = &shapes[sensor];
    size_t count = (size_t)dk_sensors[sensor].rate_hz;
    int32_t second = (int32_t)(burst % CYCLE_S);
    int32_t level = level_at(model, row, sensor, reading, second);
    size_t draw = sensor == DK_SIMULATION_SE ? (burst + 1) / 2 : burst;
    uint64_t key =
        mix(model->seed ^ ((uint64_t)sensor << 56 | (uint64_t)reading << 24 | (uint64_t)draw));
    int32_t noise = shape->noise;

    level += wave_of(second, CYCLE_S / 2, shape->wave);
    if (shape->duty) {
        const struct second of = {model, row, sensor, second, level, key};
        fill_duty(&of, values);
        return;
    }
    if (sensor == DK_SIMULATION_SE) {
        size_t window = (size_t)(second + 1) / 2;
        level = efficiency(row, window);
        noise = level > 0 ? noise : 0;
    }
    for (size_t i = 0; i < count; i++)
        values[i] = level;
    finish_stretch(shape, noise, key, count, values);
}

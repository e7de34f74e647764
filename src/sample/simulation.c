#include "sample/simulation.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/team.h"
#include "rig/catalogue.h"
#include "rig/readings.h"
#include "simulation_model.h"

enum {
    FILES = DK_SENSORS + 1, /* the sensors in catalogue order, then the profile */
    WINDOW_BYTES = 256 * 1024,
    CELL_TEXT_MAX = 7, /* "191.92", "2936.4" and a tab */
    DIGITS_MAX = 5,    /* significant digits of a published value */
    PROFILE_ROW_MAX = 32
};

/* A cell of a file with its tab, ready to copy: eight bytes at once, of which `size` count. */
struct cell {
    char text[CELL_TEXT_MAX];
    uint8_t size;
};

/* What the workers share. Only `next` and `done` change while they run. */
struct simulation {
    const struct dk_simulation_settings *settings;
    const struct dk_observer *observer;
    struct dk_simulation_model *model; /* owned */
    /* The cell of every value 0..DK_SIMULATION_VALUE_MAX, by the decimals it has; owned. */
    struct cell *thousandths, *tenths;
    struct dk_file files[FILES]; /* each written by one worker */
    size_t order[FILES];         /* largest first */
    atomic_uint_fast64_t done;   /* values */
    uint64_t total;
};

void dk_simulation_settings_init(struct dk_simulation_settings *settings)
{
    *settings = (struct dk_simulation_settings){
        .readings = DK_SIMULATION_READINGS_DEFAULT,
        .cohorts = DK_SIMULATION_COHORTS_DEFAULT,
        .seed = DK_SIMULATION_SEED_DEFAULT,
    };
}

static enum dk_status check_settings(const struct dk_simulation_settings *settings,
                                     struct dk_error *err)
{
    if (settings->readings < 1 || settings->readings > DK_SIMULATION_READINGS_MAX) {
        dk_error_set(err, DK_ERR_USAGE, "can't simulate %zu readings", settings->readings);
        dk_error_hint(err, "give 1 to %d readings", DK_SIMULATION_READINGS_MAX);
        return DK_ERR_USAGE;
    }
    if (settings->cohorts < 1 || settings->cohorts > DK_COHORT_MAX) {
        dk_error_set(err, DK_ERR_USAGE, "can't simulate %d cohorts", settings->cohorts);
        dk_error_hint(err, "give 1 to %d cohorts", DK_COHORT_MAX);
        return DK_ERR_USAGE;
    }
    return DK_OK;
}

/* Whether `name` is what a sensor's file or a profile is called, in any case of letters. */
static bool is_drop_file(const char *name)
{
    size_t size = strlen(name);
    if (size < 4 || strcasecmp(name + size - 4, ".txt") != 0)
        return false;
    return strcasecmp(name, "profile.txt") == 0 || dk_sensor_find(name, size - 4) >= 0;
}

static enum dk_status check_folder(const char *folder, struct dk_error *err)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read the folder", folder);
    enum dk_status status = DK_OK;
    const struct dirent *entry;
    errno = 0;
    while (status == DK_OK && (entry = readdir(entries)) != NULL) {
        if (!is_drop_file(entry->d_name))
            continue;
        status =
            dk_error_set(err, DK_ERR_FAILED, "can't write a drop into '%s': it holds '%s' already",
                         folder, entry->d_name);
        dk_error_hint(err, "name another folder, or move the files away");
    }
    if (status == DK_OK && errno != 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read the folder", folder);
    closedir(entries);
    return status;
}

/* The text of mantissa / 10^decimals at no more than five significant digits, half up: the
 * resolution of the published files. */
static struct cell make_cell(int64_t mantissa, int decimals)
{
    struct cell cell = {{0}, 0};
    char text[DK_DECIMAL_TEXT_MAX];
    dk_decimal value;
    int64_t limit = 1;

    for (int digit = 0; digit < DIGITS_MAX; digit++)
        limit *= 10;
    for (; mantissa >= limit && decimals > 0; decimals--)
        mantissa = (mantissa + 5) / 10;
    if (!dk_decimal_make(mantissa, decimals, &value))
        return cell;
    size_t size = dk_decimal_format(value, text);
    text[size++] = '\t';
    memcpy(cell.text, text, size);
    cell.size = (uint8_t)size;
    return cell;
}

static struct cell *make_cells(int decimals, int64_t value_max)
{
    struct cell *cells = calloc((size_t)value_max + 1, sizeof(*cells));
    for (int64_t value = 0; cells && value <= value_max; value++)
        cells[value] = make_cell(value, decimals);
    return cells;
}

/* A window of text that is written to a file when it is full. */
struct window {
    struct dk_file *file;
    char *data; /* WINDOW_BYTES, owned by the worker */
    size_t size;
};

static enum dk_status window_flush(struct window *window, struct dk_error *err)
{
    enum dk_status status = dk_file_write(window->file, window->data, window->size, err);
    window->size = 0;
    return status;
}

/* Makes sure that `extra` bytes fit. */
static enum dk_status window_reserve(struct window *window, size_t extra, struct dk_error *err)
{
    return window->size + extra > WINDOW_BYTES ? window_flush(window, err) : DK_OK;
}

/* Puts a burst's cells. The window must have 8 bytes for each. */
static void put_burst(struct window *window, const struct cell *cells, const int32_t *values,
                      size_t count)
{
    char *at = window->data + window->size;
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[values[i]];
        memcpy(at, cell, sizeof(*cell)); /* what follows the text is overwritten by the next */
        at += cell->size;
    }
    window->size = (size_t)(at - window->data);
}

static void report_progress(struct simulation *simulation, uint64_t values)
{
    uint64_t done = atomic_fetch_add(&simulation->done, values) + values;
    dk_observer_progress(simulation->observer, "sample", done, simulation->total, "values");
}

static enum dk_status write_sensor(struct simulation *simulation, struct dk_team *team,
                                   size_t sensor, struct window *window, struct dk_error *err)
{
    size_t rate = (size_t)dk_sensors[sensor].rate_hz;
    size_t bursts = (size_t)simulation->settings->cohorts;
    const struct cell *cells =
        dk_simulation_model_decimals(sensor) == 1 ? simulation->tenths : simulation->thousandths;
    int32_t values[DK_SIMULATION_BURST_MAX];

    for (size_t reading = 0; reading < simulation->settings->readings; reading++) {
        if (dk_team_stopped(team))
            return dk_error_set(err, DK_ERR_CANCELLED, "stopped writing '%s'", window->file->path);
        for (size_t burst = 0; burst < bursts; burst++) {
            DK_RETURN_IF_ERROR(window_reserve(window, rate * sizeof(struct cell), err));
            dk_simulation_model_burst(simulation->model, sensor, reading, burst, values);
            put_burst(window, cells, values, rate);
        }
        window->data[window->size - 1] = '\n'; /* replaces the last tab of the row */
        report_progress(simulation, bursts * rate);
    }
    return window_flush(window, err);
}

static enum dk_status write_profile(struct simulation *simulation, struct window *window,
                                    struct dk_error *err)
{
    for (size_t reading = 0; reading < simulation->settings->readings; reading++) {
        const struct dk_simulation_row *row = dk_simulation_model_row(simulation->model, reading);
        DK_RETURN_IF_ERROR(window_reserve(window, PROFILE_ROW_MAX, err));
        for (size_t c = 0; c < DK_CONDITIONS; c++) {
            int code = dk_conditions[c].codes[row->codes[c]].code;
            struct cell cell = make_cell(code, 0);
            memcpy(window->data + window->size, cell.text, cell.size);
            window->size += cell.size;
        }
        window->data[window->size - 1] = '\n';
    }
    return window_flush(window, err);
}

/* A worker: writes files, the largest first, until none is left. */
static enum dk_status write_files(struct dk_team *team, unsigned index, void *context,
                                  struct dk_error *err)
{
    struct simulation *simulation = context;
    struct window window = {.data = malloc(WINDOW_BYTES)};
    enum dk_status status = DK_OK;
    size_t next;

    (void)index;
    if (!window.data)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to simulate");
    while (status == DK_OK && dk_team_take(team, FILES, &next)) {
        size_t file = simulation->order[next];
        window.file = &simulation->files[file];
        window.size = 0;
        status = file < DK_SENSORS ? write_sensor(simulation, team, file, &window, err)
                                   : write_profile(simulation, &window, err);
    }
    free(window.data);
    return status;
}

/* A worker: gives sensor files their names until none is left. */
static enum dk_status commit_files(struct dk_team *team, unsigned index, void *context,
                                   struct dk_error *err)
{
    struct simulation *simulation = context;
    size_t next;

    (void)index;
    while (dk_team_take(team, DK_SENSORS, &next))
        DK_RETURN_IF_ERROR(dk_file_commit(&simulation->files[simulation->order[next]], err));
    return DK_OK;
}

static enum dk_status create_files(struct simulation *simulation, const char *folder,
                                   struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < FILES; i++) {
        char name[PROFILE_ROW_MAX];
        snprintf(name, sizeof(name), "%s.txt", i < DK_SENSORS ? dk_sensors[i].name : "profile");
        char *path = dk_path_join(folder, name);
        status = path ? dk_file_create(&simulation->files[i], path, err)
                      : dk_error_set(err, DK_ERR_NOMEM, "out of memory to simulate");
        free(path);
    }
    return status;
}

/* Fast sensors first: their files take nearly all the time, so they are shared out evenly. */
static void order_files(struct simulation *simulation)
{
    size_t used = 0;
    for (int rate = DK_SIMULATION_BURST_MAX; rate > 0; rate /= 10)
        for (size_t i = 0; i < DK_SENSORS; i++)
            if (dk_sensors[i].rate_hz == rate)
                simulation->order[used++] = i;
    simulation->order[used] = DK_SENSORS;
}

/* Everything between the checks and the release of what `simulation` owns. */
static enum dk_status simulate(struct simulation *simulation, const char *folder,
                               struct dk_error *err)
{
    const struct dk_simulation_settings *settings = simulation->settings;
    unsigned threads = settings->threads > 0 ? settings->threads : dk_team_threads_default();

    simulation->model = malloc(sizeof(*simulation->model));
    simulation->thousandths = make_cells(3, DK_SIMULATION_VALUE_MAX);
    simulation->tenths = make_cells(1, DK_SIMULATION_VALUE_MAX);
    if (!simulation->model || !simulation->thousandths || !simulation->tenths)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory to simulate");
    dk_simulation_model_init(simulation->model, settings->seed, settings->readings);
    order_files(simulation);
    for (size_t i = 0; i < DK_SENSORS; i++)
        simulation->total += (uint64_t)dk_sensors[i].rate_hz;
    simulation->total *= (uint64_t)settings->cohorts * settings->readings;

    DK_RETURN_IF_ERROR(create_files(simulation, folder, err));
    DK_RETURN_IF_ERROR(dk_team_run(threads, write_files, simulation, err));
    DK_RETURN_IF_ERROR(dk_team_run(threads, commit_files, simulation, err));
    return dk_file_commit(&simulation->files[DK_SENSORS], err);
}

enum dk_status dk_simulation_write(const char *folder,
                                   const struct dk_simulation_settings *settings,
                                   const struct dk_observer *observer, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(check_settings(settings, err));
    DK_RETURN_IF_ERROR(dk_folder_make(folder, err));
    DK_RETURN_IF_ERROR(check_folder(folder, err));
    struct simulation simulation = {.settings = settings, .observer = observer};
    enum dk_status status = simulate(&simulation, folder, err);
    for (size_t i = 0; i < FILES; i++)
        dk_file_abort(&simulation.files[i]);
    free(simulation.model);
    free(simulation.thousandths);
    free(simulation.tenths);
    return status;
}

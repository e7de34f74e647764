/* derrick sample: a synthetic drop. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "sample/simulation.h"

static const struct dk_option options[] = {
    {"readings", 0, "N", "rows of each file (default: 2205)", NULL},
    {"cohorts", 0, "N", "cohorts side by side (default: 60)", "input.cohorts"},
    {"seed", 0, "N", "the same seed gives the same bytes (default: 1)", NULL},
    {0},
};
static const struct dk_option *const groups[] = {options, NULL};

static enum dk_status read_count(struct dk_session *session, const char *name, uint64_t min,
                                 uint64_t max, uint64_t *out, struct dk_error *err)
{
    const char *text = dk_arguments_get(&session->arguments, name);
    if (!text)
        return DK_OK;
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || value < min ||
        value > max) {
        dk_error_set(err, DK_ERR_USAGE, "--%s '%s' is wrong", name, text);
        dk_error_hint(err, "give a whole number from %llu to %llu", (unsigned long long)min,
                      (unsigned long long)max);
        return DK_ERR_USAGE;
    }
    *out = value;
    return DK_OK;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_simulation_settings settings;
    dk_simulation_settings_init(&settings);
    uint64_t readings = settings.readings;
    char *folder = NULL;
    if (session->arguments.operand_count == 0) {
        dk_error_set(err, DK_ERR_USAGE, "no folder given for the sample");
        dk_error_hint(err, "such as 'derrick sample %s'", DK_WORKSPACE_LOGS);
        return DK_ERR_USAGE;
    }
    enum dk_status status =
        read_count(session, "readings", 1, DK_SIMULATION_READINGS_MAX, &readings, err);
    if (status == DK_OK)
        status = read_count(session, "seed", 0, INT64_MAX, &settings.seed, err);
    if (status == DK_OK)
        status = dk_session_path(session, session->arguments.operands[0], &folder, err);
    settings.readings = readings;
    settings.cohorts = session->config.settings.input.cohorts;
    settings.threads = session->config.settings.threads;
    if (status == DK_OK)
        status = dk_simulation_write(folder, &settings, &session->console.observer, err);
    if (status == DK_OK)
        dk_console_result(&session->console, "sample",
                          DK_FIELDS(DK_TEXT("folder", folder), DK_NUMBER("readings", readings),
                                    DK_NUMBER("cohorts", settings.cohorts),
                                    DK_NUMBER("seed", settings.seed)),
                          "sample drop in '%s': %d sensors and the profile, %llu readings x %d "
                          "cohort%s, seed %llu",
                          folder, DK_SENSORS, (unsigned long long)readings, settings.cohorts,
                          settings.cohorts == 1 ? "" : "s", (unsigned long long)settings.seed);
    free(folder);
    return status;
}

const struct dk_command dk_command_sample = {
    .name = "sample",
    .summary = "write a synthetic drop of the real shape",
    .operands = "DIR",
    .operands_max = 1,
    .description =
        "Writes 17 sensor files and profile.txt into DIR: a simulated rig whose profile acts on\n"
        "its sensors. The full size, 15 years of hourly readings, is about 560 MB. Files that are\n"
        "there already are never overwritten.",
    .examples = "derrick sample logs\n"
                "derrick sample small --readings 24 --cohorts 2 --seed 7",
    .options = groups,
    .here = true,
    .run = run,
};

/* derrick sample: a synthetic drop. */
#include <stdlib.h>

#include "command.h"
#include "sample/simulation.h"

static const struct dk_option own_options[] = {
    {.name = "readings",
     .argument = "N",
     .help = "rows of each file (default: 2205)",
     .type = DK_OPTION_NUMBER,
     .min = 1,
     .max = DK_SIMULATION_READINGS_MAX,
     DK_FIELD(readings)},
    {.name = "cohorts",
     .argument = "N",
     .help = "cohorts side by side (default: 60)",
     DK_KEY("input.cohorts")},
    {.name = "seed",
     .argument = "N",
     .help = "the same seed gives the same bytes (default: 1)",
     .type = DK_OPTION_NUMBER,
     .max = INT64_MAX,
     DK_FIELD(seed)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

/* A sample is a delivery, and goes to no other folder that derrick reads. */
static enum dk_status spare_own(const char *folder, struct dk_error *err)
{
    const char *own = NULL;
    DK_RETURN_IF_ERROR(dk_workspace_own(folder, NULL, true, &own, err));
    if (!own)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "can't write a sample to '%s': it is %s", folder, own);
    dk_error_hint(err, "choose another folder, such as %s", DK_WORKSPACE_LOGS);
    return DK_ERR_USAGE;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    struct dk_simulation_settings settings;
    const struct dk_options *options = &session->arguments.options;
    char *folder = NULL;
    if (session->arguments.operand_count == 0) {
        dk_error_set(err, DK_ERR_USAGE, "no folder given for the sample");
        dk_error_hint(err, "for example: derrick sample %s", DK_WORKSPACE_LOGS);
        return DK_ERR_USAGE;
    }
    dk_simulation_settings_init(&settings);
    if (options->readings >= 0)
        settings.readings = (size_t)options->readings;
    if (options->seed >= 0)
        settings.seed = (uint64_t)options->seed;
    settings.cohorts = session->config.settings.input.cohorts;
    settings.threads = session->config.settings.threads;
    DK_RETURN_IF_ERROR(dk_session_path(session, session->arguments.operands[0], &folder, err));
    enum dk_status status = spare_own(folder, err);
    if (status == DK_OK)
        status = dk_simulation_write(folder, &settings, &session->console.observer, err);
    if (status == DK_OK)
        dk_console_result(
            &session->console, "sample",
            DK_FIELDS(DK_TEXT("folder", folder), DK_NUMBER("readings", settings.readings),
                      DK_NUMBER("cohorts", settings.cohorts), DK_NUMBER("seed", settings.seed)),
            "sample drop in '%s': %d sensors and the profile, %llu readings x %d cohort%s, seed "
            "%llu",
            folder, DK_SENSORS, (unsigned long long)settings.readings, settings.cohorts,
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
        "Writes 17 sensor files and profile.txt into DIR: a simulated rig whose profile affects "
        "its sensors. The full size, 15 years of hourly readings, is about 560 MB. Never "
        "overwrites a file.\n\n"
        "A sample with another number of cohorts than 60 is read with the same --cohorts N. One of "
        "a single cohort is a new quarter; as the first drop of a rig, it needs --cohort 1.",
    .examples = "derrick sample logs\n"
                "derrick sample small --readings 24 --cohorts 2 --seed 7",
    .options = groups,
    .operand = DK_OPERAND_FOLDER,
    .needs = DK_NEEDS_SETTINGS,
    .here = true,
    .run = run,
};

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "command.h"
#include "feedback.h"
#include "pipeline/fleet.h"

#define EXIT_PARTIAL 6
#define EXIT_NEEDS_ACTION 7

#define PASSWORD_VARIABLE "DERRICK_DB_PASSWORD"

static const char *environment_get(void *context, const char *name)
{
    const struct dk_session *session = context;
    bool is_taken = session->password.text && strcmp(name, PASSWORD_VARIABLE) == 0;
    return is_taken ? session->password.text : getenv(name);
}

/* Moves the database's password from the environment, which programs that derrick starts inherit
 * and core files hold, into secret memory. */
static void take_password(struct dk_session *session)
{
    char *password = getenv(PASSWORD_VARIABLE);
    if (!password || dk_secret_set(&session->password, password, strlen(password), NULL) != DK_OK)
        return;
    explicit_bzero(password, strlen(password));
    (void)unsetenv(PASSWORD_VARIABLE);
}

/* The home folder as other tools find it: a service may run without HOME, and its option file and
 * AWS files would be ignored. NULL: none. */
static const char *home_find(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user = home ? NULL : getpwuid(getuid());
    return user ? user->pw_dir : home;
}

enum dk_status dk_session_init(struct dk_session *session, struct dk_error *err)
{
    *session = (struct dk_session){0};
    dk_console_init(&session->console);
    dk_options_init(&session->arguments.options);
    session->console.run_id = &session->pipeline.run_id;
    take_password(session);
    session->environment =
        (struct dk_environment){.context = session, .get = environment_get, .home = home_find()};
    dk_pipeline_init(&session->pipeline, &session->config.settings, &session->environment,
                     &session->console.observer);
    return dk_config_init(&session->config, err);
}

void dk_session_reset(struct dk_session *session)
{
    dk_pipeline_reset(&session->pipeline);
    dk_feedback_reset(&session->feedback);
    dk_config_reset(&session->config);
    dk_secret_reset(&session->password);
    dk_console_reset(&session->console);
    free(session->start_folder);
    free(session->config_path);
    free(session->drop);
}

static void configure_console(struct dk_session *session)
{
    struct dk_console *console = &session->console;
    const struct dk_options *options = &session->arguments.options;
    console->json = options->json;
    console->quiet = options->quiet;
    console->verbose = options->verbose;
    console->progress_mode = (enum dk_progress)options->progress;
    dk_console_start(console);
}

/* Which key an option sets, and to what. */
static enum dk_status read_setting(const struct dk_option *option, const char *value,
                                   struct dk_config_given *given, struct dk_error *err)
{
    *given = (struct dk_config_given){.value = value};
    if (option->key) {
        snprintf(given->key, sizeof(given->key), "%s", option->key);
        return DK_OK;
    }
    const char *equals = strchr(value, '=');
    if (!equals || (size_t)(equals - value) >= sizeof(given->key)) {
        dk_error_set(err, DK_ERR_USAGE, "--set '%s' is not 'section.key=value'", value);
        dk_error_hint(err, "for example: --set rig.site=texas");
        return DK_ERR_USAGE;
    }
    snprintf(given->key, sizeof(given->key), "%.*s", (int)(equals - value), value);
    given->value = equals + 1;
    return DK_OK;
}

static enum dk_status apply_setting(struct dk_config *config, const struct dk_option *option,
                                    const char *value, struct dk_error *err)
{
    struct dk_config_given given;
    DK_RETURN_IF_ERROR(read_setting(option, value, &given, err));
    config->source = (struct dk_config_source){.kind = DK_SOURCE_FLAG, .name = option->name};
    enum dk_status status = dk_config_set(config, given.key, given.value, err);
    if (status == DK_OK)
        return DK_OK;
    dk_error_prefix(err, "--%s", option->name);
    if (status == DK_ERR_CONFIG)
        err->status = status = DK_ERR_USAGE;
    return status;
}

#define REASON_BYTES_MAX 255

/* A reason is for a change of what is loaded, and must fit into the ledger. */
static enum dk_status check_reason(const struct dk_session *session, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    if (!options->reason)
        return DK_OK;
    if (strlen(options->reason) > REASON_BYTES_MAX || !dk_text_is_clean(options->reason))
        return dk_error_set(err, DK_ERR_USAGE, "--reason takes one line of at most %d bytes",
                            REASON_BYTES_MAX);
    if (strcmp(session->command->name, "unload") == 0 ||
        strcmp(session->command->name, "quarantine") == 0 || options->replace)
        return DK_OK;
    return dk_error_set(err, DK_ERR_USAGE, "--reason needs --replace");
}

size_t dk_session_given(const struct dk_session *session, struct dk_config_given given[DK_LIST_MAX])
{
    const struct dk_list *list = &session->arguments.options.settings;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (read_setting(list->items[i].option, list->items[i].value, &given[count], NULL) == DK_OK)
            count++;
    return count;
}

static bool is_given(const struct dk_session *session, const char *key)
{
    struct dk_config_given given[DK_LIST_MAX];
    size_t count = dk_session_given(session, given);
    for (size_t i = 0; i < count; i++)
        if (strcmp(given[i].key, key) == 0)
            return true;
    return false;
}

static enum dk_status apply_flags(struct dk_session *session, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    struct dk_settings *settings = &session->config.settings;
    for (size_t i = 0; i < options->settings.count; i++)
        DK_RETURN_IF_ERROR(apply_setting(&session->config, options->settings.items[i].option,
                                         options->settings.items[i].value, err));
    settings->input.quarantine = options->quarantine;
    settings->input.allow_missing = options->allow_missing;
    settings->allow_out_of_range = options->allow_out_of_range;
    settings->replace = options->replace;
    settings->reason = options->reason;
    DK_RETURN_IF_ERROR(check_reason(session, err));
    settings->site_given = is_given(session, "rig.site");
    settings->well_given = is_given(session, "rig.well");
    settings->future = options->future;
    settings->gap = options->gap;
    if (options->cohort.first > 0) {
        settings->cohort_given = true;
        settings->cohort_first = settings->input.cohort = options->cohort.first;
        settings->cohort_last = options->cohort.last;
    }
    return DK_OK;
}

static enum dk_status enter_workspace(struct dk_session *session, bool search, struct dk_error *err)
{
    const char *folder = session->arguments.options.workspace;
    const char *config = session->arguments.options.config;
    char *above = NULL;
    if (!folder)
        folder = getenv("DERRICK_WORKSPACE");
    if (!config)
        config = getenv("DERRICK_CONFIG");
    session->workspace_named = folder != NULL;
    session->start_folder = getcwd(NULL, 0);
    if (!session->start_folder)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't tell the current folder", NULL);
    session->config_path = config ? realpath(config, NULL) : strdup(DK_WORKSPACE_CONFIG);
    if (!session->config_path)
        return dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the configuration", config);
    enum dk_status status = DK_OK;
    if (search && !folder && !config && !dk_path_exists(DK_WORKSPACE_CONFIG))
        status = dk_workspace_find_above(session->start_folder, &above, err);
    if (status == DK_OK && (folder || above) && chdir(folder ? folder : above) != 0) {
        status = dk_error_errno(err, DK_ERR_USAGE, errno, "can't enter the workspace",
                                folder ? folder : above);
        if (folder)
            dk_error_hint(err, "make it with 'derrick init %s'", folder);
    }
    free(above);
    return status;
}

/* DERRICK_TEST_NOW sets another, for tests whose cohorts must not age;
 * DERRICK_TEST_STOP names a step that is interrupted. */
enum dk_status dk_session_clock(struct dk_session *session, struct dk_error *err)
{
    int64_t *minute = &session->config.settings.now_minute;
    const struct dk_environment *environment = &session->environment;
    const char *text = environment->get(environment->context, "DERRICK_TEST_NOW");
    session->console.stop_at = environment->get(environment->context, "DERRICK_TEST_STOP");
    *minute = (int64_t)time(NULL) / 60;
    if (text && dk_date_time_parse(text, minute) != 0)
        return dk_error_set(err, DK_ERR_CONFIG, "DERRICK_TEST_NOW '%s' is not a date", text);
    return DK_OK;
}

enum dk_status dk_session_settings(struct dk_session *session, struct dk_error *err)
{
    struct dk_error local = {0};
    if (!err)
        err = &local;
    struct dk_config *config = &session->config;
    bool required = session->arguments.options.config != NULL;
    DK_RETURN_IF_ERROR(dk_config_read(config, session->config_path, required, err));
    DK_RETURN_IF_ERROR(dk_config_environment(config, &session->environment, err));
    DK_RETURN_IF_ERROR(dk_session_clock(session, err));
    DK_RETURN_IF_ERROR(apply_flags(session, err));
    DK_RETURN_IF_ERROR(dk_config_resolve(config, err));
    dk_session_name_rig(session, NULL);
    return DK_OK;
}

void dk_session_name_rig(struct dk_session *session, const char *path)
{
    struct dk_well well;
    if (dk_fleet_well(&session->config.settings, path, &well, NULL) == DK_OK)
        dk_well_rig_name(&well, session->console.rig);
}

/* `absolute` relative to the workspace where it is inside of it. Heap. */
static char *inside_workspace(const char *absolute)
{
    char *root = realpath(".", NULL);
    char *real = realpath(absolute, NULL);
    char *out = NULL;
    size_t size = root ? strlen(root) : 0;
    if (root && real && strncmp(real, root, size) == 0 && real[size] == '/')
        out = strdup(real + size + 1);
    else if (real)
        out = strdup(real);
    else
        out = strdup(absolute);
    free(root);
    free(real);
    return out;
}

enum dk_status dk_session_path(struct dk_session *session, const char *path, char **out,
                               struct dk_error *err)
{
    *out = NULL;
    if (path[0] == '\0') {
        dk_error_set(err, DK_ERR_USAGE, "a path on the command line is empty");
        dk_error_hint(err, "name a file or a folder; '.' is the current one");
        return DK_ERR_USAGE;
    }
    char *absolute = dk_path_join(session->start_folder, path);
    if (absolute && session->workspace_named && !dk_path_exists(absolute) && dk_path_exists(path)) {
        free(absolute);
        absolute = strdup(path);
    }
    if (absolute)
        *out = inside_workspace(absolute);
    free(absolute);
    return *out ? DK_OK : dk_error_set(err, DK_ERR_NOMEM, "out of memory for a path");
}

/* DK_ERR_USAGE outside a workspace: without logs/, or without a configuration that names the
 * database. `command` is one that could take a drop instead; NULL: none. */
static enum dk_status check_workspace(const struct dk_session *session, const char *command,
                                      struct dk_error *err)
{
    const char *missing = dk_workspace_missing(session->config_path);
    if (!missing)
        return DK_OK;
    if (strcmp(missing, DK_WORKSPACE_LOGS) == 0 && dk_path_exists(session->config_path)) {
        dk_error_set(err, DK_ERR_USAGE, "the workspace has no '%s'", missing);
        dk_error_hint(err, "if it is a share, connect it; if somebody removed it, 'derrick init' "
                           "makes it again");
        return DK_ERR_USAGE;
    }
    dk_error_set(err, DK_ERR_USAGE, "this folder is not a workspace: it has no '%s'", missing);
    if (!command) {
        dk_error_hint(err,
                      "go to your workspace, or name it: -C DIR; 'derrick init' makes a new one");
        return DK_ERR_USAGE;
    }
    dk_error_hint(err,
                  "go to your workspace, or name it: -C DIR; 'derrick init' makes a new one, and "
                  "'derrick %s DROP' needs none",
                  command);
    return DK_ERR_USAGE;
}

static enum dk_status find_drop(struct dk_session *session, struct dk_error *err)
{
    if (session->arguments.operand_count == 0)
        return DK_OK;
    if (session->arguments.operands[0][0] == '\0') {
        dk_error_set(err, DK_ERR_USAGE, "the drop's path is empty");
        dk_error_hint(err, "name a folder, a zip or a tar, or nothing for logs/");
        return DK_ERR_USAGE;
    }
    DK_RETURN_IF_ERROR(
        dk_session_path(session, session->arguments.operands[0], &session->drop, err));
    session->config.settings.drop_given = true;
    dk_session_name_rig(session, session->drop);
    return DK_OK;
}

enum dk_status dk_session_prepare(struct dk_session *session, const struct dk_command *command,
                                  struct dk_error *err)
{
    unsigned needs = command->needs;
    session->command = command;
    bool takes_drop = (needs & DK_NEEDS_DROP) != 0;
    configure_console(session);
    if (needs & DK_NEEDS_SETTINGS) {
        DK_RETURN_IF_ERROR(enter_workspace(session, !command->here, err));
        DK_RETURN_IF_ERROR(dk_session_settings(session, err));
        DK_RETURN_IF_ERROR(dk_config_variables_check(environ, &session->console.observer, err));
    }
    if (takes_drop)
        DK_RETURN_IF_ERROR(find_drop(session, err));
    if ((needs & DK_NEEDS_WORKSPACE) && !session->drop)
        DK_RETURN_IF_ERROR(check_workspace(session, takes_drop ? command->name : NULL, err));
    if (command->feedback && !session->arguments.options.dry_run)
        dk_feedback_begin(session, session->drop);
    if (needs & DK_NEEDS_STORE)
        DK_RETURN_IF_ERROR(dk_pipeline_open(&session->pipeline, err));
    if ((needs & DK_NEEDS_LOCK) && session->arguments.options.dry_run) {
        if (!session->pipeline.store)
            return dk_pipeline_open(&session->pipeline, err);
    } else if (needs & DK_NEEDS_LOCK)
        DK_RETURN_IF_ERROR(dk_pipeline_begin(&session->pipeline, command->name, err));
    return DK_OK;
}

static enum dk_status filter_site(const char *site, struct dk_store_filter *filter,
                                  struct dk_error *err)
{
    filter->by_rig = filter->whole_site = true;
    if (dk_well_init(&filter->rig, site, 1, NULL) == DK_OK)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "--site '%s' is not the name of a site", site);
    dk_error_hint(err, "'derrick status' names the rigs: of 'texas-1' the site is 'texas'");
    return DK_ERR_USAGE;
}

enum dk_status dk_session_filter(struct dk_session *session, struct dk_store_filter *filter,
                                 struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    *filter = (struct dk_store_filter){.by_rig = options->rig != NULL,
                                       .cohort_first = options->cohort.first,
                                       .cohort_last = options->cohort.last};
    if (options->rig && options->site)
        return dk_error_set(err, DK_ERR_USAGE, "--rig names one rig, and --site those of a site");
    if (options->site)
        return filter_site(options->site, filter, err);
    return options->rig ? dk_well_parse(options->rig, &filter->rig, err) : DK_OK;
}

static bool has_ending(const char *path, const char *ending)
{
    const size_t size = strlen(path);
    const size_t length = strlen(ending);
    return size > length && strcmp(path + size - length, ending) == 0;
}

/* The format, where --format names none: what the extension of -o says. */
static enum dk_format default_format(const char *output)
{
    return output && has_ending(output, ".parquet") ? DK_FORMAT_PARQUET : DK_FORMAT_HISTORICAL;
}

/* A split without the name of a folder. */
static enum dk_status refuse_file(const char *output, struct dk_error *err)
{
    if (output)
        dk_error_set(err, DK_ERR_USAGE, "--split writes a folder, and '%s' names a file", output);
    else
        dk_error_set(err, DK_ERR_USAGE, "--split writes a folder: name it");
    dk_error_hint(err, "give a folder: -o DIR");
    return DK_ERR_USAGE;
}

/* Sets the split that --split, --split-by and --seed ask for. */
static enum dk_status set_split(const struct dk_options *options,
                                struct dk_export_settings *settings, struct dk_error *err)
{
    const bool takes = settings->format == DK_FORMAT_PARQUET ||
                       settings->format == DK_FORMAT_SAGEMAKER ||
                       settings->format == DK_FORMAT_FEATURES;
    if (!options->split)
        return options->split_by >= 0 || options->seed >= 0
                   ? dk_error_set(err, DK_ERR_USAGE, "--%s needs --split",
                                  options->split_by >= 0 ? "split-by" : "seed")
                   : DK_OK;
    if (!takes)
        return dk_error_set(err, DK_ERR_USAGE,
                            "--split needs --format parquet, sagemaker or features");
    settings->split.on = true;
    settings->split.seed = options->seed >= 0 ? (uint64_t)options->seed : 1;
    settings->split.by = options->split_by >= 0 ? options->split_by - 1 : DK_SPLIT_BY_BLOCK;
    return dk_split_parse(options->split, settings->split.percent, err);
}

enum dk_status dk_session_layout(struct dk_session *session, struct dk_export_settings *settings,
                                 struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    *settings =
        (struct dk_export_settings){.threads = session->config.settings.threads,
                                    .format = options->format < 0 ? default_format(options->output)
                                                                  : (enum dk_format)options->format,
                                    .label = options->label,
                                    .no_profile = options->no_profile};
    bool sagemaker = settings->format == DK_FORMAT_SAGEMAKER;
    if (settings->no_profile && settings->format != DK_FORMAT_TEMPLATE)
        return dk_error_set(err, DK_ERR_USAGE, "--no-profile needs --format template");
    if (settings->label >= 0 && !sagemaker)
        return dk_error_set(err, DK_ERR_USAGE, "--label needs --format sagemaker");
    if (settings->label >= 0 || !sagemaker)
        return set_split(options, settings, err);
    dk_error_set(err, DK_ERR_USAGE, "--format sagemaker needs a --label");
    dk_error_hint(err, "write cooler, valve, pump, accumulator or stable");
    return DK_ERR_USAGE;
}

/* Where a format goes without -o: csv/ of a workspace, else the current folder. */
static char *default_output(const struct dk_export_settings *settings)
{
    const char *name = dk_format_file_name(settings->format);
    const char *folder = dk_path_exists(DK_WORKSPACE_CSV) ? DK_WORKSPACE_CSV : ".";
    if (!name)
        return strdup(strcmp(folder, ".") == 0 ? "csv" : folder);
    return dk_path_join(folder, name);
}

/* The names of standard output. Committing a file would replace the link. */
static bool is_standard_output(const char *output)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    for (size_t i = 0; i < DK_COUNT_OF(names); i++)
        if (strcmp(output, names[i]) == 0)
            return true;
    return false;
}

/* An output replaces a file of its name, but never one that derrick itself needs. */
static enum dk_status spare_own(const struct dk_session *session, const char *path,
                                struct dk_error *err)
{
    const char *database = dk_settings_database_file(&session->config.settings);
    const char *own = NULL;
    if (dk_path_is_same(path, session->config_path))
        own = "the configuration";
    else if (database && dk_path_is_same(path, database))
        own = "the database";
    else
        DK_RETURN_IF_ERROR(dk_workspace_own(path, database, false, &own, err));
    if (!own)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "can't write '%s': it is %s", path, own);
    dk_error_hint(err, "choose another path with -o");
    return DK_ERR_USAGE;
}

enum dk_status dk_session_file(struct dk_session *session, const char *name, char *preset,
                               char **path, struct dk_error *err)
{
    const char *output = session->arguments.options.output;
    char *absolute = output ? dk_path_join(session->start_folder, output) : NULL;
    *path = output ? absolute : preset;
    if (output)
        free(preset);
    if (absolute && name && (dk_path_is_folder(absolute) || output[strlen(output) - 1] == '/')) {
        *path = dk_path_join(absolute, name);
        free(absolute);
    }
    if (!*path)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a path");
    return spare_own(session, *path, err);
}

bool dk_session_is_standard_output(struct dk_session *session)
{
    const char *output = session->arguments.options.output;
    return output && is_standard_output(output);
}

enum dk_status dk_session_output(struct dk_session *session,
                                 const struct dk_export_settings *settings, char **path,
                                 struct dk_error *err)
{
    const char *output = session->arguments.options.output;
    const char *name = dk_export_is_folder(settings) ? NULL : dk_format_file_name(settings->format);
    *path = NULL;
    if (settings->split.on &&
        (!output || has_ending(output, ".csv") || has_ending(output, ".parquet")))
        return refuse_file(output, err);
    if (!dk_session_is_standard_output(session))
        return dk_session_file(session, name, default_output(settings), path, err);
    session->console.stdout_is_output = name != NULL;
    if (name)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "%s%s is several files, which can't go to '%s'",
                 settings->split.on ? "--split" : "--format ",
                 settings->split.on ? "" : dk_format_name(settings->format), output);
    dk_error_hint(err, "give a folder: -o DIR");
    return DK_ERR_USAGE;
}

void dk_session_report_intake(struct dk_session *session, const struct dk_intake *intake,
                              enum dk_status status)
{
    const struct dk_report *report = &intake->report;
    char count[DK_COUNT_TEXT_MAX];
    if (report->problems_total == 0)
        return;
    dk_pipeline_note_problems(&session->pipeline, intake);
    dk_console_report(&session->console, report, &intake->drop, status != DK_OK);
    if (status != DK_OK) {
        session->problems = report->problems_total;
        dk_text_format(session->refused, sizeof(session->refused), "%s", intake->drop.path);
        return;
    }
    session->partial = true;
    if (intake->quarantine[0])
        dk_observer_notice(&session->console.observer, DK_LEVEL_WARNING,
                           "%s problem%s in quarantine: see '%s'",
                           dk_count_text(report->problems_total, count),
                           report->problems_total == 1 ? "" : "s", intake->quarantine);
}

int dk_session_exit_code(const struct dk_session *session, enum dk_status status)
{
    if (status == DK_OK && session->needs_action)
        return EXIT_NEEDS_ACTION;
    return status == DK_OK && session->partial ? EXIT_PARTIAL : dk_status_exit_code(status);
}

void dk_session_sum_up(struct dk_session *session, enum dk_status status, struct dk_error *err)
{
    uint64_t problems = session->problems;
    const char *drop = session->refused;
    const char *plural = problems == 1 ? "" : "s";
    char count[DK_COUNT_TEXT_MAX];
    session->problems = 0;
    /* An error with a place is the first of the problems, which were all reported. */
    if (status != DK_ERR_DATA || problems == 0 || err->path[0] == '\0')
        return;
    session->pipeline.notes.summed_up = true;
    dk_count_text(problems, count);
    if (session->command->refused)
        dk_error_set(err, status, "%s problem%s found%s", count, plural, session->command->refused);
    else if (strcmp(drop, DK_WORKSPACE_LOGS) == 0)
        dk_error_set(err, status,
                     "%s problem%s found; nothing was loaded, and your files are still in %s/",
                     count, plural, drop);
    else
        dk_error_set(err, status, "%s problem%s found; nothing was loaded, and '%s' is as it was",
                     count, plural, drop);
}

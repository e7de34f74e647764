/*
 * Commands: each has a file cmd_<name>.c, which declares name, options, help and examples in one
 * row. main.c finds the row, options.c parses by it, help.c prints from it. Nothing here is used
 * outside of src/cli/.
 */
#ifndef DK_CLI_COMMAND_H
#define DK_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/status.h"
#include "config.h"
#include "console.h"
#include "pipeline/pipeline.h"

/* An option. With a `key`, its value goes to that key of the configuration; else the command asks
 * for it by name. */
struct dk_option {
    const char *name;     /* long name, without dashes */
    char letter;          /* short name; 0: none */
    const char *argument; /* what it takes, for the help: "FILE"; NULL: a flag */
    const char *help;
    const char *key; /* "input.columns"; NULL: none */
};

#define DK_OPTIONS_MAX 40

#define DK_GIVEN_MAX (DK_OPTIONS_MAX * 2)

/* What stands on the command line. Texts are borrowed from argv. */
struct dk_arguments {
    struct {
        const struct dk_option *option;
        const char *value; /* "" for a flag */
    } given[DK_GIVEN_MAX];
    size_t given_count;
    char **operands; /* as written; dk_session_path makes paths of them */
    size_t operand_count;
};

/* The value of an option, "" for a flag, NULL if it was not given; the last one wins. */
const char *dk_arguments_get(const struct dk_arguments *arguments, const char *name);

/* All that a command works with. */
struct dk_session {
    struct dk_console console;
    struct dk_config config;
    struct dk_environment environment;
    struct dk_secret password; /* DERRICK_DB_PASSWORD, which the environment has no more */
    struct dk_arguments arguments;
    struct dk_pipeline pipeline;
    char *start_folder;   /* where derrick was started, absolute; owned */
    char *config_path;    /* the configuration's file, absolute if it was named; owned */
    bool workspace_named; /* by -C or DERRICK_WORKSPACE */
    bool partial;         /* done, with cells in quarantine: exit 6 */
    uint64_t problems;    /* of a drop that was refused; printed, and summed up by the error */
};

struct dk_command {
    const char *name;
    const char *summary;  /* one line */
    const char *operands; /* "[DROP]" */
    size_t operands_max;
    const char *description;
    const char *examples; /* lines, '\n' between */
    /* Groups of options, NULL at the end; each group ends with a row whose name is NULL. */
    const struct dk_option *const *options;
    bool here; /* works in the current folder, whatever workspace is above it */
    enum dk_status (*run)(struct dk_session *session, struct dk_error *err);
};

extern const struct dk_command dk_command_init, dk_command_sample, dk_command_check,
    dk_command_convert, dk_command_load, dk_command_export, dk_command_upload, dk_command_archive,
    dk_command_run, dk_command_status, dk_command_watch;

/* All of them, in the order of the help; NULL-terminated. */
extern const struct dk_command *const dk_commands[];
/* The options of every command, and groups that several commands share. */
extern const struct dk_option dk_options_global[];
extern const struct dk_option dk_options_input[];
extern const struct dk_option dk_options_reading[];
extern const struct dk_option dk_options_layout[];
extern const struct dk_option dk_options_loading[];

/* The command of that name, or NULL. */
const struct dk_command *dk_command_find(const char *name);

/* Parses what follows the command's name, which is argv[0]. DK_ERR_USAGE names the option, and says
 * where to look. */
enum dk_status dk_arguments_parse(struct dk_arguments *arguments, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err) DK_CHECK;
/* Parses the global options before the command; *command_index is where it stands (argc: there is
 * none). */
enum dk_status dk_arguments_parse_global(struct dk_arguments *arguments, int argc, char **argv,
                                         int *command_index, struct dk_error *err) DK_CHECK;

void dk_help_overview(void);
void dk_help_start(void); /* derrick alone: what to do first */
void dk_help_command(const struct dk_command *command);

/* --- session -------------------------------------------------------------------------------- */

void dk_session_init(struct dk_session *session);
void dk_session_reset(struct dk_session *session);
/* Enters the workspace, and applies derrick.ini, environment and flags, the later over the
 * earlier. `search`: where neither a workspace nor a configuration is named, the workspace may be
 * above the current folder. */
enum dk_status dk_session_configure(struct dk_session *session, bool search, struct dk_error *err)
    DK_CHECK;
/* The second half of it, for a workspace that is entered in another way. */
enum dk_status dk_session_settings(struct dk_session *session, struct dk_error *err) DK_CHECK;

/* A path as the user means it: relative to where derrick was started or, if nothing is there, to
 * the workspace that was named. Within the workspace it comes out relative to that. On the heap (the caller
 * frees). */
enum dk_status dk_session_path(struct dk_session *session, const char *path, char **out,
                               struct dk_error *err) DK_CHECK;
/* The first operand as a path, NULL if there is none. On the heap. */
enum dk_status dk_session_drop(struct dk_session *session, char **out, struct dk_error *err)
    DK_CHECK;

/* Makes a filter of --cohort A[-B] and --rig. */
enum dk_status dk_session_filter(struct dk_session *session, struct dk_store_filter *filter,
                                 struct dk_error *err) DK_CHECK;
/* Makes settings of --format, --label and --no-profile. */
enum dk_status dk_session_layout(struct dk_session *session, struct dk_export_settings *settings,
                                 struct dk_error *err) DK_CHECK;
/* Where the output goes, by -o or else by the format; *path NULL is standard output. On the
 * heap. */
enum dk_status dk_session_output(struct dk_session *session,
                                 const struct dk_export_settings *settings, char **path,
                                 struct dk_error *err) DK_CHECK;

/* The keys of the configuration that the command line sets, in its order. Returns how many. */
size_t dk_session_given(const struct dk_session *session,
                        struct dk_config_given given[DK_GIVEN_MAX]);

/* Prints the problems of a report, and sets session->partial if cells went into quarantine. */
void dk_session_report_intake(struct dk_session *session, const struct dk_intake *intake,
                              enum dk_status status);

/* How a command ends that came to `status`: exit 6 where cells went into quarantine. */
int dk_session_exit_code(const struct dk_session *session, enum dk_status status);

/* Makes the error of a drop whose problems were printed a summary of them. */
void dk_session_sum_up(struct dk_session *session, enum dk_status status, struct dk_error *err);

/* Puts --cohort A[-B] into the settings: the number of a drop that is one cohort, or those cohorts of
 * a history that count. */
enum dk_status dk_session_cohort(struct dk_session *session, struct dk_error *err) DK_CHECK;

/* --- quality_table.c */

/* Prints what the values of each sensor amount to: a table of at most 80 columns where the numbers
 * are those of a rig, or a line of JSON a sensor. */
enum dk_status dk_session_report_quality(struct dk_session *session,
                                         const struct dk_readings *readings, struct dk_error *err)
    DK_CHECK;

/* --- what several commands say in the same words */

/* DK_ERR_USAGE outside of a workspace: without logs/, or without a configuration that names the
 * database. `command` is one that could take a drop instead; NULL: none. */
enum dk_status dk_session_check_workspace(const struct dk_session *session, const char *command,
                                          struct dk_error *err) DK_CHECK;

/* After no drop was found in logs/: DK_ERR_DATA if something there looks like a delivery; other files
 * get one notice. */
enum dk_status dk_session_refuse_unread(struct dk_session *session, struct dk_error *err) DK_CHECK;
/* The same, and says that nothing is new. */
enum dk_status dk_session_report_empty(struct dk_session *session, struct dk_error *err) DK_CHECK;
/* After a drop from logs/ was run: warns of what is left there and can't be read. */
void dk_session_warn_unread(struct dk_session *session);
void dk_session_report_load(struct dk_session *session, const char *drop,
                            const struct dk_load_result *result);
void dk_session_report_upload(struct dk_session *session, const struct dk_upload_result *result);
void dk_session_report_archive(struct dk_session *session, const struct dk_archived *result);

/* Does the whole job once, within a run that has begun, and prints the results as they come.
 * *worked is false if there was nothing new. */
enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err) DK_CHECK;

#endif

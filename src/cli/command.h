/*
 * Commands: each declares its name, its options, its help and its examples in one table row, in a
 * file of its own; main finds it, options.c parses for it, help.c prints from the same rows.
 */
#ifndef DK_CLI_COMMAND_H
#define DK_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "cli/config.h"
#include "cli/console.h"
#include "pipeline/pipeline.h"

/* An option. Where `key` is set, its value goes to that key of the configuration; else the command
 * asks for it by name. */
struct dk_option {
    const char *name;     /* long name, without dashes */
    char letter;          /* short name; 0: none */
    const char *argument; /* what it takes, for the help: "FILE"; NULL: a flag */
    const char *help;
    const char *key; /* "input.columns"; NULL: none */
};

#define DK_OPTIONS_MAX 40

/* What stood on the command line. Texts borrowed from argv. */
struct dk_arguments {
    struct {
        const struct dk_option *option;
        const char *value; /* "" for a flag */
    } given[DK_OPTIONS_MAX * 2];
    size_t given_count;
    char **operands; /* paths are resolved: see dk_session_path */
    size_t operand_count;
};

/* The value of an option, "" for a flag, NULL if it was not given; the last one wins. */
const char *dk_arguments_get(const struct dk_arguments *arguments, const char *name);

/* All that a command works with. */
struct dk_session {
    struct dk_console console;
    struct dk_config config;
    struct dk_environment environment;
    struct dk_arguments arguments;
    struct dk_pipeline pipeline;
    char *start_folder; /* where derrick was started, absolute; owned */
    bool partial;       /* done, with cells in quarantine: exit 6 */
    uint64_t problems;  /* of a drop that was refused: printed already, the error sums them up */
};

struct dk_command {
    const char *name;
    const char *summary;  /* one line */
    const char *operands; /* "[DROP]" */
    size_t operands_max;
    const char *description;
    const char *examples; /* lines, '\n' between */
    const struct dk_option *const
        *options; /* groups of rows, NULL-terminated; each group ends with a
                                               row whose name is NULL */
    enum dk_status (*run)(struct dk_session *session, struct dk_error *err);
};

extern const struct dk_command dk_command_init, dk_command_sample, dk_command_check,
    dk_command_convert, dk_command_load, dk_command_export, dk_command_upload, dk_command_archive,
    dk_command_run, dk_command_status, dk_command_watch;

/* All of them, in the order of the help; NULL-terminated. */
extern const struct dk_command *const dk_commands[];
/* Options that every command takes, and groups that several share. */
extern const struct dk_option dk_options_global[];
extern const struct dk_option dk_options_input[];
extern const struct dk_option dk_options_reading[];
extern const struct dk_option dk_options_layout[];

const struct dk_command *dk_command_find(const char *name);

/* Parses argv[1..] after the command's name. DK_ERR_USAGE tells the option and where to look. */
enum dk_status dk_arguments_parse(struct dk_arguments *arguments, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err) DK_CHECK;
/* Parses the global options before the command; *command_index gets where it stands (argc if none). */
enum dk_status dk_arguments_parse_global(struct dk_arguments *arguments, int argc, char **argv,
                                         int *command_index, struct dk_error *err) DK_CHECK;

void dk_help_overview(void);
void dk_help_start(void); /* derrick alone: what to do first */
void dk_help_command(const struct dk_command *command);

/* --- session -------------------------------------------------------------------------------- */

void dk_session_init(struct dk_session *session);
void dk_session_reset(struct dk_session *session);
/* Applies flags, environment and derrick.ini, and enters the workspace. */
enum dk_status dk_session_configure(struct dk_session *session, struct dk_error *err) DK_CHECK;

/* A path as the user means it: relative to where derrick was started, or, where nothing is there, to
 * the workspace. Inside of the workspace it comes out relative to it. Heap (caller frees). */
enum dk_status dk_session_path(struct dk_session *session, const char *path, char **out,
                               struct dk_error *err) DK_CHECK;
/* The first operand as a path, NULL if there is none. Heap. */
enum dk_status dk_session_drop(struct dk_session *session, char **out, struct dk_error *err)
    DK_CHECK;

/* --cohort A[-B] and --rig into a filter. */
enum dk_status dk_session_filter(struct dk_session *session, struct dk_store_filter *filter,
                                 struct dk_error *err) DK_CHECK;
/* --format, --label, --no-profile. */
enum dk_status dk_session_layout(struct dk_session *session, struct dk_export_settings *settings,
                                 struct dk_error *err) DK_CHECK;
/* -o: *path NULL for "-" (stdout). Without -o: the format's own place. Heap. */
enum dk_status dk_session_output(struct dk_session *session,
                                 const struct dk_export_settings *settings, char **path,
                                 struct dk_error *err) DK_CHECK;

/* Prints what a report holds, and sets session->partial where cells went to quarantine. */
void dk_session_tell_intake(struct dk_session *session, const struct dk_intake *intake,
                            enum dk_status status);

/* The error of a drop whose problems were printed sums them up. */
void dk_session_sum_up(struct dk_session *session, enum dk_status status, struct dk_error *err);

/* --cohort N of a drop that is one cohort (columns = samples, wells) into the settings. Of one that
 * holds several it may filter what comes out; a command where it does not refuses it. */
enum dk_status dk_session_cohort(struct dk_session *session, bool filters, struct dk_error *err)
    DK_CHECK;

/* --- what several commands say in the same words */

/* DK_ERR_USAGE outside of a workspace. `command` can take a drop instead; NULL: it can't. */
enum dk_status dk_session_check_workspace(const char *command, struct dk_error *err) DK_CHECK;

void dk_session_tell_empty(struct dk_session *session);
void dk_session_tell_load(struct dk_session *session, const char *drop,
                          const struct dk_load_result *result);
void dk_session_tell_archive(struct dk_session *session, const struct dk_archived *result);
enum dk_status dk_session_nothing_loaded(struct dk_error *err) DK_CHECK;

/* One run of the whole job inside a run that was begun, told as it goes; *worked false: nothing new. */
enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err) DK_CHECK;

/* "1,234" for people: digits in groups. Returns text. */
#define DK_COUNT_TEXT_MAX 32
const char *dk_count_text(uint64_t count, char text[DK_COUNT_TEXT_MAX]);

#endif

/*
 * Commands: each has a file cmd_<name>.c, which declares everything about it in one row: name, what
 * it needs before it can run, its options, its help. main.c finds the row, options.c parses by it,
 * session.c prepares what it needs; help, man page and shell completion are generated from the
 * table, which main.c hands down. Nothing here is used outside src/cli/.
 */
#ifndef DK_CLI_COMMAND_H
#define DK_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/secret.h"
#include "base/status.h"
#include "config.h"
#include "console.h"
#include "pipeline/deliveries.h"
#include "pipeline/pipeline.h"

struct dk_option;

/* Cohorts of --cohort A[-B]. */
struct dk_cohort_range {
    int first, last; /* 0: not given */
};

#define DK_LIST_MAX 80

/* Options that may be repeated, in the order of the command line. */
struct dk_list {
    struct {
        const struct dk_option *option;
        const char *value; /* borrowed from argv */
    } items[DK_LIST_MAX];
    size_t count;
};

/* Where the options of all commands are put. A text is NULL where the option was not given. */
struct dk_options {
    const char *workspace, *config;
    struct dk_list settings; /* --set, and every option that is bound to a key */
    bool quiet, verbose, json, help, version;
    int progress; /* enum dk_progress */
    bool quarantine, allow_missing, allow_out_of_range;
    bool future, gap, replace;
    const char *reason;
    bool yes, dry_run;
    int64_t loaded_by; /* 0: not given */
    struct dk_cohort_range cohort;
    const char *rig;
    const char *site;
    int format; /* enum dk_format; -1: not given */
    int label;  /* index of the condition; -1: not given */
    bool no_profile;
    const char *split;
    int split_by; /* 1 + what struct dk_split.by has */
    const char *output;
    bool database;
    bool check, prometheus;
    int64_t late; /* -1: not given */
    int64_t runs; /* 0: not given */
    bool adopt, print_sql, rebuild, new_database, bucket;
    int64_t readings, seed;
    int64_t interval_s, settle_s;
    bool once;
    bool man;
    int64_t run;   /* 0: not given */
    int64_t as_of; /* INT64_MIN: not given */
};

/* What an option takes, and the type of the field that it is bound to. */
enum dk_option_type {
    DK_OPTION_FLAG,    /* nothing; bool */
    DK_OPTION_TEXT,    /* any text; const char *, borrowed from argv */
    DK_OPTION_PATH,    /* a file or, where the argument is DIR, a folder; const char * */
    DK_OPTION_WORD,    /* one of `words`; int, as `find` numbers them */
    DK_OPTION_NUMBER,  /* a whole number from min to max; int64_t */
    DK_OPTION_DATE,    /* "2023-05-07" or "2023-05-07 13:00:00"; int64_t, minutes since 1970 */
    DK_OPTION_COHORTS, /* "7" or "1-20"; struct dk_cohort_range */
    DK_OPTION_LIST,    /* may be repeated; struct dk_list */
};

/* What must be there before a command runs; dk_session_prepare sees to it in this order. */
enum dk_needs {
    DK_NEEDS_SETTINGS = 1,  /* derrick.ini, environment and flags are read */
    DK_NEEDS_DROP = 2,      /* the operand is a drop; none means the one in logs/ */
    DK_NEEDS_WORKSPACE = 4, /* the folder is a workspace; not where a drop is named */
    DK_NEEDS_STORE = 8,     /* the database is open to read */
    DK_NEEDS_LOCK = 16,     /* no other run works, and this one is in the ledger */
};

struct dk_option {
    const char *name;     /* long name, without dashes */
    char letter;          /* short name; 0: none */
    const char *argument; /* what it takes, for the help: "FILE"; NULL: a flag */
    const char *help;
    enum dk_option_type type;
    size_t offset;      /* of its field in struct dk_options */
    const char *key;    /* the key of the configuration that it sets; NULL: it has a field */
    const char *preset; /* the value where "[N]" is left out */
    const char *words;  /* "auto cohorts samples wells"; NULL: any text */
    int (*find)(const char *word); /* the number of a word, -1 for another text */
    int64_t min, max;
    bool hidden; /* for the build and the tests */
};

/* Rows of an option that has a field of struct dk_options, or sets a key. */
#define DK_FIELD(field_) .offset = offsetof(struct dk_options, field_)
#define DK_KEY(key_) .type = DK_OPTION_LIST, DK_FIELD(settings), .key = (key_)
/* Rows of --rig and --cohort, without the help. */
#define DK_RIG .name = "rig", .argument = "RIG", .type = DK_OPTION_TEXT, DK_FIELD(rig)
#define DK_COHORT .name = "cohort", .argument = "A[-B]", .type = DK_OPTION_COHORTS, DK_FIELD(cohort)

#define DK_OPTIONS_MAX 40

/* What is on the command line. Texts are borrowed from argv. */
struct dk_arguments {
    struct dk_options options;
    char **operands; /* as written; dk_session_path makes paths of them */
    size_t operand_count;
};

/* What an operand is, for the completion. */
enum dk_operand {
    DK_OPERAND_NONE,
    DK_OPERAND_FILE,
    DK_OPERAND_FOLDER,
    DK_OPERAND_COMMAND,
    DK_OPERAND_WORD,
    DK_OPERAND_TEXT /* that a shell can't complete */
};

/* What feedback.c leaves for people, and what it has to know. */
struct dk_feedback {
    char folder[DK_ERROR_PATH_MAX];   /* where the report goes; "": nowhere */
    uint64_t logs_device, logs_inode; /* of logs/ when the run began; 0: not there */
    bool worked;                      /* something was new */
    bool delivered;                   /* a drop was found, or archived */
    bool loaded; /* the delivery is in the database, whatever failed after that */
    /* the delivery that comes first, where this one was not tried; or NULL */
    const char *waits_for;
    bool waits_for_loaded; /* that one is loaded, and failed afterwards */
    int64_t run_id;        /* of the run that has ended; 0: it had none */
    unsigned notified;     /* enum dk_notify: the last reason; 0: none */
    char notified_text[DK_ERROR_TEXT_MAX];
    char concerns[512]; /* the rigs that a notification names; "": that of the console */
    json_t *reports;    /* by folder, of the deliveries of this run so far; owned */
    json_t *events;     /* of deliveries before this one, for the notification; owned */
    char *text;         /* their reports, of those that are of interest; owned */
};

/* All that a command works with. */
struct dk_session {
    struct dk_console console;
    struct dk_config config;
    struct dk_environment environment;
    struct dk_secret password; /* DERRICK_DB_PASSWORD, which the environment has no more */
    struct dk_arguments arguments;
    struct dk_pipeline pipeline;
    struct dk_feedback feedback;
    bool (*is_stopping)(void); /* whether a signal asks a command that stays to stop; NULL: never */
    char *start_folder;        /* where derrick was started, absolute; owned */
    char *config_path;         /* the configuration's file, absolute if it was named; owned */
    char *drop;                /* the drop that is named; NULL: the one in logs/; owned */
    bool workspace_named;      /* by -C or DERRICK_WORKSPACE */
    bool partial;              /* done, with cells in quarantine: exit 6 */
    bool needs_action;         /* done, and found something that somebody must see to: exit 7 */
    uint64_t problems;         /* of a drop that was refused; printed, and summed up by the error */
    char refused[DK_ERROR_PATH_MAX];          /* that drop */
    const struct dk_command *const *commands; /* all of them; NULL-terminated */
    const struct dk_command *command;         /* NULL until it is known */
};

struct dk_command {
    const char *name;
    const char *summary;  /* one line */
    const char *operands; /* "[DROP]" */
    size_t operands_max;
    enum dk_operand operand;
    const char *words;       /* of DK_OPERAND_WORD */
    const char *description; /* paragraphs, "\n\n" between */
    const char *examples;    /* lines, '\n' between */
    /* Groups of options, NULL at the end; each group ends with a row whose name is NULL. */
    const struct dk_option *const *options;
    unsigned needs;      /* enum dk_needs */
    const char *refused; /* what is true after a refused drop; "": nothing to say; NULL: it loads */
    bool feedback;       /* leaves a report for whoever delivered, and notifies: feedback.h */
    bool here;           /* works in the current folder, whatever workspace is above it */
    enum dk_status (*run)(struct dk_session *session, struct dk_error *err);
};

extern const struct dk_command dk_command_init, dk_command_sample, dk_command_check,
    dk_command_convert, dk_command_load, dk_command_export, dk_command_upload, dk_command_archive,
    dk_command_run, dk_command_unload, dk_command_status, dk_command_report, dk_command_watch,
    dk_command_quarantine, dk_command_trace, dk_command_doctor, dk_command_config,
    dk_command_completion, dk_command_help;

/* All of them, in the order of the help; NULL-terminated. */
extern const struct dk_command *const dk_commands[];
/* The options of every command, and groups that several commands share. */
extern const struct dk_option dk_options_global[];
extern const struct dk_option dk_options_input[];
extern const struct dk_option dk_options_reading[];
extern const struct dk_option dk_options_layout[];
extern const struct dk_option dk_options_loading[];
extern const struct dk_option dk_options_preview[];

/* The command of that name, or NULL. */
const struct dk_command *dk_command_find(const struct dk_command *const *commands,
                                         const char *name);
/* Sets the error for a name that no command has, with the nearest one. Returns DK_ERR_USAGE. */
enum dk_status dk_command_unknown(const struct dk_command *const *commands, const char *name,
                                  struct dk_error *err);

/* Calls `visit` for each option of a command, its own before the global ones; hidden ones too. */
void dk_command_each_option(const struct dk_command *command,
                            void (*visit)(void *context, const struct dk_option *option),
                            void *context);

void dk_options_init(struct dk_options *options);

/* Parses what follows the command's name, which is argv[0]. DK_ERR_USAGE names the option, and says
 * where to look. */
enum dk_status dk_arguments_parse(struct dk_arguments *arguments, const struct dk_command *command,
                                  int argc, char **argv, struct dk_error *err) DK_CHECK;
/* Parses the global options before the command; *command_index is where it is (argc: nowhere). */
enum dk_status dk_arguments_parse_global(struct dk_arguments *arguments, int argc, char **argv,
                                         int *command_index, struct dk_error *err) DK_CHECK;

/* --- help.c, manual.c, completion.c: generated from the table */

void dk_help_overview(FILE *stream, const struct dk_command *const *commands);
void dk_help_start(FILE *stream); /* derrick alone: what to do first */
void dk_help_command(FILE *stream, const struct dk_command *command);

/* The man page derrick(1), as troff source (man(7)). */
void dk_manual_write(FILE *stream, const struct dk_command *const *commands);

/* The completion script for a shell: "bash", "zsh" or "fish". false: another one. */
bool dk_completion_write(FILE *stream, const struct dk_command *const *commands, const char *shell);

/* --- session -------------------------------------------------------------------------------- */

enum dk_status dk_session_init(struct dk_session *session, struct dk_error *err) DK_CHECK;
void dk_session_reset(struct dk_session *session);
/* Does what a command needs, as its row says. */
enum dk_status dk_session_prepare(struct dk_session *session, const struct dk_command *command,
                                  struct dk_error *err) DK_CHECK;
/* Reads the settings of a workspace that is entered in another way. */
enum dk_status dk_session_settings(struct dk_session *session, struct dk_error *err) DK_CHECK;

/* From now on events and notifications carry the first rig that a drop at `path` is of; NULL: the
 * one that is set. */
void dk_session_name_rig(struct dk_session *session, const char *path);

/* Reads this machine's date: again before each run of a command that stays. */
enum dk_status dk_session_clock(struct dk_session *session, struct dk_error *err) DK_CHECK;

/* A path as the user means it: relative to where derrick was started or, if nothing is there, to
 * the workspace that was named. Within the workspace it comes out relative to that. On the heap
 * (the caller frees). */
enum dk_status dk_session_path(struct dk_session *session, const char *path, char **out,
                               struct dk_error *err) DK_CHECK;

/* Makes a filter of --cohort A[-B] and --rig. */
enum dk_status dk_session_filter(struct dk_session *session, struct dk_store_filter *filter,
                                 struct dk_error *err) DK_CHECK;
/* Makes settings of --format, --label and --no-profile. */
enum dk_status dk_session_layout(struct dk_session *session, struct dk_export_settings *settings,
                                 struct dk_error *err) DK_CHECK;
/* The file that -o names, or `preset`, which is on the heap and taken over (NULL: memory ran out).
 * Where -o names a folder, it is the file `name` in there; NULL: the folder itself. *path is on
 * the heap, also after a failure. */
enum dk_status dk_session_file(struct dk_session *session, const char *name, char *preset,
                               char **path, struct dk_error *err) DK_CHECK;
/* Whether -o names standard output. */
bool dk_session_is_standard_output(struct dk_session *session);
/* Where the output goes, by -o or else by the format; *path NULL is standard output. On the
 * heap. */
enum dk_status dk_session_output(struct dk_session *session,
                                 const struct dk_export_settings *settings, char **path,
                                 struct dk_error *err) DK_CHECK;

/* The keys of the configuration that the command line sets, in its order. Returns how many. */
size_t dk_session_given(const struct dk_session *session,
                        struct dk_config_given given[DK_LIST_MAX]);

/* Prints the problems of a report, and sets session->partial if cells went into quarantine. */
void dk_session_report_intake(struct dk_session *session, const struct dk_intake *intake,
                              enum dk_status status);

/* How a command ends that came to `status`: exit 6 where cells went into quarantine. */
int dk_session_exit_code(const struct dk_session *session, enum dk_status status);

/* Makes the error of a drop whose problems were printed a summary of them. */
void dk_session_sum_up(struct dk_session *session, enum dk_status status, struct dk_error *err);

/* --- quality_table.c */

/* Prints what the values of each sensor amount to: a table of at most 80 columns where the numbers
 * are those of a rig, or a line of JSON per sensor. */
enum dk_status dk_session_report_quality(struct dk_session *session,
                                         const struct dk_readings *readings, struct dk_error *err)
    DK_CHECK;

/* --- history.c */

/* For status --runs: prints the newest runs, at most `limit`, with all that the ledger has of
 * them. */
enum dk_status dk_session_report_history(struct dk_session *session, size_t limit,
                                         struct dk_error *err) DK_CHECK;

/* --- what several commands say in the same words */

/* For --dry-run: prints what the steps (enum dk_preview_steps) would do. */
enum dk_status dk_session_preview(struct dk_session *session, const char *path, unsigned steps,
                                  struct dk_error *err) DK_CHECK;

/* After no drop was found in logs/: dk_pipeline_check_unread, and says that nothing is new. */
enum dk_status dk_session_report_empty(struct dk_session *session, struct dk_error *err) DK_CHECK;
void dk_session_report_load(struct dk_session *session, const char *drop,
                            const struct dk_load_result *result);
void dk_session_report_page(struct dk_session *session, const char *path,
                            const struct dk_page_result *page);
void dk_session_report_upload(struct dk_session *session, const struct dk_upload_result *result);
/* The current export; `fresh`: it was written now. */
void dk_session_report_export(struct dk_session *session,
                              const struct dk_ledger_publication *export, bool fresh);
void dk_session_report_archive(struct dk_session *session, const struct dk_archived *result);

/* For a watch with columns = wells: which deliveries are complete, and how each of those ended. */
struct dk_logs_watch {
    bool (*is_ready)(void *context, const struct dk_waiting_drop *drop);
    void (*ended)(void *context, const struct dk_waiting_drop *drop, enum dk_status status);
    void *context;
};

/* Does the whole job for each delivery in logs/, within a run that has begun: what a failed one
 * keeps back waits. Between two of them it asks session->is_stopping. The error counts those that
 * failed, which were all reported. `watch` NULL: all are complete. */
enum dk_status dk_session_run_logs(struct dk_session *session, const char *command,
                                   const struct dk_logs_watch *watch, bool *worked,
                                   struct dk_error *err) DK_CHECK;
/* The same without doing anything: of several deliveries of a rig, what would happen to the first
 * one. */
enum dk_status dk_session_preview_logs(struct dk_session *session, unsigned steps,
                                       struct dk_error *err) DK_CHECK;
/* Does the whole job once, within a run that has begun, and prints the results as they come.
 * *worked is false if there was nothing new. */
enum dk_status dk_session_run_once(struct dk_session *session, const char *path, bool *worked,
                                   struct dk_error *err) DK_CHECK;
/* Its two halves: loads one drop; exports, reports, uploads and archives all that is loaded. */
enum dk_status dk_session_take_in(struct dk_session *session, const char *path,
                                  struct dk_run_result *result, struct dk_error *err) DK_CHECK;
enum dk_status dk_session_bring_out(struct dk_session *session, bool *worked, struct dk_error *err)
    DK_CHECK;

#endif

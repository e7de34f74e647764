/* derrick init: a workspace with its folders, its derrick.ini and its database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "command.h"
#include "pipeline/init.h"
#include "pipeline/rebuild.h"
#include "undo.h"

#define TEMPLATE_BYTES_MAX (1u << 20)

static const struct dk_option own_options[] = {
    {.name = "adopt",
     .help = "keep tables of the old scripts under names that begin with old_",
     DK_FIELD(adopt)},
    {.name = "print-sql",
     .help = "only print the SQL that makes the database, for a DBA",
     DK_FIELD(print_sql)},
    {.name = "rebuild",
     .help = "make the database again from archive/, and compare every hash",
     DK_FIELD(rebuild)},
    {.name = "new-database",
     .help = "start with an empty database; keep what was archived and exported",
     DK_FIELD(new_database)},
    {.name = "bucket",
     .help = "also create the S3 bucket, encrypted and without public access",
     DK_FIELD(bucket)},
    {0},
};
static const struct dk_option *const groups[] = {own_options, NULL};

/* One init. */
struct making {
    struct dk_session *session;
    struct dk_config_given given[DK_LIST_MAX]; /* keys on the command line */
    size_t given_count;
    enum dk_init_mode mode;
    bool adopt;
    bool made; /* something that was not there */
    struct dk_undo undo;
};

static enum dk_status enter(struct making *making, const char *folder, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_undo_note(&making->undo, folder, err));
    DK_RETURN_IF_ERROR(dk_folder_make(folder, err));
    if (chdir(folder) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't enter", folder);
    return DK_OK;
}

/* --- derrick.ini ---------------------------------------------------------------------------- */

/* Whether the command line sets a key; *value (may be NULL), the last one. */
static bool is_given(const struct making *making, const char *key, const char **value)
{
    bool found = false;
    for (size_t i = 0; i < making->given_count; i++) {
        if (strcmp(making->given[i].key, key) != 0)
            continue;
        found = true;
        if (value)
            *value = making->given[i].value;
    }
    return found;
}

/* Refuses a value that derrick.ini can't hold before anything is made. */
static enum dk_status check_given(const struct making *making, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, TEMPLATE_BYTES_MAX);
    struct dk_sink sink = dk_sink_buffer(&text);
    enum dk_status status =
        dk_config_write_template(&sink, making->given, making->given_count, err);
    dk_buffer_reset(&text);
    if (status != DK_OK || making->mode == DK_INIT_USUAL || !dk_path_exists(DK_WORKSPACE_CONFIG) ||
        !is_given(making, "database.url", NULL))
        return status;
    dk_error_set(err, DK_ERR_USAGE,
                 "--%s is for the workspace's own database, which '%s' names already",
                 making->mode == DK_INIT_REBUILD ? "rebuild" : "new-database", DK_WORKSPACE_CONFIG);
    dk_error_hint(err, "write the new url there first; for a second database, make a workspace of "
                       "its own: derrick init DIR --db URL");
    return DK_ERR_USAGE;
}

/* A workspace of its own in a folder of another one may be an accident. */
static void report_above(const struct making *making)
{
    char *folder = getcwd(NULL, 0);
    char *above = NULL;
    if (folder && dk_workspace_find_above(folder, &above, NULL) == DK_OK && above)
        dk_observer_notice(&making->session->console.observer, DK_LEVEL_NOTICE,
                           "this folder is in the workspace '%s'; the new workspace is separate",
                           above);
    free(above);
    free(folder);
}

/* Warns where a later run could use another database, or another user's rights, than the user
 * expects. */
static void report_database(const struct making *making)
{
    static const char mysql[] = "mysql://";
    const struct dk_observer *observer = &making->session->console.observer;
    const char *url = NULL;
    bool given = is_given(making, "database.url", &url);
    if (!given && (getenv("DERRICK_DB") || getenv("DERRICK_DATABASE_URL"))) {
        dk_observer_notice(
            observer, DK_LEVEL_WARNING,
            "the environment names the database: a run without that variable uses %s, as '%s' says",
            "sqlite:energymobile.db", DK_WORKSPACE_CONFIG);
        return;
    }
    if (!given || strncmp(url, mysql, strlen(mysql)) != 0)
        return;
    const char *user = url + strlen(mysql);
    size_t size = strcspn(user, "@/");
    if (user[size] == '@')
        dk_observer_notice(observer, DK_LEVEL_NOTICE,
                           "'%s' names the user '%.*s', as the url does; once the tables are made, "
                           "runs need only read and write rows: for a user with fewer rights "
                           "change url in [database] (docs/mysql.md)",
                           DK_WORKSPACE_CONFIG, (int)size, user);
}

static enum dk_status put_ini(const struct making *making, struct dk_error *err)
{
    struct dk_file file = {.fd = -1};
    enum dk_status status = dk_file_create(&file, DK_WORKSPACE_CONFIG, err);
    if (status == DK_OK) {
        struct dk_sink sink = dk_file_sink(&file);
        status = dk_config_write_template(&sink, making->given, making->given_count, err);
    }
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    return status;
}

static enum dk_status write_ini(struct making *making, struct dk_error *err)
{
    if (dk_path_exists(DK_WORKSPACE_CONFIG)) {
        if (making->given_count > 0)
            dk_observer_notice(&making->session->console.observer, DK_LEVEL_NOTICE,
                               "'%s' exists already and is left as it is: the settings given here "
                               "are not written to it",
                               DK_WORKSPACE_CONFIG);
        return DK_OK;
    }
    DK_RETURN_IF_ERROR(put_ini(making, err));
    making->made = true;
    report_above(making);
    report_database(making);
    return DK_OK;
}

/* --- the database --------------------------------------------------------------------------- */

/* What dk_pipeline_init_database may make, which is removed again if something fails. The folder of
 * a database elsewhere is not made here. */
static enum dk_status note_database(struct making *making, struct dk_error *err)
{
    char lock[1024];
    const char *file = dk_settings_database_file(&making->session->config.settings);
    if (file) {
        dk_text_format(lock, sizeof(lock), "%s.lock", file);
        DK_RETURN_IF_ERROR(dk_undo_note(&making->undo, file, err));
        DK_RETURN_IF_ERROR(dk_undo_note(&making->undo, lock, err));
    }
    DK_RETURN_IF_ERROR(dk_undo_note(&making->undo, DK_WORKSPACE_LOCK, err));
    return dk_undo_note(&making->undo, DK_WORKSPACE_IDENTITY, err);
}

static enum dk_status make_database(struct making *making, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(note_database(making, err));
    return dk_pipeline_init_database(&making->session->pipeline, making->mode, making->adopt,
                                     &making->made, err);
}

static enum dk_status make_bucket(struct dk_session *session, struct dk_error *err)
{
    struct dk_s3_bucket bucket = {0};
    const char *url = session->config.settings.s3.url;
    DK_RETURN_IF_ERROR(dk_pipeline_init_bucket(&session->pipeline, &bucket, err));
    dk_console_result(&session->console, "bucket",
                      DK_FIELDS(DK_TEXT("url", url), DK_FLAG("created", bucket.created),
                                DK_FLAG("public_blocked", bucket.public_blocked),
                                DK_FLAG("encrypted", bucket.encrypted)),
                      "bucket of '%s': %s, public access %s, %s", url,
                      bucket.created ? "made" : "there already",
                      bucket.public_blocked ? "blocked" : "not blocked by this server",
                      bucket.encrypted ? "encrypted" : "not encrypted by this server");
    return DK_OK;
}

static enum dk_status print_sql(struct dk_session *session, struct dk_error *err)
{
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    session->console.stdout_is_output = true;
    return dk_store_print_sql(&session->config.settings.store, &sink, err);
}

/* Settings of a workspace that is entered only now. */
static enum dk_status read_ini(struct dk_session *session, struct dk_error *err)
{
    dk_config_reset(&session->config);
    DK_RETURN_IF_ERROR(dk_config_init(&session->config, err));
    return dk_session_settings(session, err);
}

static enum dk_status make_folders(struct making *making, struct dk_error *err)
{
    static const char *const folders[] = {DK_WORKSPACE_LOGS,    DK_WORKSPACE_PROFILE,
                                          DK_WORKSPACE_CSV,     DK_WORKSPACE_S3,
                                          DK_WORKSPACE_ARCHIVE, DK_WORKSPACE_QUARANTINE};
    enum dk_status status = DK_OK;
    unsigned made = 0;
    for (size_t i = 0; status == DK_OK && i < DK_COUNT_OF(folders); i++)
        status = dk_undo_note(&making->undo, folders[i], err);
    if (status == DK_OK)
        status = dk_workspace_make(&made, err);
    making->made = making->made || made > 0;
    return status;
}

/* The database comes first, since it is what fails most; derrick.ini comes last, so that it holds
 * nothing that was refused. */
static enum dk_status make_workspace(struct making *making, struct dk_error *err)
{
    struct dk_session *session = making->session;
    if (session->arguments.operand_count > 0) {
        DK_RETURN_IF_ERROR(enter(making, session->arguments.operands[0], err));
        DK_RETURN_IF_ERROR(read_ini(session, err));
    }
    DK_RETURN_IF_ERROR(check_given(making, err));
    DK_RETURN_IF_ERROR(make_database(making, err));
    DK_RETURN_IF_ERROR(make_folders(making, err));
    return write_ini(making, err);
}

static void report_ready(const struct making *making)
{
    struct dk_session *session = making->session;
    const char *url = dk_store_url(session->pipeline.store);
    char *folder = realpath(".", NULL);
    dk_console_result(&session->console, "init",
                      DK_FIELDS(DK_TEXT("workspace", folder ? folder : "."),
                                DK_TEXT("database", url), DK_FLAG("new", making->made)),
                      "workspace '%s' is ready%s: database %s (%s)\n"
                      "next: copy a drop into %s/, then 'derrick run'",
                      folder ? folder : ".", making->made ? "" : ", as it was", url,
                      dk_store_engine(session->pipeline.store), DK_WORKSPACE_LOGS);
    free(folder);
}

static enum dk_status rebuild(struct dk_session *session, struct dk_error *err)
{
    struct dk_rebuilt result;
    char cohorts[DK_COUNT_TEXT_MAX];
    DK_RETURN_IF_ERROR(dk_pipeline_rebuild(&session->pipeline, &result, err));
    dk_console_result(&session->console, "rebuild",
                      DK_FIELDS(DK_NUMBER("drops", result.drops),
                                DK_NUMBER("loaded", result.loaded),
                                DK_NUMBER("cohorts", result.cohorts)),
                      "rebuilt: %zu of %zu archived drops loaded, %s cohort%s with the recorded "
                      "hash",
                      result.loaded, result.drops, dk_count_text(result.cohorts, cohorts),
                      result.cohorts == 1 ? "" : "s");
    if (dk_pipeline_s3_configured(&session->pipeline))
        dk_observer_notice(session->pipeline.observer, DK_LEVEL_NOTICE,
                           "the next run recognises what this workspace put on S3 by its metadata; "
                           "where it may not read that, or an earlier derrick wrote it, it ends "
                           "with exit code 5 once: then 'derrick upload --replace'");
    if (result.export.hash[0])
        dk_console_result(&session->console, "export",
                          DK_FIELDS(DK_TEXT("output", result.export.target),
                                    DK_NUMBER("rows", result.export.rows),
                                    DK_TEXT("sha256", result.export.hash),
                                    DK_FLAG("same", result.same_export)),
                          "exported: '%s', %s rows%s", result.export.target,
                          dk_count_text((uint64_t)result.export.rows, cohorts),
                          result.same_export ? ", the same bytes as before" : "");
    if (result.lost == 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_DATA, "the archive does not contain %zu cohort%s that %s loaded",
                 result.lost, result.lost == 1 ? "" : "s", result.lost == 1 ? "was" : "were");
    dk_error_hint(err,
                  "all others are loaded, and runs continue; load %s again from the rig's files, "
                  "or restore a backup of the database",
                  result.lost == 1 ? "it" : "them");
    return DK_ERR_DATA;
}

/* What follows once the workspace is there. A rebuild that fails is resumed by the next. */
static enum dk_status finish(struct making *making, struct dk_error *err)
{
    struct dk_session *session = making->session;
    enum dk_status status = DK_OK;
    if (making->mode == DK_INIT_NEW_DATABASE)
        status = dk_pipeline_set_aside(&session->pipeline, err);
    if (making->mode == DK_INIT_REBUILD)
        status = rebuild(session, err);
    if (status == DK_OK)
        report_ready(making);
    return status == DK_OK && session->arguments.options.bucket ? make_bucket(session, err)
                                                                : status;
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    const struct dk_options *options = &session->arguments.options;
    struct making making = {.session = session, .adopt = options->adopt};
    if (options->print_sql)
        return print_sql(session, err);
    if (options->rebuild && options->new_database)
        return dk_error_set(err, DK_ERR_USAGE, "--rebuild and --new-database can't be combined");
    if (options->rebuild || options->new_database)
        making.mode = options->rebuild ? DK_INIT_REBUILD : DK_INIT_NEW_DATABASE;
    making.given_count = dk_session_given(session, making.given);
    enum dk_status status = make_workspace(&making, err);
    if (status != DK_OK) {
        dk_pipeline_reset(&session->pipeline); /* the locks and the database are files, too */
        dk_undo_run(&making.undo);
    }
    dk_undo_reset(&making.undo);
    return status == DK_OK ? finish(&making, err) : status;
}

const struct dk_command dk_command_init = {
    .name = "init",
    .summary = "make a workspace: folders, derrick.ini, database",
    .operands = "[DIR]",
    .operands_max = 1,
    .description =
        "Makes a workspace in DIR (by default the current folder): logs/, profile/, csv/, aws_s3/, "
        "archive/, quarantine/, derrick.ini with every key (its default, or what --db and --set "
        "give), and the database with its schema. Leaves everything that exists as it is, so that "
        "it is safe to repeat. Where a step fails, init removes what it made.\n\n"
        "It is an error if the database is gone or empty while archive/ or aws_s3/ shows that data "
        "was loaded. --rebuild makes it again: derrick loads the archived drops in their order, "
        "with their settings, and compares every cohort with the hash that the archive recorded; "
        "the next --rebuild resumes one that was interrupted. --new-database starts empty, and "
        "keeps what was archived and exported in before-<day>/ of archive/ and aws_s3/.",
    .examples = "derrick init rig\n"
                "derrick init --db mysql://loader@db.example.com/energymobile\n"
                "derrick init --bucket --set s3.url=s3://well-sensor-logs\n"
                "derrick init --rebuild\n"
                "derrick init --print-sql --db mysql://db.example.com/energymobile > schema.sql",
    .options = groups,
    .operand = DK_OPERAND_FOLDER,
    .needs = DK_NEEDS_SETTINGS,
    .here = true,
    .run = run,
};

/* derrick init: a workspace with its folders, its derrick.ini and its database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"

static const struct dk_option options[] = {
    {"adopt", 0, NULL, "rename tables that the old scripts made to old_..., losing nothing", NULL},
    {"print-sql", 0, NULL, "only print the SQL that makes the database, for a DBA", NULL},
    {"bucket", 0, NULL, "also make the S3 bucket: no public access, encrypted", NULL},
    {0},
};
static const struct dk_option *const groups[] = {options, NULL};

static enum dk_status enter(const char *folder, struct dk_error *err)
{
    enum dk_status status = dk_folder_make(folder, err);
    if (status != DK_OK)
        return status;
    if (chdir(folder) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't enter", folder);
    return DK_OK;
}

static enum dk_status write_ini(const struct dk_session *session, bool *made, struct dk_error *err)
{
    struct dk_config_given given[DK_GIVEN_MAX];
    size_t count = dk_session_given(session, given);
    struct dk_file file = {.fd = -1};
    *made = false;
    if (dk_path_exists(DK_WORKSPACE_CONFIG)) {
        if (count > 0)
            dk_observer_notice(&session->console.observer, DK_LEVEL_NOTICE,
                               "'%s' is there already and stays as it is: what is given here is "
                               "not written into it",
                               DK_WORKSPACE_CONFIG);
        return DK_OK;
    }
    enum dk_status status = dk_file_create(&file, DK_WORKSPACE_CONFIG, err);
    if (status == DK_OK) {
        struct dk_sink sink = dk_file_sink(&file);
        status = dk_config_write_template(&sink, given, count, err);
    }
    if (status == DK_OK)
        status = dk_file_commit(&file, err);
    dk_file_abort(&file);
    *made = status == DK_OK;
    return status;
}

static enum dk_status make_database(struct dk_session *session, bool *made, struct dk_error *err)
{
    struct dk_error none = {0};
    bool adopt = dk_arguments_get(&session->arguments, "adopt") != NULL;
    struct dk_pipeline *pipeline = &session->pipeline;
    enum dk_status status = dk_workspace_lock(&pipeline->workspace, err);
    if (status == DK_OK)
        status = dk_store_open(&pipeline->store, &session->config.settings.store, true,
                               &session->console.observer, err);
    if (status == DK_OK)
        status = dk_store_lock(pipeline->store, err);
    *made = status == DK_OK && dk_store_check(pipeline->store, &none) != DK_OK;
    if (status == DK_OK)
        status = dk_store_prepare(pipeline->store, adopt, err);
    bool completed = false;
    if (status == DK_OK)
        status = dk_store_complete(pipeline->store, &completed, err);
    if (status == DK_OK)
        status = dk_pipeline_identify(pipeline, err);
    if (status == DK_OK)
        status = dk_ledger_workspace_put(pipeline->store, err);
    *made = *made || completed;
    return status;
}

static enum dk_status make_bucket(struct dk_session *session, struct dk_error *err)
{
    struct dk_s3 *s3 = NULL;
    struct dk_s3_bucket bucket = {0};
    if (!dk_pipeline_s3_configured(&session->pipeline)) {
        dk_error_set(err, DK_ERR_CONFIG, "no S3 is configured");
        return dk_error_hint(err, "set url = s3://bucket in [s3], or --set s3.url=s3://bucket");
    }
    enum dk_status status = dk_s3_open(&s3, &session->config.settings.s3, &session->environment,
                                       &session->console.observer, err);
    if (status == DK_OK)
        status = dk_s3_bucket_init(s3, &bucket, err);
    if (status == DK_OK)
        dk_console_result(
            &session->console,
            json_pack("{s:s,s:s,s:b,s:b,s:b}", "event", "bucket", "url",
                      session->config.settings.s3.url, "created", bucket.created, "public_blocked",
                      bucket.public_blocked, "encrypted", bucket.encrypted),
            "bucket of '%s': %s, public access %s, %s", session->config.settings.s3.url,
            bucket.created ? "made" : "there already",
            bucket.public_blocked ? "blocked" : "not blocked by this server",
            bucket.encrypted ? "encrypted" : "not encrypted by this server");
    dk_s3_close(s3);
    return status;
}

static enum dk_status print_sql(struct dk_session *session, struct dk_error *err)
{
    struct dk_sink sink = dk_sink_fd(STDOUT_FILENO);
    return dk_store_print_sql(&session->config.settings.store, &sink, err);
}

/* Settings of a workspace that is entered only now. */
static enum dk_status read_ini(struct dk_session *session, struct dk_error *err)
{
    dk_config_reset(&session->config);
    dk_config_init(&session->config);
    return dk_session_settings(session, err);
}

static enum dk_status run(struct dk_session *session, struct dk_error *err)
{
    unsigned made = 0;
    bool ini = false;
    bool database = false;
    if (dk_arguments_get(&session->arguments, "print-sql"))
        return print_sql(session, err);
    if (session->arguments.operand_count > 0) {
        enum dk_status entered = enter(session->arguments.operands[0], err);
        if (entered == DK_OK)
            entered = read_ini(session, err);
        if (entered != DK_OK)
            return entered;
    }
    enum dk_status status = dk_workspace_make(&made, err);
    if (status == DK_OK)
        status = make_database(session, &database, err);
    /* Last, so that it holds nothing that was refused. */
    if (status == DK_OK)
        status = write_ini(session, &ini, err);
    if (status != DK_OK)
        return status;
    bool is_new = made > 0 || ini || database;
    const char *url = dk_store_url(session->pipeline.store);
    char *folder = realpath(".", NULL);
    dk_console_result(&session->console,
                      json_pack("{s:s,s:o,s:o,s:b}", "event", "init", "workspace",
                                dk_json_text(folder ? folder : "."), "database", dk_json_text(url),
                                "new", is_new),
                      "workspace '%s' is ready%s: database %s (%s)\n"
                      "next: copy a drop into %s/, then 'derrick run'",
                      folder ? folder : ".", is_new ? "" : ", as it was", url,
                      dk_store_engine(session->pipeline.store), DK_WORKSPACE_LOGS);
    free(folder);
    return dk_arguments_get(&session->arguments, "bucket") ? make_bucket(session, err) : DK_OK;
}

const struct dk_command dk_command_init = {
    .name = "init",
    .summary = "make a workspace: folders, derrick.ini, database",
    .operands = "[DIR]",
    .operands_max = 1,
    .description =
        "Makes a workspace in DIR (default: the current folder): logs/, profile/, csv/, aws_s3/,\n"
        "archive/, quarantine/, derrick.ini with every key (its default, or what --db and --set\n"
        "give here), and the database with its schema. What is there already stays as it is, so\n"
        "that it is safe to repeat.",
    .examples = "derrick init rig\n"
                "derrick init --db mysql://loader@db.example.com/energymobile\n"
                "derrick init --bucket --set s3.url=s3://well-sensor-logs\n"
                "derrick init --print-sql --db mysql://db.example.com/energymobile > schema.sql",
    .options = groups,
    .run = run,
};

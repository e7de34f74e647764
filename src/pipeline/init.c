#include "pipeline/init.h"

#include <errno.h>
#include <unistd.h>

#include "guard.h"
#include "pipeline/rebuild.h"

/* --new-database is for one that has lost its rows, not for one that has some. */
static enum dk_status check_new(const struct dk_pipeline *pipeline, struct dk_error *err)
{
    bool empty = false;
    DK_RETURN_IF_ERROR(dk_store_is_empty(pipeline->store, &empty, err));
    if (empty)
        return DK_OK;
    dk_error_set(err, DK_ERR_REFUSED, "the database '%s' already holds cohorts",
                 dk_store_url(pipeline->store));
    dk_error_hint(err, "name another database in [database], or move this one away first");
    return DK_ERR_REFUSED;
}

/* A new database may not replace what the workspace put on S3, so it gets another identity. */
static enum dk_status forget_identity(struct dk_error *err)
{
    struct dk_evidence evidence;
    DK_RETURN_IF_ERROR(dk_evidence_find(&evidence, err));
    bool there = evidence.folder_count > 0 || evidence.exported;
    dk_evidence_reset(&evidence);
    if (there && unlink(DK_WORKSPACE_IDENTITY) != 0 && errno != ENOENT)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove", DK_WORKSPACE_IDENTITY);
    return DK_OK;
}

static enum dk_status open_database(struct dk_pipeline *pipeline, enum dk_init_mode mode,
                                    struct dk_error *err)
{
    if (mode == DK_INIT_USUAL)
        return dk_guard_open(pipeline, true, err);
    if (mode == DK_INIT_REBUILD)
        DK_RETURN_IF_ERROR(dk_rebuild_check(pipeline, err));
    DK_RETURN_IF_ERROR(
        dk_store_open(&pipeline->store, &pipeline->settings->store, true, pipeline->observer, err));
    if (mode != DK_INIT_NEW_DATABASE)
        return DK_OK;
    DK_RETURN_IF_ERROR(check_new(pipeline, err));
    return forget_identity(err);
}

enum dk_status dk_pipeline_init_database(struct dk_pipeline *pipeline, enum dk_init_mode mode,
                                         bool adopt, bool *made, struct dk_error *err)
{
    struct dk_error none = {0};
    bool completed = false;
    DK_RETURN_IF_ERROR(dk_workspace_lock(&pipeline->workspace, err));
    DK_RETURN_IF_ERROR(open_database(pipeline, mode, err));
    DK_RETURN_IF_ERROR(dk_store_lock(pipeline->store, err));
    bool is_new = dk_store_check(pipeline->store, &none) != DK_OK;
    DK_RETURN_IF_ERROR(dk_store_prepare(pipeline->store, adopt, err));
    DK_RETURN_IF_ERROR(dk_store_complete(pipeline->store, &completed, err));
    *made = *made || is_new || completed;
    DK_RETURN_IF_ERROR(dk_pipeline_identify(pipeline, err));
    return dk_ledger_workspace_put(pipeline->store, err);
}

static enum dk_status init_bucket(struct dk_pipeline *pipeline, struct dk_s3 **s3,
                                  struct dk_s3_bucket *bucket, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(
        dk_s3_open(s3, &pipeline->settings->s3, pipeline->environment, pipeline->observer, err));
    return dk_s3_bucket_init(*s3, bucket, err);
}

enum dk_status dk_pipeline_init_bucket(struct dk_pipeline *pipeline, struct dk_s3_bucket *bucket,
                                       struct dk_error *err)
{
    struct dk_s3 *s3 = NULL;
    if (!dk_pipeline_s3_configured(pipeline)) {
        dk_error_set(err, DK_ERR_CONFIG, "S3 is not configured");
        dk_error_hint(err, "set url = s3://bucket in [s3], or --set s3.url=s3://bucket");
        return DK_ERR_CONFIG;
    }
    enum dk_status status = init_bucket(pipeline, &s3, bucket, err);
    dk_s3_close(s3);
    return status;
}

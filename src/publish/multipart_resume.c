/* Finding what an earlier try left on the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "multipart.h"

#define UPLOADS_PAGES_MAX 100 /* of at most 1,000 uploads each */
#define PART_SIZE_MIN (5ULL << 20)
#define PART_SIZE_MAX (5ULL << 30)

void dk_multipart_abort(struct dk_s3_job *job, const char *upload_id)
{
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    struct dk_error reason = {0};
    dk_request_abort(&request, job->key, upload_id);
    enum dk_status status = dk_s3_exchange(job->s3, &job->s3->lanes[0], &request, &fault, &reason);
    if (status != DK_OK && fault.status != 404)
        dk_observer_notice(job->s3->observer, DK_LEVEL_WARNING,
                           "%s; its parts stay there and cost, until the bucket's lifecycle rule "
                           "removes them",
                           reason.message);
}

/* --- lists ---------------------------------------------------------------------------------- */

/* A server that can't list, or may not: nothing can be resumed, and that is no failure. */
static bool is_unable(const struct dk_s3_fault *fault)
{
    return fault->status == 400 || fault->status == 403 || fault->status == 404 ||
           fault->status == 405 || fault->status == 501;
}

/* Where a page of the list of uploads ended. */
struct uploads_marker {
    char key[DK_KEY_MAX];
    char upload_id[DK_UPLOAD_ID_MAX];
};

/* Whether another page may hold an upload of the job's key. Keys come in order, so that there is none
 * past it; and a server whose pages do not go forward would be asked forever. */
static bool is_next_page_due(const struct dk_upload_list *list, const struct uploads_marker *before,
                             const char *key)
{
    int order = strcmp(list->key_marker, before->key);
    bool forward =
        order > 0 || (order == 0 && strcmp(list->upload_id_marker, before->upload_id) != 0);
    return list->truncated && list->count < DK_UPLOADS_MAX && forward &&
           strcmp(list->key_marker, key) <= 0;
}

static enum dk_status uploads_list(struct dk_s3_job *job, struct dk_upload_list *list,
                                   struct dk_error *err)
{
    struct dk_s3 *s3 = job->s3;
    struct uploads_marker before = {0};
    for (unsigned page = 0; page < UPLOADS_PAGES_MAX; page++) {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        struct dk_error reason = {0};
        memcpy(before.key, list->key_marker, sizeof(before.key));
        memcpy(before.upload_id, list->upload_id_marker, sizeof(before.upload_id));
        dk_request_list_uploads(&request, job->key, page == 0 ? NULL : before.key,
                                page == 0 ? NULL : before.upload_id);
        enum dk_status status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, &reason);
        if (status != DK_OK && is_unable(&fault)) {
            dk_observer_notice(s3->observer, DK_LEVEL_DEBUG, "%s; nothing can be resumed",
                               reason.message);
            return DK_OK;
        }
        if (status == DK_OK)
            status = dk_upload_list_read(list, job->key, &s3->lanes[0].answer, &reason);
        if (status != DK_OK) {
            if (err)
                *err = reason;
            return status;
        }
        if (!is_next_page_due(list, &before, job->key))
            return DK_OK;
    }
    return DK_OK;
}

static enum dk_status parts_list(struct dk_s3_job *job, const char *upload_id,
                                 struct dk_part_list *list, struct dk_error *err)
{
    struct dk_s3 *s3 = job->s3;
    do {
        struct dk_s3_request request;
        struct dk_s3_fault fault;
        struct dk_error reason = {0};
        dk_request_list_parts(&request, job->key, upload_id, list->marker);
        enum dk_status status = dk_s3_exchange(s3, &s3->lanes[0], &request, &fault, &reason);
        if (status != DK_OK && is_unable(&fault)) {
            dk_observer_notice(s3->observer, DK_LEVEL_DEBUG, "%s; nothing can be resumed",
                               reason.message);
            list->count = 0;
            return DK_OK;
        }
        if (status == DK_OK)
            status = dk_part_list_read(list, &s3->lanes[0].answer, &reason);
        if (status != DK_OK) {
            if (err)
                *err = reason;
            return status;
        }
    } while (list->truncated);
    return DK_OK;
}

/* --- whether the parts are the file's ------------------------------------------------------- */

static bool part_fits(uint64_t size, uint64_t part_size, const struct dk_part *part)
{
    uint64_t offset = (uint64_t)(part->number - 1) * part_size;
    uint64_t left = offset < size ? size - offset : 0;
    return part->size_bytes > 0 && part->size_bytes == (left < part_size ? left : part_size);
}

static bool parts_fit(uint64_t size, uint64_t part_size, const struct dk_part_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!part_fits(size, part_size, &list->parts[i]))
            return false;
    return list->count > 0;
}

/* The part size that explains the list: today's, or that of a try with other settings. 0: none. */
static uint64_t parts_size(const struct dk_s3_job *job, const struct dk_part_list *list)
{
    uint64_t size = job->body.size_bytes;
    uint64_t planned = dk_multipart_part_size(size, job->s3->part_size_bytes);
    uint64_t largest = 0;
    if (parts_fit(size, planned, list))
        return planned;
    for (size_t i = 0; i < list->count; i++)
        if (list->parts[i].size_bytes > largest)
            largest = list->parts[i].size_bytes;
    if (largest < PART_SIZE_MIN || largest > PART_SIZE_MAX ||
        (size + largest - 1) / largest > DK_PARTS_MAX)
        return 0;
    return parts_fit(size, largest, list) ? largest : 0;
}

/* The comparison of a list with the file, by several threads. */
struct comparing {
    struct dk_multipart *multipart;
    const struct dk_part_list *list;
    _Atomic size_t next;
    atomic_bool differs;
};

static bool part_is_same(const struct dk_part *part, const struct dk_digest *digest)
{
    char sha256[DK_BASE64_SHA256_MAX];
    if (!part->sha256[0])
        return dk_etag_judge(part->etag, digest->md5) == DK_ETAG_SAME;
    dk_base64(digest->sha256, DK_HASH_BYTES, sha256);
    return strcmp(part->sha256, sha256) == 0;
}

static enum dk_status compare_parts(struct dk_team *team, unsigned index, void *context,
                                    struct dk_error *err)
{
    struct comparing *comparing = context;
    struct dk_multipart *multipart = comparing->multipart;
    (void)index;
    while (!dk_team_stopped(team) && !atomic_load(&comparing->differs)) {
        size_t at = atomic_fetch_add(&comparing->next, 1);
        if (at >= comparing->list->count)
            break;
        const struct dk_part *listed = &comparing->list->parts[at];
        struct dk_multipart_part *part = &multipart->parts[listed->number - 1];
        struct dk_http_body body = dk_multipart_body(multipart, listed->number - 1);
        enum dk_status status = dk_digest_body(&body, DK_DIGEST_BOTH, &part->digest, err);
        if (status != DK_OK)
            return status;
        if (!part_is_same(listed, &part->digest))
            atomic_store(&comparing->differs, true);
        memcpy(part->etag, listed->etag, sizeof(part->etag));
        part->is_there = true;
    }
    return DK_OK;
}

/* Takes an upload over if all of its parts are the file's; *taken says so. */
static enum dk_status upload_take(struct dk_multipart *multipart,
                                  const struct dk_listed_upload *upload,
                                  const struct dk_part_list *list, bool *taken,
                                  struct dk_error *err)
{
    *taken = false;
    uint64_t part_size = parts_size(multipart->job, list);
    if (part_size == 0)
        return DK_OK;
    enum dk_status status = dk_multipart_plan(multipart, part_size, err);
    if (status != DK_OK)
        return status;
    struct comparing comparing = {.multipart = multipart, .list = list};
    unsigned threads = dk_team_threads_default();
    status = dk_team_run(threads < list->count ? threads : (unsigned)list->count, compare_parts,
                         &comparing, err);
    if (status != DK_OK || atomic_load(&comparing.differs))
        return status;
    memcpy(multipart->upload_id, upload->id, sizeof(multipart->upload_id));
    multipart->with_checksum = upload->has_sha256;
    multipart->reused = list->count;
    *taken = true;
    return DK_OK;
}

/* --- the search ----------------------------------------------------------------------------- */

/* Looks at one upload; another one that was taken before gives way only to one with more parts. */
static enum dk_status upload_consider(struct dk_multipart *multipart,
                                      const struct dk_listed_upload *upload, bool *taken,
                                      struct dk_error *err)
{
    struct dk_part_list list = {0};
    *taken = false;
    enum dk_status status = parts_list(multipart->job, upload->id, &list, err);
    if (status == DK_OK && list.count > 0)
        status = upload_take(multipart, upload, &list, taken, err);
    dk_part_list_reset(&list);
    return status;
}

static enum dk_status uploads_consider(struct dk_multipart *multipart,
                                       const struct dk_upload_list *list, struct dk_error *err)
{
    bool found = false;
    /* The newest comes last. */
    for (size_t i = list->count; i > 0; i--) {
        const struct dk_listed_upload *upload = &list->uploads[i - 1];
        bool taken = false;
        enum dk_status status = found ? DK_OK : upload_consider(multipart, upload, &taken, err);
        if (status != DK_OK)
            return status;
        found = found || taken;
        if (!taken)
            dk_multipart_abort(multipart->job, upload->id);
    }
    if (found)
        return DK_OK;
    multipart->upload_id[0] = '\0';
    return dk_multipart_plan(multipart,
                             dk_multipart_part_size(multipart->job->body.size_bytes,
                                                    multipart->job->s3->part_size_bytes),
                             err);
}

enum dk_status dk_multipart_resume(struct dk_multipart *multipart, struct dk_error *err)
{
    struct dk_upload_list list = {0};
    enum dk_status status = uploads_list(multipart->job, &list, err);
    if (status == DK_OK)
        status = uploads_consider(multipart, &list, err);
    if (status == DK_OK && multipart->reused > 0)
        dk_observer_notice(multipart->job->s3->observer, DK_LEVEL_NOTICE,
                           "resuming an earlier upload: %llu of %zu parts are there already",
                           (unsigned long long)multipart->reused, multipart->count);
    dk_upload_list_reset(&list);
    return status;
}

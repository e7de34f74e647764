/* What an earlier attempt left on the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "multipart.h"

#define UPLOADS_PAGES_MAX 100 /* of at most 1,000 uploads each */
#define PARTS_PAGES_MAX 1000  /* Amazon's have 1,000 parts each, of at most 10,000 */
#define PART_SIZE_MIN (5ULL << 20)
#define PART_SIZE_MAX (5ULL << 30)

void dk_multipart_abort(struct dk_s3_transfer *transfer, const char *upload_id)
{
    struct dk_s3_request request;
    struct dk_s3_fault fault;
    struct dk_error reason = {0};
    dk_request_abort(&request, transfer->key, upload_id);
    if (dk_s3_send(transfer->s3, &request, &fault, &reason) != DK_OK && fault.status != 404)
        dk_observer_notice(transfer->s3->observer, DK_LEVEL_WARNING,
                           "%s; its parts stay there and cost money until the bucket's lifecycle "
                           "rule removes them",
                           reason.message);
}

/* --- lists ---------------------------------------------------------------------------------- */

/* Whether the server can't list, or these credentials may not: then nothing is resumed. */
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

/* Whether another page may have an upload of this key. Keys are in order, so that no later page has
 * one after a larger key; and a server whose pages do not advance would never end. */
static bool is_next_page_due(const struct dk_upload_list *list, const struct uploads_marker *before,
                             const char *key)
{
    int order = strcmp(list->key_marker, before->key);
    bool forward =
        order > 0 || (order == 0 && strcmp(list->upload_id_marker, before->upload_id) != 0);
    return list->truncated && list->count < DK_UPLOADS_MAX && forward &&
           strcmp(list->key_marker, key) <= 0;
}

/* Sends a request for a list. *able is false where lists are not available, with DK_OK. */
static enum dk_status request_list(struct dk_s3 *s3, const struct dk_s3_request *request,
                                   bool *able, struct dk_error *err)
{
    struct dk_s3_fault fault;
    struct dk_error reason = {0};
    enum dk_status status = dk_s3_send(s3, request, &fault, &reason);
    *able = status == DK_OK || !is_unable(&fault);
    if (!*able)
        dk_observer_notice(s3->observer, DK_LEVEL_DEBUG, "%s; nothing can be resumed",
                           reason.message);
    else if (status != DK_OK && err)
        *err = reason;
    return *able ? status : DK_OK;
}

static enum dk_status list_uploads(struct dk_s3_transfer *transfer, struct dk_upload_list *list,
                                   struct dk_error *err)
{
    struct uploads_marker before = {0};
    for (unsigned page = 0; page < UPLOADS_PAGES_MAX; page++) {
        struct dk_s3_request request;
        bool able = true;
        memcpy(before.key, list->key_marker, sizeof(before.key));
        memcpy(before.upload_id, list->upload_id_marker, sizeof(before.upload_id));
        dk_request_list_uploads(&request, transfer->key, page == 0 ? NULL : before.key,
                                page == 0 ? NULL : before.upload_id);
        DK_RETURN_IF_ERROR(request_list(transfer->s3, &request, &able, err));
        if (!able)
            return DK_OK;
        DK_RETURN_IF_ERROR(
            dk_upload_list_read(list, transfer->key, dk_s3_answer(transfer->s3), err));
        if (!is_next_page_due(list, &before, transfer->key))
            return DK_OK;
    }
    return DK_OK;
}

static enum dk_status list_parts(struct dk_s3_transfer *transfer, const char *upload_id,
                                 struct dk_part_list *list, struct dk_error *err)
{
    for (unsigned page = 0; page < PARTS_PAGES_MAX; page++) {
        struct dk_s3_request request;
        bool able = true;
        dk_request_list_parts(&request, transfer->key, upload_id, list->marker);
        DK_RETURN_IF_ERROR(request_list(transfer->s3, &request, &able, err));
        if (!able) {
            list->count = 0;
            return DK_OK;
        }
        DK_RETURN_IF_ERROR(dk_part_list_read(list, dk_s3_answer(transfer->s3), err));
        if (!list->truncated)
            return DK_OK;
    }
    return dk_error_set(err, DK_ERR_REMOTE, "the server's list of parts never ends");
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

/* The part size that explains the list: today's, or that of an attempt with other settings. 0:
 * none. */
static uint64_t parts_size(const struct dk_s3_transfer *transfer, const struct dk_part_list *list)
{
    uint64_t size = transfer->body.size_bytes;
    uint64_t planned = dk_multipart_part_size(size, transfer->s3->config.part_size_bytes);
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
    size_t at;
    (void)index;
    while (!atomic_load(&comparing->differs) && dk_team_take(team, comparing->list->count, &at)) {
        const struct dk_part *listed = &comparing->list->parts[at];
        struct dk_multipart_part *part = &multipart->parts[listed->number - 1];
        struct dk_http_body body = dk_multipart_body(multipart, listed->number - 1);
        DK_RETURN_IF_ERROR(dk_digest_body(&body, DK_DIGEST_BOTH, &part->digest, err));
        if (!part_is_same(listed, &part->digest))
            atomic_store(&comparing->differs, true);
        memcpy(part->etag, listed->etag, sizeof(part->etag));
        part->is_there = true;
    }
    return DK_OK;
}

/* Continues an upload if all of its parts are the file's; *taken says so. */
static enum dk_status take_upload(struct dk_multipart *multipart,
                                  const struct dk_listed_upload *upload,
                                  const struct dk_part_list *list, bool *taken,
                                  struct dk_error *err)
{
    uint64_t part_size = parts_size(multipart->transfer, list);
    if (part_size == 0)
        return DK_OK;
    DK_RETURN_IF_ERROR(dk_multipart_plan(multipart, part_size, err));
    struct comparing comparing = {.multipart = multipart, .list = list};
    unsigned threads = dk_team_threads_default();
    DK_RETURN_IF_ERROR(dk_team_run(threads < list->count ? threads : (unsigned)list->count,
                                   compare_parts, &comparing, err));
    if (atomic_load(&comparing.differs))
        return DK_OK;
    memcpy(multipart->upload_id, upload->id, sizeof(multipart->upload_id));
    multipart->with_checksum = upload->has_sha256;
    multipart->reused = list->count;
    *taken = true;
    return DK_OK;
}

/* --- the search ----------------------------------------------------------------------------- */

static enum dk_status try_upload(struct dk_multipart *multipart,
                                 const struct dk_listed_upload *upload, bool *taken,
                                 struct dk_error *err)
{
    struct dk_part_list list = {0};
    enum dk_status status = list_parts(multipart->transfer, upload->id, &list, err);
    if (status == DK_OK && list.count > 0)
        status = take_upload(multipart, upload, &list, taken, err);
    dk_part_list_reset(&list);
    return status;
}

/* Takes the newest upload that fits, and aborts the others. */
static enum dk_status try_uploads(struct dk_multipart *multipart, const struct dk_upload_list *list,
                                  struct dk_error *err)
{
    bool found = false;
    for (size_t i = list->count; i > 0; i--) {
        const struct dk_listed_upload *upload = &list->uploads[i - 1];
        bool taken = false;
        if (!found)
            DK_RETURN_IF_ERROR(try_upload(multipart, upload, &taken, err));
        found = found || taken;
        if (!taken)
            dk_multipart_abort(multipart->transfer, upload->id);
    }
    if (found)
        return DK_OK;
    multipart->upload_id[0] = '\0';
    return dk_multipart_plan_new(multipart, err);
}

enum dk_status dk_multipart_resume(struct dk_multipart *multipart, struct dk_error *err)
{
    struct dk_upload_list list = {0};
    enum dk_status status = list_uploads(multipart->transfer, &list, err);
    if (status == DK_OK)
        status = try_uploads(multipart, &list, err);
    if (status == DK_OK && multipart->reused > 0)
        dk_observer_notice(multipart->transfer->s3->observer, DK_LEVEL_NOTICE,
                           "resuming an earlier upload: the server has %llu of %zu parts",
                           (unsigned long long)multipart->reused, multipart->count);
    dk_upload_list_reset(&list);
    return status;
}

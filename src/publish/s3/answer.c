#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_text.h"
#include "xml.h"

/* The path below the root element: "Part/ETag" of "ListPartsResult/Part/ETag"; "" of the root
 * itself. Servers differ in the root's name, and no SDK checks it. */
static const char *below_root(const char *path)
{
    const char *slash = strchr(path, '/');
    return slash ? slash + 1 : "";
}

static bool is_true(const char *text)
{
    return strcmp(text, "true") == 0;
}

/* --- uploads and parts ---------------------------------------------------------------------- */

struct uploads_reading {
    struct dk_upload_list *list;
    const char *key;
    bool is_key; /* the upload being read is the key's */
    struct dk_listed_upload upload;
};

static enum dk_status upload_add(struct uploads_reading *reading, struct dk_error *err)
{
    struct dk_upload_list *list = reading->list;
    bool wanted = reading->is_key && reading->upload.id[0] && list->count < DK_UPLOADS_MAX;
    if (wanted) {
        struct dk_listed_upload *uploads =
            realloc(list->uploads, (list->count + 1) * sizeof(*uploads));
        if (!uploads)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the unfinished uploads");
        list->uploads = uploads;
        list->uploads[list->count++] = reading->upload;
    }
    reading->is_key = false;
    reading->upload = (struct dk_listed_upload){0};
    return DK_OK;
}

static enum dk_status uploads_element(void *context, const char *path, const char *text,
                                      struct dk_error *err)
{
    struct uploads_reading *reading = context;
    struct dk_upload_list *list = reading->list;
    const char *name = below_root(path);
    if (strcmp(name, "Upload/Key") == 0)
        reading->is_key = strcmp(text, reading->key) == 0;
    else if (strcmp(name, "Upload/UploadId") == 0)
        return dk_answer_copy_whole(reading->upload.id, sizeof(reading->upload.id), text,
                                    "upload id", err);
    else if (strcmp(name, "Upload/ChecksumAlgorithm") == 0)
        reading->upload.has_sha256 = strcmp(text, "SHA256") == 0;
    else if (strcmp(name, "Upload") == 0)
        return upload_add(reading, err);
    else if (strcmp(name, "IsTruncated") == 0)
        list->truncated = is_true(text);
    else if (strcmp(name, "NextKeyMarker") == 0)
        return dk_answer_copy_whole(list->key_marker, sizeof(list->key_marker), text, "key marker",
                                    err);
    else if (strcmp(name, "NextUploadIdMarker") == 0)
        return dk_answer_copy_whole(list->upload_id_marker, sizeof(list->upload_id_marker), text,
                                    "upload id marker", err);
    return DK_OK;
}

enum dk_status dk_upload_list_read(struct dk_upload_list *list, const char *key,
                                   const struct dk_http_answer *answer, struct dk_error *err)
{
    struct uploads_reading reading = {.list = list, .key = key};
    list->truncated = false;
    list->key_marker[0] = '\0';
    list->upload_id_marker[0] = '\0';
    return dk_xml_walk(answer->body.data, answer->body.size, uploads_element, &reading, err);
}

void dk_upload_list_reset(struct dk_upload_list *list)
{
    free(list->uploads);
    *list = (struct dk_upload_list){0};
}

struct parts_reading {
    struct dk_part_list *list;
    struct dk_part part;
};

static enum dk_status part_add(struct parts_reading *reading, struct dk_error *err)
{
    struct dk_part_list *list = reading->list;
    struct dk_part part = reading->part;
    reading->part = (struct dk_part){0};
    if (part.number < 1 || part.number > DK_PARTS_MAX || list->count == DK_PARTS_MAX)
        return dk_error_set(err, DK_ERR_REMOTE, "the server listed an impossible part");
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 128;
        struct dk_part *parts = realloc(list->parts, capacity * sizeof(*parts));
        if (!parts)
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of parts");
        list->parts = parts;
        list->capacity = capacity;
    }
    list->parts[list->count++] = part;
    return DK_OK;
}

static enum dk_status parts_element(void *context, const char *path, const char *text,
                                    struct dk_error *err)
{
    struct parts_reading *reading = context;
    struct dk_part *part = &reading->part;
    const char *name = below_root(path);
    uint64_t number = 0;
    if (strcmp(name, "Part/PartNumber") == 0) {
        bool fine = dk_text_number(text, &number) && number <= DK_PARTS_MAX;
        part->number = fine ? (unsigned)number : 0;
    } else if (strcmp(name, "Part/Size") == 0) {
        if (!dk_text_number(text, &part->size_bytes))
            return dk_error_set(err, DK_ERR_REMOTE, "the server listed a part without a size");
    } else if (strcmp(name, "Part/ETag") == 0) {
        return dk_answer_copy_whole(part->etag, sizeof(part->etag), text, "ETag", err);
    } else if (strcmp(name, "Part/ChecksumSHA256") == 0) {
        dk_answer_copy(part->sha256, sizeof(part->sha256), text);
    } else if (strcmp(name, "Part") == 0) {
        return part_add(reading, err);
    } else if (strcmp(name, "IsTruncated") == 0) {
        reading->list->truncated = is_true(text);
    } else if (strcmp(name, "NextPartNumberMarker") == 0) {
        bool fine = dk_text_number(text, &number) && number <= DK_PARTS_MAX;
        reading->list->marker = fine ? (unsigned)number : 0;
    }
    return DK_OK;
}

enum dk_status dk_part_list_read(struct dk_part_list *list, const struct dk_http_answer *answer,
                                 struct dk_error *err)
{
    struct parts_reading reading = {.list = list};
    unsigned before = list->marker;
    list->truncated = false;
    enum dk_status status =
        dk_xml_walk(answer->body.data, answer->body.size, parts_element, &reading, err);
    if (status == DK_OK && list->truncated && list->marker <= before)
        return dk_error_set(err, DK_ERR_REMOTE, "the server's list of parts never ends");
    return status;
}

void dk_part_list_reset(struct dk_part_list *list)
{
    free(list->parts);
    *list = (struct dk_part_list){0};
}

/* --- single texts --------------------------------------------------------------------------- */

/* The text of one element, found by its path below the root. */
struct wanted {
    const char *path;
    char *text;
    size_t size;
};

static enum dk_status wanted_element(void *context, const char *path, const char *text,
                                     struct dk_error *err)
{
    const struct wanted *wanted = context;
    return strcmp(below_root(path), wanted->path) == 0
               ? dk_answer_copy_whole(wanted->text, wanted->size, text, "text", err)
               : DK_OK;
}

enum dk_status dk_upload_id_read(char id[DK_UPLOAD_ID_MAX], const struct dk_http_answer *answer,
                                 struct dk_error *err)
{
    struct wanted wanted = {"UploadId", id, DK_UPLOAD_ID_MAX};
    id[0] = '\0';
    enum dk_status status =
        dk_xml_walk(answer->body.data, answer->body.size, wanted_element, &wanted, err);
    if (status == DK_OK && !id[0])
        return dk_error_set(err, DK_ERR_REMOTE, "the server's answer has no upload id");
    return status;
}

enum dk_status dk_complete_read(char etag[DK_S3_ETAG_MAX], const struct dk_http_answer *answer,
                                struct dk_error *err)
{
    struct wanted wanted = {"ETag", etag, DK_S3_ETAG_MAX};
    etag[0] = '\0';
    return dk_xml_walk(answer->body.data, answer->body.size, wanted_element, &wanted, err);
}

struct list_reading {
    const struct dk_s3_listing *listing;
    char *token;
    bool is_list; /* it says whether it is truncated, as every list does */
    bool truncated;
    char key[DK_KEY_MAX];
    struct dk_s3_object object;
};

static enum dk_status list_element(void *context, const char *path, const char *text,
                                   struct dk_error *err)
{
    struct list_reading *reading = context;
    struct dk_s3_object *object = &reading->object;
    const char *name = below_root(path);
    if (strcmp(name, "Contents/Key") == 0)
        return dk_answer_copy_whole(reading->key, sizeof(reading->key), text, "key", err);
    if (strcmp(name, "Contents/ETag") == 0)
        return dk_answer_copy_whole(object->etag, sizeof(object->etag), text, "ETag", err);
    if (strcmp(name, "Contents/Size") == 0 && !dk_text_number(text, &object->size_bytes))
        return dk_error_set(err, DK_ERR_REMOTE, "the server listed an object without a size");
    if (strcmp(name, "Contents/LastModified") == 0)
        dk_answer_copy_printable(object->modified, sizeof(object->modified), text);
    if (strcmp(name, "Contents/Owner/DisplayName") == 0 ||
        (strcmp(name, "Contents/Owner/ID") == 0 && !object->owner[0]))
        dk_answer_copy_printable(object->owner, sizeof(object->owner), text);
    if (strcmp(name, "IsTruncated") == 0) {
        reading->is_list = true;
        reading->truncated = is_true(text);
    }
    if (strcmp(name, "NextContinuationToken") == 0)
        return dk_answer_copy_whole(reading->token, DK_LIST_TOKEN_MAX, text, "continuation token",
                                    err);
    if (strcmp(name, "Contents") != 0)
        return DK_OK;
    object->exists = true;
    enum dk_status status =
        reading->listing->entry(reading->listing->context, reading->key, object, err);
    reading->key[0] = '\0';
    *object = (struct dk_s3_object){0};
    return status;
}

enum dk_status dk_object_list_read(const struct dk_http_answer *answer,
                                   const struct dk_s3_listing *listing,
                                   char token[DK_LIST_TOKEN_MAX], struct dk_error *err)
{
    struct list_reading reading = {.listing = listing, .token = token};
    token[0] = '\0';
    enum dk_status status =
        dk_xml_walk(answer->body.data, answer->body.size, list_element, &reading, err);
    if (status == DK_OK && !reading.is_list)
        return dk_error_set(err, DK_ERR_REMOTE, "the server's answer is not a list of objects");
    if (status == DK_OK && reading.truncated && !token[0])
        return dk_error_set(err, DK_ERR_REMOTE,
                            "the server's list of objects is truncated, but names no next page");
    if (!reading.truncated)
        token[0] = '\0';
    return status;
}

void dk_object_headers_read(struct dk_s3_object *object, const struct dk_http_answer *answer)
{
    dk_answer_copy_printable(object->etag, sizeof(object->etag), dk_http_header(answer, "etag"));
    dk_answer_copy_printable(object->version_id, sizeof(object->version_id),
                             dk_http_header(answer, "x-amz-version-id"));
    if (strcmp(object->version_id, "null") == 0)
        object->version_id[0] = '\0';
    dk_answer_copy_printable(object->modified, sizeof(object->modified),
                             dk_http_header(answer, "last-modified"));
    dk_answer_copy_printable(object->sha256, sizeof(object->sha256),
                             dk_http_header(answer, "x-amz-meta-sha256"));
    dk_answer_copy_printable(object->run, sizeof(object->run),
                             dk_http_header(answer, "x-amz-meta-run"));
    dk_answer_copy_printable(object->workspace, sizeof(object->workspace),
                             dk_http_header(answer, "x-amz-meta-workspace"));
    dk_answer_copy_printable(object->encryption, sizeof(object->encryption),
                             dk_http_header(answer, "x-amz-server-side-encryption"));
    if (!dk_text_number(dk_http_header(answer, "content-length"), &object->size_bytes))
        object->size_bytes = 0;
}

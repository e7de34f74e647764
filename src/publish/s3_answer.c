#include "s3_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xml.h"

bool dk_number_parse(const char *text, uint64_t *value)
{
    *value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || *value > (UINT64_MAX - 9) / 10)
            return false;
        *value = 10 * *value + (uint64_t)(*text - '0');
    }
    return true;
}

/* Copies what fits. */
static void text_copy(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

/* Copies what fits, control characters as blanks: it goes to a terminal. */
static void words_copy(char *to, size_t size, const char *from)
{
    text_copy(to, size, from);
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
}

/* Copies a text that is of no use if it is cut. */
static enum dk_status whole_copy(char *to, size_t size, const char *from, const char *what,
                                 struct dk_error *err)
{
    if (strlen(from) >= size)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer's %s is too long", what);
    text_copy(to, size, from);
    return DK_OK;
}

/* What follows the root element in a path: "Part/ETag" of "ListPartsResult/Part/ETag"; "" of the root
 * itself. Servers call their root elements what they like, and no SDK looks at that name. */
static const char *below_root(const char *path)
{
    const char *slash = strchr(path, '/');
    return slash ? slash + 1 : "";
}

/* --- faults --------------------------------------------------------------------------------- */

static enum dk_status fault_element(void *context, const char *path, const char *text,
                                    struct dk_error *err)
{
    struct dk_s3_fault *fault = context;
    (void)err;
    /* The root is <Error>, except where a gateway wraps it: <ErrorResponse><Error>. */
    const char *name = strstr(path, "Error/");
    if (!name)
        return DK_OK;
    name += strlen("Error/");
    if (strcmp(name, "Code") == 0)
        words_copy(fault->code, sizeof(fault->code), text);
    else if (strcmp(name, "Message") == 0)
        words_copy(fault->message, sizeof(fault->message), text);
    else if (strcmp(name, "Region") == 0 && dk_region_is_valid(text))
        text_copy(fault->region, sizeof(fault->region), text);
    return DK_OK;
}

struct status_code {
    long status;
    const char *code;
};

/* HEAD has no body: its status must do. */
static const struct status_code status_codes[] = {
    {301, "PermanentRedirect"}, {307, "TemporaryRedirect"},  {400, "BadRequest"},
    {403, "AccessDenied"},      {404, "NotFound"},           {405, "MethodNotAllowed"},
    {409, "Conflict"},          {412, "PreconditionFailed"}, {429, "TooManyRequests"},
    {500, "InternalError"},     {501, "NotImplemented"},     {503, "ServiceUnavailable"},
};

void dk_fault_read(struct dk_s3_fault *fault, const struct dk_http_answer *answer)
{
    *fault = (struct dk_s3_fault){.status = answer->status};
    if (answer->body.size > 0 &&
        dk_xml_walk(answer->body.data, answer->body.size, fault_element, fault, NULL) != DK_OK)
        fault->message[0] = '\0';
    const char *region = dk_http_header(answer, "x-amz-bucket-region");
    if (!fault->region[0] && dk_region_is_valid(region))
        text_copy(fault->region, sizeof(fault->region), region);
    for (size_t i = 0; !fault->code[0] && i < DK_COUNT_OF(status_codes); i++)
        if (status_codes[i].status == answer->status)
            text_copy(fault->code, sizeof(fault->code), status_codes[i].code);
    if (!fault->code[0])
        dk_text_format(fault->code, sizeof(fault->code), "HTTP status %ld", answer->status);
}

struct root {
    char name[64];
};

static enum dk_status root_element(void *context, const char *path, const char *text,
                                   struct dk_error *err)
{
    struct root *root = context;
    (void)text;
    (void)err;
    size_t size = strcspn(path, "/");
    if (size < sizeof(root->name)) {
        memcpy(root->name, path, size);
        root->name[size] = '\0';
    }
    return DK_OK;
}

bool dk_answer_root(const struct dk_http_answer *answer, char *name, size_t name_size)
{
    struct root root = {""};
    if (dk_xml_walk(answer->body.data ? answer->body.data : "", answer->body.size, root_element,
                    &root, NULL) != DK_OK)
        return false;
    text_copy(name, name_size, root.name);
    return true;
}

struct code_hint {
    const char *code;
    const char *hint;
};

static const struct code_hint code_hints[] = {
    {"AccessDenied",
     "these credentials may not do that: give them the rights that docs/s3.md lists"},
    {"AllAccessDisabled", "the account or the bucket is blocked: ask whoever runs it"},
    {"BadDigest", "the bytes were damaged on the way: check the network, then run again"},
    {"BucketAlreadyExists", "the name belongs to another account: choose another bucket in s3.url"},
    {"EntityTooLarge", "the file is larger than S3 takes in one object"},
    {"ExpiredToken", "the session has expired: renew the credentials, or use a credential_process, "
                     "then run again"},
    {"InsufficientStorage", "the server is full: free some space there, then run again"},
    {"InvalidAccessKeyId", "the server does not know this access key id: check the credentials and "
                           "that the endpoint is the right one"},
    {"InvalidBucketName", "correct the bucket's name in s3.url"},
    {"InvalidStorageClass", "correct s3.storage_class"},
    {"InvalidToken", "the session token is not valid: renew the credentials, then run again"},
    {"KMS.DisabledException", "enable the KMS key, or choose another in s3.kms_key_id"},
    {"KMS.NotFoundException", "correct s3.kms_key_id"},
    {"NoSuchBucket", "create the bucket ('derrick init --bucket' or infra/terraform), or correct "
                     "s3.url"},
    {"QuotaExceeded",
     "the quota there is used up: free some space or have it raised, then run again"},
    {"RequestTimeTooSkewed", "set this machine's clock"},
    {"SignatureDoesNotMatch",
     "the secret access key does not belong to the access key id: check the "
     "credentials"},
    {"SlowDown", "the server asks for fewer requests: run again later"},
    {"TokenRefreshRequired", "renew the credentials, then run again"},
};

const char *dk_fault_hint(const struct dk_s3_fault *fault)
{
    for (size_t i = 0; i < DK_COUNT_OF(code_hints); i++)
        if (strcmp(code_hints[i].code, fault->code) == 0)
            return code_hints[i].hint;
    if (strncmp(fault->code, "KMS.", 4) == 0)
        return "check s3.kms_key_id, and that these credentials may use the key";
    if (fault->status >= 500)
        return "the server has trouble of its own: run again later";
    if (fault->status == 403)
        return code_hints[0].hint;
    return "";
}

/* --- uploads and parts ---------------------------------------------------------------------- */

struct uploads_reading {
    struct dk_upload_list *list;
    const char *key;
    bool is_key; /* the upload under way is the key's */
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
            return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the uploads under way");
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
        return whole_copy(reading->upload.id, sizeof(reading->upload.id), text, "upload id", err);
    else if (strcmp(name, "Upload/ChecksumAlgorithm") == 0)
        reading->upload.has_sha256 = strcmp(text, "SHA256") == 0;
    else if (strcmp(name, "Upload") == 0)
        return upload_add(reading, err);
    else if (strcmp(name, "IsTruncated") == 0)
        list->truncated = strcmp(text, "true") == 0;
    else if (strcmp(name, "NextKeyMarker") == 0)
        return whole_copy(list->key_marker, sizeof(list->key_marker), text, "key marker", err);
    else if (strcmp(name, "NextUploadIdMarker") == 0)
        return whole_copy(list->upload_id_marker, sizeof(list->upload_id_marker), text,
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
        return dk_error_set(err, DK_ERR_REMOTE, "the answer lists a part that can't be");
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
        bool fine = dk_number_parse(text, &number) && number <= DK_PARTS_MAX;
        part->number = fine ? (unsigned)number : 0;
    } else if (strcmp(name, "Part/Size") == 0) {
        if (!dk_number_parse(text, &part->size_bytes))
            return dk_error_set(err, DK_ERR_REMOTE, "the answer lists a part without a size");
    } else if (strcmp(name, "Part/ETag") == 0) {
        return whole_copy(part->etag, sizeof(part->etag), text, "ETag", err);
    } else if (strcmp(name, "Part/ChecksumSHA256") == 0) {
        text_copy(part->sha256, sizeof(part->sha256), text);
    } else if (strcmp(name, "Part") == 0) {
        return part_add(reading, err);
    } else if (strcmp(name, "IsTruncated") == 0) {
        reading->list->truncated = strcmp(text, "true") == 0;
    } else if (strcmp(name, "NextPartNumberMarker") == 0) {
        bool fine = dk_number_parse(text, &number) && number <= DK_PARTS_MAX;
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
        return dk_error_set(err, DK_ERR_REMOTE, "the answer's list of parts does not get on");
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
               ? whole_copy(wanted->text, wanted->size, text, "text", err)
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
        return dk_error_set(err, DK_ERR_REMOTE, "the answer has no upload id");
    return status;
}

enum dk_status dk_complete_read(char etag[DK_S3_ETAG_MAX], const struct dk_http_answer *answer,
                                struct dk_error *err)
{
    struct wanted wanted = {"ETag", etag, DK_S3_ETAG_MAX};
    etag[0] = '\0';
    return dk_xml_walk(answer->body.data, answer->body.size, wanted_element, &wanted, err);
}

struct entry_reading {
    const char *key;
    bool is_key;
    struct dk_s3_object entry;
    struct dk_s3_object *found;
    char *owner;
    size_t owner_size;
    char entry_owner[128];
};

static enum dk_status entry_element(void *context, const char *path, const char *text,
                                    struct dk_error *err)
{
    struct entry_reading *reading = context;
    struct dk_s3_object *entry = &reading->entry;
    static const char contents[] = "Contents";
    const char *name = below_root(path);
    if (strncmp(name, contents, sizeof(contents) - 1) != 0)
        return DK_OK;
    name += sizeof(contents) - 1;
    if (strcmp(name, "/Key") == 0)
        reading->is_key = strcmp(text, reading->key) == 0;
    else if (strcmp(name, "/ETag") == 0)
        return whole_copy(entry->etag, sizeof(entry->etag), text, "ETag", err);
    else if (strcmp(name, "/LastModified") == 0)
        words_copy(entry->modified, sizeof(entry->modified), text);
    else if (strcmp(name, "/Size") == 0 && !dk_number_parse(text, &entry->size_bytes))
        return dk_error_set(err, DK_ERR_REMOTE, "the answer lists an object without a size");
    else if (strcmp(name, "/Owner/DisplayName") == 0 ||
             (strcmp(name, "/Owner/ID") == 0 && !reading->entry_owner[0]))
        words_copy(reading->entry_owner, sizeof(reading->entry_owner), text);
    else if (!*name && reading->is_key) {
        entry->exists = true;
        *reading->found = *entry;
        text_copy(reading->owner, reading->owner_size, reading->entry_owner);
    }
    return DK_OK;
}

enum dk_status dk_object_entry_read(struct dk_s3_object *object, char *owner, size_t owner_size,
                                    const char *key, const struct dk_http_answer *answer,
                                    struct dk_error *err)
{
    *object = (struct dk_s3_object){0};
    owner[0] = '\0';
    struct entry_reading reading = {
        .key = key, .found = object, .owner = owner, .owner_size = owner_size};
    return dk_xml_walk(answer->body.data, answer->body.size, entry_element, &reading, err);
}

struct list_reading {
    dk_s3_entry_fn entry;
    void *context;
    char *token;
    bool is_list; /* it says whether there is more, as every list does */
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
        return whole_copy(reading->key, sizeof(reading->key), text, "key", err);
    if (strcmp(name, "Contents/ETag") == 0)
        return whole_copy(object->etag, sizeof(object->etag), text, "ETag", err);
    if (strcmp(name, "Contents/Size") == 0 && !dk_number_parse(text, &object->size_bytes))
        return dk_error_set(err, DK_ERR_REMOTE, "the answer lists an object without a size");
    if (strcmp(name, "IsTruncated") == 0) {
        reading->is_list = true;
        reading->truncated = strcmp(text, "true") == 0;
    }
    if (strcmp(name, "NextContinuationToken") == 0)
        return whole_copy(reading->token, DK_LIST_TOKEN_MAX, text, "continuation token", err);
    if (strcmp(name, "Contents") != 0)
        return DK_OK;
    object->exists = true;
    enum dk_status status = reading->entry(reading->context, reading->key, object, err);
    reading->key[0] = '\0';
    *object = (struct dk_s3_object){0};
    return status;
}

enum dk_status dk_object_list_read(const struct dk_http_answer *answer, dk_s3_entry_fn entry,
                                   void *context, char token[DK_LIST_TOKEN_MAX],
                                   struct dk_error *err)
{
    struct list_reading reading = {.entry = entry, .context = context, .token = token};
    token[0] = '\0';
    enum dk_status status =
        dk_xml_walk(answer->body.data, answer->body.size, list_element, &reading, err);
    if (status == DK_OK && !reading.is_list)
        return dk_error_set(err, DK_ERR_REMOTE, "the answer is not a list of objects");
    if (status == DK_OK && reading.truncated && !token[0])
        return dk_error_set(err, DK_ERR_REMOTE, "the answer's list of objects does not get on");
    if (!reading.truncated)
        token[0] = '\0';
    return status;
}

void dk_object_headers_read(struct dk_s3_object *object, const struct dk_http_answer *answer)
{
    words_copy(object->etag, sizeof(object->etag), dk_http_header(answer, "etag"));
    words_copy(object->version_id, sizeof(object->version_id),
               dk_http_header(answer, "x-amz-version-id"));
    if (strcmp(object->version_id, "null") == 0)
        object->version_id[0] = '\0';
    words_copy(object->modified, sizeof(object->modified), dk_http_header(answer, "last-modified"));
    words_copy(object->sha256, sizeof(object->sha256), dk_http_header(answer, "x-amz-meta-sha256"));
    words_copy(object->run, sizeof(object->run), dk_http_header(answer, "x-amz-meta-run"));
    words_copy(object->encryption, sizeof(object->encryption),
               dk_http_header(answer, "x-amz-server-side-encryption"));
    if (!dk_number_parse(dk_http_header(answer, "content-length"), &object->size_bytes))
        object->size_bytes = 0;
}

/*
 * Any bytes as the body of an S3 server's answer, by every reader: nothing is read past its end,
 * lists stay within their limits, and texts that go to a terminal have no control characters.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "publish/s3/answer.h"
#include "publish/s3/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static enum dk_status check_entry(void *context, const char *key, const struct dk_s3_object *object,
                                  struct dk_error *err)
{
    (void)context;
    (void)err;
    expect(strlen(key) < DK_KEY_MAX && strlen(object->etag) < DK_S3_ETAG_MAX && object->exists);
    expect(is_printable(object->owner) && is_printable(object->modified));
    return DK_OK;
}

static void check_fault(const struct dk_http_answer *answer)
{
    struct dk_s3_fault fault;
    bool readable = false;
    dk_fault_read(&fault, answer);
    expect(fault.code[0] && is_printable(fault.code) && is_printable(fault.message));
    expect(!fault.region[0] || dk_region_is_valid(fault.region));
    expect(dk_fault_hint(&fault) != NULL);
    (void)dk_retry_judge(&fault);
    expect(!dk_fault_is_root(answer, &readable) || readable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct dk_s3_listing listing = {.entry = check_entry};
    struct dk_upload_list uploads = {0};
    struct dk_part_list parts = {0};
    char token[DK_LIST_TOKEN_MAX];
    char id[DK_UPLOAD_ID_MAX];
    char etag[DK_S3_ETAG_MAX];
    struct dk_http_answer answer;
    dk_http_answer_init(&answer);
    answer.status = 400;
    if (dk_buffer_append(&answer.body, data, size, NULL) != DK_OK ||
        dk_buffer_terminate(&answer.body, NULL) != DK_OK)
        return 0;
    check_fault(&answer);
    if (dk_object_list_read(&answer, &listing, token, NULL) == DK_OK)
        expect(strlen(token) < DK_LIST_TOKEN_MAX);
    if (dk_upload_list_read(&uploads, "key", &answer, NULL) == DK_OK)
        expect(uploads.count <= DK_UPLOADS_MAX);
    if (dk_part_list_read(&parts, &answer, NULL) == DK_OK)
        expect(parts.count <= DK_PARTS_MAX);
    for (size_t i = 0; i < parts.count; i++)
        expect(parts.parts[i].number >= 1 && parts.parts[i].number <= DK_PARTS_MAX);
    expect(dk_upload_id_read(id, &answer, NULL) != DK_OK || id[0]);
    if (dk_complete_read(etag, &answer, NULL) == DK_OK)
        expect(strlen(etag) < DK_S3_ETAG_MAX);
    dk_upload_list_reset(&uploads);
    dk_part_list_reset(&parts);
    dk_http_answer_reset(&answer);
    return 0;
}

#include <string.h>
#include <time.h>

#include "http/http_url.h"
#include "s3_connection.h"

#define PROBE_KEY ".derrick-doctor"

enum dk_status dk_s3_probe(struct dk_s3 *s3, const char *text, struct dk_s3_probe *probe,
                           struct dk_error *err)
{
    const struct dk_s3_put put = {.key = PROBE_KEY,
                                  .data = text,
                                  .size_bytes = strlen(text),
                                  .content_type = "text/plain",
                                  .replace = true};
    struct dk_s3_object object;
    struct dk_s3_removal removal;
    *probe = (struct dk_s3_probe){0};
    DK_RETURN_IF_ERROR(dk_s3_put(s3, &put, &object, err));
    time_t now = time(NULL);
    DK_RETURN_IF_ERROR(dk_s3_head(s3, PROBE_KEY, &object, err));
    if (!object.exists)
        return dk_error_set(err, DK_ERR_REMOTE,
                            "the server accepted an object, but now says that it does not exist");
    int64_t written = dk_http_date_parse(object.modified);
    int64_t corrected = atomic_load(&s3->skew_seconds); /* what the requests are signed with */
    if (written < 0)
        written = dk_iso8601_parse(object.modified); /* from a list */
    if (corrected != 0)
        probe->skew_s = -corrected;
    else
        probe->skew_s = written < 0 ? 0 : (int64_t)now - written;
    DK_RETURN_IF_ERROR(dk_s3_remove(s3, PROBE_KEY, object.etag, &removal, err));
    if (removal.end != DK_S3_REMOVED)
        dk_text_format(probe->kept, sizeof(probe->kept), "%s",
                       removal.why[0] ? removal.why : "somebody else changed it");
    return DK_OK;
}

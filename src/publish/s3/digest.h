/*
 * Digests of bodies, and what an ETag says about them.
 *
 * The ETag of an object is the MD5 of its bytes after one PUT, and "<MD5 of the parts'
 * MD5s>-<parts>" after a multipart upload, unless it is encrypted with KMS (Amazon S3 User Guide,
 * "Checking object integrity"). An ETag of another form proves nothing.
 */
#ifndef DK_S3_DIGEST_H
#define DK_S3_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "http/http.h"
#include "request.h"

enum dk_digest_kind { DK_DIGEST_SHA256 = 1, DK_DIGEST_MD5 = 2, DK_DIGEST_BOTH = 3 };

/* Digests of a body, which is read piece by piece; those not asked for stay zero. DK_ERR_IO if the
 * file can't be read, DK_ERR_DATA if it has become shorter. */
enum dk_status dk_digest_body(const struct dk_http_body *body, enum dk_digest_kind kind,
                              struct dk_digest *digest, struct dk_error *err) DK_CHECK;

enum dk_etag_verdict { DK_ETAG_SAME, DK_ETAG_DIFFERENT, DK_ETAG_UNKNOWN };

/* Whether `etag` is that of a single PUT with this MD5. UNKNOWN if it is not a plain MD5. */
enum dk_etag_verdict dk_etag_judge(const char *etag, const unsigned char md5[DK_MD5_BYTES]);
/* Whether it is that of a multipart upload of parts with these MD5s. UNKNOWN unless it has the
 * form "<md5>-<count>". */
enum dk_etag_verdict dk_etag_judge_parts(const char *etag,
                                         const unsigned char (*md5s)[DK_MD5_BYTES], size_t count);
/* Whether a body has this ETag, uploaded in one PUT or in parts of this size (not 0). Reads the
 * body. UNKNOWN if it may have been divided in another way. */
enum dk_status dk_etag_judge_body(const char *etag, const struct dk_http_body *body,
                                  uint64_t part_size_bytes, enum dk_etag_verdict *verdict,
                                  struct dk_error *err) DK_CHECK;
/* Whether two ETags are the same, with or without quotes. */
bool dk_etag_equal(const char *a, const char *b);

/* The body of one part, by index. */
struct dk_http_body dk_body_part(const struct dk_http_body *body, uint64_t part_size_bytes,
                                 size_t index);

#endif

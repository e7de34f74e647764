/* What the server holds under a key. */
#ifndef DK_S3_INSPECT_H
#define DK_S3_INSPECT_H

#include "s3_connection.h"

/* What is known of an object before it is written. */
struct dk_s3_state {
    struct dk_s3_object object;
    bool unknown; /* neither HEAD nor the list is allowed: it may exist or not */
};

/* Asks about a whole key by HEAD, or in the bucket's list where HEAD is forbidden. */
enum dk_status dk_s3_inspect(struct dk_s3 *s3, const char *whole_key, struct dk_s3_state *state,
                             struct dk_error *err) DK_CHECK;

/* The same, and asks the list for the owner, which may stay unknown. */
enum dk_status dk_s3_inspect_owner(struct dk_s3 *s3, const char *whole_key,
                                   struct dk_s3_state *state, struct dk_error *err) DK_CHECK;

#endif

/* The exchange: a request is signed, sent, and tried again where that helps. Every request to S3
 * goes through here. */
#ifndef DK_S3_EXCHANGE_H
#define DK_S3_EXCHANGE_H

#include "fault.h"
#include "request.h"
#include "s3_connection.h"

/* Sends a request by a channel. DK_OK: channel->answer holds a complete 2xx answer that is not an
 * <Error>. Else *fault is what the server said (status 0: nothing), and err says it for people,
 * with bucket, key and hint. Safe from several threads, each with a channel of its own. */
enum dk_status dk_s3_exchange(struct dk_s3 *s3, struct dk_s3_channel *channel,
                              const struct dk_s3_request *request, struct dk_s3_fault *fault,
                              struct dk_error *err) DK_CHECK;

/* The same by the channel of the calling thread, channel 0. */
enum dk_status dk_s3_send(struct dk_s3 *s3, const struct dk_s3_request *request,
                          struct dk_s3_fault *fault, struct dk_error *err) DK_CHECK;

/* The last answer there. */
static inline const struct dk_http_answer *dk_s3_answer(const struct dk_s3 *s3)
{
    return &s3->channels[0].answer;
}

#endif

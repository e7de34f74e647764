/*
 * What derrick.ini, the environment and AWS's files say together about S3. Nothing here uses the
 * network.
 */
#ifndef DK_S3_S3_CONFIG_H
#define DK_S3_S3_CONFIG_H

#include "address.h"
#include "aws/files.h"
#include "base/environment.h"
#include "base/secret.h"
#include "s3/s3.h"

#define DK_S3_PROXY_MAX 512

/* Where requests go; a redirect may change it. */
struct dk_s3_target {
    struct dk_url endpoint;
    char region[DK_REGION_MAX];
};

struct dk_s3_config {
    char bucket[DK_BUCKET_MAX];
    char prefix[DK_KEY_MAX];
    struct dk_s3_target target;
    bool endpoint_is_custom; /* set by the user: a region does not change it */
    enum dk_s3_addressing addressing;
    enum dk_s3_sse sse;
    char kms_key_id[2049];
    char storage_class[65];
    uint64_t part_size_bytes; /* 0: depends on the file's size */
    unsigned threads;
    unsigned attempts_max;
    unsigned backoff_ms;
    unsigned stall_timeout_s;
    bool without_checksum;
    char ca_bundle[DK_AWS_PATH_MAX];
    struct dk_secret proxy; /* may hold a password */
    char no_proxy[DK_S3_PROXY_MAX];
};

/* The sources of a configuration, in the order of their priority. */
struct dk_s3_sources {
    const struct dk_s3_settings *settings;
    const struct dk_environment *environment;
    const struct dk_aws_files *files;
};

/* DK_ERR_CONFIG names the setting that is wrong, and where it comes from. After a failure, too, the
 * caller resets. */
enum dk_status dk_s3_config_find(struct dk_s3_config *config, const struct dk_s3_sources *sources,
                                 struct dk_error *err) DK_CHECK;
/* Only bucket, prefix and target. */
enum dk_status dk_s3_config_find_place(struct dk_s3_config *config,
                                       const struct dk_s3_sources *sources, struct dk_error *err)
    DK_CHECK;
void dk_s3_config_reset(struct dk_s3_config *config);

/* "prefix/key" into whole; DK_ERR_CONFIG if it is not a key: empty, too long, control characters,
 * not UTF-8. */
enum dk_status dk_s3_key_make(const struct dk_s3_config *config, const char *key,
                              char whole[DK_KEY_MAX], struct dk_error *err) DK_CHECK;

/* "s3://bucket/<whole key>" (NULL: the bucket). */
void dk_s3_place_text(const struct dk_s3_config *config, const char *whole,
                      char text[DK_S3_TEXT_MAX]);

#endif

/*
 * ~/.aws/config and ~/.aws/credentials, as AWS's tools read them.
 *
 * A file is read whole into secret memory and taken apart in place (base/ini.h): lines of any
 * length (a session token has a thousand bytes and more), comments on lines of their own,
 * [default], [profile x], [x], [services x], keys in upper or lower case, and nested keys ("s3 ="
 * and an indented "addressing_style = path" below it).
 *
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
#ifndef DK_AWS_FILES_H
#define DK_AWS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/environment.h"
#include "base/secret.h"
#include "base/status.h"

#define DK_AWS_PATH_MAX 1024
#define DK_AWS_NAME_MAX 256

/* One "key = value"; the texts are in the file's secret memory. */
struct dk_aws_entry {
    const char *section; /* as between the brackets: "default", "profile x", "services y" */
    const char *parent;  /* "s3" of a nested key, or NULL */
    const char *key;
    const char *value;
    uint64_t line;
};

struct dk_aws_file {
    char path[DK_AWS_PATH_MAX];
    char shown[DK_AWS_PATH_MAX]; /* the path for messages: below home as "~/..." */
    const char *variable;        /* that names the path: the file must exist; NULL: it need not */
    struct dk_secret text;
    struct dk_aws_entry *entries; /* owned */
    size_t count;
};

/* Both files, and the profile in use. */
struct dk_aws_files {
    char profile[DK_AWS_NAME_MAX];
    bool profile_is_named; /* AWS_PROFILE says so: it must exist */
    struct dk_aws_file config;
    struct dk_aws_file credentials;
};

/* Reads both (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or below ~/.aws); a file that does not
 * exist and that no variable names is an empty one. DK_ERR_REMOTE with file and line for what can't
 * be understood or opened, if AWS_PROFILE (AWS_DEFAULT_PROFILE) names a profile that is in neither,
 * or if the two variables name different ones. After a failure nothing is held. */
enum dk_status dk_aws_files_read(struct dk_aws_files *files,
                                 const struct dk_environment *environment, struct dk_error *err)
    DK_CHECK;
void dk_aws_files_reset(struct dk_aws_files *files);

/* A key of the profile in one file, or in both, where the credentials file wins as with AWS's
 * tools; NULL if it is missing or empty. `parent` is NULL for a key that is not nested.
 * Borrowed. */
const char *dk_aws_credentials_get(const struct dk_aws_files *files, const char *parent,
                                   const char *key);
const char *dk_aws_config_get(const struct dk_aws_files *files, const char *parent,
                              const char *key);
const char *dk_aws_profile_get(const struct dk_aws_files *files, const char *parent,
                               const char *key);
/* Whether the profile has that key of no parent, even without a value. */
bool dk_aws_profile_has(const struct dk_aws_files *files, const char *key);

/* A setting, and what set it. */
struct dk_aws_setting {
    /* NULL: nothing; one of the environment is borrowed until it is next asked */
    const char *value;
    char where[DK_AWS_PATH_MAX + 128]; /* "AWS_REGION", "~/.aws/config, line 3: region" */
};

/* Looks for a variable of the environment, then for a key of the profile; either may be NULL. */
void dk_aws_setting_find(struct dk_aws_setting *setting, const struct dk_environment *environment,
                         const struct dk_aws_files *files, const char *variable, const char *key);

/* Looks for a nested key of the [services x] section that the profile names. DK_ERR_CONFIG if it
 * names a section that does not exist. */
enum dk_status dk_aws_services_find(struct dk_aws_setting *setting,
                                    const struct dk_aws_files *files, const char *service,
                                    const char *key, struct dk_error *err) DK_CHECK;

#endif

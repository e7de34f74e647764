/*
 * ~/.aws/config and ~/.aws/credentials, as AWS's tools read them.
 *
 * A file is read whole into secret memory and taken apart in place, so that no copy of a key is
 * left anywhere else. Lines of any length (a session token has a thousand bytes and more, where
 * common INI readers stop at two hundred), '#' and ';' comments on lines of their own, [default],
 * [profile x], [x], [services x], keys in capitals or not, and nested keys ("s3 =" and an indented
 * "addressing_style = path" below it, here "s3.addressing_style").
 *
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
#ifndef DK_PUBLISH_AWS_FILES_H
#define DK_PUBLISH_AWS_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "publish/publish.h"
#include "publish/secret.h"

#define DK_AWS_PATH_MAX 1024
#define DK_AWS_NAME_MAX 256

/* One "key = value"; texts lie in the file's secret memory. */
struct dk_aws_entry {
    const char *section; /* as between the brackets: "default", "profile x", "services y" */
    const char *parent;  /* "s3" of a nested key, or NULL */
    const char *key;
    const char *value;
};

struct dk_aws_file {
    char path[DK_AWS_PATH_MAX];
    const char *variable; /* that names the path: the file must exist; NULL: it need not */
    struct dk_secret bytes;
    struct dk_aws_entry *entries; /* owned */
    size_t count;
};

/* Both files, and the profile that counts. */
struct dk_aws_files {
    char profile[DK_AWS_NAME_MAX];
    bool profile_is_named; /* AWS_PROFILE says so: it must exist */
    struct dk_aws_file config;
    struct dk_aws_file credentials;
};

/* Reads both (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or below ~/.aws); a file that does not
 * exist and that no variable names is an empty one. DK_ERR_REMOTE with file and line for what can't
 * be understood or opened, if AWS_PROFILE (AWS_DEFAULT_PROFILE) names a profile that is in neither,
 * or if the two variables name different ones. After a failure nothing is
 * held. */
enum dk_status dk_aws_files_read(struct dk_aws_files *files,
                                 const struct dk_environment *environment, struct dk_error *err)
    DK_CHECK;
void dk_aws_files_reset(struct dk_aws_files *files);

/* A key of the profile in one file; NULL if it is not there or empty. Borrowed. `parent` is NULL
 * for a key that is not nested. */
const char *dk_aws_credentials_get(const struct dk_aws_files *files, const char *key);
const char *dk_aws_config_get(const struct dk_aws_files *files, const char *parent,
                              const char *key);
/* The same in both files; as with AWS's tools the credentials file wins. */
const char *dk_aws_profile_get(const struct dk_aws_files *files, const char *parent,
                               const char *key);
/* A nested key of the [services x] section that the profile names into *value, which becomes NULL
 * if it is not there. DK_ERR_CONFIG if the profile names a section that does not exist. */
enum dk_status dk_aws_services_get(const struct dk_aws_files *files, const char *service,
                                   const char *key, const char **value, struct dk_error *err)
    DK_CHECK;

/* The environment's value, or NULL if it is unset or empty. Borrowed until the next call. */
const char *dk_environment_get(const struct dk_environment *environment, const char *name);

/* The path as people know it: below home as "~/...". */
void dk_aws_path_show(const struct dk_environment *environment, const char *path,
                      char text[DK_AWS_PATH_MAX]);

#endif

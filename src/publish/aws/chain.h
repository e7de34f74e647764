/*
 * The chain of credential providers, in the order of the AWS CLI and of boto3. docs/s3.md has the
 * order for users. Private to aws.
 */
#ifndef DK_AWS_CHAIN_H
#define DK_AWS_CHAIN_H

#include "aws/credentials.h"

/* Where providers look. */
struct dk_search {
    const struct dk_environment *environment;
    const struct dk_aws_files *files;
};

/* The provider in use, and what it found. */
struct dk_found {
    const struct dk_provider *provider; /* NULL: none so far */
    char text[DK_CREDENTIALS_TEXT_MAX]; /* for people: "profile 'x' of ~/.aws/config" */
    struct dk_keys keys;                /* owned by the caller */
    const char *process;                /* a credential_process; borrowed from the files */
};

/* One link of the chain. */
struct dk_provider {
    /* Whether it is configured, without a process or a network: sets *is_configured, the text and,
     * if they are static, the keys. DK_ERR_REMOTE if it is configured and unusable. */
    enum dk_status (*find)(const struct dk_provider *provider, const struct dk_search *search,
                           struct dk_found *found, bool *is_configured, struct dk_error *err);
    /* Gets the keys, from a process or the network; NULL: `find` has them. */
    enum dk_status (*fetch)(const struct dk_search *search, struct dk_found *found,
                            struct dk_error *err);
    unsigned place;                    /* of static keys */
    const struct dk_foreign *foreigns; /* of sources that only AWS's tools can use */
    size_t foreign_count;
};

/* Goes to the first provider that is configured. DK_ERR_REMOTE names what is configured and where,
 * if derrick can't use it: half a pair, expired keys, what only AWS's tools understand; or says
 * that there is nothing. After a failure found->keys is empty. */
enum dk_status dk_chain_find(const struct dk_search *search, struct dk_found *found,
                             struct dk_error *err) DK_CHECK;

/* Gets the keys of the provider that was found, and checks them. After a failure found->keys is
 * empty. */
enum dk_status dk_chain_fetch(const struct dk_search *search, struct dk_found *found,
                              struct dk_error *err) DK_CHECK;

/* --- process.c ------------------------------------------------------------------------------ */

/* Runs a credential_process without a shell and reads what it prints. */
enum dk_status dk_process_keys(struct dk_keys *keys, const char *command, struct dk_error *err)
    DK_CHECK;
/* Splits a command into words as POSIX shells do: blanks, '...', "..." and backslash; nothing else.
 * *words is a NULL-terminated array in one block (the caller frees). DK_ERR_REMOTE for an open
 * quote or an empty command. */
enum dk_status dk_command_split(const char *command, char ***words, struct dk_error *err) DK_CHECK;

/* --- imds.c --------------------------------------------------------------------------------- */

/* Asks the instance's metadata (IMDSv2). *found = false if this machine has no such service. */
enum dk_status dk_imds_keys(struct dk_keys *keys, const struct dk_search *search, bool *found,
                            struct dk_error *err) DK_CHECK;
/* Where that is: AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, their
 * keys in the profile, or AWS's address. DK_ERR_REMOTE for a mode that does not exist. */
#define DK_IMDS_ENDPOINT_MAX 256
enum dk_status dk_imds_endpoint(const struct dk_search *search, char endpoint[DK_IMDS_ENDPOINT_MAX],
                                struct dk_error *err) DK_CHECK;

#endif

/*
 * Which source of credentials counts: the order of the AWS CLI and of boto3, as a walk from the
 * first source to the last that ends at the first one that is configured, usable or not. docs/s3.md
 * has the order for users.
 */
#include "credentials.h"

#include <stdlib.h>
#include <string.h>

/* Where static keys may be. */
enum place { PLACE_ENVIRONMENT, PLACE_CREDENTIALS, PLACE_CONFIG };

struct find {
    const struct dk_environment *environment;
    const struct dk_aws_files *files;
};

/* A text of one place, or NULL. The environment's are valid only until the next call. */
static const char *place_get(const struct find *find, enum place place, const char *key)
{
    switch (place) {
    case PLACE_ENVIRONMENT:
        return dk_environment_get(find->environment, key);
    case PLACE_CREDENTIALS:
        return dk_aws_credentials_get(find->files, NULL, key);
    case PLACE_CONFIG:
        break;
    }
    return dk_aws_config_get(find->files, NULL, key);
}

/* "the environment", or "profile 'x' of ~/.aws/config". */
static void place_name(const struct find *find, enum place place, char text[DK_S3_TEXT_MAX])
{
    const struct dk_aws_file *file =
        place == PLACE_CONFIG ? &find->files->config : &find->files->credentials;
    if (place == PLACE_ENVIRONMENT)
        dk_text_format(text, DK_S3_TEXT_MAX, "the environment");
    else
        dk_text_format(text, DK_S3_TEXT_MAX, "profile '%s' of %s", find->files->profile,
                       file->shown);
}

/* --- what derrick can't use ------------------------------------------------------------------ */

/* What AWS's tools get keys by and derrick does not. Found where it counts, it is an error: with
 * the next source's keys the wrong account would write. */
struct foreign {
    const char *key; /* a variable in capitals, or a key of the profile in either file */
    const char *what;
};

/* These win over keys in files. Half of one (a role without its token) counts, too. */
static const struct foreign before_keys[] = {
    {"AWS_ACCESS_KEY", "which some tools read as AWS_ACCESS_KEY_ID"},
    {"AWS_SECRET_KEY", "which some tools read as AWS_SECRET_ACCESS_KEY"},
    {"web_identity_token_file", "web identity"},
    {"role_arn", "a role to assume"},
    {"source_profile", "a role to assume"},
    {"credential_source", "a role to assume"},
    {"AWS_WEB_IDENTITY_TOKEN_FILE", "web identity"},
    {"AWS_ROLE_ARN", "web identity"},
    {"sso_session", "single sign-on"},
    {"sso_start_url", "single sign-on"},
    {"sso_account_id", "single sign-on"},
    {"sso_role_name", "single sign-on"},
};
/* Keys in the credentials file win over this one. */
static const struct foreign before_process[] = {{"login_session", "aws login"}};
/* These come last, before the instance's metadata. */
static const struct foreign before_imds[] = {
    {"AWS_CREDENTIAL_FILE", "a file of the old EC2 tools"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "a container's role"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "a container's role"},
};

static enum dk_status foreign_refuse(const struct find *find, const struct foreign *foreign,
                                     enum place place, struct dk_error *err)
{
    char where[DK_S3_TEXT_MAX];
    place_name(find, place, where);
    dk_error_set(err, DK_ERR_REMOTE, "%.600s sets %s (%s): derrick can't get keys by that", where,
                 foreign->key, foreign->what);
    if (place != PLACE_ENVIRONMENT) {
        dk_error_hint(err,
                      "let the AWS CLI 2 get them: set AWS_PROFILE to another profile that "
                      "has 'credential_process = aws configure export-credentials "
                      "--profile %s'",
                      find->files->profile);
        return DK_ERR_REMOTE;
    }
    dk_error_hint(err,
                  "let the AWS CLI 2 get them: eval \"$(aws configure export-credentials "
                  "--format env)\", or a profile with a credential_process (docs/s3.md); "
                  "or unset %s",
                  foreign->key);
    return DK_ERR_REMOTE;
}

static enum dk_status foreign_check(const struct find *find, const struct foreign *foreigns,
                                    size_t count, struct dk_error *err)
{
    static const enum place places[] = {PLACE_ENVIRONMENT, PLACE_CONFIG, PLACE_CREDENTIALS};
    for (size_t i = 0; i < count; i++) {
        bool is_variable = strncmp(foreigns[i].key, "AWS_", 4) == 0;
        for (size_t p = is_variable ? 0 : 1; p < (is_variable ? 1 : DK_COUNT_OF(places)); p++)
            if (place_get(find, places[p], foreigns[i].key))
                return foreign_refuse(find, &foreigns[i], places[p], err);
    }
    return DK_OK;
}

/* --- static keys ----------------------------------------------------------------------------- */

enum { KEY_ID, KEY_SECRET, KEY_TOKEN, KEY_OLD_TOKEN, KEY_COUNT };

static const char *const variable_names[KEY_COUNT] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                                      "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"};
static const char *const key_names[KEY_COUNT] = {"aws_access_key_id", "aws_secret_access_key",
                                                 "aws_session_token", "aws_security_token"};

/* Keys need both halves; one alone, or a token alone, is a mistake worth an error. */
static enum dk_status pair_check(const struct dk_keys *keys, const char *const *names,
                                 const char *where, struct dk_error *err)
{
    bool has_id = keys->access_key_id.text != NULL;
    bool has_secret = keys->secret_access_key.text != NULL;
    if (has_id && has_secret)
        return DK_OK;
    const char *has = names[has_id ? KEY_ID : has_secret ? KEY_SECRET : KEY_TOKEN];
    dk_error_set(err, DK_ERR_REMOTE, "%.600s has %s but no %s", where, has,
                 names[has_id ? KEY_SECRET : KEY_ID]);
    dk_error_hint(err, "set both %s and %s, or remove %s", names[KEY_ID], names[KEY_SECRET], has);
    return DK_ERR_REMOTE;
}

/* The end of the environment's keys, which 'aws configure export-credentials' sets. */
static enum dk_status expiration_get(const struct find *find, struct dk_keys *keys,
                                     struct dk_error *err)
{
    const char *text = dk_environment_get(find->environment, "AWS_CREDENTIAL_EXPIRATION");
    if (!text)
        return DK_OK;
    keys->expires = dk_iso8601_parse(text);
    if (keys->expires >= 0)
        return DK_OK;
    dk_error_set(err, DK_ERR_REMOTE, "AWS_CREDENTIAL_EXPIRATION '%.40s' is not an ISO 8601 time",
                 text);
    dk_error_hint(err, "correct it, or unset it");
    return DK_ERR_REMOTE;
}

/* Reads the keys of one place, each copied at once. *any: at least one of them is there. */
static enum dk_status keys_get(const struct find *find, enum place place, struct dk_keys *keys,
                               bool *any, struct dk_error *err)
{
    struct dk_secret *const secrets[KEY_COUNT] = {&keys->access_key_id, &keys->secret_access_key,
                                                  &keys->session_token, &keys->session_token};
    const char *const *names = place == PLACE_ENVIRONMENT ? variable_names : key_names;
    enum dk_status status = DK_OK;
    *any = false;
    for (size_t i = 0; status == DK_OK && i < KEY_COUNT; i++) {
        const char *text = place_get(find, place, names[i]);
        if (!text || secrets[i]->text)
            continue;
        *any = true;
        status = dk_secret_set(secrets[i], text, strlen(text), err);
    }
    if (status != DK_OK || !*any)
        return status;
    char where[DK_S3_TEXT_MAX];
    place_name(find, place, where);
    status = pair_check(keys, names, where, err);
    if (status == DK_OK && place == PLACE_ENVIRONMENT)
        status = expiration_get(find, keys, err);
    if (status == DK_OK)
        status = dk_keys_check_text(keys, where, err);
    return status == DK_OK ? dk_keys_check_time(keys, where, err) : status;
}

/* --- the chain ------------------------------------------------------------------------------- */

enum dk_status dk_credentials_none(const struct dk_aws_files *files, bool is_disabled,
                                   struct dk_error *err)
{
    char profile[DK_AWS_NAME_MAX + 16] = "the files of AWS's tools";
    if (files->profile_is_named)
        dk_text_format(profile, sizeof(profile), "profile '%s'", files->profile);
    dk_error_set(err, DK_ERR_REMOTE,
                 "no credentials for S3 anywhere: not in the environment, nor in %s, nor in the "
                 "instance's metadata%s",
                 profile, is_disabled ? ", which AWS_EC2_METADATA_DISABLED switches off" : "");
    dk_error_hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws configure', "
                       "or give the profile a credential_process; then run again");
    return DK_ERR_REMOTE;
}

/* The last source: the machine's own role, unless somebody switched it off. */
static enum dk_status imds_find(const struct find *find, struct dk_credentials_found *found,
                                struct dk_error *err)
{
    char text[16] = "";
    const char *disabled = dk_environment_get(find->environment, "AWS_EC2_METADATA_DISABLED");
    if (disabled)
        dk_text_format(text, sizeof(text), "%s", disabled);
    if (strcasecmp(text, "true") == 0)
        return dk_credentials_none(find->files, true, err);
    if (disabled && strcasecmp(text, "false") != 0) {
        dk_error_set(err, DK_ERR_REMOTE, "AWS_EC2_METADATA_DISABLED '%s' is neither true nor false",
                     text);
        dk_error_hint(err, "correct it, or unset it");
        return DK_ERR_REMOTE;
    }
    const char *endpoint = NULL;
    enum dk_status status =
        dk_credentials_imds_endpoint(find->environment, find->files, &endpoint, err);
    if (status != DK_OK)
        return status;
    found->source = DK_CREDENTIALS_IMDS;
    if (find->files->profile_is_named)
        dk_text_format(found->text, sizeof(found->text),
                       "instance metadata (profile '%s' has no credentials)", find->files->profile);
    else
        dk_text_format(found->text, sizeof(found->text), "instance metadata");
    return DK_OK;
}

/* The files' process; where both have one the credentials file's, as with AWS's tools. */
static enum dk_status process_find(const struct find *find, struct dk_credentials_found *found,
                                   struct dk_error *err)
{
    char **words = NULL;
    found->process = dk_aws_credentials_get(find->files, NULL, "credential_process");
    if (!found->process)
        found->process = dk_aws_config_get(find->files, NULL, "credential_process");
    if (!found->process)
        return DK_OK;
    found->source = DK_CREDENTIALS_PROCESS;
    dk_text_format(found->text, sizeof(found->text), "credential_process of profile '%s'",
                   find->files->profile);
    enum dk_status status = dk_command_split(found->process, &words, err);
    free(words);
    return status;
}

/* Static keys of one place, if it has any. */
static enum dk_status keys_find(const struct find *find, enum place place,
                                struct dk_credentials_found *found, struct dk_error *err)
{
    static const enum dk_credentials_source sources[] = {[PLACE_ENVIRONMENT] =
                                                             DK_CREDENTIALS_ENVIRONMENT,
                                                         [PLACE_CREDENTIALS] = DK_CREDENTIALS_FILE,
                                                         [PLACE_CONFIG] = DK_CREDENTIALS_CONFIG};
    bool any = false;
    enum dk_status status = keys_get(find, place, &found->keys, &any, err);
    if (status != DK_OK || !any)
        return status;
    found->source = sources[place];
    if (place == PLACE_ENVIRONMENT)
        dk_text_format(found->text, sizeof(found->text), "environment");
    else
        place_name(find, place, found->text);
    return DK_OK;
}

#define FOREIGN_CHECK(find, list, err) foreign_check(find, list, DK_COUNT_OF(list), err)

static enum dk_status chain_find(const struct find *find, struct dk_credentials_found *found,
                                 struct dk_error *err)
{
    const enum dk_credentials_source *source = &found->source;
    enum dk_status status = keys_find(find, PLACE_ENVIRONMENT, found, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = FOREIGN_CHECK(find, before_keys, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = keys_find(find, PLACE_CREDENTIALS, found, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = FOREIGN_CHECK(find, before_process, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = process_find(find, found, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = keys_find(find, PLACE_CONFIG, found, err);
    if (status == DK_OK && *source == DK_CREDENTIALS_NONE)
        status = FOREIGN_CHECK(find, before_imds, err);
    return status == DK_OK && *source == DK_CREDENTIALS_NONE ? imds_find(find, found, err) : status;
}

enum dk_status dk_credentials_find(struct dk_credentials_found *found,
                                   const struct dk_environment *environment,
                                   const struct dk_aws_files *files, struct dk_error *err)
{
    struct find find = {environment, files};
    *found = (struct dk_credentials_found){.source = DK_CREDENTIALS_NONE};
    enum dk_status status = chain_find(&find, found, err);
    if (status != DK_OK)
        dk_keys_reset(&found->keys);
    return status;
}

enum dk_status dk_credentials_describe(const struct dk_environment *environment,
                                       const struct dk_aws_files *files, char text[DK_S3_TEXT_MAX],
                                       struct dk_error *err)
{
    struct dk_credentials_found found;
    enum dk_status status = dk_credentials_find(&found, environment, files, err);
    dk_keys_reset(&found.keys);
    if (status == DK_OK)
        dk_text_format(text, DK_S3_TEXT_MAX, "%.1300s%s", found.text,
                       found.source == DK_CREDENTIALS_IMDS ? ", if this machine has it" : "");
    return status;
}

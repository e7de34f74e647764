#include "chain.h"

#include <stdlib.h>
#include <string.h>

#include "http/http_url.h"

/* Where static keys may be. */
enum place { PLACE_ENVIRONMENT, PLACE_CREDENTIALS, PLACE_CONFIG };

/* A text of one place, or NULL. The environment's are valid only until the next call. */
static const char *place_get(const struct dk_search *search, enum place place, const char *key)
{
    switch (place) {
    case PLACE_ENVIRONMENT:
        return dk_environment_get(search->environment, key);
    case PLACE_CREDENTIALS:
        return dk_aws_credentials_get(search->files, NULL, key);
    case PLACE_CONFIG:
        break;
    }
    return dk_aws_config_get(search->files, NULL, key);
}

/* "the environment", or "profile 'x' of ~/.aws/config". */
static void place_name(const struct dk_search *search, enum place place,
                       char text[DK_CREDENTIALS_TEXT_MAX])
{
    const struct dk_aws_file *file =
        place == PLACE_CONFIG ? &search->files->config : &search->files->credentials;
    if (place == PLACE_ENVIRONMENT)
        dk_text_format(text, DK_CREDENTIALS_TEXT_MAX, "the environment");
    else
        dk_text_format(text, DK_CREDENTIALS_TEXT_MAX, "profile '%s' of %s", search->files->profile,
                       file->shown);
}

/* --- what derrick can't use ------------------------------------------------------------------ */

/* Sources of keys that AWS's tools know and derrick does not. Where one is configured it is an
 * error: with the next source's keys the wrong account would write. */
struct dk_foreign {
    const char *key; /* a variable in capitals, or a key of the profile in either file */
    const char *what;
};

/* These have priority over keys in files. Half of one (a role without its token) counts, too. */
static const struct dk_foreign before_keys[] = {
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
/* Keys in the credentials file have priority over this one. */
static const struct dk_foreign before_process[] = {{"login_session", "aws login"}};
/* These come last, before the instance's metadata. */
static const struct dk_foreign before_imds[] = {
    {"AWS_CREDENTIAL_FILE", "a file of the old EC2 tools"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "a container's role"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "a container's role"},
};

static enum dk_status refuse_foreign(const struct dk_search *search,
                                     const struct dk_foreign *foreign, enum place place,
                                     struct dk_error *err)
{
    char where[DK_CREDENTIALS_TEXT_MAX];
    place_name(search, place, where);
    dk_error_set(err, DK_ERR_REMOTE, "%.600s sets %s (%s), which derrick can't use", where,
                 foreign->key, foreign->what);
    if (place != PLACE_ENVIRONMENT) {
        dk_error_hint(err,
                      "let the AWS CLI 2 get them: set AWS_PROFILE to another profile that has "
                      "'credential_process = aws configure export-credentials --profile %s'",
                      search->files->profile);
        return DK_ERR_REMOTE;
    }
    dk_error_hint(err,
                  "let the AWS CLI 2 get them: eval \"$(aws configure export-credentials --format "
                  "env)\", or a profile with a credential_process (docs/s3.md); or unset %s",
                  foreign->key);
    return DK_ERR_REMOTE;
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
    dk_error_set(err, DK_ERR_REMOTE, "%.600s has %s but not %s", where, has,
                 names[has_id ? KEY_SECRET : KEY_ID]);
    dk_error_hint(err, "set both %s and %s, or remove %s", names[KEY_ID], names[KEY_SECRET], has);
    return DK_ERR_REMOTE;
}

/* The end of the environment's keys, which 'aws configure export-credentials' sets. */
static enum dk_status expiration_get(const struct dk_search *search, struct dk_keys *keys,
                                     struct dk_error *err)
{
    const char *text = dk_environment_get(search->environment, "AWS_CREDENTIAL_EXPIRATION");
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
static enum dk_status keys_get(const struct dk_search *search, enum place place,
                               struct dk_keys *keys, bool *any, struct dk_error *err)
{
    struct dk_secret *const secrets[KEY_COUNT] = {&keys->access_key_id, &keys->secret_access_key,
                                                  &keys->session_token, &keys->session_token};
    const char *const *names = place == PLACE_ENVIRONMENT ? variable_names : key_names;
    *any = false;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const char *text = place_get(search, place, names[i]);
        if (!text || secrets[i]->text)
            continue;
        *any = true;
        DK_RETURN_IF_ERROR(dk_secret_set(secrets[i], text, strlen(text), err));
    }
    if (!*any)
        return DK_OK;
    char where[DK_CREDENTIALS_TEXT_MAX];
    place_name(search, place, where);
    DK_RETURN_IF_ERROR(pair_check(keys, names, where, err));
    if (place == PLACE_ENVIRONMENT)
        DK_RETURN_IF_ERROR(expiration_get(search, keys, err));
    DK_RETURN_IF_ERROR(dk_keys_check_text(keys, where, err));
    return dk_keys_check_time(keys, where, err);
}

/* --- providers ------------------------------------------------------------------------------- */

/* An error if one of its sources is configured, in the environment or in either file. */
static enum dk_status find_foreign(const struct dk_provider *provider,
                                   const struct dk_search *search, struct dk_found *found,
                                   bool *is_configured, struct dk_error *err)
{
    static const enum place places[] = {PLACE_ENVIRONMENT, PLACE_CONFIG, PLACE_CREDENTIALS};
    (void)found;
    *is_configured = false;
    for (size_t i = 0; i < provider->foreign_count; i++) {
        const struct dk_foreign *foreign = &provider->foreigns[i];
        bool is_variable = strncmp(foreign->key, "AWS_", 4) == 0;
        for (size_t p = 0; p < DK_COUNT_OF(places); p++)
            if (is_variable == (places[p] == PLACE_ENVIRONMENT) &&
                place_get(search, places[p], foreign->key))
                return refuse_foreign(search, foreign, places[p], err);
    }
    return DK_OK;
}

static enum dk_status find_keys(const struct dk_provider *provider, const struct dk_search *search,
                                struct dk_found *found, bool *is_configured, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(keys_get(search, provider->place, &found->keys, is_configured, err));
    if (provider->place == PLACE_ENVIRONMENT)
        dk_text_format(found->text, sizeof(found->text), "environment");
    else
        place_name(search, provider->place, found->text);
    return DK_OK;
}

/* The files' process; if both have one, the credentials file's, as with AWS's tools. */
static enum dk_status find_process(const struct dk_provider *provider,
                                   const struct dk_search *search, struct dk_found *found,
                                   bool *is_configured, struct dk_error *err)
{
    char **words = NULL;
    (void)provider;
    found->process = dk_aws_profile_get(search->files, NULL, "credential_process");
    *is_configured = dk_aws_profile_has(search->files, "credential_process");
    if (!*is_configured)
        return DK_OK;
    if (!found->process)
        found->process = ""; /* that is an error, too, and not the next provider's turn */
    dk_text_format(found->text, sizeof(found->text), "credential_process of profile '%s'",
                   search->files->profile);
    enum dk_status status = dk_command_split(found->process, &words, err);
    free(words);
    return status;
}

static enum dk_status fetch_process(const struct dk_search *search, struct dk_found *found,
                                    struct dk_error *err)
{
    (void)search;
    DK_RETURN_IF_ERROR(dk_process_keys(&found->keys, found->process, err));
    return dk_keys_check_time(&found->keys, found->text, err);
}

static enum dk_status refuse_nothing(const struct dk_search *search, bool is_disabled,
                                     struct dk_error *err)
{
    char profile[DK_AWS_NAME_MAX + 16] = "the files of AWS's tools";
    if (search->files->profile_is_named)
        dk_text_format(profile, sizeof(profile), "profile '%s'", search->files->profile);
    dk_error_set(err, DK_ERR_REMOTE,
                 "no credentials for S3 anywhere: not in the environment, nor in %s, nor in the "
                 "instance's metadata%s",
                 profile, is_disabled ? ", which AWS_EC2_METADATA_DISABLED switches off" : "");
    dk_error_hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws configure', "
                       "or give the profile a credential_process; then run again");
    return DK_ERR_REMOTE;
}

/* The last provider: the machine's own role, unless somebody switched it off. */
static enum dk_status find_imds(const struct dk_provider *provider, const struct dk_search *search,
                                struct dk_found *found, bool *is_configured, struct dk_error *err)
{
    char endpoint[DK_IMDS_ENDPOINT_MAX];
    const char *disabled = dk_environment_get(search->environment, "AWS_EC2_METADATA_DISABLED");
    (void)provider;
    if (disabled && strcasecmp(disabled, "true") == 0)
        return refuse_nothing(search, true, err);
    if (disabled && strcasecmp(disabled, "false") != 0) {
        dk_error_set(err, DK_ERR_REMOTE,
                     "AWS_EC2_METADATA_DISABLED '%.15s' is neither true nor false", disabled);
        dk_error_hint(err, "correct it, or unset it");
        return DK_ERR_REMOTE;
    }
    DK_RETURN_IF_ERROR(dk_imds_endpoint(search, endpoint, err));
    *is_configured = true;
    if (search->files->profile_is_named)
        dk_text_format(found->text, sizeof(found->text),
                       "instance metadata (profile '%s' has no credentials)",
                       search->files->profile);
    else
        dk_text_format(found->text, sizeof(found->text), "instance metadata");
    return DK_OK;
}

/* Expired keys are accepted: where AWS can't make new ones it says to continue with them. */
static enum dk_status fetch_imds(const struct dk_search *search, struct dk_found *found,
                                 struct dk_error *err)
{
    bool has_keys = false;
    DK_RETURN_IF_ERROR(dk_imds_keys(&found->keys, search, &has_keys, err));
    return has_keys ? DK_OK : refuse_nothing(search, false, err);
}

/* --- the chain ------------------------------------------------------------------------------- */

#define FOREIGN(list)                                                                              \
    {                                                                                              \
        .find = find_foreign, .foreigns = (list), .foreign_count = DK_COUNT_OF(list)               \
    }

static const struct dk_provider chain[] = {
    {.find = find_keys, .place = PLACE_ENVIRONMENT},
    FOREIGN(before_keys),
    {.find = find_keys, .place = PLACE_CREDENTIALS},
    FOREIGN(before_process),
    {.find = find_process, .fetch = fetch_process},
    {.find = find_keys, .place = PLACE_CONFIG},
    FOREIGN(before_imds),
    {.find = find_imds, .fetch = fetch_imds},
};

enum dk_status dk_chain_find(const struct dk_search *search, struct dk_found *found,
                             struct dk_error *err)
{
    *found = (struct dk_found){0};
    for (size_t i = 0; i < DK_COUNT_OF(chain) && !found->provider; i++) {
        bool is_configured = false;
        enum dk_status status = chain[i].find(&chain[i], search, found, &is_configured, err);
        if (status != DK_OK) {
            dk_keys_reset(&found->keys);
            return status;
        }
        found->provider = is_configured ? &chain[i] : NULL;
    }
    return DK_OK;
}

enum dk_status dk_chain_fetch(const struct dk_search *search, struct dk_found *found,
                              struct dk_error *err)
{
    enum dk_status status = DK_OK;
    if (found->provider->fetch)
        status = found->provider->fetch(search, found, err);
    if (status == DK_OK)
        status = dk_keys_check_text(&found->keys, found->text, err);
    if (status != DK_OK)
        dk_keys_reset(&found->keys);
    return status;
}

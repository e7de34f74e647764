/*
 * Uploads to S3. docs/s3.md describes them for users.
 *
 * A dk_s3 is one bucket and prefix with one set of credentials. It is opened, puts objects one
 * after the other (each in parallel parts), and is closed. Credentials and settings are found where
 * every AWS tool finds them; the caller passes the environment in. A dk_s3 belongs to one thread at
 * a time.
 *
 * Invariants:
 * - No secret is in any message, notice, argument or source text; secrets are kept out of core
 *   files.
 * - An object is replaced only if it is the one that the caller knows (by its ETag), or if the
 *   caller says `replace`. An object is deleted only if the caller names it and it is still the one
 *   that the caller knows.
 * - What is uploaded is hashed as it is read, and compared with what the server holds afterwards.
 * - A put that was killed at any instant is finished by the next put of the same file, from what
 *   the server lists; no local state is needed. A key has one writer at a time.
 *
 * A failure of the server, the network or the credentials is DK_ERR_REMOTE, with the server's own
 * words, bucket, key and what to do; a local file that can't be read is DK_ERR_IO; wrong settings
 * are DK_ERR_CONFIG.
 */
#ifndef DK_S3_S3_H
#define DK_S3_S3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/environment.h"
#include "base/hash.h"
#include "base/observer.h"
#include "base/status.h"

/* --- settings ------------------------------------------------------------------------------- */

enum dk_s3_addressing { DK_S3_ADDRESSING_AUTO, DK_S3_ADDRESSING_PATH, DK_S3_ADDRESSING_VIRTUAL };
enum dk_s3_sse { DK_S3_SSE_NONE, DK_S3_SSE_AES256, DK_S3_SSE_KMS };
enum dk_s3_partition { DK_S3_PARTITION_NONE, DK_S3_PARTITION_COHORT, DK_S3_PARTITION_SITE };
enum dk_s3_insecure_http { DK_S3_INSECURE_HTTP_REFUSE, DK_S3_INSECURE_HTTP_ALLOW };

/* The words of the configuration ("virtual", "aws:kms", "cohort", "allow"), and back (-1 if
 * unknown). */
const char *dk_s3_sse_name(enum dk_s3_sse sse);
const char *dk_s3_partition_name(enum dk_s3_partition partition);
int dk_s3_addressing_find(const char *word);
int dk_s3_sse_find(const char *word);
int dk_s3_partition_find(const char *word);
int dk_s3_insecure_http_find(const char *word);

/* [s3] of derrick.ini, key for key, and what tests and tuning need. Texts are borrowed until
 * dk_s3_open returns. NULL or "" means not set. */
struct dk_s3_settings {
    const char *url;                  /* url: "s3://bucket" or "s3://bucket/prefix" */
    enum dk_s3_addressing addressing; /* addressing = auto | path | virtual */
    enum dk_s3_sse sse;               /* sse = none | AES256 | aws:kms */
    const char *kms_key_id;           /* kms_key_id: only with aws:kms */
    const char *storage_class;        /* storage_class: "STANDARD_IA", ... */
    enum dk_s3_partition partition;   /* partition = none | cohort: only the pipeline reads it */
    const char *region;   /* region: has priority over the environment and the profile */
    const char *endpoint; /* endpoint: "https://host[:port][/path]"; has priority, too */
    enum dk_s3_insecure_http insecure_http; /* insecure_http = refuse | allow: unencrypted HTTP to a
                                               remote server */
    uint64_t part_size_bytes;               /* 0: depends on the file's size; else 5 MiB..5 GiB */
    unsigned threads;                       /* parts in transfer at once; 0: 4 */
    unsigned attempts_max;                  /* attempts of one request; 0: AWS_MAX_ATTEMPTS, or 8 */
    unsigned backoff_ms;      /* first pause between attempts, doubled each time; 0: 200 */
    unsigned stall_timeout_s; /* a request is repeated after this long without a byte; 0: 60 */
};

/* Nothing set, auto, none, refuse. */
void dk_s3_settings_init(struct dk_s3_settings *settings);

/* Checks url, bucket name, endpoint and combinations. DK_ERR_CONFIG, with the value quoted; also if
 * there is no url at all. */
enum dk_status dk_s3_settings_check(const struct dk_s3_settings *settings, struct dk_error *err)
    DK_CHECK;

/* --- the connection ------------------------------------------------------------------------- */

struct dk_s3; /* owned by the caller between open and close */

/* Finds settings and credentials: reads files, runs a credential_process, asks the instance's
 * metadata if there is nothing else. Sends nothing to S3 yet. DK_ERR_REMOTE, with a hint, if it
 * finds no credentials; DK_ERR_CONFIG for wrong settings, also those in AWS's files. `environment`
 * and `observer` (may be NULL) are borrowed until the close. After a failure *out is NULL. */
enum dk_status dk_s3_open(struct dk_s3 **out, const struct dk_s3_settings *settings,
                          const struct dk_environment *environment,
                          const struct dk_observer *observer, struct dk_error *err) DK_CHECK;
/* NULL is legal. */
void dk_s3_close(struct dk_s3 *s3);

/* Where the credentials come from: "environment", "profile 'x' of ~/.aws/credentials",
 * "credential_process of profile 'x'", "instance metadata". Never a secret. Borrowed. */
const char *dk_s3_source(const struct dk_s3 *s3);
/* The endpoint ("https://s3.eu-west-1.amazonaws.com") and region in use. Borrowed. */
const char *dk_s3_endpoint(const struct dk_s3 *s3);
const char *dk_s3_region(const struct dk_s3 *s3);

#define DK_S3_TEXT_MAX 1400 /* fits "s3://<63>/<1024 bytes of key>" and every source text */

/* The same as dk_s3_source without a process or a network. If only the instance's metadata is left:
 * "instance metadata, if this machine has it". */
enum dk_status dk_s3_source_find(const struct dk_environment *environment,
                                 char text[DK_S3_TEXT_MAX], struct dk_error *err) DK_CHECK;

/* Checks settings, environment and AWS files as dk_s3_open does, except for credentials: regions,
 * endpoints, certificates. Without a network. DK_ERR_CONFIG or DK_ERR_REMOTE says what is wrong. */
enum dk_status dk_s3_settings_try(const struct dk_s3_settings *settings,
                                  const struct dk_environment *environment, struct dk_error *err)
    DK_CHECK;

/* Where uploads go, without credentials and without a network: "s3://bucket/prefix", and
 * " at https://host:port" where the server is not Amazon's. */
enum dk_status dk_s3_place_find(const struct dk_s3_settings *settings,
                                const struct dk_environment *environment, char text[DK_S3_TEXT_MAX],
                                struct dk_error *err) DK_CHECK;

/* How the locations of all objects begin: "s3://bucket/prefix/". */
enum dk_status dk_s3_start_find(const struct dk_s3_settings *settings,
                                const struct dk_environment *environment, char text[DK_S3_TEXT_MAX],
                                struct dk_error *err) DK_CHECK;

/* "s3://bucket/prefix/key" into text. */
void dk_s3_location(const struct dk_s3 *s3, const char *key, char text[DK_S3_TEXT_MAX]);

/* --- objects -------------------------------------------------------------------------------- */

#define DK_S3_ETAG_MAX 160     /* with its quotes and NUL */
#define DK_S3_VERSION_MAX 1025 /* S3: at most 1,024 bytes */
#define DK_S3_TIME_MAX 40
#define DK_S3_METADATA_MAX 16

/* One metadata pair: "rows" goes out as x-amz-meta-rows. Name: [a-z0-9-]; value: printable
 * ASCII. */
struct dk_s3_metadata {
    const char *name;
    const char *value;
};

/* What to put: a file, or bytes in memory (at most 16 MiB, in one PUT); and over what. All texts
 * are borrowed; any but the key may be NULL. */
struct dk_s3_put {
    const char *key;  /* relative to the prefix, UTF-8, without a leading '/' */
    const char *path; /* the local file; NULL: data[0..size_bytes) */
    const void *data;
    size_t size_bytes;
    const char *content_type;              /* "text/csv"; NULL: application/octet-stream */
    const struct dk_s3_metadata *metadata; /* run, rows, ...; "sha256" is added here */
    size_t metadata_count;                 /* at most DK_S3_METADATA_MAX */
    const char *known_etag;   /* the ETag of this object in the ledger; NULL: never uploaded */
    const char *known_sha256; /* the content that goes with known_etag, hex; NULL: not known */
    const char *sha256;       /* of the file, hex, as it was written; NULL: computed here */
    const char *workspace;    /* goes into the metadata; without known_etag, an object that has the
                                 same one may be replaced. NULL: none */
    bool replace;             /* replace the object even if somebody else changed it */
};

struct dk_s3_object {
    char etag[DK_S3_ETAG_MAX];          /* with its quotes, as the server sent it */
    char version_id[DK_S3_VERSION_MAX]; /* "" in a bucket without versions */
    char sha256[DK_HASH_HEX_MAX];       /* of the content; dk_s3_head: from its metadata, or "" */
    char modified[DK_S3_TIME_MAX];      /* dk_s3_head: Last-Modified as the server sent it */
    char run[DK_HASH_HEX_MAX];          /* dk_s3_head: the run in its metadata, or "" */
    char workspace[DK_HASH_HEX_MAX];    /* dk_s3_head: the workspace in its metadata, or "" */
    char encryption[16];                /* dk_s3_head: "AES256", "aws:kms"; "": none, or unknown */
    char owner[128];                    /* of an object in a list: its owner's name or id, or "" */
    uint64_t size_bytes;
    bool exists;           /* dk_s3_head: there is such an object */
    bool skipped;          /* the server had the same content, nothing was sent */
    uint64_t bytes_sent;   /* of bodies, failed attempts included */
    uint64_t parts_sent;   /* parts that this call uploaded; 0 for a single PUT */
    uint64_t parts_reused; /* parts of an earlier upload that the server had */
};

/* Puts a file or bytes under a key.
 *
 * Skips it if the server has the same content; replaces only the object that known_etag names
 * (If-Match, If-None-Match where the server knows them), else DK_ERR_REMOTE that says who changed
 * it. Files above 16 MiB are sent in parts, several at once; parts of an earlier upload that hold
 * the same bytes are not sent again; uploads of this key that can't be used are aborted.
 * DK_ERR_DATA if the file is not the one that put->sha256 names. Progress: step "upload", bytes.
 * After a failure the object at the key is as it was; a multipart upload that the next call can use
 * stays. *result is filled on DK_OK; after a failure only its counters are meaningful. */
enum dk_status dk_s3_put(struct dk_s3 *s3, const struct dk_s3_put *put, struct dk_s3_object *result,
                         struct dk_error *err) DK_CHECK;

/* The object at `key`. If there is none, DK_OK with exists = false. Where HEAD is forbidden (a
 * write-only role), the bucket's list is used instead, which has no metadata. */
enum dk_status dk_s3_head(struct dk_s3 *s3, const char *key, struct dk_s3_object *result,
                          struct dk_error *err) DK_CHECK;

/* A walk over the objects whose keys begin with `prefix`. Prefix and keys are relative to s3.url.
 * Any status but DK_OK from `entry` ends the walk with that status. */
struct dk_s3_listing {
    const char *prefix;
    enum dk_status (*entry)(void *context, const char *key, const struct dk_s3_object *object,
                            struct dk_error *err);
    void *context;
    bool denied; /* out: these credentials may not list the bucket, or the server can't */
};

/* *listing says whether it was denied; that is DK_OK, and `entry` is not called. */
enum dk_status dk_s3_list(struct dk_s3 *s3, struct dk_s3_listing *listing, struct dk_error *err)
    DK_CHECK;

enum dk_s3_removal_end {
    DK_S3_REMOVED, /* the object does not exist any more */
    DK_S3_CHANGED, /* it is not the object that the caller knows, and stays */
    DK_S3_DENIED   /* these credentials may not delete it, or the server can't; it stays */
};

struct dk_s3_removal {
    enum dk_s3_removal_end end;
    char why[DK_S3_TEXT_MAX]; /* of DK_S3_DENIED: the server's words */
};

/* Deletes the object at `key` if its ETag is `known_etag`; with If-Match where the server knows it.
 * DK_OK: *removal says whether it is gone. */
enum dk_status dk_s3_remove(struct dk_s3 *s3, const char *key, const char *known_etag,
                            struct dk_s3_removal *removal, struct dk_error *err) DK_CHECK;

/* What a probe found. */
struct dk_s3_probe {
    int64_t skew_s;            /* this machine's clock less the server's, to a second or two */
    char kept[DK_S3_TEXT_MAX]; /* why the probe could not be deleted; "": it is gone */
};

/* Puts a small object that holds `text` below the prefix, reads it back and deletes it, as an
 * upload would. DK_ERR_REMOTE: an upload would fail in the same way. */
enum dk_status dk_s3_probe(struct dk_s3 *s3, const char *text, struct dk_s3_probe *probe,
                           struct dk_error *err) DK_CHECK;

/* --- the bucket ----------------------------------------------------------------------------- */

struct dk_s3_bucket {
    bool created;        /* false: it existed, and is ours */
    bool public_blocked; /* false: the server can't (there was a notice) */
    bool encrypted;      /* likewise */
};

/* Creates the bucket unless it exists, blocks all public access, sets default encryption
 * (settings.sse; AES256 by default). Safe to repeat. DK_ERR_REMOTE where the name belongs to
 * another account. */
enum dk_status dk_s3_bucket_init(struct dk_s3 *s3, struct dk_s3_bucket *result,
                                 struct dk_error *err) DK_CHECK;

#endif

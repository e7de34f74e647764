/*
 * publish: files to S3, as safely as its best clients do it. docs/s3.md tells it to users.
 *
 * A dk_s3 is one bucket and prefix with one set of credentials. It is opened, puts objects one
 * after the other (each in parallel parts), and is closed. Credentials and settings are found where
 * every AWS tool finds them; the caller passes the environment in, for nothing here reads it. A
 * dk_s3 belongs to one thread at a time.
 *
 * Invariants:
 * - No secret is in any message, notice, argument or source text; secret memory is kept out of
 *   core files, and wiped when it is freed.
 * - An object is replaced only if it is the one that the caller knows (by its ETag), or if the
 *   caller says `replace`. An object is deleted only where the caller names it, and only if it is
 *   still the one that the caller knows.
 * - What is uploaded is hashed as it is read, and compared with what the server holds afterwards.
 * - A put that was killed at any instant is finished by the next put of the same file, from what
 *   the server lists; no local state is needed. A key has one writer at a time.
 *
 * A failure of the server, the network or the credentials is DK_ERR_REMOTE, with the server's own
 * words, bucket, key and what to do; a local file that can't be read is DK_ERR_IO; wrong settings
 * are DK_ERR_CONFIG.
 */
#ifndef DK_PUBLISH_PUBLISH_H
#define DK_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/observer.h"
#include "base/status.h"

/* --- settings ------------------------------------------------------------------------------- */

enum dk_s3_addressing { DK_S3_ADDRESSING_AUTO, DK_S3_ADDRESSING_PATH, DK_S3_ADDRESSING_VIRTUAL };
enum dk_s3_sse { DK_S3_SSE_NONE, DK_S3_SSE_AES256, DK_S3_SSE_KMS };
enum dk_s3_partition { DK_S3_PARTITION_NONE, DK_S3_PARTITION_COHORT };
enum dk_s3_plain_text { DK_S3_PLAIN_TEXT_REFUSE, DK_S3_PLAIN_TEXT_ALLOW };

/* The words of the configuration ("virtual", "aws:kms", "cohort", "allow"), and back (-1 if
 * unknown). */
const char *dk_s3_addressing_name(enum dk_s3_addressing addressing);
const char *dk_s3_sse_name(enum dk_s3_sse sse);
const char *dk_s3_partition_name(enum dk_s3_partition partition);
const char *dk_s3_plain_text_name(enum dk_s3_plain_text plain_text);
int dk_s3_addressing_find(const char *word);
int dk_s3_sse_find(const char *word);
int dk_s3_partition_find(const char *word);
int dk_s3_plain_text_find(const char *word);

/* [s3] of derrick.ini, key for key, and what tests and tuning need. Texts are borrowed: they must
 * live until dk_s3_open returns. NULL or "" means not set. */
struct dk_s3_settings {
    const char *url;                  /* url: "s3://bucket" or "s3://bucket/prefix" */
    enum dk_s3_addressing addressing; /* addressing = auto | path | virtual */
    enum dk_s3_sse sse;               /* sse = none | AES256 | aws:kms */
    const char *kms_key_id;           /* kms_key_id: only with aws:kms */
    const char *storage_class;        /* storage_class: "STANDARD_IA", ... */
    enum dk_s3_partition partition; /* partition = none | cohort: for the pipeline, not read here */
    const char *region;             /* region: wins over the environment and the profile */
    const char *endpoint;           /* endpoint: "https://host[:port][/path]", wins likewise */
    enum dk_s3_plain_text plain_text; /* plain_text = refuse | allow: http:// to another machine */
    uint64_t part_size_bytes;         /* 0: chosen by the file's size; else 5 MiB..5 GiB */
    unsigned threads;                 /* parts under way at once; 0: 4 */
    unsigned attempts_max;            /* tries of one request; 0: AWS_MAX_ATTEMPTS, or 8 */
    unsigned backoff_ms;              /* first pause between tries, doubled each time; 0: 200 */
    unsigned stall_timeout_s; /* a request without a byte for so long is tried again; 0: 60 */
};

/* Nothing set, auto, none, refuse. */
void dk_s3_settings_init(struct dk_s3_settings *settings);

/* Checks what can be checked without a network: url, bucket name, endpoint, combinations.
 * DK_ERR_CONFIG, with the value quoted. No url at all is wrong, too: the caller looks for one
 * first. */
enum dk_status dk_s3_settings_check(const struct dk_s3_settings *settings, struct dk_error *err)
    DK_CHECK;

/* --- the connection ------------------------------------------------------------------------- */

struct dk_s3; /* owned by the caller between open and close */

/* Finds settings and credentials: reads files, runs a credential_process, asks the instance's
 * metadata if there is nothing else. Sends nothing to S3 yet. DK_ERR_REMOTE, with a hint, if there
 * are no credentials; DK_ERR_CONFIG for wrong settings or AWS files that make no sense.
 * `environment` and `observer` (may be NULL) are borrowed until the close. After a failure *out is
 * NULL. */
enum dk_status dk_s3_open(struct dk_s3 **out, const struct dk_s3_settings *settings,
                          const struct dk_environment *environment,
                          const struct dk_observer *observer, struct dk_error *err) DK_CHECK;
/* Frees it, and wipes what is secret. NULL is legal. */
void dk_s3_close(struct dk_s3 *s3);

/* Where the credentials come from: "environment", "profile 'x' of ~/.aws/credentials",
 * "credential_process of profile 'x'", "instance metadata". Never a secret. Borrowed. */
const char *dk_s3_source(const struct dk_s3 *s3);
/* The endpoint ("https://s3.eu-west-1.amazonaws.com") and region in use. Borrowed. */
const char *dk_s3_endpoint(const struct dk_s3 *s3);
const char *dk_s3_region(const struct dk_s3 *s3);

#define DK_S3_TEXT_MAX 1400 /* fits "s3://<63>/<1024 bytes of key>" and every source text */

/* The same as dk_s3_source, for `derrick status`: without running a process or asking the
 * network. Where only the instance's metadata is left: "instance metadata, if this machine has
 * it". */
enum dk_status dk_s3_source_find(const struct dk_environment *environment,
                                 char text[DK_S3_TEXT_MAX], struct dk_error *err) DK_CHECK;

/* Whether dk_s3_open would accept settings, environment and AWS files, credentials aside: regions,
 * endpoints, certificates. Without the network. DK_ERR_CONFIG or DK_ERR_REMOTE says what is wrong. */
enum dk_status dk_s3_settings_try(const struct dk_s3_settings *settings,
                                  const struct dk_environment *environment, struct dk_error *err)
    DK_CHECK;

/* Where settings and environment say that everything goes, without credentials and without the
 * network: "s3://bucket/prefix", and " at https://host:port" where the server is not Amazon's. */
enum dk_status dk_s3_place_find(const struct dk_s3_settings *settings,
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

/* What to put, and over what. All texts borrowed; any may be NULL. */
struct dk_s3_put {
    const char *content_type;              /* "text/csv"; NULL: application/octet-stream */
    const struct dk_s3_metadata *metadata; /* run, rows, ...; "sha256" is added here */
    size_t metadata_count;                 /* at most DK_S3_METADATA_MAX */
    const char *known_etag;   /* the ETag of this object in the ledger; NULL: never uploaded */
    const char *known_sha256; /* the content that goes with known_etag, hex; NULL: not known */
    const char *sha256;       /* of the file, hex, as it was written; NULL: computed here */
    bool replace;             /* replace the object whoever changed it */
};

struct dk_s3_object {
    char etag[DK_S3_ETAG_MAX];          /* with its quotes, as the server gave it */
    char version_id[DK_S3_VERSION_MAX]; /* "" in a bucket without versions */
    char sha256[DK_HASH_HEX_MAX];  /* of the content; of dk_s3_head: as its metadata says, or "" */
    char modified[DK_S3_TIME_MAX]; /* dk_s3_head: Last-Modified as the server wrote it */
    char run[DK_HASH_HEX_MAX];     /* dk_s3_head: the run in its metadata, or "" */
    char encryption[16];           /* dk_s3_head: "AES256", "aws:kms"; "": none, or not known */
    uint64_t size_bytes;
    bool exists;           /* dk_s3_head: there is such an object */
    bool skipped;          /* the same content was there already, nothing was sent */
    uint64_t bytes_sent;   /* of bodies, tries that failed included */
    uint64_t parts_sent;   /* parts that this call uploaded; 0 for a single PUT */
    uint64_t parts_reused; /* parts of an earlier upload that were there already */
};

/* Puts the file at `local_path` under `key` (relative to the prefix, UTF-8, without a leading '/').
 *
 * Skips where the same content is there; replaces only the object that known_etag names (If-Match,
 * If-None-Match where the server knows them), else DK_ERR_REMOTE that says who changed it. Files
 * above 16 MiB go in parts, several at once; parts of an earlier upload that hold the same bytes
 * are not sent again; uploads of this key that can't be used are aborted. Retries what is worth it.
 * DK_ERR_DATA if the file is not the one that put->sha256 names. Progress: step "upload", bytes.
 * After a failure the object at `key` is as it was; a multipart upload that the next call can use
 * stays. *result is filled on DK_OK; after a failure only its counters are meaningful. */
enum dk_status dk_s3_put(struct dk_s3 *s3, const char *key, const char *local_path,
                         const struct dk_s3_put *put, struct dk_s3_object *result,
                         struct dk_error *err) DK_CHECK;

/* The same for bytes in memory (manifest.json), in one PUT; size at most 16 MiB. */
enum dk_status dk_s3_put_bytes(struct dk_s3 *s3, const char *key, const void *data, size_t size,
                               const struct dk_s3_put *put, struct dk_s3_object *result,
                               struct dk_error *err) DK_CHECK;

/* What is at `key`. No such object is DK_OK with exists = false. Where HEAD is forbidden (a
 * write-only role), the bucket's list is asked, which knows no metadata. */
enum dk_status dk_s3_head(struct dk_s3 *s3, const char *key, struct dk_s3_object *result,
                          struct dk_error *err) DK_CHECK;

/* Calls `entry` for each object whose key begins with `prefix`, which is relative to that of s3.url,
 * as the keys that it is given are. Anything but DK_OK ends the walk with that status.
 * *denied: these credentials may not list the bucket, or the server can't; that is DK_OK, without a
 * call. */
typedef enum dk_status (*dk_s3_entry_fn)(void *context, const char *key,
                                         const struct dk_s3_object *object, struct dk_error *err);
enum dk_status dk_s3_list(struct dk_s3 *s3, const char *prefix, dk_s3_entry_fn entry, void *context,
                          bool *denied, struct dk_error *err) DK_CHECK;

enum dk_s3_removal {
    DK_S3_REMOVED, /* it is gone, or was gone already */
    DK_S3_CHANGED, /* it is another object than the one that the caller knows: it stays */
    DK_S3_DENIED   /* these credentials may not delete it, or the server can't: it stays */
};

/* Deletes the object at `key` if its ETag is `known_etag`; with If-Match where the server knows it.
 * DK_OK: *removal says what came of it, and for DK_S3_DENIED `why` gives the server's words. */
enum dk_status dk_s3_remove(struct dk_s3 *s3, const char *key, const char *known_etag,
                            enum dk_s3_removal *removal, char why[DK_S3_TEXT_MAX],
                            struct dk_error *err) DK_CHECK;

/* --- the bucket ----------------------------------------------------------------------------- */

struct dk_s3_bucket {
    bool created;        /* false: it was ours already */
    bool public_blocked; /* false: the server does not know it (told by a notice) */
    bool encrypted;      /* likewise */
};

/* Creates the bucket if need be, blocks all public access, sets default encryption (settings.sse;
 * AES256 by default). Safe to repeat. DK_ERR_REMOTE where the name belongs to another account. */
enum dk_status dk_s3_bucket_init(struct dk_s3 *s3, struct dk_s3_bucket *result,
                                 struct dk_error *err) DK_CHECK;

/* --- the manifest --------------------------------------------------------------------------- */

struct dk_manifest_file {
    const char *key;          /* relative to manifest.json */
    const char *kind;         /* "historical", "dictionary", "cohort" */
    const char *content_type; /* "text/csv" */
    uint64_t rows;            /* data rows, without the header */
    uint64_t size_bytes;
    const char *sha256;
    int cohort; /* of kind "cohort"; 0: all */
};

struct dk_manifest_cohort {
    int cohort;
    const char *rig_name;
    uint64_t readings;
    const char *start; /* "YYYY-MM-DD HH:MM:SS" of the first reading; NULL: left out */
    const char *end;   /* of the last reading; NULL: left out */
    const char *hash;  /* of its contents in the ledger; NULL: left out */
};

struct dk_manifest {
    const char *url;    /* "s3://bucket/prefix": where the files are; NULL: left out */
    const char *run;    /* the run that wrote it; NULL: left out */
    const char *sample; /* the sample rule, or "first or mean"; NULL: left out */
    const struct dk_manifest_file *files;
    size_t file_count;
    const struct dk_manifest_cohort *cohorts;
    size_t cohort_count;
};

/* Writes manifest.json: UTF-8, two blanks of indent, keys in a fixed order, a final newline. It
 * holds no clock: equal contents give equal bytes. */
enum dk_status dk_publish_manifest_write(struct dk_sink *sink, const struct dk_manifest *manifest,
                                         struct dk_error *err) DK_CHECK;

#define DK_PUBLISH_MANIFEST_KEY "manifest.json"
#define DK_PUBLISH_COHORT_KEY_MAX 96

/* "cohort=07/oil-well-data-cohort-07.csv": the key of one cohort's CSV, Hive style, relative to
 * the prefix. Two digits at least. */
void dk_publish_cohort_key(int cohort, char key[DK_PUBLISH_COHORT_KEY_MAX]);
/* The cohort whose key that is; 0: it is no cohort's. */
int dk_publish_cohort_of_key(const char *key);
/* The cohort that a name begins with as a whole: "cohort=07", "cohort=07/...". 0: none. */
int dk_publish_cohort_of_folder(const char *name);
/* How the keys of all cohorts begin. */
#define DK_PUBLISH_COHORT_PREFIX "cohort="

#endif

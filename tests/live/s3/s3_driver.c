/*
 * The library's S3 verbs from a command line, for the live tests: no ledger, no pipeline.
 *
 *   s3_driver [key=value...] put KEY FILE | head KEY | bucket | source | open
 *
 * Results go to stdout as "name=value" lines; notices and errors to stderr; the exit code is the
 * status's. Keys: those of [s3], and threads, part_size, attempts, backoff_ms, stall_s, known_etag,
 * known_sha256, sha256, content_type, run, replace=yes, progress=yes.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/text.h"
#include "s3/s3.h"

struct driver {
    struct dk_s3_settings settings;
    struct dk_s3_put put;
    struct dk_s3_metadata metadata[1];
    struct dk_observer observer;
    bool bad;
};

static const char *environment_get(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

static void on_notice(void *context, enum dk_level level, const char *text)
{
    static const char *const names[] = {"debug", "notice", "warning"};
    (void)context;
    fprintf(stderr, "%s: %s\n", names[level], text);
}

static void on_progress(void *context, const char *step, uint64_t done, uint64_t total,
                        const char *unit)
{
    (void)context;
    fprintf(stderr, "progress: %s %llu of %llu %s\n", step, (unsigned long long)done,
            (unsigned long long)total, unit);
}

static uint64_t number(struct driver *driver, const char *text)
{
    uint64_t value = 0;
    if (!dk_text_number(text, &value))
        driver->bad = true;
    return value;
}

static int word(struct driver *driver, int found)
{
    if (found < 0)
        driver->bad = true;
    return found < 0 ? 0 : found;
}

static void set(struct driver *driver, const char *name, const char *value)
{
    struct dk_s3_settings *s = &driver->settings;
    struct dk_s3_put *p = &driver->put;
    if (strcmp(name, "url") == 0)
        s->url = value;
    else if (strcmp(name, "endpoint") == 0)
        s->endpoint = value;
    else if (strcmp(name, "region") == 0)
        s->region = value;
    else if (strcmp(name, "addressing") == 0)
        s->addressing = (enum dk_s3_addressing)word(driver, dk_s3_addressing_find(value));
    else if (strcmp(name, "sse") == 0)
        s->sse = (enum dk_s3_sse)word(driver, dk_s3_sse_find(value));
    else if (strcmp(name, "insecure_http") == 0)
        s->insecure_http = (enum dk_s3_insecure_http)word(driver, dk_s3_insecure_http_find(value));
    else if (strcmp(name, "kms_key_id") == 0)
        s->kms_key_id = value;
    else if (strcmp(name, "storage_class") == 0)
        s->storage_class = value;
    else if (strcmp(name, "threads") == 0)
        s->threads = (unsigned)number(driver, value);
    else if (strcmp(name, "part_size") == 0)
        s->part_size_bytes = number(driver, value);
    else if (strcmp(name, "attempts") == 0)
        s->attempts_max = (unsigned)number(driver, value);
    else if (strcmp(name, "backoff_ms") == 0)
        s->backoff_ms = (unsigned)number(driver, value);
    else if (strcmp(name, "stall_s") == 0)
        s->stall_timeout_s = (unsigned)number(driver, value);
    else if (strcmp(name, "known_etag") == 0)
        p->known_etag = value;
    else if (strcmp(name, "known_sha256") == 0)
        p->known_sha256 = value;
    else if (strcmp(name, "sha256") == 0)
        p->sha256 = value;
    else if (strcmp(name, "content_type") == 0)
        p->content_type = value;
    else if (strcmp(name, "run") == 0)
        driver->metadata[0] = (struct dk_s3_metadata){"run", value};
    else if (strcmp(name, "replace") == 0)
        p->replace = strcmp(value, "yes") == 0;
    else if (strcmp(name, "progress") == 0)
        driver->observer.progress = on_progress;
    else
        driver->bad = true;
}

static void object_print(const struct dk_s3_object *object)
{
    printf("exists=%d\netag=%s\nversion_id=%s\nsha256=%s\nmodified=%s\nrun=%s\nsize=%llu\n"
           "skipped=%d\nbytes_sent=%llu\nparts_sent=%llu\nparts_reused=%llu\n",
           object->exists, object->etag, object->version_id, object->sha256, object->modified,
           object->run, (unsigned long long)object->size_bytes, object->skipped,
           (unsigned long long)object->bytes_sent, (unsigned long long)object->parts_sent,
           (unsigned long long)object->parts_reused);
}

static enum dk_status verb_run(struct driver *driver, struct dk_s3 *s3, char **words, int count,
                               struct dk_error *err)
{
    struct dk_s3_object object = {0};
    struct dk_s3_bucket bucket = {0};
    enum dk_status status = DK_OK;
    if (count == 3 && strcmp(words[0], "put") == 0) {
        driver->put.key = words[1];
        driver->put.path = words[2];
        status = dk_s3_put(s3, &driver->put, &object, err);
        object_print(&object);
    } else if (count == 2 && strcmp(words[0], "head") == 0) {
        status = dk_s3_head(s3, words[1], &object, err);
        object_print(&object);
    } else if (count == 1 && strcmp(words[0], "bucket") == 0) {
        status = dk_s3_bucket_init(s3, &bucket, err);
        printf("created=%d\npublic_blocked=%d\nencrypted=%d\n", bucket.created,
               bucket.public_blocked, bucket.encrypted);
    } else if (count == 1 && strcmp(words[0], "open") == 0) {
        printf("source=%s\nendpoint=%s\nregion=%s\n", dk_s3_source(s3), dk_s3_endpoint(s3),
               dk_s3_region(s3));
    } else {
        status = dk_error_set(err, DK_ERR_USAGE, "no such verb");
    }
    return status;
}

static enum dk_status driver_run(struct driver *driver, const struct dk_environment *environment,
                                 char **words, int count, struct dk_error *err)
{
    struct dk_s3 *s3 = NULL;
    char source[DK_S3_TEXT_MAX];
    if (count == 1 && strcmp(words[0], "source") == 0) {
        enum dk_status found = dk_s3_source_find(environment, source, err);
        if (found == DK_OK)
            printf("source=%s\n", source);
        return found;
    }
    enum dk_status status = dk_s3_open(&s3, &driver->settings, environment, &driver->observer, err);
    if (status == DK_OK)
        status = verb_run(driver, s3, words, count, err);
    dk_s3_close(s3);
    return status;
}

int main(int argc, char **argv)
{
    struct driver driver = {.observer = {.notice = on_notice}};
    struct dk_environment environment = {.get = environment_get, .home = getenv("HOME")};
    struct dk_error err = {0};
    struct rusage usage;
    int at = 1;
    signal(SIGPIPE, SIG_IGN);
    dk_s3_settings_init(&driver.settings);
    for (; at < argc && strchr(argv[at], '='); at++) {
        char *equals = strchr(argv[at], '=');
        *equals = '\0';
        set(&driver, argv[at], equals + 1);
    }
    driver.put.metadata = driver.metadata;
    driver.put.metadata_count = driver.metadata[0].name != NULL;
    if (driver.bad || at == argc) {
        fprintf(stderr, "s3_driver: wrong usage\n");
        return 2;
    }
    enum dk_status status = driver_run(&driver, &environment, argv + at, argc - at, &err);
    if (status != DK_OK)
        fprintf(stderr, "error: %s%s%s\n", err.message, err.hint[0] ? "; " : "", err.hint);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        printf("peak_kb=%ld\n", usage.ru_maxrss);
    return fflush(stdout) == 0 ? dk_status_exit_code(status) : 1;
}

/*
 * manifest.json: what is published, for people and programs that read the bucket; and the keys of
 * the cohorts' files.
 */
#ifndef DK_S3_PUBLISHED_H
#define DK_S3_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"

struct dk_manifest_file {
    const char *key; /* relative to manifest.json */
    /* "historical", "dictionary", "cohort", "site", "parquet", "parquet-cohort" */
    const char *kind;
    const char *content_type; /* "text/csv" */
    uint64_t rows;            /* data rows, without the header */
    uint64_t size_bytes;
    const char *sha256;
    int cohort;           /* 0: all */
    const char *rig_name; /* NULL: all */
    const char *site;     /* NULL: all */
};

/* A column of the files. */
struct dk_manifest_column {
    const char *name;
    const char *type;   /* "string", "integer", "number", "datetime" */
    const char *unit;   /* NULL: left out */
    const char *sensor; /* NULL: left out */
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
    const struct dk_manifest_column *columns;
    size_t column_count;
    const struct dk_manifest_cohort *cohorts;
    size_t cohort_count;
};

/* Writes manifest.json: UTF-8, indented by two spaces, keys in a fixed order, a final newline. It
 * holds no clock: equal contents give equal bytes. */
enum dk_status dk_publish_manifest_write(struct dk_sink *sink, const struct dk_manifest *manifest,
                                         struct dk_error *err) DK_CHECK;

#define DK_PUBLISH_MANIFEST_KEY "manifest.json"
#define DK_PUBLISH_COHORT_KEY_MAX 160 /* holds a rig's name, too */

/* "cohort=07/oil-well-data-cohort-07.csv": the key of one cohort's CSV, Hive style, relative to
 * the prefix. Two digits at least. */
void dk_publish_cohort_key(int cohort, char key[DK_PUBLISH_COHORT_KEY_MAX]);
/* "site=alpha/oil-well-data-site-alpha.csv": the same of a site's CSV. */
void dk_publish_site_key(const char *site, char key[DK_PUBLISH_COHORT_KEY_MAX]);
/* How the keys of all sites begin. */
#define DK_PUBLISH_SITE_PREFIX "site="
/* The cohort that has this key; 0: none. */
int dk_publish_cohort_of_key(const char *key);
/* The cohort whose folder a name is or is in: "cohort=07", "cohort=07/...". 0: none. */
int dk_publish_cohort_of_folder(const char *name);
/* How the keys of all cohorts begin. */
#define DK_PUBLISH_COHORT_PREFIX "cohort="

#endif

/*
 * The identity of a drop: its files, and their hashes once they are read. `input` fills it; the
 * store, the archive and the pipeline recognise the drop by it.
 */
#ifndef DK_RIG_DROP_H
#define DK_RIG_DROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "rig/catalogue.h"

#define DK_COHORTS_DEFAULT 60 /* of a history: 15 years of three-month cohorts */

/* The size of the text that names the settings which shape rows (dk_input_settings_text). */
#define DK_SETTINGS_TEXT_MAX 320

#define DK_DROP_PROFILE DK_SENSORS /* the file index of the profile */
#define DK_DROP_FILES (DK_SENSORS + 1)

/* What a name that derrick does not read has to do with a file of the drop; the later ones explain
 * more. docs/input.md has the rules. */
enum dk_near {
    DK_NEAR_NONE,
    DK_NEAR_ANONYMOUS, /* a transfer that may be of any file: ".pureftpd-upload.5f3a" */
    DK_NEAR_OTHER,     /* contains its name: "PS1.bak" */
    DK_NEAR_ELSEWHERE, /* a folder with its name, or a file in a folder that is not read */
    DK_NEAR_SECOND,    /* a copy or a numbered name: "PS1 (1).txt" */
    DK_NEAR_TRANSFER,  /* a temporary name of it: "PS1.txt.part" */
};

struct dk_drop_file {
    char *name; /* as found, relative to the drop: "2023-06-01_PS1.txt"; NULL: absent. Owned */
    char *path; /* to open or to show: "logs/PS1.txt", "drop.zip:data/PS1.txt". Owned */
    enum dk_near near; /* where absent: that it may be there after all, under `near_path` */
    char *near_path;   /* where absent and near: "logs/PS1.txt.part". Owned */
    /* on disk; of an archive's member: unpacked, 0 if the archive does not say */
    uint64_t size_bytes;
    /* Identity on disk at the time of reading; zero inside an archive. */
    uint64_t device, inode;
    int64_t mtime_ns, ctime_ns;
    char hash[DK_HASH_HEX_MAX];      /* sha256 of the file's bytes; set by dk_drop_read */
    char text_hash[DK_HASH_HEX_MAX]; /* of its text, which for a compressed file is another */
    uint64_t rows;                   /* set by dk_drop_read */
    uint64_t columns;                /* set by dk_drop_read */
};

struct dk_drop {
    char *path;      /* folder or archive as given (a workspace's: its "logs"). Owned */
    bool is_archive; /* one file that holds the drop: zip, tar, tar.gz, tar.zst */
    /* For an archive: the archive file itself (name, path, size, identity, hash). */
    struct dk_drop_file archive;
    struct dk_drop_file files[DK_DROP_FILES]; /* by sensor index, then DK_DROP_PROFILE */
    char content_hash[DK_HASH_HEX_MAX]; /* of "<NAME> <text_hash>\n" for each file; set by read */
};

/* Frees what it holds. Legal on a zeroed struct. */
void dk_drop_reset(struct dk_drop *drop);

/* How many of the sensors have a file in the drop. */
size_t dk_drop_sensor_count(const struct dk_drop *drop);

#endif

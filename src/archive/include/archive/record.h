/*
 * record: what an archive folder says of its drop, for a program: `drop.json`. With it, the folder
 * alone is enough to load the drop again as it was loaded, and to prove that the result is the
 * same.
 *
 *     {"format": 1, "run": 7, "loaded_at": "2023-06-01 08:00:00", "source": "logs", "drop": ".",
 *      "settings": "columns=samples ...", "content_hash": "...", "quarantine": false,
 *      "quarantined": 0, "allow_missing": false, "duplicate_of": null, "replaced": [],
 *      "profile": {"file": "profile.txt", "sha256": "..."},
 *      "cohorts": [{"rig": "texas-1", "cohort": 61, "readings": 2205, "sha256": "..."}]}
 *
 * "drop" is where the drop is, seen from the folder: "." (its files are here), the name of an
 * archive file here, "../<folder>" for one that was loaded from another archive folder, or an
 * absolute path for one that came from outside the workspace. "settings" are those that shaped
 * the rows (dk_input_settings_text). "profile" is null where the drop had none, and one of the
 * database was used. "sha256" of a cohort is dk_readings_series_hash. "duplicate_of" and "replaced"
 * name archive folders. "cohorts" are those that were this drop's when it was archived. Where a run
 * made samples or features of a cohort, its "files" lists them, each with "path" in the workspace,
 * "bytes" and "sha256".
 * "incomplete" is true, and else absent, where a file was changed or taken away before it was
 * archived: the folder can't be loaded again.
 */
#ifndef DK_ARCHIVE_RECORD_H
#define DK_ARCHIVE_RECORD_H

#include <stdbool.h>

#include "store/ledger.h"

#define DK_ARCHIVE_RECORD "drop.json"

struct dk_record_cohort {
    struct dk_well well;
    int cohort;
    char hash[DK_HASH_HEX_MAX];
};

struct dk_record {
    int64_t run_id; /* that loaded the drop */
    char loaded_at[DK_TIME_TEXT_MAX];
    char source[512]; /* the drop's path when it was loaded */
    char drop[1024];  /* where it is now, seen from the folder */
    char settings[DK_SETTINGS_TEXT_MAX];
    char content_hash[DK_HASH_HEX_MAX];
    char duplicate_of[256]; /* an archive folder; "" if it is not a duplicate */
    bool quarantine, allow_missing;
    bool incomplete;                  /* not all files could be archived */
    struct dk_record_cohort *cohorts; /* owned */
    size_t cohort_count;
};

/* What a record is made from. All is borrowed. */
struct dk_record_source {
    struct dk_store *store;
    const struct dk_ledger_drop *drop;
    const struct dk_ledger_file *files; /* of the drop */
    size_t file_count;
    const char *where; /* what "drop" says */
    bool incomplete;   /* a file of it could not be archived */
};

/* Writes the record of a drop into `folder`. `hash` gets the sha256 of the file. */
enum dk_status dk_record_write(const struct dk_record_source *source, const char *folder,
                               char hash[DK_HASH_HEX_MAX], struct dk_error *err) DK_CHECK;

/* Reads the record in `folder`; *found is false where there is none, as in archives of an earlier
 * derrick. DK_ERR_DATA: it is damaged, of a newer format, or names a place that it must not name.
 * After DK_OK the caller resets. */
enum dk_status dk_record_read(const char *folder, struct dk_record *record, bool *found,
                              struct dk_error *err) DK_CHECK;
void dk_record_reset(struct dk_record *record);

/* A file of samples or features that a run made of a cohort. */
struct dk_record_file {
    struct dk_well well;
    int cohort;
    char path[256]; /* as the record says it: the caller compares it with one that derrick makes */
    char hash[DK_HASH_HEX_MAX];
    int64_t rows;
    uint64_t size_bytes;
};

/* Reads the files of all cohorts in the record of a folder; *files is on the heap (the caller
 * frees). None, where there is no record. DK_ERR_DATA: it is damaged. */
enum dk_status dk_record_files_read(const char *folder, struct dk_record_file **files,
                                    size_t *count, struct dk_error *err) DK_CHECK;

#endif

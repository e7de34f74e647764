#include "pipeline/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "disk.h"
#include "finding.h"
#include "pipeline/workspace.h"
#include "store/probe.h"

#define MEGABYTE 1000000u
#define CLOCK_TOLERANCE_MINUTES 2
#define SKEW_TOLERANCE_S 300 /* S3 refuses requests that are off by more than 15 minutes */

/* --- findings --------------------------------------------------------------------------------- */

static void report(const struct dk_doctor *doctor, enum dk_finding_kind kind, const char *part,
                   const char *hint, const char *fmt, ...) DK_PRINTF(5, 6);

static void report(const struct dk_doctor *doctor, enum dk_finding_kind kind, const char *part,
                   const char *hint, const char *fmt, ...)
{
    struct dk_finding finding = {.kind = kind, .part = part};
    va_list args;
    va_start(args, fmt);
    dk_text_vformat(finding.text, sizeof(finding.text), fmt, args);
    va_end(args);
    dk_text_format(finding.hint, sizeof(finding.hint), "%s", hint ? hint : "");
    doctor->found(doctor->context, &finding);
}

static void report_error(const struct dk_doctor *doctor, const char *part,
                         const struct dk_error *err)
{
    report(doctor, DK_FINDING_PROBLEM, part, err->hint, "%s", err->message);
}

/* --- the workspace ---------------------------------------------------------------------------- */

struct file_system {
    unsigned long magic; /* f_type of statfs(2) */
    const char *name;
    bool remote;
};

/* linux/magic.h; ZFS, SMB2 and CIFS from their own sources. */
static const struct file_system file_systems[] = {
    {0xef53, "ext4", false},      {0x58465342, "XFS", false},   {0x9123683e, "Btrfs", false},
    {0x2fc12fc1, "ZFS", false},   {0x01021994, "tmpfs", false}, {0x794c7630, "overlayfs", false},
    {0xf2f52010, "F2FS", false},  {0x6969, "NFS", true},        {0xfe534d42, "SMB", true},
    {0xff534d42, "SMB", true},    {0x517b, "SMB", true},        {0x01021997, "9p", true},
    {0x00c36400, "CephFS", true}, {0x65735546, "FUSE", true},
};

static const struct file_system *find_file_system(const char *path)
{
    static const struct file_system unknown = {0, "another file system", false};
    struct statfs info;
    if (statfs(path, &info) != 0)
        return &unknown;
    for (size_t i = 0; i < DK_COUNT_OF(file_systems); i++)
        if ((unsigned long)info.f_type == file_systems[i].magic)
            return &file_systems[i];
    return &unknown;
}

/* Writes a file into a folder, as a run would, and removes it. */
static enum dk_status try_folder(const char *folder, struct dk_error *err)
{
    static const char text[] = "written by derrick doctor\n";
    char path[64];
    struct stat info;
    if (stat(folder, &info) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't use", folder);
    dk_text_format(path, sizeof(path), "%s/.derrick-doctor", folder);
    DK_RETURN_IF_ERROR(dk_file_put(path, text, sizeof(text) - 1, err));
    if (unlink(path) != 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't remove", path);
    return DK_OK;
}

static void examine_workspace(const struct dk_doctor *doctor)
{
    static const char *const folders[] = {".",
                                          DK_WORKSPACE_LOGS,
                                          DK_WORKSPACE_PROFILE,
                                          DK_WORKSPACE_CSV,
                                          DK_WORKSPACE_S3,
                                          DK_WORKSPACE_ARCHIVE,
                                          DK_WORKSPACE_QUARANTINE};
    const struct file_system *where = find_file_system(".");
    char root[DK_ERROR_PATH_MAX];
    bool good = true;
    for (size_t i = 0; i < DK_COUNT_OF(folders); i++) {
        struct dk_error err = {0};
        if (try_folder(folders[i], &err) == DK_OK)
            continue;
        good = false;
        dk_error_hint(&err,
                      "let this user write there; 'derrick init' makes folders that are missing");
        report_error(doctor, "workspace", &err);
    }
    if (good)
        report(doctor, DK_FINDING_OK, "workspace", NULL, "'%s' is writable, on %s",
               getcwd(root, sizeof(root)) ? root : ".", where->name);
    if (strcmp(where->name, "tmpfs") == 0)
        report(doctor, DK_FINDING_NOTE, "workspace", "move it to a disk",
               "it is in memory, and gone when this machine restarts");
}

static void examine_user(const struct dk_doctor *doctor)
{
    if (geteuid() == 0)
        report(doctor, DK_FINDING_NOTE, "user", "run derrick as a user of its own, such as derrick",
               "running as root");
}

/* --- the disk --------------------------------------------------------------------------------- */

void dk_finding_disk(struct dk_finding *finding)
{
    struct dk_disk disk;
    struct dk_error err = {0};
    char free_text[DK_COUNT_TEXT_MAX];
    char need_text[DK_COUNT_TEXT_MAX];
    *finding = (struct dk_finding){.kind = DK_FINDING_PROBLEM, .part = "disk"};
    if (dk_disk_find(&disk, &err) != DK_OK) {
        dk_text_format(finding->text, sizeof(finding->text), "%s", err.message);
        return;
    }
    if (dk_disk_is_full(&disk))
        dk_text_format(finding->hint, sizeof(finding->hint), "make room before the next run");
    else
        finding->kind = DK_FINDING_OK;
    if (disk.no_more_files)
        dk_text_format(finding->text, sizeof(finding->text),
                       "the file system has no room for more files (inodes)");
    else
        dk_text_format(finding->text, sizeof(finding->text),
                       "%s MB are free; the next run needs about %s MB",
                       dk_count_text(disk.free_bytes / MEGABYTE, free_text),
                       dk_count_text(disk.needed_bytes / MEGABYTE, need_text));
}

static void examine_disk(const struct dk_doctor *doctor)
{
    struct dk_finding finding;
    dk_finding_disk(&finding);
    doctor->found(doctor->context, &finding);
}

/* --- clock and deliveries: what the ledger knows ---------------------------------------------- */

static void minute_text(int64_t minute, char text[DK_DATE_TIME_SIZE + 1])
{
    dk_date_time_format(minute, text);
    text[DK_DATE_TIME_SIZE] = '\0';
}

static void examine_clock(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_ledger_run *runs = NULL;
    size_t count = 0;
    char now[DK_DATE_TIME_SIZE + 1];
    char latest[DK_DATE_TIME_SIZE + 1];
    int64_t minute = pipeline->settings->now_minute;
    minute_text(minute, now);
    minute_text(minute + CLOCK_TOLERANCE_MINUTES, latest);
    if (pipeline->store && dk_ledger_runs(pipeline->store, 1, &runs, &count, NULL) == DK_OK &&
        count > 0 && strcmp(runs[0].started, latest) > 0)
        report(doctor, DK_FINDING_PROBLEM, "clock",
               "set the clock of this machine, or of the one that ran last, such as with NTP",
               "it is %.16s UTC here, but the last run began at %s UTC", now, runs[0].started);
    else
        report(doctor, DK_FINDING_OK, "clock", NULL, "it is %.16s UTC here", now);
    free(runs);
}

static void examine_deliveries(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_ledger_deliveries deliveries;
    struct dk_error err = {0};
    char count[DK_COUNT_TEXT_MAX];
    int64_t loaded = 0;
    if (dk_ledger_deliveries_find(pipeline->store, &deliveries, &err) != DK_OK) {
        report_error(doctor, "deliveries", &err);
        return;
    }
    int64_t now = pipeline->settings->now_minute;
    if (deliveries.newest[0])
        memcpy(deliveries.newest + strlen("YYYY-MM-DD HH:MM"), ":00",
               3); /* the parser takes whole minutes */
    if (deliveries.newest[0] && dk_date_time_parse(deliveries.newest, &loaded) == 0) {
        int64_t days = (now - loaded) / DK_DAY_MINUTES;
        char ago[DK_COUNT_TEXT_MAX + 16] = "today";
        if (days > 0)
            dk_text_format(ago, sizeof(ago), "%s day%s ago", dk_count_text((uint64_t)days, count),
                           days == 1 ? "" : "s");
        report(doctor, DK_FINDING_OK, "deliveries", NULL, "the last one was loaded %s, on %.10s",
               ago, deliveries.newest);
    } else {
        report(doctor, DK_FINDING_NOTE, "deliveries", NULL, "nothing is loaded yet");
    }
    if (deliveries.quarantined > 0)
        report(doctor, DK_FINDING_NOTE, "quarantine",
               "put the right values into what 'derrick quarantine list' prints, and load it with "
               "'derrick quarantine apply'",
               "%s cell%s in quarantine: missing in the database and in every export",
               dk_count_text((uint64_t)deliveries.quarantined, count),
               deliveries.quarantined == 1 ? " is" : "s are");
}

/* --- the database ----------------------------------------------------------------------------- */

/* SQLite relies on locks that network file systems do not always keep. */
/* Folders that the ledger says this workspace has archived, and that are not there: the database
 * can't be rebuilt without them. */
static void examine_archive(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_ledger_place *places = NULL;
    struct dk_error err = {0};
    const char *first = NULL;
    size_t count = 0;
    size_t missing = 0;
    if (dk_ledger_archived(pipeline->store, &places, &count, &err) != DK_OK)
        report_error(doctor, "archive", &err);
    for (size_t i = 0; i < count; i++) {
        if (dk_path_exists(places[i].folder))
            continue;
        first = first ? first : places[i].folder;
        missing++;
    }
    if (missing > 0)
        report(doctor, DK_FINDING_NOTE, "archive",
               "the database can't be rebuilt completely without them: copy them back from a "
               "backup",
               "%zu of the archived drops %s not in the archive, such as '%s'", missing,
               missing == 1 ? "is" : "are", first);
    free(places);
}

/* Whether a file of an archived drop is no longer what was stored, by its size. One that derrick
 * compressed has another size there. */
static bool has_other_size(const struct dk_ledger_place *place, const struct dk_ledger_file *file)
{
    char path[sizeof(place->folder) + sizeof(file->stored) + 1];
    struct stat info;
    if (file->stored[0] == '\0' || strcmp(file->stored, dk_path_name(file->name)) != 0)
        return false;
    snprintf(path, sizeof(path), "%s/%s", place->folder, file->stored);
    return stat(path, &info) != 0 || (uint64_t)info.st_size != file->size_bytes;
}

/* Files in the folders that are there. A hash of each would take as long as reading the archive:
 * see manifest.sha256. */
static void examine_archived_files(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_ledger_place *places = NULL;
    size_t count = 0;
    if (dk_ledger_archived(pipeline->store, &places, &count, NULL) != DK_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct dk_ledger_file *files = NULL;
        size_t file_count = 0;
        size_t k = 0;
        if (!dk_path_exists(places[i].folder) ||
            dk_ledger_files(pipeline->store, places[i].drop_id, &files, &file_count, NULL) != DK_OK)
            continue;
        while (k < file_count && !has_other_size(&places[i], &files[k]))
            k++;
        if (k < file_count)
            report(
                doctor, DK_FINDING_PROBLEM, "archive",
                "copy it back from a backup; 'sha256sum -c manifest.sha256' in the folder checks "
                "all of its files",
                "'%s/%s' is missing or was changed", places[i].folder, files[k].stored);
        free(files);
    }
    free(places);
}

static void examine_place(const struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    static const char prefix[] = "sqlite:";
    const char *url = dk_store_url(pipeline->store);
    if (strncmp(url, prefix, sizeof(prefix) - 1) != 0)
        return;
    const struct file_system *where = find_file_system(url + sizeof(prefix) - 1);
    if (where->remote)
        report(doctor, DK_FINDING_NOTE, "database",
               "run derrick on one machine only, unless the mount keeps locks between machines",
               "the SQLite file is on %s: only the locks of that mount keep two machines apart",
               where->name);
}

static enum dk_status try_database(struct dk_pipeline *pipeline, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_store_lock(pipeline->store, err));
    enum dk_status status = dk_store_probe(pipeline->store, err);
    dk_store_unlock(pipeline->store);
    return status;
}

static void examine_database(struct dk_pipeline *pipeline, const struct dk_doctor *doctor,
                             bool locked)
{
    struct dk_error err = {0};
    if (dk_pipeline_open(pipeline, &err) != DK_OK) {
        report_error(doctor, "database", &err);
        dk_store_close(pipeline->store);
        pipeline->store = NULL;
        return;
    }
    const char *url = dk_store_url(pipeline->store);
    const char *engine = dk_store_engine(pipeline->store);
    if (!locked)
        report(doctor, DK_FINDING_OK, "database", NULL,
               "%s (%s) can be read; writing was not tried", url, engine);
    else if (try_database(pipeline, &err) == DK_OK)
        report(doctor, DK_FINDING_OK, "database", NULL, "%s (%s) can be read and written", url,
               engine);
    else if (err.status == DK_ERR_BUSY)
        report(doctor, DK_FINDING_NOTE, "database", err.hint, "%s", err.message);
    else {
        if (!err.hint[0])
            dk_error_hint(
                &err, "runs need SELECT, INSERT, UPDATE and DELETE on all tables of the database");
        report_error(doctor, "database", &err);
    }
    examine_place(pipeline, doctor);
}

/* Returns whether this process has the workspace's lock now. */
static bool examine_lock(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_error err = {0};
    enum dk_status status = dk_workspace_lock(&pipeline->workspace, &err);
    if (status == DK_OK)
        report(doctor, DK_FINDING_OK, "lock", NULL, "no run is using this workspace");
    else if (status == DK_ERR_BUSY)
        report(doctor, DK_FINDING_NOTE, "lock", err.hint, "%s", err.message);
    else
        report_error(doctor, "lock", &err);
    return status == DK_OK;
}

/* --- S3 --------------------------------------------------------------------------------------- */

static void report_probe(const struct dk_doctor *doctor, const struct dk_s3 *s3,
                         const struct dk_s3_probe *probe)
{
    char place[DK_S3_TEXT_MAX];
    dk_s3_location(s3, "", place);
    report(doctor, DK_FINDING_OK, "s3", NULL, "'%s' takes uploads, with credentials from %s", place,
           dk_s3_source(s3));
    if (probe->kept[0])
        report(doctor, DK_FINDING_NOTE, "s3",
               "allow s3:DeleteObject, so that derrick can remove what is no longer published",
               "these credentials can't delete '.derrick-doctor' there: %s", probe->kept);
    if (probe->skew_s > SKEW_TOLERANCE_S || probe->skew_s < -SKEW_TOLERANCE_S)
        report(doctor, DK_FINDING_PROBLEM, "clock", "set this machine's clock, such as with NTP",
               "this machine's clock is %" PRId64 " seconds %s the server's",
               probe->skew_s > 0 ? probe->skew_s : -probe->skew_s,
               probe->skew_s > 0 ? "ahead of" : "behind");
}

static void examine_s3(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    struct dk_error err = {0};
    struct dk_s3_probe probe;
    struct dk_s3 *s3 = NULL;
    char id[DK_WORKSPACE_ID_MAX];
    if (!dk_pipeline_s3_configured(pipeline)) {
        report(doctor, DK_FINDING_NOTE, "s3", NULL, "not configured: exports stay in %s/",
               DK_WORKSPACE_S3);
        return;
    }
    enum dk_status status = dk_uuid_make(id, &err);
    if (status == DK_OK)
        status = dk_s3_open(&s3, &pipeline->settings->s3, pipeline->environment, pipeline->observer,
                            &err);
    if (status == DK_OK)
        status = dk_s3_probe(s3, id, &probe, &err);
    if (status == DK_OK)
        report_probe(doctor, s3, &probe);
    else
        report_error(doctor, "s3", &err);
    dk_s3_close(s3);
}

void dk_pipeline_doctor(struct dk_pipeline *pipeline, const struct dk_doctor *doctor)
{
    examine_user(doctor);
    examine_workspace(doctor);
    examine_disk(doctor);
    bool locked = examine_lock(pipeline, doctor);
    examine_database(pipeline, doctor, locked);
    examine_clock(pipeline, doctor);
    if (pipeline->store)
        examine_deliveries(pipeline, doctor);
    if (pipeline->store) {
        examine_archive(pipeline, doctor);
        examine_archived_files(pipeline, doctor);
    }
    examine_s3(pipeline, doctor);
    dk_pipeline_reset(pipeline);
}

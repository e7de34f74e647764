#include "archive/archive.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive/manifest.h"
#include "archive/record.h"
#include "archive_error.h"
#include "base/file.h"
#include "base/team.h"
#include "copy.h"
#include "move.h"
#include "profile.h"

#define NAME_MAX_BYTES 300
#define PATH_MAX_BYTES 1024
#define PACKED ".zst"

/* The archiving of one drop. */
struct job {
    struct dk_store *store;
    const struct dk_ledger_drop *drop;
    const struct dk_archive_settings *settings;
    const struct dk_observer *observer;
    const char *folder;
    unsigned threads;
    struct dk_ledger_file *files; /* owned; of the ledger */
    size_t file_count;
    struct dk_archive_result *result;
    char warned[DK_ERROR_TEXT_MAX]; /* the last warning about a file that is not archived */
    bool incomplete;                /* there was one */
};

static bool is_archived(const struct job *job, const struct dk_ledger_file *file)
{
    size_t size = strlen(job->settings->archive_folder);
    return strncmp(file->path, job->settings->archive_folder, size) == 0 && file->path[size] == '/';
}

/* Whether the file stays where it is: outside the workspace, or in the archive, where a drop of
 * an earlier run was loaded again. */
static bool stays(const struct job *job, const struct dk_ledger_file *file)
{
    return file->path[0] == '/' || is_archived(job, file);
}

/* Whether the file is compressed in the archive. A zip or a packed tar is compressed already, and
 * could not be read as a drop any more. */
static bool packs(const struct job *job, const struct dk_ledger_file *file)
{
    static const char tar[] = ".tar";
    size_t size = strlen(file->name);
    bool plain = size > strlen(tar) && strcasecmp(file->name + size - strlen(tar), tar) == 0;
    return job->settings->zstd && (file->file != DK_DROP_FILES || plain);
}

/* Whether this process has parsed the drop. */
static bool is_parsed_now(const struct dk_archive_settings *settings,
                          const struct dk_ledger_drop *drop)
{
    return drop->run_id >= settings->first_run_id;
}

/* The archiving of one file. */
struct storing {
    const struct job *job;
    const struct dk_ledger_file *file;
    struct dk_place place;
    bool keep; /* a copy is stored, and the file stays */
    bool zstd; /* it is compressed in the archive */
    char name[NAME_MAX_BYTES];
    char target[PATH_MAX_BYTES];
    char hash[DK_HASH_HEX_MAX]; /* of what is stored; set once it is */
};

/* Copies to the target and, if the file is to move, removes the original. */
static enum dk_status store_copy(struct storing *storing, struct dk_error *err)
{
    const struct dk_copy copy = {
        .source = &storing->place,
        .target = storing->target,
        .expected = storing->file->hash,
        .zstd = storing->zstd,
        .threads = storing->job->threads,
    };
    DK_RETURN_IF_ERROR(dk_copy_file(&copy, storing->hash, err));
    if (storing->keep)
        return DK_OK;
    /* The copy has the bytes that were parsed; the original may have changed meanwhile. */
    struct stat info;
    if (!dk_place_stat(&storing->place, &info))
        return dk_error_errno(err, DK_ERR_IO, errno, "can't check", storing->file->path);
    DK_RETURN_IF_ERROR(dk_move_verify(&storing->place, storing->file, &info, err));
    return dk_place_remove(&storing->place, err);
}

static enum dk_status store_move(struct storing *storing, const struct stat *info,
                                 struct dk_error *err)
{
    const struct job *job = storing->job;
    const char *path = storing->file->path;
    /* What another run parsed may be gone by a power cut that left inode, size and times. */
    bool parsed_now = is_parsed_now(job->settings, job->drop);
    DK_RETURN_IF_ERROR(parsed_now ? dk_move_verify(&storing->place, storing->file, info, err)
                                  : dk_move_verify_bytes(&storing->place, storing->file, err));
    DK_RETURN_IF_ERROR(dk_file_sync(path, err));
    if (dk_place_rename(&storing->place, storing->target) != 0) {
        if (errno == EXDEV)
            return store_copy(storing, err);
        return dk_error_errno(err, DK_ERR_IO, errno, "can't move into the archive", path);
    }
    memcpy(storing->hash, storing->file->hash, DK_HASH_HEX_MAX);
    DK_RETURN_IF_ERROR(dk_folder_sync(job->folder, err));
    return dk_folder_sync_of(path, err);
}

/* Removes the original of a stored file, unless another file has replaced it: that belongs to the
 * next drop. */
static enum dk_status remove_original(const struct storing *storing, const struct stat *info,
                                      struct dk_error *err)
{
    struct dk_error why = {0};
    enum dk_status status = dk_move_verify(&storing->place, storing->file, info, &why);
    if (status == DK_OK)
        return dk_place_remove(&storing->place, err);
    if (status == DK_ERR_REFUSED)
        return dk_folder_sync_of(storing->file->path, err);
    if (err)
        *err = why;
    return status;
}

/* The target exists: a run was interrupted after it stored the file and before it recorded that.
 * The right contents count as stored. */
static enum dk_status find_stored(struct storing *storing, struct dk_error *err)
{
    const struct dk_place target = dk_place_of(storing->target);
    char contents[DK_HASH_HEX_MAX];
    struct stat info;
    DK_RETURN_IF_ERROR(dk_copy_contents_hash(&target, storing->zstd, contents, err));
    if (strcmp(contents, storing->file->hash) != 0)
        return dk_archive_error_in_the_way(storing->target, storing->file->path, err);
    DK_RETURN_IF_ERROR(dk_hash_file(storing->target, storing->hash, NULL, err));
    /* That run may have been killed before it synced either folder. */
    DK_RETURN_IF_ERROR(dk_file_sync(storing->target, err));
    if (!dk_place_stat(&storing->place, &info))
        return dk_move_sync_left(&storing->place, err);
    return storing->keep ? DK_OK : remove_original(storing, &info, err);
}

/* A name that has no room for the ending is cut. */
static void name_target(struct storing *storing)
{
    char name[NAME_MAX + 1];
    bool zstd = storing->zstd;
    dk_text_format(name, zstd ? sizeof(name) - strlen(PACKED) : sizeof(name), "%s",
                   dk_path_name(storing->file->name));
    snprintf(storing->name, sizeof(storing->name), "%s%s", name, zstd ? PACKED : "");
    snprintf(storing->target, sizeof(storing->target), "%s/%s", storing->job->folder,
             storing->name);
}

/* Where the file goes, or is already: the interrupted run may have had another archive.compress. */
static void find_target(struct storing *storing)
{
    bool zstd = packs(storing->job, storing->file);
    storing->zstd = !zstd;
    name_target(storing);
    if (dk_path_exists(storing->target))
        return;
    storing->zstd = zstd;
    name_target(storing);
}

/* Several deliveries may share one profile, which the archiving of the first one has moved: its
 * copy for later drops has the same bytes. */
static bool find_moved_profile(const struct storing *storing, char path[PATH_MAX_BYTES])
{
    const char *folder = storing->job->settings->profile_folder;
    char hash[DK_HASH_HEX_MAX];
    if (storing->file->file != DK_DROP_PROFILE || !folder)
        return false;
    snprintf(path, PATH_MAX_BYTES, "%s/%s", folder, dk_path_name(storing->file->path));
    return dk_path_exists(path) && dk_hash_file(path, hash, NULL, NULL) == DK_OK &&
           strcmp(hash, storing->file->hash) == 0;
}

static enum dk_status store_in_folder(struct storing *storing, struct dk_error *err)
{
    char moved[PATH_MAX_BYTES];
    const char *path = storing->file->path;
    struct stat info;
    DK_RETURN_IF_ERROR(dk_place_open(&storing->place, path, storing->job->settings->origins, err));
    if (dk_path_exists(storing->target))
        return find_stored(storing, err);
    bool there = dk_place_stat(&storing->place, &info);
    if (!there && find_moved_profile(storing, moved)) {
        dk_place_close(&storing->place);
        storing->place = dk_place_of(moved);
        return store_copy(storing, err);
    }
    if (!there)
        return dk_error_set(err, DK_ERR_REFUSED, "'%s' disappeared after it was loaded", path);
    return storing->keep || storing->zstd ? store_copy(storing, err)
                                          : store_move(storing, &info, err);
}

/* Several drops may have been loaded from one file: the archiving of the first one moved it, and a
 * copy from there is as good, unless it was damaged since. A link to it takes no room, where the
 * file system has links. */
static bool store_again(struct storing *storing)
{
    const struct job *job = storing->job;
    struct dk_ledger_copy found;
    bool is_found = false;
    char path[PATH_MAX_BYTES];
    char hash[DK_HASH_HEX_MAX];
    if (dk_ledger_copy_find(job->store, storing->file->hash, &found, &is_found, NULL) != DK_OK ||
        !is_found)
        return false;
    storing->zstd = strcmp(found.stored_hash, storing->file->hash) != 0;
    name_target(storing);
    snprintf(path, sizeof(path), "%s/%s", found.folder, found.stored);
    if (dk_path_exists(storing->target))
        return true; /* the caller compares it */
    if (dk_hash_file(path, hash, NULL, NULL) != DK_OK || strcmp(hash, found.stored_hash) != 0)
        return false;
    if (link(path, storing->target) == 0)
        return true;
    const struct dk_place source = dk_place_of(path);
    const struct dk_copy copy = {
        .source = &source, .target = storing->target, .expected = found.stored_hash};
    return dk_copy_file(&copy, hash, NULL) == DK_OK;
}

/* A file that somebody took away or wrote over since it was loaded can't be archived any more, nor
 * one whose folder was replaced. Its rows are safe; what is there now is left alone, with a
 * warning. */
static void pass_over(struct job *job, const struct dk_error *why)
{
    job->incomplete = true;
    if (strcmp(job->warned, why->message) == 0)
        return; /* of a folder, one warning is enough */
    dk_text_format(job->warned, sizeof(job->warned), "%s", why->message);
    dk_observer_notice(job->observer, DK_LEVEL_WARNING,
                       "%s; the archive '%s' does not contain it, but its rows are loaded",
                       why->message, job->folder);
}

static enum dk_status store_file(struct job *job, struct dk_ledger_file *file, struct dk_error *err)
{
    struct dk_error why = {0};
    struct storing storing = {.job = job,
                              .file = file,
                              .keep = file->file == DK_DROP_PROFILE,
                              .place = {.folder = DK_PLACE_GONE}};
    find_target(&storing);
    enum dk_status status = store_in_folder(&storing, &why);
    if (status == DK_ERR_REFUSED && store_again(&storing))
        status = find_stored(&storing, &why);
    dk_place_close(&storing.place);
    if (status == DK_ERR_REFUSED) {
        pass_over(job, &why);
        return DK_OK;
    }
    if (status != DK_OK) {
        if (err)
            *err = why;
        return status;
    }
    memcpy(file->stored, storing.name, sizeof(file->stored));
    memcpy(file->stored_hash, storing.hash, sizeof(file->stored_hash));
    return dk_ledger_file_stored(job->store, job->drop->drop_id, file->file, file->stored,
                                 file->stored_hash, err);
}

/* Whether a row of the ledger is a file on disk of its own: a member of an archive is not. */
static bool is_stored_alone(const struct job *job, const struct dk_ledger_file *file)
{
    bool archive = false;
    for (size_t i = 0; i < job->file_count; i++)
        archive = archive || job->files[i].file == DK_DROP_FILES;
    /* A drop in an archive file may take its profile from the workspace: that one is on disk. */
    return !archive || file->file == DK_DROP_FILES || file->inode != 0;
}

static enum dk_status store_files(struct job *job, struct dk_error *err)
{
    for (size_t i = 0; i < job->file_count; i++) {
        struct dk_ledger_file *file = &job->files[i];
        if (!is_stored_alone(job, file) || stays(job, file))
            continue;
        if (file->stored[0] == '\0')
            DK_RETURN_IF_ERROR(store_file(job, file, err));
        if (file->stored[0] != '\0') {
            job->result->files++;
            job->result->size_bytes += file->size_bytes;
        }
        dk_observer_progress(job->observer, "archive", i + 1, job->file_count, "files");
    }
    return DK_OK;
}

/* It describes what happened to the files before they were archived. */
static void remove_beside(const struct job *job, const char *path)
{
    struct dk_error err = {0};
    struct dk_place place;
    struct stat info;
    if (dk_place_open(&place, path, job->settings->origins, NULL) != DK_OK)
        return; /* the folder was replaced: it is somebody else's */
    if (dk_place_stat(&place, &info) && S_ISREG(info.st_mode) &&
        dk_place_remove(&place, &err) != DK_OK)
        dk_observer_notice(job->observer, DK_LEVEL_WARNING, "%s", err.message);
    dk_place_close(&place);
}

static enum dk_status remove_outdated(const struct job *job, struct dk_error *err)
{
    const struct dk_ledger_file *file = NULL; /* any that moved */
    for (size_t i = 0; i < job->file_count && !file; i++)
        if (is_stored_alone(job, &job->files[i]) && !stays(job, &job->files[i]) &&
            job->files[i].file != DK_DROP_PROFILE)
            file = &job->files[i];
    if (!file || !job->settings->outdated)
        return DK_OK;
    char *folder = dk_path_folder(file->path);
    char *path = folder ? dk_path_join(folder, job->settings->outdated) : NULL;
    if (path)
        remove_beside(job, path);
    enum dk_status status = path ? DK_OK : dk_error_nomem(err, "archive", file->path);
    free(path);
    free(folder);
    return status;
}

/* A profile that came with the logs goes where the next drop looks for one. */
static enum dk_status move_profile(const struct job *job, struct dk_error *err)
{
    for (size_t i = 0; i < job->file_count; i++) {
        const struct dk_ledger_file *file = &job->files[i];
        if (file->file != DK_DROP_PROFILE || file->stored[0] == '\0' ||
            job->settings->profile_stays)
            continue;
        const struct dk_profile_move move = {
            .file = file,
            .duplicate = job->drop->duplicate_of != 0 && !job->settings->profile_is_new,
            .archive_folder = job->folder,
            .profile_folder = job->settings->profile_folder,
            .origins = job->settings->origins,
            .observer = job->observer,
        };
        return dk_profile_move(&move, err);
    }
    return DK_OK;
}

/* Copies the export along; its line goes into the manifest. */
static enum dk_status store_export(struct job *job, struct dk_manifest_lines *lines,
                                   struct dk_error *err)
{
    const struct dk_archive_settings *settings = job->settings;
    if (!settings->export_path)
        return DK_OK;
    char stored[NAME_MAX_BYTES];
    char target[PATH_MAX_BYTES];
    char stored_hash[DK_HASH_HEX_MAX];
    snprintf(stored, sizeof(stored), "%s%s", dk_path_name(settings->export_path),
             settings->zstd ? PACKED : "");
    snprintf(target, sizeof(target), "%s/%s", job->folder, stored);
    const struct dk_place source = dk_place_of(settings->export_path);
    const struct dk_copy copy = {
        .source = &source,
        .target = target,
        .expected = settings->export_hash,
        .zstd = settings->zstd,
        .threads = job->threads,
    };
    DK_RETURN_IF_ERROR(dk_copy_file(&copy, stored_hash, err));
    job->result->files++;
    return dk_manifest_lines_add(lines, stored_hash, stored, err);
}

/* A file that stays, by a name that holds in the archive's folder. */
static enum dk_status add_where_it_is(const struct job *job, struct dk_manifest_lines *lines,
                                      const struct dk_ledger_file *file, struct dk_error *err)
{
    char name[PATH_MAX_BYTES];
    if (!is_archived(job, file))
        return dk_manifest_lines_add(lines, file->hash, file->path, err);
    dk_text_format(name, sizeof(name), "../%s",
                   file->path + strlen(job->settings->archive_folder) + 1);
    return dk_manifest_lines_add(lines, file->hash, name, err);
}

/* Compressed, a file is stored under another name. */
static bool is_packed(const struct dk_ledger_file *file)
{
    return file->stored[0] != '\0' && strcmp(file->stored, dk_path_name(file->name)) != 0;
}

/* What the manifests say, from the ledger's rows. */
static enum dk_status list_files(const struct job *job, struct dk_manifest_lines *stored,
                                 struct dk_manifest_lines *contents, struct dk_error *err)
{
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < job->file_count; i++) {
        const struct dk_ledger_file *file = &job->files[i];
        if (!is_stored_alone(job, file))
            status = dk_manifest_lines_add(contents, file->hash, file->name, err);
        else if (stays(job, file))
            status = add_where_it_is(job, stored, file, err);
        else if (file->stored[0] != '\0')
            status = dk_manifest_lines_add(stored, file->stored_hash, file->stored, err);
        if (status == DK_OK && is_packed(file))
            status = dk_manifest_lines_add(contents, file->hash, dk_path_name(file->name), err);
    }
    return status;
}

/* Where the drop is now, seen from the folder: see record.h. */
static void name_drop(const struct job *job, char *text, size_t cap)
{
    const struct dk_ledger_file *main = NULL; /* the archive file, or else any sensor's */
    for (size_t i = 0; i < job->file_count; i++)
        if (job->files[i].file != DK_DROP_PROFILE)
            main = &job->files[i];
    bool file = main && main->file == DK_DROP_FILES && main->stored[0] != '\0';
    if (!main || !stays(job, main))
        dk_text_format(text, cap, "%s", file ? main->stored : ".");
    else if (!is_archived(job, main))
        dk_text_format(text, cap, "%s", job->drop->source);
    else
        dk_text_format(text, cap, "..%s",
                       job->drop->source + strlen(job->settings->archive_folder));
}

static enum dk_status write_record(struct job *job, struct dk_manifest_lines *stored,
                                   struct dk_error *err)
{
    char where[PATH_MAX_BYTES];
    char hash[DK_HASH_HEX_MAX];
    name_drop(job, where, sizeof(where));
    const struct dk_record_source source = {
        .store = job->store,
        .drop = job->drop,
        .files = job->files,
        .file_count = job->file_count,
        .where = where,
        .incomplete = job->incomplete,
    };
    DK_RETURN_IF_ERROR(dk_record_write(&source, job->folder, hash, err));
    return dk_manifest_lines_add(stored, hash, DK_ARCHIVE_RECORD, err);
}

static enum dk_status write_lists(struct job *job, struct dk_manifest_lines *stored,
                                  struct dk_manifest_lines *contents, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(list_files(job, stored, contents, err));
    DK_RETURN_IF_ERROR(dk_profile_list_earlier(job->folder, stored, &job->result->files, err));
    DK_RETURN_IF_ERROR(store_export(job, stored, err));
    DK_RETURN_IF_ERROR(write_record(job, stored, err));
    DK_RETURN_IF_ERROR(dk_manifest_lines_write(stored, job->folder, DK_ARCHIVE_MANIFEST, err));
    if (contents->count == 0)
        return DK_OK;
    return dk_manifest_lines_write(contents, job->folder, DK_ARCHIVE_CONTENTS, err);
}

static enum dk_status write_manifests(struct job *job, struct dk_error *err)
{
    struct dk_manifest_lines stored = {0};
    struct dk_manifest_lines contents = {0};
    enum dk_status status = write_lists(job, &stored, &contents, err);
    dk_manifest_lines_reset(&stored);
    dk_manifest_lines_reset(&contents);
    return status;
}

static enum dk_status archive_inner(struct job *job, struct dk_error *err)
{
    DK_RETURN_IF_ERROR(
        dk_ledger_files(job->store, job->drop->drop_id, &job->files, &job->file_count, err));
    DK_RETURN_IF_ERROR(dk_folder_make(job->folder, err));
    DK_RETURN_IF_ERROR(dk_folder_sync(job->settings->archive_folder, err));
    /* A run that was killed may have moved files there that are not on the disk yet. */
    DK_RETURN_IF_ERROR(dk_folder_sync(job->folder, err));
    DK_RETURN_IF_ERROR(store_files(job, err));
    if (job->incomplete)
        dk_observer_notice(job->observer, DK_LEVEL_WARNING,
                           "'%s' is incomplete: 'derrick init --rebuild' can't load the drop again "
                           "from there; keep a backup of the database",
                           job->folder);
    DK_RETURN_IF_ERROR(move_profile(job, err));
    DK_RETURN_IF_ERROR(write_manifests(job, err));
    DK_RETURN_IF_ERROR(remove_outdated(job, err));
    return dk_ledger_archive_end(job->store, job->drop->drop_id, err);
}

/* "archive/2023-06-01-run7", with "-2", ... behind where that folder is another drop's. */
static void name_folder(const struct dk_archive_settings *settings,
                        const struct dk_ledger_drop *drop, char *text, size_t size)
{
    long long run_id = is_parsed_now(settings, drop) ? drop->run_id : settings->run_id;
    struct tm date;
    time_t now = time(NULL);
    gmtime_r(&now, &date);
    char day[16];
    (void)strftime(day, sizeof(day), "%Y-%m-%d", &date); /* ten digits and dashes always fit */
    snprintf(text, size, "%s/%s-run%lld", settings->archive_folder, day, run_id);
    for (int number = 2; dk_path_exists(text) && number < 1000; number++)
        snprintf(text, size, "%s/%s-run%lld-%d", settings->archive_folder, day, run_id, number);
}

enum dk_status dk_archive_drop(struct dk_store *store, const struct dk_ledger_drop *drop,
                               const struct dk_archive_settings *settings,
                               const struct dk_observer *observer, struct dk_archive_result *result,
                               struct dk_error *err)
{
    *result = (struct dk_archive_result){0};
    if (drop->archive_folder[0] != '\0') {
        snprintf(result->folder, sizeof(result->folder), "%s", drop->archive_folder);
    } else {
        name_folder(settings, drop, result->folder, sizeof(result->folder));
        DK_RETURN_IF_ERROR(dk_ledger_archive_begin(store, drop->drop_id, result->folder, err));
    }
    struct job job = {
        .store = store,
        .drop = drop,
        .settings = settings,
        .observer = observer,
        .folder = result->folder,
        .threads = settings->threads ? settings->threads : dk_team_threads_default(),
        .result = result,
    };
    enum dk_status status = archive_inner(&job, err);
    free(job.files);
    return status;
}

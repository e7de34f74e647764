/* A drop that is an archive: only the names of its members count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "finder.h"
#include "problems.h"
#include "refuse.h"
#include "stream.h"
#include "window.h"

/* Profiles are weighed once all sensors are known. */
#define PROFILES_MAX 8

struct profiles {
    char *paths[PROFILES_MAX]; /* owned */
    uint64_t size_bytes[PROFILES_MAX];
    size_t count;
};

/* Bytes that could control a terminal are not shown. */
static char shown(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f ? '?' : c;
}

/* "<archive>:<member>" on the heap. */
static char *show_path(const char *archive, const char *member)
{
    char *text = NULL;
    if (asprintf(&text, "%s:%s", archive, member) < 0)
        return NULL;
    for (char *at = text + strlen(archive); *at; at++)
        *at = shown(*at);
    return text;
}

int dk_drop_member_find(const struct dk_drop *drop, const char *path)
{
    size_t archive = strlen(drop->path) + 1;
    for (int i = 0; i < DK_DROP_FILES; i++) {
        size_t at = 0;
        if (!dk_drop_is_member(drop, i))
            continue;
        const char *member = drop->files[i].path + archive;
        while (path[at] && member[at] == shown(path[at]))
            at++;
        if (path[at] == member[at])
            return i;
    }
    return -1;
}

static enum dk_status refuse_encrypted(const char *path, struct dk_error *err)
{
    return DK_REFUSE(err, path, "unpack it with its password, then name the folder",
                     "'%s' is encrypted", path);
}

static enum dk_status refuse_packed(const char *path, struct dk_error *err)
{
    return DK_REFUSE(err, path, "unpack the archive, then name the folder",
                     "'%s' is compressed within the archive", path);
}

/* A member that has the name of a file of the drop, but is not a file. */
static enum dk_status refuse_member(const struct dk_stream_member *member, const char *path,
                                    struct dk_error *err)
{
    if (!member->is_hard_link)
        return dk_finder_no_file(path, "not a regular file in the archive", err);
    return DK_REFUSE(err, path,
                     "make the tar with --hard-dereference, which stores the file itself",
                     "can't read '%s': it is a hard link to another member of the archive", path);
}

static enum dk_status add_profile(struct profiles *profiles, const char *path, uint64_t size_bytes,
                                  struct dk_error *err)
{
    if (profiles->count == PROFILES_MAX)
        return dk_finder_two_profiles(profiles->paths[0], path, err);
    char *copy = strdup(path);
    if (!copy)
        return dk_error_nomem(err, "list", path);
    profiles->paths[profiles->count] = copy;
    profiles->size_bytes[profiles->count++] = size_bytes;
    return DK_OK;
}

/* What the member's name says. A folder's path ends in a slash, which goes off `path`, too. */
static struct dk_name read_name(const struct dk_finder *finder,
                                const struct dk_stream_member *member, char *path)
{
    size_t size = strlen(path);
    if (!member->is_file && path[size - 1] == '/')
        path[size - 1] = '\0';
    if (dk_name_is_hidden_path(member->path))
        return (struct dk_name){.kind = DK_NAME_NEVER, .file = -1};
    return dk_name_read(dk_drop_base_name(finder->drop, path), finder->search->ignore);
}

/* A member that is not read. The folder of the profile has the profile's name, but is not a
 * profile. */
static enum dk_status note(struct dk_finder *finder, const struct dk_stream_member *member,
                           const struct dk_name *name, const char *path, struct dk_error *err)
{
    enum dk_near near = dk_finder_near(name);
    if (!member->is_file && near != DK_NEAR_TRANSFER)
        near = DK_NEAR_ELSEWHERE;
    if (!member->is_file && strcasecmp(dk_drop_base_name(finder->drop, path), "profile") == 0)
        return DK_OK;
    return dk_finder_note(finder, name->files, near, path, err);
}

/* *file is what the member is of the drop. */
static enum dk_status add_member(struct dk_finder *finder, const struct dk_stream_member *member,
                                 struct profiles *profiles, int *file, struct dk_error *err)
{
    char *path = show_path(finder->drop->path, member->path);
    if (!path)
        return dk_error_nomem(err, "list", finder->drop->path);
    struct dk_name name = read_name(finder, member, path);
    struct dk_drop_file found = {.size_bytes = member->size_bytes};
    enum dk_status status = DK_OK;
    if (name.kind != DK_NAME_RECOGNISED)
        status = note(finder, member, &name, path, err);
    else if (!member->is_file)
        status = refuse_member(member, path, err);
    else if (member->is_encrypted)
        status = refuse_encrypted(path, err);
    else if (name.is_packed)
        status = refuse_packed(path, err);
    else if (name.file == DK_DROP_PROFILE)
        status = add_profile(profiles, path, member->size_bytes, err);
    else
        status = dk_finder_take(finder, name.file, path, &found, err);
    *file = name.kind == DK_NAME_RECOGNISED ? name.file : -1;
    free(path);
    return status;
}

/* Whether two members are in the same folder. */
static bool are_beside(const char *left, const char *right)
{
    size_t size = (size_t)(dk_path_name(left) - left);
    return size == (size_t)(dk_path_name(right) - right) && strncmp(left, right, size) == 0;
}

/* The profile beside the first sensor's file, else the only one there is. */
static enum dk_status take_profile(struct dk_finder *finder, const struct profiles *profiles,
                                   struct dk_error *err)
{
    const char *sensor = NULL;
    for (int i = 0; !sensor && i < DK_SENSORS; i++)
        sensor = finder->drop->files[i].path;
    bool beside = false;
    for (size_t i = 0; sensor && i < profiles->count; i++)
        beside = beside || are_beside(sensor, profiles->paths[i]);
    enum dk_status status = DK_OK;
    for (size_t i = 0; status == DK_OK && i < profiles->count; i++) {
        struct dk_drop_file found = {.size_bytes = profiles->size_bytes[i]};
        if (!beside || are_beside(sensor, profiles->paths[i]))
            status = dk_finder_take(finder, DK_DROP_PROFILE, profiles->paths[i], &found, err);
    }
    return status;
}

/* Passes over file `file` of a compressed tar, which is to unpack it: so not past a line that a
 * cohort has no room for. */
static enum dk_status pass_member(struct dk_finder *finder, struct dk_stream *stream, int file,
                                  struct dk_window *window, struct dk_error *err)
{
    const uint64_t readings_max = finder->search->readings_max;
    struct dk_problem problem = {
        .file = (uint8_t)file, .kind = DK_PROBLEM_CALENDAR, .expected = readings_max};
    struct dk_source source;
    struct dk_lines lines;
    bool too_long = false;
    bool room = true;
    enum dk_status status = DK_OK;
    dk_lines_init(&lines);
    dk_source_member(&source, stream, finder->drop->path);
    while (status == DK_OK && room && !too_long && !lines.ended) {
        status = dk_window_read(window, &lines, &source, NULL, &too_long, err);
        for (size_t i = 0; status == DK_OK && room && i < window->rows; i++) {
            struct dk_row row = dk_window_row(window, i);
            room = dk_row_has_room(&row, readings_max);
            problem.line = (uint32_t)row.line;
            problem.offset = row.offset;
        }
    }
    if (room && too_long)
        problem.kind = DK_PROBLEM_ROW_HUGE;
    if (status == DK_OK && (too_long || !room))
        status = dk_problem_refuse(&problem, finder->drop, err);
    dk_lines_reset(&lines);
    return status;
}

static enum dk_status list_members(struct dk_finder *finder, struct dk_stream *stream,
                                   struct profiles *profiles, struct dk_window *window,
                                   struct dk_error *err)
{
    struct dk_stream_member member = {0};
    bool found = true;
    for (;;) {
        int file = -1;
        DK_RETURN_IF_ERROR(dk_stream_next(stream, &member, &found, err));
        if (!found)
            return DK_OK;
        DK_RETURN_IF_ERROR(add_member(finder, &member, profiles, &file, err));
        if (file >= 0 && finder->search->readings_max > 0 && dk_stream_is_packed(stream))
            DK_RETURN_IF_ERROR(pass_member(finder, stream, file, window, err));
    }
}

/* Refuses an archive that has the name of one sensor and only that sensor's file: then each sensor
 * has an archive of its own, and the others are not missing. */
static enum dk_status check_whole(const struct dk_finder *finder, struct dk_error *err)
{
    const struct dk_drop *drop = finder->drop;
    struct dk_name name = dk_name_read(dk_path_name(drop->path), NULL);
    uint32_t held = ~dk_finder_absent(finder) & DK_FINDER_SENSORS;
    if (held == 0 || (held & (held - 1)) != 0 || !(name.files & held))
        return DK_OK;
    return DK_REFUSE(
        err, drop->path,
        "unpack the archives of all sensors into one folder, or put all files into one archive",
        "'%s' contains the file of one sensor, not a whole drop", drop->path);
}

enum dk_status dk_finder_archive(struct dk_finder *finder, struct dk_error *err)
{
    struct profiles profiles = {0};
    struct dk_stream *stream = NULL;
    struct dk_window window = {0};
    enum dk_status status = dk_stream_open(finder->drop->path, &stream, err);
    if (status == DK_OK)
        status = list_members(finder, stream, &profiles, &window, err);
    if (status == DK_OK)
        status = take_profile(finder, &profiles, err);
    if (status == DK_OK)
        status = check_whole(finder, err);
    dk_stream_close(stream);
    dk_window_reset(&window);
    for (size_t i = 0; i < profiles.count; i++)
        free(profiles.paths[i]);
    return status;
}

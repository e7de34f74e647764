/* The identity of a workspace: one line in a file of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/host.h"
#include "pipeline/pipeline.h"

#define UUID_BYTES 16

bool dk_uuid_is_valid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < sizeof(form); i++) {
        bool fits = form[i] == 'x' ? text[i] != '\0' && strchr("0123456789abcdef", text[i]) != NULL
                                   : text[i] == form[i];
        if (!fits)
            return false;
    }
    return true;
}

enum dk_status dk_uuid_make(char uuid[DK_WORKSPACE_ID_MAX], struct dk_error *err)
{
    unsigned char bytes[UUID_BYTES];
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return dk_error_errno(err, DK_ERR_FAILED, errno, "can't get random bytes", NULL);
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* RFC 9562, 5.4: version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    size_t at = 0;
    for (size_t i = 0; i < UUID_BYTES; i++)
        at += (size_t)snprintf(uuid + at, DK_WORKSPACE_ID_MAX - at, "%s%02x",
                               i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    return DK_OK;
}

static enum dk_status refuse(const char *path, struct dk_error *err)
{
    dk_error_set(err, DK_ERR_CONFIG, "'%s' does not contain the identity of a workspace", path);
    dk_error_hint(err, "restore it from a backup, or remove it: the next run makes a new one");
    return DK_ERR_CONFIG;
}

static enum dk_status read_line(int fd, const char *path, char id[DK_WORKSPACE_ID_MAX],
                                struct dk_error *err)
{
    char text[DK_WORKSPACE_ID_MAX + 2] = "";
    ssize_t got = read(fd, text, sizeof(text));
    if (got < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    if (got == (ssize_t)sizeof(text))
        return refuse(path, err);
    text[strcspn(text, "\r\n")] = '\0';
    if (!dk_uuid_is_valid(text))
        return refuse(path, err);
    memcpy(id, text, DK_WORKSPACE_ID_MAX);
    return DK_OK;
}

static enum dk_status read_file(const char *path, char id[DK_WORKSPACE_ID_MAX], uint64_t *inode,
                                struct dk_error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return DK_OK;
    if (fd < 0)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't open", path);
    enum dk_status status = DK_OK;
    if (fstat(fd, &info) != 0)
        status = dk_error_errno(err, DK_ERR_IO, errno, "can't read", path);
    else if (!S_ISREG(info.st_mode))
        status = refuse(path, err);
    else
        status = read_line(fd, path, id, err);
    if (status == DK_OK)
        *inode = info.st_ino;
    close(fd);
    return status;
}

enum dk_status dk_workspace_id_read(const char *folder, char id[DK_WORKSPACE_ID_MAX],
                                    uint64_t *inode, struct dk_error *err)
{
    id[0] = '\0';
    *inode = 0;
    char *path = dk_path_join(folder, DK_WORKSPACE_IDENTITY);
    enum dk_status status = path ? read_file(path, id, inode, err)
                                 : dk_error_nomem(err, "read the identity of", folder);
    free(path);
    return status;
}

enum dk_status dk_workspace_identify(struct dk_workspace *workspace, bool make,
                                     struct dk_error *err)
{
    char id[DK_WORKSPACE_ID_MAX];
    char line[DK_WORKSPACE_ID_MAX + 1];
    enum dk_status status = dk_workspace_id_read(".", workspace->id, &workspace->inode, err);
    if (status != DK_OK || workspace->id[0] || !make)
        return status;
    DK_RETURN_IF_ERROR(dk_uuid_make(id, err));
    int size = snprintf(line, sizeof(line), "%s\n", id);
    DK_RETURN_IF_ERROR(dk_file_put(DK_WORKSPACE_IDENTITY, line, (size_t)size, err));
    return dk_workspace_id_read(".", workspace->id, &workspace->inode, err);
}

/* --- in the ledger -------------------------------------------------------------------------- */

/* The path as a database takes it: not every server takes bytes that are not UTF-8. */
static enum dk_status find_place(struct dk_ledger_workspace *here, struct dk_error *err)
{
    char *path = realpath(".", NULL);
    if (!path)
        return dk_error_errno(err, DK_ERR_IO, errno, "can't find the path of the workspace", NULL);
    bool clean = dk_text_is_clean(path);
    for (char *at = path; !clean && *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    dk_text_format(here->path, sizeof(here->path), "%s", path);
    free(path);
    char host[DK_HOST_NAME_MAX];
    dk_host_name(host);
    dk_text_format(here->host, sizeof(here->host), "%s", host);
    return DK_OK;
}

enum dk_status dk_workspace_place(const struct dk_workspace *workspace,
                                  struct dk_ledger_workspace *here, struct dk_error *err)
{
    *here = (struct dk_ledger_workspace){.inode = workspace->inode};
    memcpy(here->workspace_id, workspace->id, sizeof(here->workspace_id));
    return find_place(here, err);
}

bool dk_workspace_is_here(const struct dk_ledger_workspace *row,
                          const struct dk_ledger_workspace *here)
{
    return strcmp(row->host, here->host) == 0 && strcmp(row->path, here->path) == 0;
}

/* Whether the ledger saw this identity in another workspace, which may still be in use. The same
 * file under another path or seen from another host is a share, or a workspace that was moved
 * within its disk. On this host it is certain: the other workspace is there or it is not. */
static bool is_used_elsewhere(const struct dk_ledger_workspace *known,
                              const struct dk_ledger_workspace *here)
{
    char id[DK_WORKSPACE_ID_MAX];
    uint64_t inode = 0;
    if (dk_workspace_is_here(known, here) || known->inode == here->inode)
        return false;
    if (strcmp(known->host, here->host) != 0)
        return true;
    return dk_workspace_id_read(known->path, id, &inode, NULL) == DK_OK &&
           strcmp(id, here->workspace_id) == 0 && inode != here->inode;
}

static void warn_used_elsewhere(const struct dk_pipeline *pipeline,
                                const struct dk_ledger_workspace *known)
{
    dk_observer_notice(
        pipeline->observer, DK_LEVEL_WARNING,
        "this workspace has the identity of '%s' on '%s', which was used last at %s UTC: if both "
        "are in use, remove '%s' from the copy, and its next run makes a new one",
        known->path, known->host, known->last_seen, DK_WORKSPACE_IDENTITY);
}

enum dk_status dk_pipeline_identify(struct dk_pipeline *pipeline, struct dk_error *err)
{
    struct dk_ledger_workspace here = {0};
    struct dk_ledger_workspace known = {0};
    bool found = false;
    DK_RETURN_IF_ERROR(dk_workspace_identify(&pipeline->workspace, true, err));
    DK_RETURN_IF_ERROR(dk_workspace_place(&pipeline->workspace, &here, err));
    DK_RETURN_IF_ERROR(
        dk_ledger_workspace_get(pipeline->store, here.workspace_id, &known, &found, err));
    if (found && is_used_elsewhere(&known, &here))
        warn_used_elsewhere(pipeline, &known);
    dk_ledger_workspace_use(pipeline->store, &here);
    return DK_OK;
}

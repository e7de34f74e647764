/*
 * The workspace: the folder that holds a rig's drops, database, exports and archive.
 *
 * It is the current folder of the process, so that paths in it are short in messages, and true
 * wherever the share is mounted. Its lock is a file in it, and ends with the process that holds it.
 *
 * Its identity is a random UUID in another file. It goes where the workspace goes, so that a
 * database that several workspaces share can tell them apart, wherever they are mounted and
 * whatever rig they are set to.
 */
#ifndef DK_PIPELINE_WORKSPACE_H
#define DK_PIPELINE_WORKSPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/observer.h"
#include "base/status.h"
#include "store/ledger.h"

#define DK_WORKSPACE_CONFIG "derrick.ini"
#define DK_WORKSPACE_LOGS "logs"
#define DK_WORKSPACE_PROFILE "profile"
#define DK_WORKSPACE_CSV "csv"
#define DK_WORKSPACE_S3 "aws_s3"
#define DK_WORKSPACE_ARCHIVE "archive"
#define DK_WORKSPACE_QUARANTINE "quarantine"
#define DK_WORKSPACE_LOCK ".derrick.lock"
#define DK_WORKSPACE_IDENTITY ".derrick-workspace"
/* What a run says about a delivery, beside its files. */
#define DK_WORKSPACE_DELIVERY_REPORT "DERRICK-REPORT.txt"

struct dk_workspace {
    int lock_fd;                  /* -1: not locked */
    char id[DK_WORKSPACE_ID_MAX]; /* its identity; "": not made, or not read yet */
    uint64_t inode;               /* of the file that holds it */
};

void dk_workspace_init(struct dk_workspace *workspace);

/* Makes the folders that are not there; *made (may be NULL) grows by their number. */
enum dk_status dk_workspace_make(unsigned *made, struct dk_error *err) DK_CHECK;

/* What the current folder would need to be a workspace that `config_path` configures: the name of a
 * folder or file; NULL: nothing. */
const char *dk_workspace_missing(const char *config_path);

/* What the output `path` would replace that derrick needs: *own is "in the archive of a workspace",
 * "the database", ... for a sentence; NULL: nothing. It counts where the path really leads, through
 * links and "..", and in any workspace, not only in this one. `database` is the file of the
 * database (NULL: none). A delivery may go to logs/. */
enum dk_status dk_workspace_own(const char *path, const char *database, bool is_delivery,
                                const char **own, struct dk_error *err) DK_CHECK;

/* Finds the nearest folder above `folder` that is a workspace, as Git does: on the same file
 * system, and only where it belongs to this user or to root. *above is on the heap, or NULL.
 * DK_ERR_CONFIG: the nearest one belongs to another user. */
enum dk_status dk_workspace_find_above(const char *folder, char **above, struct dk_error *err)
    DK_CHECK;

/* Takes the lock, and clears away temporary files of processes that are no longer there.
 * DK_ERR_BUSY names the process that holds it, if that is known. */
enum dk_status dk_workspace_lock(struct dk_workspace *workspace, struct dk_error *err) DK_CHECK;
void dk_workspace_unlock(struct dk_workspace *workspace);

/* Whether text is a UUID in its usual form (RFC 9562, 4), in lower case. */
bool dk_uuid_is_valid(const char *text);
/* A random one (version 4). */
enum dk_status dk_uuid_make(char uuid[DK_WORKSPACE_ID_MAX], struct dk_error *err) DK_CHECK;

/* Reads the identity of the workspace in `folder`. A workspace without one is DK_OK with id "".
 * DK_ERR_CONFIG: the file is there and holds no identity. */
enum dk_status dk_workspace_id_read(const char *folder, char id[DK_WORKSPACE_ID_MAX],
                                    uint64_t *inode, struct dk_error *err) DK_CHECK;
/* Reads that of the current folder into the workspace; where there is none, `make` makes one, under
 * the workspace's lock. */
enum dk_status dk_workspace_identify(struct dk_workspace *workspace, bool make,
                                     struct dk_error *err) DK_CHECK;

/* The workspace's row in the ledger, as it would be written now. */
enum dk_status dk_workspace_place(const struct dk_workspace *workspace,
                                  struct dk_ledger_workspace *here, struct dk_error *err) DK_CHECK;
/* Whether a row of the ledger is of the folder that `here` is of, whatever its identity. */
bool dk_workspace_is_here(const struct dk_ledger_workspace *row,
                          const struct dk_ledger_workspace *here);

#endif

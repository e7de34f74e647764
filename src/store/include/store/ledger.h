/*
 * The ledger: which drop was loaded, exported, uploaded and archived, by which run, with which
 * hashes. It is the tables runs, drops, files, cohorts and publications of the same database, so
 * that it commits together with the rows. Times are UTC, as text "YYYY-MM-DD HH:MM:SS". No secret
 * is ever written. See docs/store.md.
 *
 * Lists come on the heap (the caller frees), NULL and 0 if there is nothing.
 */
#ifndef DK_STORE_LEDGER_H
#define DK_STORE_LEDGER_H

#include "store/store.h"

#define DK_TIME_TEXT_MAX 20

/* --- workspaces */

#define DK_WORKSPACE_ID_MAX 37 /* a UUID and a NUL */

/* A workspace as the last run in it recorded it. Several may share a database. */
struct dk_ledger_workspace {
    char workspace_id[DK_WORKSPACE_ID_MAX];
    char host[256];  /* the host's name */
    char path[1024]; /* absolute */
    uint64_t inode;  /* of the file that holds the identity */
    char first_seen[DK_TIME_TEXT_MAX];
    char last_seen[DK_TIME_TEXT_MAX];
};

/* From now on runs, drops and exports are recorded as those of this workspace (its id "": of none),
 * and only its exports are found. It is copied; the times are not used. */
void dk_ledger_workspace_use(struct dk_store *store, const struct dk_ledger_workspace *workspace);
/* The workspace of that identity; *found. */
enum dk_status dk_ledger_workspace_get(struct dk_store *store, const char *workspace_id,
                                       struct dk_ledger_workspace *workspace, bool *found,
                                       struct dk_error *err) DK_CHECK;
/* Records where the workspace in use is, and that it was seen now. dk_ledger_run_begin does the
 * same. Commits by itself. */
enum dk_status dk_ledger_workspace_put(struct dk_store *store, struct dk_error *err) DK_CHECK;

/* --- runs */

enum dk_run_state {
    DK_RUN_RUNNING,
    DK_RUN_DONE,
    DK_RUN_FAILED,
    DK_RUN_INTERRUPTED, /* it ended without recording how */
    DK_RUN_STATES
};
/* The word of a state, for people: "done". */
const char *dk_run_state_word(enum dk_run_state state);

/* Who runs what, for the ledger. Texts that are longer than their columns are cut. */
struct dk_ledger_actor {
    char user[64];
    char host[65];
    char version[32]; /* of derrick */
    char reason[256]; /* why it unloads or replaces; "": none was given */
};
struct dk_ledger_run {
    int64_t run_id;
    char command[16]; /* "run", "load", ... */
    char started[DK_TIME_TEXT_MAX];
    char ended[DK_TIME_TEXT_MAX]; /* "" while it runs */
    enum dk_run_state state;
    int exit_code;
    char message[256];                      /* of a failure */
    char workspace_id[DK_WORKSPACE_ID_MAX]; /* "": it ran before workspaces had an identity */
    struct dk_ledger_actor actor;           /* texts "": an earlier derrick ran it */
    char source[512];                       /* the drop that it read; "": none */
    int64_t readings;                       /* that it loaded or, with `unload`, removed */
    char steps[256];                        /* "read 310 load 520": milliseconds */
    int64_t problem_total;                  /* that it found in the drop */
};

/* One of the first problems that a run found in its drop. */
struct dk_ledger_problem {
    char file[256];
    int64_t line, column; /* from 1; 0: the whole file, or row */
    char message[256];
};

/* How a run ended: state, exit code and message. */
struct dk_ledger_run_end {
    enum dk_run_state state; /* DK_RUN_DONE or DK_RUN_FAILED */
    int exit_code;
    const char *message; /* of a failure; NULL: none. A longer one is cut */
    const char *source;  /* the drop; NULL: none */
    const char *steps;   /* as in dk_ledger_run; NULL: none */
    int64_t readings;
    int64_t problem_total;
    const struct dk_ledger_problem *problems; /* [problem_count], the first of them */
    size_t problem_count;
};

/* A run that could not reach the database when it ran. */
struct dk_ledger_missed {
    char command[16];
    char started[DK_TIME_TEXT_MAX];
    char ended[DK_TIME_TEXT_MAX];
    int exit_code;
    char message[256];
    struct dk_ledger_actor actor;
};
/* Records one as failed, unless it is recorded already. Commits by itself. */
enum dk_status dk_ledger_run_missed(struct dk_store *store, const struct dk_ledger_missed *missed,
                                    struct dk_error *err) DK_CHECK;
/* The problems of a run that the ledger has, in order. *list is on the heap. */
enum dk_status dk_ledger_run_problems(struct dk_store *store, int64_t run_id,
                                      struct dk_ledger_problem **list, size_t *count,
                                      struct dk_error *err) DK_CHECK;
/* The time now, UTC, as the ledger writes it. */
void dk_ledger_now(char text[DK_TIME_TEXT_MAX]);

/* From now on runs are recorded as those of this user. It is copied. */
void dk_ledger_actor_use(struct dk_store *store, const struct dk_ledger_actor *actor);

/* Records that a run begins; the caller holds the store's lock, so that runs that are still
 * "running" were interrupted: they are recorded as that. Commits by itself. */
enum dk_status dk_ledger_run_begin(struct dk_store *store, const char *command, int64_t *run_id,
                                   struct dk_error *err) DK_CHECK;
/* Records how it ended. */
enum dk_status dk_ledger_run_end(struct dk_store *store, int64_t run_id,
                                 const struct dk_ledger_run_end *end, struct dk_error *err)
    DK_CHECK;
/* The newest runs, at most `limit`, newest first. */
enum dk_status dk_ledger_runs(struct dk_store *store, size_t limit, struct dk_ledger_run **list,
                              size_t *count, struct dk_error *err) DK_CHECK;

/* --- drops */

struct dk_ledger_drop {
    int64_t drop_id;
    int64_t run_id;
    char content_hash[DK_HASH_HEX_MAX];
    char settings[DK_SETTINGS_TEXT_MAX];
    char source[512]; /* the drop's path, as given */
    char loaded_at[DK_TIME_TEXT_MAX];
    char archive_folder[256];           /* the intent, relative to the workspace; "" if none yet */
    char archived_at[DK_TIME_TEXT_MAX]; /* "" until all of it is archived */
    int64_t quarantined;
    int64_t duplicate_of;                   /* the drop_id that has the same contents; 0: none */
    char workspace_id[DK_WORKSPACE_ID_MAX]; /* "": loaded before workspaces had an identity */
};

struct dk_ledger_file {
    int file;       /* index in dk_drop.files; DK_DROP_FILES: the archive file */
    char name[256]; /* as found, relative to the drop */
    char path[512]; /* where it was */
    uint64_t size_bytes, device, inode;
    int64_t mtime_ns, ctime_ns;
    char hash[DK_HASH_HEX_MAX]; /* of its bytes when it was parsed */
    char stored[300];           /* its name in the archive folder; "" until it is surely there */
    char stored_hash[DK_HASH_HEX_MAX]; /* of its bytes there; "" until then */
};

/* Whose drops to look at: those of a rig, or, with `whole_site`, of any well of its site. */
struct dk_ledger_scope {
    struct dk_well well;
    bool whole_site;
};
/* The scope of a drop with these readings: its rig, or, where the series belong to several wells,
 * its site. */
struct dk_ledger_scope dk_ledger_scope_of(const struct dk_readings *readings);
/* The newest drop of these rigs that has this content hash, or a duplicate that has it, and was not
 * replaced; *found. */
enum dk_status dk_ledger_drop_find(struct dk_store *store, const char *content_hash,
                                   const struct dk_ledger_scope *scope, struct dk_ledger_drop *drop,
                                   bool *found, struct dk_error *err) DK_CHECK;
/* The drop of that number. DK_ERR_STORE if there is none. */
enum dk_status dk_ledger_drop_get(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_drop *drop, struct dk_error *err) DK_CHECK;
/* A drop that was delivered again, with the contents that the drop `original` loaded. */
struct dk_ledger_duplicate {
    int64_t run_id, original;
    const struct dk_drop *drop;
    const char *settings; /* that it was read with */
};
/* Records it: a row of its own, with its files, to be archived like any other. Commits by
 * itself. */
enum dk_status dk_ledger_drop_duplicate(struct dk_store *store,
                                        const struct dk_ledger_duplicate *duplicate,
                                        int64_t *drop_id, struct dk_error *err) DK_CHECK;
/* Drops that are loaded and not archived yet, oldest first, of all workspaces. */
enum dk_status dk_ledger_pending(struct dk_store *store, struct dk_ledger_drop **list,
                                 size_t *count, struct dk_error *err) DK_CHECK;
/* Where a drop is archived, or was begun to be. */
struct dk_ledger_place {
    int64_t drop_id;
    char folder[256]; /* archive_folder */
    char content_hash[DK_HASH_HEX_MAX];
};
/* The places of all drops that have one, also of those that were replaced since. */
enum dk_status dk_ledger_places(struct dk_store *store, struct dk_ledger_place **list,
                                size_t *count, struct dk_error *err) DK_CHECK;
/* The places of the drops that this workspace has archived, all of each. */
enum dk_status dk_ledger_archived(struct dk_store *store, struct dk_ledger_place **list,
                                  size_t *count, struct dk_error *err) DK_CHECK;
/* The same of the drops that a drop replaced; the folder is "" for one that is not archived. */
enum dk_status dk_ledger_replaced(struct dk_store *store, int64_t drop_id,
                                  struct dk_ledger_place **list, size_t *count,
                                  struct dk_error *err) DK_CHECK;
/* The drops with these contents, of any rig, that others replaced; the newest first. */
enum dk_status dk_ledger_replaced_drops(struct dk_store *store, const char *content_hash,
                                        struct dk_ledger_drop **list, size_t *count,
                                        struct dk_error *err) DK_CHECK;
struct dk_ledger_settings {
    char text[DK_SETTINGS_TEXT_MAX];
};
/* The settings of the drops whose rows are there, each once; `scope`: only rows of that rig (NULL:
 * all). */
enum dk_status dk_ledger_settings(struct dk_store *store, const struct dk_ledger_scope *scope,
                                  struct dk_ledger_settings **list, size_t *count,
                                  struct dk_error *err) DK_CHECK;
/* The files of a drop, in the order of struct dk_drop, the archive file last. */
enum dk_status dk_ledger_files(struct dk_store *store, int64_t drop_id,
                               struct dk_ledger_file **list, size_t *count, struct dk_error *err)
    DK_CHECK;

/* How many of this workspace's drops were read with that very file, by its path, identity, size and
 * time; the others are duplicates. */
struct dk_ledger_uses {
    int64_t drops, duplicates;
};
enum dk_status dk_ledger_file_uses(struct dk_store *store, const struct dk_ledger_file *file,
                                   struct dk_ledger_uses *uses, struct dk_error *err) DK_CHECK;

/* A copy in this workspace's archive of a file with some bytes. */
struct dk_ledger_copy {
    char folder[256];
    char stored[300];
    char stored_hash[DK_HASH_HEX_MAX]; /* of its bytes there: another one where it is compressed */
};
/* The newest such copy of the bytes with this sha256; *found. */
enum dk_status dk_ledger_copy_find(struct dk_store *store, const char *hash,
                                   struct dk_ledger_copy *copy, bool *found, struct dk_error *err)
    DK_CHECK;

/* --- archiving: the intent, each file once it is surely stored, the end. Each commits by
 * itself. */

enum dk_status dk_ledger_archive_begin(struct dk_store *store, int64_t drop_id, const char *folder,
                                       struct dk_error *err) DK_CHECK;
enum dk_status dk_ledger_file_stored(struct dk_store *store, int64_t drop_id, int file,
                                     const char *stored, const char *stored_hash,
                                     struct dk_error *err) DK_CHECK;
enum dk_status dk_ledger_archive_end(struct dk_store *store, int64_t drop_id, struct dk_error *err)
    DK_CHECK;

/* --- rebuilding: rows of an earlier ledger, from the archive. Each commits by itself. */

/* Records a run of an earlier ledger under its number; *own is false, and nothing is done, where
 * another run has that number. To repeat it does no harm. */
enum dk_status dk_ledger_run_restore(struct dk_store *store, int64_t run_id, const char *started,
                                     bool *own, struct dk_error *err) DK_CHECK;

/* What the ledger said of a drop before. */
struct dk_ledger_restored {
    int64_t run_id; /* that loaded it */
    const char *source;
    const char *loaded_at;
    const char *archive_folder;
};
/* Makes a drop that was loaded again, from its archive folder, the archived one that it was. */
enum dk_status dk_ledger_drop_restore(struct dk_store *store, int64_t drop_id,
                                      const struct dk_ledger_restored *restored,
                                      struct dk_error *err) DK_CHECK;

/* --- publications: exports and uploads */

enum dk_publication_kind { DK_PUBLICATION_EXPORT, DK_PUBLICATION_UPLOAD, DK_PUBLICATION_KINDS };

struct dk_ledger_publication {
    int64_t publication_id;
    int64_t run_id;
    enum dk_publication_kind kind;
    char target[1400]; /* a path relative to the workspace, or "s3://bucket/key" */
    char layout[16];
    int64_t generation; /* dk_ledger_generation when it was made */
    int64_t rows;
    uint64_t size_bytes;
    char hash[DK_HASH_HEX_MAX];
    char etag[160]; /* of an upload; of a cohort's export: the mark of its contents */
    char done_at[DK_TIME_TEXT_MAX];
};

/* An export is known by its workspace and its path in there, an upload by its URL alone: what is in
 * a bucket is the same from wherever it was put. */

/* Records a publication, which replaces an earlier one of the same kind and target. done_at is set
 * here, publication_id by the database. Commits by itself. */
enum dk_status dk_ledger_publication_put(struct dk_store *store,
                                         const struct dk_ledger_publication *publication,
                                         struct dk_error *err) DK_CHECK;
/* Records several in one transaction: all of them or none. */
enum dk_status dk_ledger_publications_put(struct dk_store *store,
                                          const struct dk_ledger_publication *list, size_t count,
                                          struct dk_error *err) DK_CHECK;
/* The publication of this kind and target; *found. */
enum dk_status dk_ledger_publication_get(struct dk_store *store, enum dk_publication_kind kind,
                                         const char *target,
                                         struct dk_ledger_publication *publication, bool *found,
                                         struct dk_error *err) DK_CHECK;

/* All publications of a kind; of exports the workspace's own alone. */
enum dk_status dk_ledger_publications(struct dk_store *store, enum dk_publication_kind kind,
                                      struct dk_ledger_publication **list, size_t *count,
                                      struct dk_error *err) DK_CHECK;
/* Removes the publication of this kind and target, if there is one. Commits by itself. */
enum dk_status dk_ledger_publication_remove(struct dk_store *store, enum dk_publication_kind kind,
                                            const char *target, struct dk_error *err) DK_CHECK;

/* A number that grows with every change of the rows: an export made at a smaller one is stale. */
enum dk_status dk_ledger_generation(struct dk_store *store, int64_t *generation,
                                    struct dk_error *err) DK_CHECK;

#endif

/*
 * ledger_text: texts of the ledger that derrick uses again, as a path, an object's key, a line of a
 * manifest or a header of a request. Whoever may write to the database could point them elsewhere,
 * so each is checked where it is read: it must be one that derrick itself could have written there.
 * Private to src/store/.
 */
#ifndef DK_STORE_LEDGER_TEXT_H
#define DK_STORE_LEDGER_TEXT_H

#include "store/query.h"

enum dk_ledger_text {
    DK_LEDGER_CONTENT_HASH,   /* drops.content_hash */
    DK_LEDGER_SOURCE,         /* drops.source */
    DK_LEDGER_ARCHIVE_FOLDER, /* drops.archive_folder */
    DK_LEDGER_FILE_NAME,      /* files.name */
    DK_LEDGER_FILE_PATH,      /* files.path */
    DK_LEDGER_FILE_HASH,      /* files.hash */
    DK_LEDGER_STORED_NAME,    /* files.stored_name */
    DK_LEDGER_STORED_HASH,    /* files.stored_hash */
    DK_LEDGER_EXPORT_TARGET,  /* publications.target, where kind is "export" */
    DK_LEDGER_UPLOAD_TARGET,  /* the same, where kind is "upload" */
    DK_LEDGER_HASH,           /* publications.hash */
    DK_LEDGER_ETAG,           /* publications.etag */
    DK_LEDGER_TEXTS
};

/* Reads the next column of the query into out[cap], as dk_query_text does. `row`: the number of its
 * row, for the error. DK_ERR_STORE, which names table, row and column: derrick did not write it. */
void dk_ledger_text_read(struct dk_query *query, enum dk_ledger_text text, int64_t row, char *out,
                         size_t cap);

/* Fails the query with DK_ERR_STORE: "table <table>, <key> <row>: <column> is '<value>', ...". Does
 * nothing after another failure. */
void dk_ledger_text_refuse(struct dk_query *query, enum dk_ledger_text text, int64_t row,
                           const char *value);

/* The same for any row: the message says which, and a hint what to do. */
void dk_ledger_refuse(struct dk_query *query, const char *fmt, ...) DK_PRINTF(2, 3);

#endif

/*
 * What SQL says differently from one engine to another, as data.
 *
 * Some texts are templates: {name} in them stands for a word that the caller gives, or for one of
 * the dialect's own: {auto}, {time} and {end}. The queries take their names as bound parameters and
 * give one row if what they look for is there. Constant; any thread.
 */
#ifndef DK_STORE_DIALECT_H
#define DK_STORE_DIALECT_H

#include "base/buffer.h"

/* "DRRK" in the header of a SQLite file. */
#define DK_APPLICATION_ID 1146245707

struct dk_dialect {
    const char *scheme; /* how a URL of this engine begins: "mysql:" */
    int absent_code;    /* native code where there is no such file, or no such database */

    const char *first;     /* a statement before all others; NULL: none */
    const char *auto_key;  /* {auto}: makes an integer key count by itself */
    const char *time;      /* {time}: the type of a date and time */
    const char *table_end; /* {end}: after the closing parenthesis of a table */

    const char *fact_key;   /* an index among the columns of well_reading */
    const char *fact_end;   /* after its closing parenthesis */
    const char *fact_index; /* a statement that makes an index afterwards; NULL: none */

    const char *drop_view;    /* template of a statement before create_view; NULL: none; {view} */
    const char *create_view;  /* template: {view} */
    const char *rename;       /* template, for tables and (where possible) views: {old}, {new} */
    const char *upsert;       /* template, after the rows of an INSERT: {key} */
    const char *upsert_value; /* template of the value that the row would have had: {column} */

    const char *find_table;      /* a table or view; 1: its name */
    const char *find_base_table; /* a table alone; 1: its name */
    const char *find_column;     /* 1: table, 2: column */
};

extern const struct dk_dialect dk_dialect_sqlite;
extern const struct dk_dialect dk_dialect_mysql;

/* A word of a template. A list of them ends with a NULL name. */
struct dk_word {
    const char *name, *value;
};

/* Appends a template. `words` may be NULL. */
void dk_dialect_put(const struct dk_dialect *dialect, struct dk_buffer *text, const char *template,
                    const struct dk_word *words);

#endif

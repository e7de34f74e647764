/*
 * local_file: what a server may read from this machine, by LOAD DATA LOCAL INFILE: the one "file"
 * that we made up, from memory, while it is loaded; never anything else.
 */
#ifndef DK_STORE_MYSQL_LOCAL_FILE_H
#define DK_STORE_MYSQL_LOCAL_FILE_H

#include <mysql.h>
#include <stdbool.h>

#include "base/status.h"

/* `serve` is NULL while nothing is loaded: every request is refused then. */
struct dk_mysql_local_file {
    const char *name; /* the name that we made up and gave to the server */
    /* Fills out[0..cap) and returns how many bytes; 0: the end; -1: see err. */
    int (*serve)(void *context, char *out, unsigned cap);
    void *context;
    struct dk_error err;
    bool was_asked; /* the server asked for a file, ours or not */
    bool refused;   /* the server asked for something that is not ours */
    char asked[64]; /* the beginning of what it asked for */
};

/* Makes `file` the answer to all requests that come over `handle`; before mysql_real_connect. */
void dk_mysql_local_file_install(MYSQL *handle, struct dk_mysql_local_file *file);

#endif

/*
 * infile: rows into well_reading as fast as the server takes them, by LOAD DATA LOCAL INFILE of a
 * file that is never there: local_file reads the rows from memory.
 *
 * LOCAL means IGNORE: a row that does not fit is cut or skipped with a warning, never an error. And
 * when the rows can't be served, the client ends the stream in good order, so the server keeps what
 * it got. Both are caught here (rows, warnings, our own error) and undone by the caller's rollback.
 */
#ifndef DK_STORE_MYSQL_INFILE_H
#define DK_STORE_MYSQL_INFILE_H

#include "walk.h"

/* Loads all rows of a fresh walk. DK_OK with *refused: the server refuses the statement by a known
 * code without having asked for the file, nothing was changed, and a notice said so. Every other
 * failure is one of the load. */
enum dk_status dk_mysql_infile_load(struct dk_mysql *conn, const struct dk_mysql_walk *walk,
                                    bool *refused, struct dk_error *err) DK_CHECK;

#endif

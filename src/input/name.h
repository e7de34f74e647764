/*
 * What a file's name says about whose file it is. Pure: the file itself is not looked at.
 *
 * A sensor's file is called by the sensor's name, then perhaps a date, then .txt, .tsv or .csv, in
 * upper or lower case: PS1.txt, ps1-2023-06-01.TXT, PS1_2023Q2.tsv. A compressed one has .gz, .zst,
 * .xz or .bz2 after that. The profile's file is called "profile" by the same rules. Names that come
 * close (PS1.txt.part, PS1 (1).txt, PS1.log) are never taken, but are worth a hint where the real
 * file is missing.
 */
#ifndef DK_INPUT_NAME_H
#define DK_INPUT_NAME_H

#include <stdbool.h>

enum dk_name_kind {
    DK_NAME_OTHER,      /* nobody's: passed over */
    DK_NAME_TAKEN,      /* a sensor's file or the profile */
    DK_NAME_UNFINISHED, /* looks like a transfer that has not ended */
    DK_NAME_LOOKALIKE,  /* begins like a sensor's or the profile's, but breaks the rules */
};

struct dk_name {
    enum dk_name_kind kind;
    int file;        /* sensor index or DK_DROP_PROFILE; -1 for DK_NAME_OTHER */
    bool comma_name; /* ends in .csv */
    bool is_packed;  /* ends as a compressed file */
};

/* What the base name `name` says. */
struct dk_name dk_name_read(const char *name);

/* Whether it is the name of an archive that may hold a drop: a zip or a tar, compressed or not. */
bool dk_name_is_archive(const char *name);

/* Whether a member of an archive lies where nobody keeps data: in a folder that is hidden or
 * __MACOSX. `path` has '/' between its parts. */
bool dk_name_is_hidden_path(const char *path);

#endif

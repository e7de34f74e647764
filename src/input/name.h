/*
 * What a file's name says: whose file it is. Pure; the file itself is not looked at.
 *
 * A sensor's file is its name in any case, a date or nothing, and .txt, .tsv or .csv in any case:
 * PS1.txt, ps1-2023-06-01.TXT, PS1_2023Q2.tsv; compressed, it has .gz, .zst, .xz or .bz2 after that. The profile's file likewise, named profile. Names that
 * come close (PS1.txt.part, PS1 (1).txt, PS1.log) are never taken, but worth a hint where the real
 * one is missing.
 */
#ifndef DK_INPUT_NAME_H
#define DK_INPUT_NAME_H

#include <stdbool.h>

enum dk_name_kind {
    DK_NAME_OTHER,      /* nobody's: passed over */
    DK_NAME_TAKEN,      /* a sensor's file or the profile */
    DK_NAME_UNFINISHED, /* looks like a transfer that has not ended */
    DK_NAME_LOOKALIKE,  /* begins like one, but is not named as one */
};

struct dk_name {
    enum dk_name_kind kind;
    int file;        /* sensor index or DK_DROP_PROFILE; -1 for DK_NAME_OTHER */
    bool comma_name; /* ends in .csv */
    bool is_packed;  /* ends as a compressed file */
};

/* What the base name `name` says. */
struct dk_name dk_name_read(const char *name);

/* Whether a member of an archive lies where nobody keeps data: in a folder that is hidden or
 * __MACOSX. `path` has '/' between its parts. */
bool dk_name_is_hidden_path(const char *path);

#endif

/*
 * What the name of a file says about whose file it is. Pure: the file itself is not read.
 *
 * A sensor's file is called by the sensor's name and .txt, .tsv or .csv, in upper or lower case,
 * perhaps with a date before or after the name: PS1.txt, ps1-2023-06-01.TXT, 2026-09-30_PS1.txt. A
 * compressed one has .gz, .zst, .xz or .bz2 after that. The profile's file is called "profile" by
 * the same rules. Such a name is *recognised*.
 *
 * Any other name that contains a sensor's name or "profile" as a whole word, bounded by characters
 * that are neither letters nor digits, may be that file under way or a copy of it: it is *in
 * transfer* or *near*. derrick reads neither, and never treats a file as absent while such a name
 * is there. "Whole word" means that PS1 is not in EPS1.txt, and CE is not in maintenance.txt.
 */
#ifndef DK_INPUT_NAME_H
#define DK_INPUT_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum dk_name_kind {
    DK_NAME_OTHER,       /* nobody's file */
    DK_NAME_RECOGNISED,  /* a sensor's file or the profile */
    DK_NAME_IN_TRANSFER, /* a temporary name of some tool, of a file or of a folder in which it
                          * collects them; `files` may be empty: "x.zip.part", ".~tmp~" */
    DK_NAME_NEAR,        /* contains the name of a sensor or "profile", but breaks the rules */
    DK_NAME_NEVER,       /* never counts: noise, documents, derrick's own files, `ignore` */
};

/* What the ending promises. */
enum dk_name_form {
    DK_FORM_OTHER,
    DK_FORM_TEXT,            /* .txt, .tsv or .csv, perhaps compressed */
    DK_FORM_ARCHIVE,         /* an archive that derrick reads: a zip or a tar, perhaps compressed */
    DK_FORM_FOREIGN_ARCHIVE, /* an archive that derrick does not read: .7z, .rar, ... */
    DK_FORM_WORKBOOK,        /* of a spreadsheet program */
};

struct dk_name {
    enum dk_name_kind kind;
    enum dk_name_form form;
    uint32_t files;     /* a bit for each file that it names, by sensor index, DK_DROP_PROFILE */
    int file;           /* the first of them; -1: none */
    bool is_second;     /* near: beside the exact name it is a second file, "PS1 (1).txt" */
    bool is_anonymous;  /* in transfer: it may become any file, so it names all */
    bool comma_name;    /* ends in .csv */
    bool is_packed;     /* ends as a compressed file */
    bool is_hidden;     /* never: for no other reason than a dot at the beginning */
    bool names_archive; /* an archive or a workbook is named anywhere in it: "q1.zip (1)" */
};

#define DK_NAME_FILE(index) (UINT32_C(1) << (index))

/* What the base name `name` says. `ignore` (may be NULL) is the patterns of names that never count,
 * for fnmatch, with commas between, in upper or lower case. */
struct dk_name dk_name_read(const char *name, const char *ignore);

/* Whether it is the name of an archive that derrick reads. */
bool dk_name_is_archive(const struct dk_name *name);

/* Whether one of the patterns would hide a file that derrick reads, such as PS1.txt. */
bool dk_name_ignore_hides(const char *ignore);

/* Whether `name` is a temporary name of the file `base`: "x.zip.part" of "x.zip". */
bool dk_name_is_transfer_of(const char *name, const char *base);

/* Whether a member of an archive is in a folder where nobody keeps data: in one that is hidden or
 * __MACOSX. `path` has '/' between its parts. */
bool dk_name_is_hidden_path(const char *path);

#endif

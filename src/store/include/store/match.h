/*
 * match: what a drop of one cohort is to what is loaded for its rig.
 *
 * A quarter that is delivered again, corrected or under another number has the values of a cohort
 * that is loaded, all of them or most. Only cohorts of the same rig count (of a drop of wells:
 * those of the same site), and only values: date-times, profile, file names and the way the columns
 * were read do not matter. docs/store.md has the rules.
 */
#ifndef DK_STORE_MATCH_H
#define DK_STORE_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

enum dk_match_kind {
    DK_MATCH_NEW,      /* like no cohort of this rig */
    DK_MATCH_SAME,     /* all values equal those of `cohort`, which has as many readings */
    DK_MATCH_CORRECTED /* at least DK_MATCH_CORRECTED_PERCENT of those in the readings and sensors
                          that both have do */
};

#define DK_MATCH_CORRECTED_PERCENT 90

/* All pointers are borrowed. */
struct dk_match_request {
    const char *content_hash; /* of the drop; "": not known */
    /* The drop: one series, or one for each well of a site. Cohort and start are ignored. */
    const struct dk_readings *readings;
    struct dk_well well; /* the rig */
    bool whole_site;     /* a drop of wells: series i belongs to its own well of well.site */
    int cohort;          /* the number that the user gave: it is compared first. 0: none */
};

struct dk_match {
    enum dk_match_kind kind;
    int cohort;      /* SAME, CORRECTED: the loaded cohort; else 0 */
    int newest;      /* the newest cohort of the rig (of any well of the site); 0: none is loaded */
    int64_t run_id;  /* that loaded `cohort`; 0: not known */
    size_t readings; /* of the loaded cohort */
    bool by_text;    /* SAME because the text of every file is the same */
    /* SAME, CORRECTED: values compared, and how many of them are equal. A missing value equals a
     * missing one. Only sensors that both sides have count; SAME has the same sensors. */
    uint64_t equal, compared;
};

/* Finds the cohort of the rig that the drop is. Equal texts settle it; else the values of every
 * loaded cohort are compared, the given one first, then newest first, until all are equal.
 * DK_ERR_STORE: rows are not what the ledger says. */
enum dk_status dk_store_match(struct dk_store *store, const struct dk_match_request *request,
                              struct dk_match *match, struct dk_error *err) DK_CHECK;

#endif

/*
 * outline: a rig in a few lines of text: how complete its data is, and the state of each component,
 * as strips of levels over time. What `derrick status` shows; the page has the rest.
 */
#ifndef DK_REPORT_OUTLINE_H
#define DK_REPORT_OUTLINE_H

#include "report/html_page.h"

#define DK_OUTLINE_COMPONENTS 4
#define DK_OUTLINE_COLUMNS 40
#define DK_OUTLINE_LEVELS 8

struct dk_outline_component {
    const char *name;  /* "cooler" */
    const char *state; /* at the end of the newest cohort, in the catalogue's words */
    bool worst;        /* the worst of its states */
    int64_t since_minute;
    /* How bad it is in each column, on average: 1 is the best state, and DK_OUTLINE_LEVELS the
     * worst; 0 where nothing is loaded. */
    uint8_t levels[DK_OUTLINE_COLUMNS];
};

struct dk_outline_rig {
    char name[DK_RIG_NAME_MAX];
    uint64_t values,
        expected; /* of whole cohorts, from the first to the newest, without absent sensors */
    bool counted; /* false: an older derrick loaded it and counted no values */
    /* How much of each column is there, at its worst: DK_OUTLINE_LEVELS is all, 0 nothing. From the
     * first cohort to the newest. */
    uint8_t complete[DK_OUTLINE_COLUMNS];
    /* the strips of components are of one cohort: all of them have the same profile */
    bool one_cohort;
    struct dk_outline_component components[DK_OUTLINE_COMPONENTS];
};

/* Outlines each rig that the request's filter selects, by site and number. *rigs is on the
 * heap (the caller frees). DK_ERR_USAGE: the filter leaves nothing. No reading is read. */
enum dk_status dk_outline_read(struct dk_store *store, const struct dk_page_request *request,
                               struct dk_outline_rig **rigs, size_t *count, struct dk_error *err)
    DK_CHECK;

#endif

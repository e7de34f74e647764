/*
 * report: what a rig's data amounts to, as one HTML page for people.
 *
 * The page is complete in itself: it loads nothing, and its Content-Security-Policy lets no script
 * or style act but the ones written with it. The same data, request and version of derrick give the
 * same bytes, whatever engine the database runs on and for any number of threads. All text from
 * elsewhere (names of rigs and files, messages) is escaped. docs/report.md explains what the page
 * shows, and by which rules.
 */
#ifndef DK_REPORT_HTML_PAGE_H
#define DK_REPORT_HTML_PAGE_H

#include "base/file.h"
#include "base/observer.h"
#include "rig/calendar.h"
#include "rig/limits.h"
#include "store/store.h"

struct dk_page_request {
    struct dk_store_filter filter; /* what to report on */
    struct dk_calendar calendar;
    /* by when a cohort is late; INT64_MIN: the day of the last recorded run */
    int64_t as_of_minute;
    const struct dk_limits *limits; /* [DK_SENSORS], of values that no run counted; NULL: the
                                     * catalogue's */
    unsigned threads;               /* 0: as many as there are processors */
    const struct dk_observer *observer;
};

struct dk_page_result {
    size_t rigs;         /* reported on */
    size_t rigs_in_full; /* of them with sections of their own */
    uint64_t readings;   /* of all of them */
    uint64_t size_bytes; /* of the page */
};

/* The version that pages name: another one may write other bytes of the same data. */
const char *dk_page_version(void);

/* Writes the page to `sink`, in pieces. *result is set after DK_OK. DK_ERR_STORE: as dk_store_read;
 * DK_ERR_USAGE: the filter leaves nothing. */
enum dk_status dk_page_write(struct dk_store *store, const struct dk_page_request *request,
                             struct dk_sink *sink, struct dk_page_result *result,
                             struct dk_error *err) DK_CHECK;

#endif

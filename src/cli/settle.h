/*
 * settle: which deliveries in logs/ have stopped changing, which of these were tried already, and
 * which failed in a way that may pass. With columns = wells each site settles by itself, so that a
 * slow copy of one does not hold up another; else all of logs/ is one, because a later quarter is
 * read after an earlier one.
 */
#ifndef DK_CLI_SETTLE_H
#define DK_CLI_SETTLE_H

#include "base/hash.h"
#include "command.h"

/* What settles by itself. */
struct dk_settle_group {
    char name[DK_DELIVERY_PATH_MAX]; /* the site; "": all of logs/ */
    size_t files;                    /* of a delivery */
    char seen[DK_HASH_HEX_MAX];      /* their state at the last look */
    int64_t changed_ms;              /* when it last changed */
    char tried[DK_HASH_HEX_MAX];     /* the state that was run already; "": none */
    int64_t retry_at_ms;             /* when a failure that may pass is tried again; 0: not */
    long retry_s;
    bool running; /* in the run that is under way */
    bool ended;   /* there, with this status */
    enum dk_status status;
    struct dk_hash hash; /* during a look */
};

struct dk_settling {
    const struct dk_settings *settings;
    int64_t settle_ms;
    struct dk_settle_group *groups; /* owned */
    size_t count;
};

void dk_settling_init(struct dk_settling *settling, const struct dk_settings *settings,
                      int64_t settle_s);
void dk_settling_reset(struct dk_settling *settling);

/* Notes names, sizes and times of all files of deliveries, and of the profiles for them. */
enum dk_status dk_settling_look(struct dk_settling *settling, int64_t now_ms, struct dk_error *err)
    DK_CHECK;

/* Puts what is complete, and was not tried or may be tried again, into the next run. False:
 * nothing. */
bool dk_settling_begin(struct dk_settling *settling, int64_t now_ms);
/* What of a fleet is in that run, and notes how it ends. The context is a struct dk_settling. */
bool dk_settling_is_running(void *context, const struct dk_waiting_drop *drop);
void dk_settling_ended(void *context, const struct dk_waiting_drop *drop, enum dk_status status);
/* The run has ended; `status` is that of what is not noted. Says what waits, and for what. */
void dk_settling_end(struct dk_settling *settling, enum dk_status status, int64_t now_ms,
                     const struct dk_observer *observer);

#endif

/*
 * The work on all deliveries in logs/: which there are, and how each ended. run_logs.c takes them
 * in order, run_fleet.c those of a fleet. Private to these two.
 */
#ifndef DK_CLI_TAKING_H
#define DK_CLI_TAKING_H

#include "command.h"
#include "feedback.h"
#include "pipeline/deliveries.h"

/* One delivery. */
struct dk_taken {
    char site[DK_DELIVERY_PATH_MAX]; /* "" where all are of one rig */
    bool failed;
    bool loaded; /* it is in the database, even if it failed afterwards, such as for S3 */
    enum dk_status status;
    /* Of a fleet, what is needed to report on it at the end. */
    bool partial, is_duplicate;
    int64_t drop_id;
    struct dk_feedback_part part;
};

struct dk_taking {
    struct dk_session *session;
    const char *command;
    const struct dk_logs_watch *watch; /* NULL: all are ready */
    struct dk_waiting_drop *list;      /* owned */
    struct dk_taken *taken;            /* owned; as many */
    size_t count;
    bool fleet; /* folders are sites */
    bool worked, partial;
    size_t failed, first_failed; /* how many, and the index of the first one */
    size_t waiting;              /* how many wait for one that failed */
    size_t first_waiting;        /* the first of those that can be read, else the first one */
    size_t blocker;              /* what that one waits for */
    enum dk_status worst;        /* of those that failed */
};

/* Whether `status` decides the exit code, and not `other`: the order is 4, 5, 1, 2, 3. */
bool dk_taking_is_worse(enum dk_status status, enum dk_status other);

/* The error of one that can't be read. */
enum dk_status dk_taking_refuse(const struct dk_taking *taking, const struct dk_waiting_drop *drop,
                                struct dk_error *err);

/* Counts one that ended. */
void dk_taking_note(struct dk_taking *taking, size_t i, enum dk_status status);

#endif

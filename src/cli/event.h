/*
 * Events: with --json, everything that derrick says is an event, one JSON object a line. This is
 * the only place that makes them. docs/events.md lists every event with its fields, and a test
 * compares the two.
 *
 * Each event has `time` (UTC), `level` (debug, info, notice, warning, error), `event` (its name),
 * `run_id` (null outside a recorded run) and `rig` (null while it is unknown), then fields of
 * its own.
 */
#ifndef DK_CLI_EVENT_H
#define DK_CLI_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum dk_field_kind { DK_FIELD_NONE, DK_FIELD_TEXT, DK_FIELD_NUMBER, DK_FIELD_FLAG, DK_FIELD_JSON };

struct dk_field {
    const char *key;
    enum dk_field_kind kind;
    union {
        const char *text; /* NULL is null; bytes that are not UTF-8 become '?' */
        int64_t number;
        bool flag;
        json_t *json; /* the event takes it over; NULL is null */
    } value;
};

#define DK_TEXT(key_, text_)                                                                       \
    {                                                                                              \
        .key = (key_), .kind = DK_FIELD_TEXT, .value.text = (text_)                                \
    }
#define DK_NUMBER(key_, number_)                                                                   \
    {                                                                                              \
        .key = (key_), .kind = DK_FIELD_NUMBER, .value.number = (int64_t)(number_)                 \
    }
#define DK_FLAG(key_, flag_)                                                                       \
    {                                                                                              \
        .key = (key_), .kind = DK_FIELD_FLAG, .value.flag = (flag_)                                \
    }
#define DK_JSON(key_, json_)                                                                       \
    {                                                                                              \
        .key = (key_), .kind = DK_FIELD_JSON, .value.json = (json_)                                \
    }
/* A list of fields, such as DK_FIELDS(DK_TEXT("drop", path), DK_NUMBER("files", count)). */
#define DK_FIELDS(...)                                                                             \
    (const struct dk_field[])                                                                      \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            .kind = DK_FIELD_NONE                                                                  \
        }                                                                                          \
    }

struct dk_event {
    const char *name;
    const char *level;
    int64_t time_ms; /* since 1970, UTC */
    int64_t run_id;  /* 0: none */
    const char *rig; /* "": not known */
    /* the last one of kind DK_FIELD_NONE; a field with the name of one that every event has
     * replaces that one */
    const struct dk_field *fields;
};

/* As an object (the caller releases it); NULL: out of memory. */
json_t *dk_event_object(const struct dk_event *event);
/* One line without its newline, on the heap (the caller frees); NULL: out of memory. */
char *dk_event_line(const struct dk_event *event);

/* Releases the JSON of fields that no event takes. */
void dk_fields_reset(const struct dk_field *fields);

#endif

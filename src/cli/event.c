#include "event.h"

#include <stdio.h>
#include <time.h>

#include "base/status.h"
#include "base/text.h"

/* JSON is UTF-8: other bytes, and characters that would control a terminal, are replaced. */
static json_t *pack_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    char shown[DK_ERROR_TEXT_MAX];
    dk_text_show(text, shown, sizeof(shown));
    return json_string(shown);
}

static json_t *pack_time(int64_t time_ms)
{
    char day[32];
    char text[48];
    struct tm date;
    time_t seconds = (time_t)(time_ms / 1000);
    gmtime_r(&seconds, &date);
    (void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &date);
    snprintf(text, sizeof(text), "%s.%03dZ", day, (int)(time_ms % 1000));
    return json_string(text);
}

static json_t *pack_field(const struct dk_field *field)
{
    switch (field->kind) {
    case DK_FIELD_TEXT:
        return pack_text(field->value.text);
    case DK_FIELD_NUMBER:
        return json_integer((json_int_t)field->value.number);
    case DK_FIELD_FLAG:
        return json_boolean(field->value.flag);
    default:
        return field->value.json ? field->value.json : json_null();
    }
}

json_t *dk_event_object(const struct dk_event *event)
{
    json_t *object = json_object();
    bool packed =
        json_object_set_new(object, "time", pack_time(event->time_ms)) == 0 &&
        json_object_set_new(object, "level", pack_text(event->level)) == 0 &&
        json_object_set_new(object, "event", pack_text(event->name)) == 0 &&
        json_object_set_new(object, "run_id",
                            event->run_id ? json_integer(event->run_id) : json_null()) == 0 &&
        json_object_set_new(object, "rig", pack_text(event->rig[0] ? event->rig : NULL)) == 0;
    for (const struct dk_field *field = event->fields; field->kind != DK_FIELD_NONE; field++)
        packed = json_object_set_new(object, field->key, pack_field(field)) == 0 && packed;
    if (packed)
        return object;
    json_decref(object);
    return NULL;
}

char *dk_event_line(const struct dk_event *event)
{
    json_t *object = dk_event_object(event);
    char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return line;
}

void dk_fields_reset(const struct dk_field *fields)
{
    for (; fields->kind != DK_FIELD_NONE; fields++)
        if (fields->kind == DK_FIELD_JSON)
            json_decref(fields->value.json);
}

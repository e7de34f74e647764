#include "status_strips.h"

#include <string.h>
#include <strings.h>

#define BLOCK_BYTES 3 /* of a block in UTF-8 */
#define STRIP_BYTES (DK_OUTLINE_COLUMNS * BLOCK_BYTES + 1)

static const char *const blocks[DK_OUTLINE_LEVELS + 1] = {
    "\u00b7", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
static const char *const ascii[DK_OUTLINE_LEVELS + 1] = {" ", ".", ":", "-", "=",
                                                         "+", "*", "%", "#"};

static const char *variable(const struct dk_session *session, const char *name)
{
    const char *value = session->environment.get(session->environment.context, name);
    return value && value[0] ? value : NULL;
}

/* POSIX: LC_ALL overrides LC_CTYPE, which overrides LANG. */
static bool is_utf8_wanted(const struct dk_session *session)
{
    const char *term = variable(session, "TERM");
    const char *locale = variable(session, "LC_ALL");
    if (!locale)
        locale = variable(session, "LC_CTYPE");
    if (!locale)
        locale = variable(session, "LANG");
    const char *charset = locale ? strchr(locale, '.') : NULL;
    return charset &&
           (strncasecmp(charset, ".UTF-8", 6) == 0 || strncasecmp(charset, ".UTF8", 5) == 0) &&
           !(term && strcmp(term, "dumb") == 0);
}

static void strip_text(const struct dk_session *session, const uint8_t levels[DK_OUTLINE_COLUMNS],
                       char text[STRIP_BYTES])
{
    const char *const *marks = is_utf8_wanted(session) ? blocks : ascii;
    size_t size = 0;
    for (size_t i = 0; i < DK_OUTLINE_COLUMNS; i++) {
        dk_text_format(text + size, STRIP_BYTES - size, "%s", marks[levels[i]]);
        size += strlen(text + size);
    }
}

/* Of a percent with one decimal, rounded so that only all is 100. */
static void share_text(uint64_t part, uint64_t total, char text[16])
{
    uint64_t tenths = total > 0 ? (part * 2000 + total) / (2 * total) : 0;
    if (total > 0 && part >= total)
        dk_text_format(text, 16, "100");
    else
        dk_text_format(text, 16, "%.1f", (double)(tenths < 999 ? tenths : 999) / 10);
}

static void print_complete(struct dk_session *session, const struct dk_outline_rig *rig)
{
    char strip[STRIP_BYTES];
    char share[16];
    strip_text(session, rig->complete, strip);
    share_text(rig->values, rig->expected, share);
    dk_console_print(&session->console, "    %-12s |%s| %s%s", "complete", strip,
                     rig->counted ? share : "", rig->counted ? " % of the values" : "not counted");
}

void dk_status_strips_print(struct dk_session *session, const struct dk_outline_rig *rig)
{
    print_complete(session, rig);
    for (size_t i = 0; i < DK_OUTLINE_COMPONENTS; i++) {
        const struct dk_outline_component *component = &rig->components[i];
        char strip[STRIP_BYTES];
        char since[DK_DATE_TIME_SIZE + 1];
        strip_text(session, component->levels, strip);
        dk_date_time_format(component->since_minute, since);
        dk_console_print(&session->console, "    %-12s |%s| %s since %.10s", component->name, strip,
                         component->state, since);
    }
    dk_console_print(&session->console, "    %-12s  higher is worse; %s", "",
                     rig->one_cohort ? "one cohort, because all have the same profile"
                                     : "from the first cohort to the newest");
}

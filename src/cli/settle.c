#include "settle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "input/name.h"
#include "pipeline/fleet.h"

#define RETRY_FIRST_S 60
#define RETRY_MAX_S 3600

void dk_settling_init(struct dk_settling *settling, const struct dk_settings *settings,
                      int64_t settle_s)
{
    *settling = (struct dk_settling){.settings = settings, .settle_ms = settle_s * 1000};
}

void dk_settling_reset(struct dk_settling *settling)
{
    free(settling->groups);
    settling->groups = NULL;
    settling->count = 0;
}

static bool is_fleet(const struct dk_settling *settling)
{
    return settling->settings->input.columns == DK_COLUMNS_WELLS;
}

static struct dk_settle_group *find_group(const struct dk_settling *settling, const char *name)
{
    for (size_t i = 0; i < settling->count; i++)
        if (strcmp(settling->groups[i].name, name) == 0)
            return &settling->groups[i];
    return NULL;
}

/* --- a look --------------------------------------------------------------------------------- */

struct looking {
    struct dk_settling *settling;
    int64_t now_ms;
    struct dk_hash shared; /* of what all sites use */
    enum dk_status status;
    struct dk_error *err;
};

/* NULL: no memory, or no hash. */
static struct dk_settle_group *make_group(struct looking *looking, const char *name)
{
    struct dk_settling *settling = looking->settling;
    struct dk_settle_group *group = find_group(settling, name);
    if (group)
        return group;
    group = reallocarray(settling->groups, settling->count + 1, sizeof(*group));
    if (!group) {
        looking->status = dk_error_nomem(looking->err, "list", DK_WORKSPACE_LOGS);
        return NULL;
    }
    settling->groups = group;
    group += settling->count;
    *group = (struct dk_settle_group){.changed_ms = looking->now_ms, .retry_s = RETRY_FIRST_S};
    dk_text_format(group->name, sizeof(group->name), "%s", name);
    looking->status = dk_hash_init(&group->hash, looking->err);
    if (looking->status != DK_OK)
        return NULL;
    settling->count++;
    return group;
}

/* The folder of `path` that is directly below its first one: the site. False: it is in none. */
static bool find_folder(const struct dk_delivery_item *item, char name[DK_DELIVERY_PATH_MAX])
{
    const char *first = strchr(item->path, '/');
    const char *slash = first ? strchr(first + 1, '/') : NULL;
    if (!first || (!slash && item->kind != DK_DELIVERY_UNLISTED))
        return false;
    size_t size = slash ? (size_t)(slash - first - 1) : strlen(first + 1);
    dk_text_format(name, DK_DELIVERY_PATH_MAX, "%.*s", (int)size, first + 1);
    return true;
}

/* Whether a file in logs/ is a profile for all sites, or becomes one. */
static bool is_shared(const struct looking *looking, const struct dk_delivery_item *item)
{
    char folder[DK_DELIVERY_PATH_MAX];
    const char *ignore = looking->settling->settings->input.ignore;
    if (dk_fleet_is_shared_profile(item))
        return true;
    return !find_folder(item, folder) && (dk_name_read(dk_path_name(item->path), ignore).files &
                                          DK_NAME_FILE(DK_DROP_PROFILE)) != 0;
}

static void add(struct looking *looking, struct dk_hash *hash, const struct dk_delivery_item *item)
{
    const struct stat *info = item->info;
    int64_t facts[] = {(int64_t)info->st_size, (int64_t)info->st_mtim.tv_sec,
                       (int64_t)info->st_mtim.tv_nsec, (int64_t)info->st_ino};
    looking->status = dk_hash_update(hash, item->path, strlen(item->path) + 1, looking->err);
    if (looking->status == DK_OK)
        looking->status = dk_hash_update(hash, facts, sizeof(facts), looking->err);
}

/* A file that belongs to no delivery does not count: one that keeps changing, such as the log of
 * the transfers, must not keep a drop waiting. */
static void add_delivered(void *context, const struct dk_delivery_item *item)
{
    struct looking *looking = context;
    const struct dk_settling *settling = looking->settling;
    char name[DK_DELIVERY_PATH_MAX] = "";
    if (looking->status != DK_OK || !dk_delivery_is_part(item->kind))
        return;
    if (is_fleet(settling) && is_shared(looking, item)) {
        add(looking, &looking->shared, item);
        return;
    }
    if (is_fleet(settling) && !find_folder(item, name))
        dk_text_format(name, sizeof(name), "%s", settling->settings->input.well.site);
    struct dk_settle_group *group = make_group(looking, name);
    if (!group)
        return;
    group->files += !is_fleet(settling) || item->kind != DK_DELIVERY_PROFILE;
    add(looking, &group->hash, item);
}

/* A profile in profile/ is the drop's too, but makes none by itself. */
static void add_profile(void *context, const struct dk_delivery_item *item)
{
    struct looking *looking = context;
    char name[DK_DELIVERY_PATH_MAX];
    struct dk_settle_group *group = NULL;
    if (looking->status != DK_OK || !dk_delivery_is_part(item->kind))
        return;
    bool of_site = is_fleet(looking->settling) && find_folder(item, name);
    if (of_site)
        group = find_group(looking->settling, name);
    if (!of_site || group)
        add(looking, group ? &group->hash : &looking->shared, item);
}

static enum dk_status walk(struct looking *looking)
{
    const char *ignore = looking->settling->settings->input.ignore;
    DK_RETURN_IF_ERROR(
        dk_delivery_walk(DK_WORKSPACE_LOGS, ignore, add_delivered, looking, looking->err));
    if (looking->status == DK_OK && dk_path_exists(DK_WORKSPACE_PROFILE))
        return dk_delivery_walk(DK_WORKSPACE_PROFILE, ignore, add_profile, looking, looking->err);
    return DK_OK;
}

static enum dk_status note_state(struct looking *looking, struct dk_settle_group *group,
                                 const char *shared)
{
    char state[DK_HASH_HEX_MAX];
    DK_RETURN_IF_ERROR(dk_hash_update(&group->hash, shared, DK_HASH_HEX_MAX - 1, looking->err));
    DK_RETURN_IF_ERROR(dk_hash_finish(&group->hash, state, looking->err));
    if (strcmp(state, group->seen) == 0)
        return DK_OK;
    memcpy(group->seen, state, sizeof(group->seen));
    group->changed_ms = looking->now_ms;
    return DK_OK;
}

static enum dk_status begin(struct looking *looking)
{
    struct dk_settling *settling = looking->settling;
    DK_RETURN_IF_ERROR(dk_hash_init(&looking->shared, looking->err));
    for (size_t i = 0; i < settling->count; i++) {
        settling->groups[i].files = 0;
        DK_RETURN_IF_ERROR(dk_hash_init(&settling->groups[i].hash, looking->err));
    }
    return DK_OK;
}

enum dk_status dk_settling_look(struct dk_settling *settling, int64_t now_ms, struct dk_error *err)
{
    struct looking looking = {.settling = settling, .now_ms = now_ms, .err = err};
    char shared[DK_HASH_HEX_MAX];
    enum dk_status status = begin(&looking);
    if (status == DK_OK)
        status = walk(&looking);
    if (status == DK_OK)
        status = looking.status;
    if (status == DK_OK)
        status = dk_hash_finish(&looking.shared, shared, err);
    for (size_t i = 0; status == DK_OK && i < settling->count; i++)
        status = note_state(&looking, &settling->groups[i], shared);
    dk_hash_reset(&looking.shared);
    for (size_t i = 0; i < settling->count; i++)
        dk_hash_reset(&settling->groups[i].hash);
    return status;
}

/* --- a run ---------------------------------------------------------------------------------- */

static bool is_due(const struct dk_settling *settling, const struct dk_settle_group *group,
                   int64_t now_ms)
{
    if (now_ms - group->changed_ms < settling->settle_ms)
        return false;
    if (group->retry_at_ms != 0)
        return now_ms >= group->retry_at_ms;
    return group->files > 0 && strcmp(group->seen, group->tried) != 0;
}

bool dk_settling_begin(struct dk_settling *settling, int64_t now_ms)
{
    bool any = false;
    for (size_t i = 0; i < settling->count; i++) {
        struct dk_settle_group *group = &settling->groups[i];
        group->running = is_due(settling, group, now_ms);
        group->ended = false;
        any = any || group->running;
    }
    return any;
}

static struct dk_settle_group *group_of(const struct dk_settling *settling,
                                        const struct dk_waiting_drop *drop)
{
    char name[DK_DELIVERY_PATH_MAX];
    if (!dk_fleet_folder(drop->path, name))
        dk_text_format(name, sizeof(name), "%s", settling->settings->input.well.site);
    return find_group(settling, name);
}

bool dk_settling_is_running(void *context, const struct dk_waiting_drop *drop)
{
    const struct dk_settle_group *group = group_of(context, drop);
    return group && group->running;
}

/* Failures that may pass: of the server, the network, a lock, a full disk. */
static bool may_pass(enum dk_status status)
{
    return status == DK_ERR_STORE || status == DK_ERR_REMOTE || status == DK_ERR_BUSY ||
           status == DK_ERR_IO || status == DK_ERR_NOMEM;
}

/* Of several of one site, a failure that may pass counts most: what others wait for may be over. */
void dk_settling_ended(void *context, const struct dk_waiting_drop *drop, enum dk_status status)
{
    struct dk_settle_group *group = group_of(context, drop);
    if (!group)
        return;
    if (!group->ended || group->status == DK_OK || may_pass(status))
        group->status = status;
    group->ended = true;
}

/* What the run left in logs/, such as the next of several archives, and what came meanwhile, is
 * another state, which has to settle again. Returns after how many seconds it is tried again; 0: it
 * is not. */
static long end_group(struct dk_settle_group *group, enum dk_status status, int64_t now_ms)
{
    long retry_s = group->retry_s;
    memcpy(group->tried, group->seen, sizeof(group->tried));
    group->running = false;
    group->retry_at_ms = 0;
    if (status == DK_OK)
        group->retry_s = RETRY_FIRST_S;
    if (!may_pass(status))
        return 0;
    group->retry_at_ms = now_ms + retry_s * 1000;
    group->retry_s = retry_s * 2 > RETRY_MAX_S ? RETRY_MAX_S : retry_s * 2;
    return retry_s;
}

void dk_settling_end(struct dk_settling *settling, enum dk_status status, int64_t now_ms,
                     const struct dk_observer *observer)
{
    long soonest_s = 0;
    for (size_t i = 0; i < settling->count; i++) {
        struct dk_settle_group *group = &settling->groups[i];
        if (!group->running)
            continue;
        enum dk_status ended = group->ended ? group->status : status;
        long retry_s = end_group(group, ended, now_ms);
        if (retry_s > 0 && (soonest_s == 0 || retry_s < soonest_s))
            soonest_s = retry_s;
        if (ended == DK_OK || retry_s > 0)
            continue;
        if (is_fleet(settling))
            dk_observer_notice(observer, DK_LEVEL_WARNING,
                               "not trying site '%s' again until its files in '%s' change",
                               group->name, DK_WORKSPACE_LOGS);
        else
            dk_observer_notice(observer, DK_LEVEL_WARNING,
                               "not trying the drop in '%s' again until it changes",
                               DK_WORKSPACE_LOGS);
    }
    if (soonest_s > 0)
        dk_observer_notice(observer, DK_LEVEL_WARNING, "trying again in %ld s", soonest_s);
}

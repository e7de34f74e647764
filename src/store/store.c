#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "private.h"
#include "schema.h"
#include "store/mysql_driver.h"
#include "store/sqlite.h"

#define TAIL_BYTES_MAX (64u << 10)

/* An engine: its dialect, its driver, and what it adds to a printed schema. */
struct dk_engine {
    const struct dk_dialect *dialect;
    enum dk_status (*open)(struct dk_sql **out, const struct dk_store_settings *settings,
                           bool create, const struct dk_observer *observer, struct dk_error *err);
    /* NULL: nothing comes before the schema. */
    enum dk_status (*print)(const struct dk_store_settings *settings, struct dk_sink *sink,
                            struct dk_error *err);
    /* NULL: readings can't be spread over several servers. */
    enum dk_status (*put_fact_tail)(const struct dk_store_settings *settings,
                                    struct dk_buffer *text, struct dk_error *err);
};

static const struct dk_engine engines[] = {
    {.dialect = &dk_dialect_sqlite, .open = dk_sqlite_open},
    {.dialect = &dk_dialect_mysql,
     .open = dk_mysql_open,
     .print = dk_mysql_print,
     .put_fact_tail = dk_mysql_spread_put_tail},
};

static enum dk_status bad_url(const char *url, struct dk_error *err)
{
    /* What it names is not quoted: there may be a password in it. */
    size_t size = strcspn(url, ":/@");
    dk_error_set(err, DK_ERR_CONFIG, "database.url begins with '%.*s', which derrick does not know",
                 size < 32 ? (int)size : 32, url);
    dk_error_hint(err, "write sqlite:FILE or mysql://[user@]host[:port]/energymobile");
    return DK_ERR_CONFIG;
}

/* Settings of which one would have no effect beside another. */
static enum dk_status settings_check(const struct dk_store_settings *settings,
                                     const struct dk_engine *engine, struct dk_error *err)
{
    if (settings->shards && !engine->put_fact_tail) {
        dk_error_set(err, DK_ERR_CONFIG,
                     "database.shards is set, but database.url is a SQLite file");
        dk_error_hint(err, "set database.url to the server in front of the shards, or leave "
                           "database.shards empty");
        return DK_ERR_CONFIG;
    }
    const char *file = settings->tls_ca     ? "database.tls_ca"
                       : settings->tls_cert ? "database.tls_cert"
                       : settings->tls_key  ? "database.tls_key"
                                            : NULL;
    if (file && settings->tls == DK_TLS_PLAIN) {
        dk_error_set(err, DK_ERR_CONFIG, "%s is set, but database.tls is plain", file);
        dk_error_hint(err, "set database.tls = auto or verify, or leave %s empty", file);
        return DK_ERR_CONFIG;
    }
    return DK_OK;
}

/* The engine of an URL; NULL: none. */
static const struct dk_engine *find_engine(const char *url)
{
    for (size_t i = 0; url && i < DK_COUNT_OF(engines); i++)
        if (strncmp(url, engines[i].dialect->scheme, strlen(engines[i].dialect->scheme)) == 0)
            return &engines[i];
    return NULL;
}

static enum dk_status choose_engine(const struct dk_store_settings *settings,
                                    const struct dk_engine **engine, struct dk_error *err)
{
    *engine = find_engine(settings->url);
    return *engine ? settings_check(settings, *engine, err)
                   : bad_url(settings->url ? settings->url : "", err);
}

/* *tail: what follows the columns of a spread well_reading, on the heap; NULL if it is not. */
static enum dk_status make_fact_tail(const struct dk_engine *engine,
                                     const struct dk_store_settings *settings, char **tail,
                                     struct dk_error *err)
{
    struct dk_buffer text;
    *tail = NULL;
    if (!settings->shards)
        return DK_OK;
    dk_buffer_init(&text, TAIL_BYTES_MAX);
    enum dk_status status = engine->put_fact_tail(settings, &text, err);
    if (status == DK_OK)
        status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        *tail = text.data;
    else
        dk_buffer_reset(&text);
    return status;
}

static enum dk_status open_with(struct dk_store *store, bool create, struct dk_error *err)
{
    const struct dk_engine *engine;
    DK_RETURN_IF_ERROR(choose_engine(&store->settings, &engine, err));
    DK_RETURN_IF_ERROR(make_fact_tail(engine, &store->settings, &store->fact_tail, err));
    return engine->open(&store->sql, &store->settings, create, store->observer, err);
}

enum dk_status dk_store_open(struct dk_store **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
{
    *out = NULL;
    struct dk_store *store = calloc(1, sizeof(*store));
    if (!store)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a store");
    store->settings = *settings;
    store->observer = observer;
    enum dk_status status = open_with(store, create, err);
    if (status == DK_OK)
        *out = store;
    else
        dk_store_close(store);
    return status;
}

bool dk_store_is_absent(const struct dk_store_settings *settings, const struct dk_error *err)
{
    const struct dk_engine *engine = find_engine(settings->url);
    return engine && err->status == DK_ERR_STORE && err->native == engine->dialect->absent_code;
}

void dk_store_close(struct dk_store *store)
{
    if (!store)
        return;
    if (store->sql)
        store->sql->ops->close(store->sql);
    dk_profile_reset(&store->profile);
    free(store->fact_tail);
    free(store);
}

const char *dk_store_engine(const struct dk_store *store)
{
    return store->sql->ops->engine(store->sql);
}

const char *dk_store_url(const struct dk_store *store)
{
    return store->settings.url;
}

/* --- schema --------------------------------------------------------------------------------- */

static enum dk_status refuse_newer(const struct dk_store *store, int version, struct dk_error *err)
{
    if (version == DK_SCHEMA_VERSION)
        dk_error_set(err, DK_ERR_STORE,
                     "the database '%s' has sensors that this derrick does not know",
                     store->settings.url);
    else
        dk_error_set(err, DK_ERR_STORE,
                     "the schema of '%s' has version %d; this derrick knows up to %d",
                     store->settings.url, version, DK_SCHEMA_VERSION);
    dk_error_hint(err, "use the derrick that made it, or a newer one");
    return DK_ERR_STORE;
}

static enum dk_status refuse_version(const struct dk_store *store, int version,
                                     struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE, "the schema of '%s' has version %d, which never existed",
                 store->settings.url, version);
    dk_error_hint(err, "restore the database from a backup");
    return DK_ERR_STORE;
}

static enum dk_status refuse_foreign(const struct dk_store *store, struct dk_error *err)
{
    const char *name = NULL;
    DK_RETURN_IF_ERROR(dk_schema_half_foreign(store->sql, &name, err));
    for (size_t i = 0; !name && dk_schema_table(i); i++) {
        bool has = false;
        DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, dk_schema_table(i), &has, err));
        if (has)
            name = dk_schema_table(i);
    }
    dk_error_set(err, DK_ERR_STORE, "'%s' holds tables that derrick did not make, such as '%s'",
                 store->settings.url, name ? name : "");
    dk_error_hint(err, "'derrick init --adopt' renames them to old_... and creates its own");
    return DK_ERR_STORE;
}

enum dk_status dk_store_end(struct dk_store *store, enum dk_status status, struct dk_error *err)
{
    if (status == DK_OK)
        status = store->sql->ops->commit(store->sql, err);
    if (status != DK_OK)
        store->sql->ops->rollback(store->sql);
    return status;
}

static enum dk_status change_inside(struct dk_store *store, enum dk_schema_state state,
                                    struct dk_error *err)
{
    if (state == DK_SCHEMA_OLDER)
        return dk_schema_migrate(store->sql, store->fact_tail, err);
    if (state == DK_SCHEMA_FOREIGN)
        DK_RETURN_IF_ERROR(dk_schema_adopt(store->sql, store->observer, err));
    return dk_schema_create(store->sql, store->fact_tail, err);
}

/* Makes or completes the schema in one transaction, as far as the database has one for DDL. */
static enum dk_status change_schema(struct dk_store *store, enum dk_schema_state state,
                                    struct dk_error *err)
{
    DK_RETURN_IF_ERROR(store->sql->ops->begin(store->sql, err));
    DK_RETURN_IF_ERROR(dk_store_end(store, change_inside(store, state, err), err));
    if (state == DK_SCHEMA_OLDER)
        dk_observer_notice(store->observer, DK_LEVEL_NOTICE, "migrated the schema of '%s'",
                           store->settings.url);
    return DK_OK;
}

static enum dk_status has_cohorts(struct dk_store *store, bool *has, struct dk_error *err)
{
    struct dk_query query;
    dk_query_begin(&query, store->sql, "SELECT cohort FROM cohorts LIMIT 1", err);
    *has = dk_query_next(&query);
    return dk_query_end(&query);
}

/* What the fact table needs outside this database. Where that is new, it replaces the empty
 * well_reading of a database that was on one server: then the new one is made here. */
static enum dk_status prepare_current(struct dk_store *store, struct dk_error *err)
{
    bool has = false;
    if (!store->sql->ops->facts_prepare)
        return DK_OK;
    DK_RETURN_IF_ERROR(store->sql->ops->facts_prepare(store->sql, err));
    DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, "well_reading", &has, err));
    if (!has && store->settings.shards)
        DK_RETURN_IF_ERROR(has_cohorts(store, &has, err));
    return has || !store->settings.shards ? DK_OK : change_schema(store, DK_SCHEMA_CURRENT, err);
}

enum dk_status dk_store_prepare(struct dk_store *store, bool adopt, struct dk_error *err)
{
    enum dk_schema_state state;
    int version = 0;
    DK_RETURN_IF_ERROR(dk_schema_state(store->sql, &state, &version, err));
    switch (state) {
    case DK_SCHEMA_CURRENT:
        return prepare_current(store, err);
    case DK_SCHEMA_NEWER:
        return refuse_newer(store, version, err);
    case DK_SCHEMA_OLDER:
        if (version < 1)
            return refuse_version(store, version, err);
        break;
    case DK_SCHEMA_FOREIGN:
        if (!adopt)
            return refuse_foreign(store, err);
        break;
    case DK_SCHEMA_EMPTY:
        break;
    }
    return change_schema(store, state, err);
}

enum dk_status dk_store_is_empty(struct dk_store *store, bool *empty, struct dk_error *err)
{
    enum dk_schema_state state;
    int version = 0;
    bool has = false;
    *empty = true;
    DK_RETURN_IF_ERROR(dk_schema_state(store->sql, &state, &version, err));
    if (state != DK_SCHEMA_EMPTY && state != DK_SCHEMA_FOREIGN)
        DK_RETURN_IF_ERROR(has_cohorts(store, &has, err));
    *empty = !has;
    return DK_OK;
}

/* The first of the schema's tables and views that is not there; NULL if all are. */
static enum dk_status find_missing(struct dk_store *store, const char **missing,
                                   struct dk_error *err)
{
    bool has = true;
    *missing = NULL;
    for (size_t i = 0; has && dk_schema_table(i); i++) {
        DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, dk_schema_table(i), &has, err));
        *missing = has ? NULL : dk_schema_table(i);
    }
    return DK_OK;
}

enum dk_status dk_store_complete(struct dk_store *store, bool *made, struct dk_error *err)
{
    const char *missing = NULL;
    bool has_facts = true;
    *made = false;
    DK_RETURN_IF_ERROR(find_missing(store, &missing, err));
    if (!missing)
        return DK_OK;
    /* Which node has which cohorts only that table knew. */
    if (store->settings.shards)
        DK_RETURN_IF_ERROR(dk_sql_has_table(store->sql, "well_reading", &has_facts, err));
    if (!has_facts) {
        dk_error_set(err, DK_ERR_STORE, "'well_reading' is gone from '%s'", store->settings.url);
        dk_error_hint(err, "restore the head from its backup; the nodes have the rows");
        return DK_ERR_STORE;
    }
    DK_RETURN_IF_ERROR(change_schema(store, DK_SCHEMA_CURRENT, err));
    *made = true;
    dk_observer_notice(store->observer, DK_LEVEL_NOTICE, "'%s' was missing; created it again",
                       missing);
    return DK_OK;
}

enum dk_status dk_store_check(struct dk_store *store, struct dk_error *err)
{
    enum dk_schema_state state;
    int version = 0;
    DK_RETURN_IF_ERROR(dk_schema_state(store->sql, &state, &version, err));
    switch (state) {
    case DK_SCHEMA_CURRENT:
        return DK_OK;
    case DK_SCHEMA_NEWER:
        return refuse_newer(store, version, err);
    case DK_SCHEMA_FOREIGN:
        return refuse_foreign(store, err);
    case DK_SCHEMA_OLDER:
        if (version < 1)
            return refuse_version(store, version, err);
        dk_error_set(err, DK_ERR_STORE, "the schema of '%s' is older than this derrick",
                     store->settings.url);
        dk_error_hint(err, "run 'derrick init', which migrates it");
        return DK_ERR_STORE;
    case DK_SCHEMA_EMPTY:
        break;
    }
    dk_error_set(err, DK_ERR_STORE, "the database '%s' is not initialised", store->settings.url);
    dk_error_hint(err, "run 'derrick init', or load a drop first");
    return DK_ERR_STORE;
}

enum dk_status dk_store_print_sql(const struct dk_store_settings *settings, struct dk_sink *sink,
                                  struct dk_error *err)
{
    const struct dk_engine *engine;
    char *tail = NULL;
    DK_RETURN_IF_ERROR(choose_engine(settings, &engine, err));
    enum dk_status status = engine->print ? engine->print(settings, sink, err) : DK_OK;
    if (status == DK_OK)
        status = make_fact_tail(engine, settings, &tail, err);
    if (status == DK_OK)
        status = dk_schema_print(engine->dialect, tail, sink, err);
    free(tail);
    return status;
}

/* --- lock ----------------------------------------------------------------------------------- */

enum dk_status dk_store_lock(struct dk_store *store, struct dk_error *err)
{
    return store->sql->ops->lock(store->sql, err);
}

void dk_store_unlock(struct dk_store *store)
{
    store->sql->ops->unlock(store->sql);
}

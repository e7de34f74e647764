#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "store/private.h"

#define URL_SQLITE "sqlite:"
#define URL_MYSQL "mysql:"

void dk_store_settings_init(struct dk_store_settings *settings)
{
    *settings = (struct dk_store_settings){.url = "sqlite:energymobile.db", .tls = DK_TLS_AUTO};
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static enum dk_status bad_url(const char *url, struct dk_error *err)
{
    /* What it names is not quoted: there may be a password in it. */
    size_t size = strcspn(url, ":/@");
    dk_error_set(err, DK_ERR_CONFIG,
                 "database.url begins with '%.*s', which is no database we know",
                 size < 32 ? (int)size : 32, url);
    dk_error_hint(err, "write sqlite:FILE or mysql://[user@]host[:port]/energymobile");
    return DK_ERR_CONFIG;
}

/* Settings of which one would have no effect beside another. */
static enum dk_status settings_check(const struct dk_store_settings *settings,
                                     enum dk_dialect dialect, struct dk_error *err)
{
    if (settings->shards && dialect == DK_DIALECT_SQLITE) {
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

static enum dk_status dialect_of(const struct dk_store_settings *settings, enum dk_dialect *dialect,
                                 struct dk_error *err)
{
    if (settings->url && starts_with(settings->url, URL_SQLITE))
        *dialect = DK_DIALECT_SQLITE;
    else if (settings->url && starts_with(settings->url, URL_MYSQL))
        *dialect = DK_DIALECT_MYSQL;
    else
        return bad_url(settings->url ? settings->url : "", err);
    return settings_check(settings, *dialect, err);
}

enum dk_status dk_store_open(struct dk_store **out, const struct dk_store_settings *settings,
                             bool create, const struct dk_observer *observer, struct dk_error *err)
{
    enum dk_dialect dialect = DK_DIALECT_SQLITE;
    *out = NULL;
    enum dk_status status = dialect_of(settings, &dialect, err);
    if (status != DK_OK)
        return status;
    struct dk_store *store = calloc(1, sizeof(*store));
    if (!store)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a store");
    store->settings = *settings;
    store->observer = observer;
    status = dialect == DK_DIALECT_SQLITE
                 ? dk_sqlite_open(&store->sql, &store->settings, create, observer, err)
                 : dk_mysql_open(&store->sql, &store->settings, create, observer, err);
    if (status != DK_OK) {
        free(store);
        return status;
    }
    *out = store;
    return DK_OK;
}

bool dk_store_is_absent(const struct dk_store_settings *settings, const struct dk_error *err)
{
    bool sqlite = settings->url && starts_with(settings->url, URL_SQLITE);
    return err->status == DK_ERR_STORE && err->native == (sqlite ? ENOENT : DK_MYSQL_NO_DATABASE);
}

void dk_store_close(struct dk_store *store)
{
    if (!store)
        return;
    store->sql->ops->close(store->sql);
    dk_profile_reset(&store->profile);
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
        dk_error_set(err, DK_ERR_STORE, "the schema of '%s' is version %d, this derrick knows %d",
                     store->settings.url, version, DK_SCHEMA_VERSION);
    dk_error_hint(err, "use the derrick that made it, or a newer one");
    return DK_ERR_STORE;
}

static enum dk_status refuse_version(const struct dk_store *store, int version,
                                     struct dk_error *err)
{
    dk_error_set(err, DK_ERR_STORE, "the schema of '%s' says version %d, and there was none such",
                 store->settings.url, version);
    dk_error_hint(err, "restore the database from a backup");
    return DK_ERR_STORE;
}

static enum dk_status refuse_foreign(const struct dk_store *store, struct dk_error *err)
{
    bool has = false;
    const char *name = NULL;
    enum dk_status status = dk_schema_half_foreign(store->sql, &name, err);
    for (size_t i = 0; status == DK_OK && !name && dk_schema_table(i); i++) {
        status = store->sql->ops->has_table(store->sql, dk_schema_table(i), &has, err);
        if (has)
            name = dk_schema_table(i);
    }
    if (status != DK_OK)
        return status;
    dk_error_set(err, DK_ERR_STORE, "'%s' holds tables that derrick did not make, such as '%s'",
                 store->settings.url, name ? name : "");
    dk_error_hint(err, "'derrick init --adopt' keeps them as old_..., and makes its own");
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

/* Makes or mends the schema in one transaction, as far as the database has one for DDL. */
static enum dk_status change_schema(struct dk_store *store, enum dk_schema_state state,
                                    struct dk_error *err)
{
    struct dk_sql *sql = store->sql;
    enum dk_status status = sql->ops->begin(sql, err);
    if (status != DK_OK)
        return status;
    if (state == DK_SCHEMA_FOREIGN)
        status = dk_schema_adopt(sql, store->observer, err);
    if (status == DK_OK)
        status = state == DK_SCHEMA_OLDER ? dk_schema_migrate(sql, &store->settings, err)
                                          : dk_schema_create(sql, &store->settings, err);
    status = dk_store_end(store, status, err);
    if (status == DK_OK && state == DK_SCHEMA_OLDER)
        dk_observer_notice(store->observer, DK_LEVEL_NOTICE,
                           "the schema of '%s' was older: it is migrated", store->settings.url);
    return status;
}

enum dk_status dk_store_prepare(struct dk_store *store, bool adopt, struct dk_error *err)
{
    enum dk_schema_state state;
    int version = 0;
    enum dk_status status = dk_schema_state(store->sql, &state, &version, err);
    if (status != DK_OK)
        return status;
    switch (state) {
    case DK_SCHEMA_CURRENT:
        return store->sql->ops->facts_prepare ? store->sql->ops->facts_prepare(store->sql, err)
                                              : DK_OK;
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
    struct dk_query query;
    int version = 0;
    *empty = true;
    enum dk_status status = dk_schema_state(store->sql, &state, &version, err);
    if (status != DK_OK || state == DK_SCHEMA_EMPTY || state == DK_SCHEMA_FOREIGN)
        return status;
    dk_query_begin(&query, store->sql, "SELECT cohort FROM cohorts LIMIT 1", err);
    *empty = !dk_query_next(&query);
    return dk_query_end(&query);
}

/* The first of the schema's tables and views that is not there; NULL if all are. */
static enum dk_status find_missing(struct dk_store *store, const char **missing,
                                   struct dk_error *err)
{
    bool has = true;
    enum dk_status status = DK_OK;
    *missing = NULL;
    for (size_t i = 0; status == DK_OK && has && dk_schema_table(i); i++) {
        status = store->sql->ops->has_table(store->sql, dk_schema_table(i), &has, err);
        *missing = has ? NULL : dk_schema_table(i);
    }
    return status;
}

enum dk_status dk_store_complete(struct dk_store *store, bool *made, struct dk_error *err)
{
    const char *missing = NULL;
    bool has_facts = true;
    *made = false;
    enum dk_status status = find_missing(store, &missing, err);
    if (status != DK_OK || !missing)
        return status;
    /* Which node has which cohorts only that table knew. */
    if (store->settings.shards)
        status = store->sql->ops->has_table(store->sql, "well_reading", &has_facts, err);
    if (status == DK_OK && !has_facts) {
        dk_error_set(err, DK_ERR_STORE, "'well_reading' is gone from '%s'", store->settings.url);
        dk_error_hint(err, "restore the head from its backup; the nodes have the rows");
        return DK_ERR_STORE;
    }
    if (status == DK_OK)
        status = change_schema(store, DK_SCHEMA_CURRENT, err);
    if (status != DK_OK)
        return status;
    *made = true;
    dk_observer_notice(store->observer, DK_LEVEL_NOTICE, "'%s' was missing: it is made again",
                       missing);
    return DK_OK;
}

enum dk_status dk_store_check(struct dk_store *store, struct dk_error *err)
{
    enum dk_schema_state state;
    int version = 0;
    enum dk_status status = dk_schema_state(store->sql, &state, &version, err);
    if (status != DK_OK)
        return status;
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

static enum dk_status print_statement(void *context, const char *text, struct dk_error *err)
{
    struct dk_sink *sink = context;
    enum dk_status status = sink->write(sink, text, strlen(text), err);
    return status == DK_OK ? sink->write(sink, ";\n", 2, err) : status;
}

enum dk_status dk_store_print_sql(const struct dk_store_settings *settings, struct dk_sink *sink,
                                  struct dk_error *err)
{
    enum dk_dialect dialect = DK_DIALECT_SQLITE;
    enum dk_status status = dialect_of(settings, &dialect, err);
    if (status == DK_OK && dialect == DK_DIALECT_MYSQL)
        status = dk_mysql_print_database(settings, sink, err);
    if (status == DK_OK && dialect == DK_DIALECT_MYSQL && settings->shards)
        status = dk_mysql_spread_print(settings, sink, err);
    return status == DK_OK ? dk_schema_each(dialect, settings, print_statement, sink, err) : status;
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

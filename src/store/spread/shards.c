#include "shards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/drop.h"

#define URL_BYTES_MAX 1024u
#define COHORTS_A_NODE 20 /* five years: what a new node is planned to take before the next one */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool same_place(const struct dk_mysql_url *a, const struct dk_mysql_url *b)
{
    return strcmp(a->host, b->host) == 0 && a->port == b->port &&
           strcmp(a->socket, b->socket) == 0 && strcmp(a->database, b->database) == 0;
}

static enum dk_status add_url(struct dk_mysql_shards *shards, const char *text, size_t size,
                              struct dk_error *err)
{
    char url[URL_BYTES_MAX];
    if (size >= sizeof(url) || shards->count == DK_MYSQL_SHARDS_MAX)
        return dk_error_set(err, DK_ERR_CONFIG,
                            "database.shards: more than %d nodes, or a URL that is too long",
                            DK_MYSQL_SHARDS_MAX);
    memcpy(url, text, size);
    url[size] = '\0';
    struct dk_mysql_url *parsed = &shards->url[shards->count];
    enum dk_status status = dk_mysql_url_parse(parsed, url, err);
    if (status != DK_OK) {
        dk_error_prefix(err, "database.shards, node %zu", shards->count + 1);
        return status;
    }
    for (size_t i = 0; i < shards->count; i++)
        if (same_place(&shards->url[i], parsed))
            return dk_error_set(err, DK_ERR_CONFIG,
                                "database.shards: nodes %zu and %zu are the same", i + 1,
                                shards->count + 1);
    shards->count++;
    return DK_OK;
}

enum dk_status dk_mysql_shards_parse(struct dk_mysql_shards *shards, const char *list,
                                     struct dk_error *err)
{
    memset(shards, 0, sizeof(*shards));
    for (const char *at = list; *at;) {
        const char *comma = strchrnul(at, ',');
        const char *end = comma;
        while (at < end && is_blank(*at))
            at++;
        while (end > at && is_blank(end[-1]))
            end--;
        if (end > at)
            DK_RETURN_IF_ERROR(add_url(shards, at, (size_t)(end - at), err));
        at = *comma ? comma + 1 : comma;
    }
    if (shards->count == 0)
        return dk_error_set(err, DK_ERR_CONFIG, "database.shards does not name a node");
    dk_mysql_shards_plan(shards, NULL, 0, 0);
    return DK_OK;
}

void dk_mysql_shards_plan(struct dk_mysql_shards *shards, const int *old_first, size_t old_count,
                          int newest)
{
    size_t kept = 0;
    for (; kept < old_count && kept < shards->count && old_first[kept] <= newest; kept++)
        shards->first[kept] = old_first[kept];
    if (kept == 0)
        newest = 0; /* nothing is anywhere yet */
    int fresh = (int)(shards->count - kept);
    int start = newest + 1;
    int planned = DK_COHORTS_DEFAULT - newest;
    if (planned < fresh * COHORTS_A_NODE && newest > 0)
        planned = fresh * COHORTS_A_NODE;
    if (planned < fresh)
        planned = fresh;
    for (int i = 0; i < fresh; i++)
        shards->first[kept + (size_t)i] = start + planned * i / fresh;
}

size_t dk_mysql_shards_node(const struct dk_mysql_shards *shards, int cohort)
{
    size_t node = 0;
    while (node + 1 < shards->count && shards->first[node + 1] <= cohort)
        node++;
    return node;
}

/* Quotes and backslashes become '_', so that the name can be in Spider's comments. */
void dk_mysql_shards_server(char name[DK_MYSQL_SERVER_MAX], const char *database, size_t node)
{
    snprintf(name, DK_MYSQL_SERVER_MAX, "%.36s_node_%zu", database, node + 1);
    for (char *c = name; *c; c++)
        if (*c == '\'' || *c == '"' || *c == '\\' || *c == '`')
            *c = '_';
}

static void put_partition(const struct dk_mysql_shards *shards, const char *database, size_t node,
                          struct dk_buffer *text)
{
    char server[DK_MYSQL_SERVER_MAX];
    dk_mysql_shards_server(server, database, node);
    dk_buffer_putf(text, "%s\n    PARTITION node_%zu VALUES LESS THAN (", node ? "," : "",
                   node + 1);
    if (node + 1 < shards->count)
        dk_buffer_putf(text, "%d", shards->first[node + 1]);
    else
        dk_buffer_put(text, "MAXVALUE");
    dk_buffer_putf(text, ") COMMENT = 'srv \"%s\"'", server);
}

void dk_mysql_shards_put_tail(const struct dk_mysql_shards *shards, const char *database,
                              struct dk_buffer *text)
{
    dk_buffer_put(text, " ENGINE=SPIDER DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin\n"
                        "COMMENT='wrapper \"mysql\", table \"well_reading\"'\n"
                        "PARTITION BY RANGE COLUMNS (cohort) (");
    for (size_t node = 0; node < shards->count; node++)
        put_partition(shards, database, node, text);
    dk_buffer_put(text, ")");
}

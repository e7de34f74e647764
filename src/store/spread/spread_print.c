/* What a DBA needs beside the schema: the database, the nodes' tables, the head's servers. */
#include <stdlib.h>
#include <string.h>

#include "node_table.h"
#include "shards.h"
#include "spread.h"
#include "store/mysql/plain_query.h"
#include "store/mysql_driver.h"

#define TEXT_BYTES_MAX (1u << 20)

/* Appends the lines of `block` as SQL comments. */
static void put_comment(struct dk_buffer *text, const char *block)
{
    for (const char *line = block; *line;) {
        const char *end = strchrnul(line, '\n');
        dk_buffer_putf(text, "-- %.*s\n", (int)(end - line), line);
        line = *end ? end + 1 : end;
    }
}

static enum dk_status put_nodes(const struct dk_mysql_shards *shards, struct dk_buffer *text,
                                struct dk_error *err)
{
    struct dk_buffer table;
    enum dk_status status = DK_OK;
    dk_buffer_init(&table, TEXT_BYTES_MAX);
    for (size_t i = 0; status == DK_OK && i < shards->count; i++) {
        char place[DK_MYSQL_PLACE_MAX];
        dk_mysql_url_place(&shards->url[i], place, sizeof(place));
        dk_buffer_putf(text, "-- on node %zu, %s, in database %s\n", i + 1, place,
                       shards->url[i].database);
        table.size = 0;
        dk_mysql_node_table_put(&table, i);
        dk_buffer_put(&table, ";");
        status = dk_buffer_finish(&table, err);
        if (status == DK_OK)
            put_comment(text, table.data);
    }
    dk_buffer_reset(&table);
    return status;
}

/* The servers have placeholders for what is secret, or not known without asking. */
static void put_servers(const struct dk_mysql_shards *shards, const char *database,
                        struct dk_buffer *text)
{
    dk_buffer_put(text, "-- on the head, with the user that Spider is to be there\n");
    for (size_t i = 0; i < shards->count; i++) {
        const struct dk_mysql_url *url = &shards->url[i];
        char name[DK_MYSQL_SERVER_MAX];
        dk_mysql_shards_server(name, database, i);
        dk_buffer_putf(text,
                       "-- CREATE SERVER `%s` FOREIGN DATA WRAPPER mysql OPTIONS (HOST '%s', PORT "
                       "%u, DATABASE '%s', USER '...', PASSWORD '...');\n",
                       name, url->host[0] ? url->host : "localhost", url->port ? url->port : 3306u,
                       url->database);
    }
}

/* The shards of the settings, on the heap. */
static enum dk_status parse_shards(const struct dk_store_settings *settings,
                                   struct dk_mysql_shards **out, struct dk_error *err)
{
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for the list of shards");
    enum dk_status status = dk_mysql_shards_parse(*out, settings->shards, err);
    if (status != DK_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}

static enum dk_status put_spread(const struct dk_store_settings *settings, const char *database,
                                 struct dk_buffer *text, struct dk_error *err)
{
    struct dk_mysql_shards *shards;
    DK_RETURN_IF_ERROR(parse_shards(settings, &shards, err));
    enum dk_status status = put_nodes(shards, text, err);
    put_servers(shards, database, text);
    dk_buffer_putf(text, "%s;\n", dk_mysql_node_commits);
    free(shards);
    return status;
}

static enum dk_status put_all(const struct dk_store_settings *settings, struct dk_buffer *text,
                              struct dk_error *err)
{
    struct dk_mysql_url url;
    DK_RETURN_IF_ERROR(dk_mysql_url_parse(&url, settings->url, err));
    dk_mysql_put_create_database(text, url.database);
    dk_buffer_put(text, ";\nUSE ");
    dk_mysql_put_name(text, url.database);
    dk_buffer_put(text, ";\n");
    if (settings->shards)
        DK_RETURN_IF_ERROR(put_spread(settings, url.database, text, err));
    return dk_buffer_finish(text, err);
}

enum dk_status dk_mysql_print(const struct dk_store_settings *settings, struct dk_sink *sink,
                              struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, TEXT_BYTES_MAX);
    enum dk_status status = put_all(settings, &text, err);
    if (status == DK_OK)
        status = sink->write(sink, text.data, text.size, err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_mysql_spread_put_tail(const struct dk_store_settings *settings,
                                        struct dk_buffer *text, struct dk_error *err)
{
    struct dk_mysql_url url;
    struct dk_mysql_shards *shards;
    DK_RETURN_IF_ERROR(dk_mysql_url_parse(&url, settings->url, err));
    DK_RETURN_IF_ERROR(parse_shards(settings, &shards, err));
    dk_mysql_shards_put_tail(shards, url.database, text);
    free(shards);
    return DK_OK;
}

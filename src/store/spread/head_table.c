#include "head_table.h"

#include <string.h>
#include <strings.h>

#include "store/mysql/plain_query.h"
#include "store/query.h"

#define STATEMENT_BYTES_MAX (64u << 10)

static enum dk_status read_partitions(struct dk_mysql *head, struct dk_mysql_head_table *table,
                                      struct dk_error *err)
{
    struct dk_query query;
    int next = 1;
    dk_query_begin(&query, &head->sql,
                   "SELECT partition_description FROM information_schema.partitions WHERE "
                   "table_schema = DATABASE() AND table_name = 'well_reading' ORDER BY "
                   "partition_ordinal_position",
                   err);
    while (dk_query_next(&query)) {
        if (table->count == DK_MYSQL_SHARDS_MAX) {
            query.status = dk_error_set(
                err, DK_ERR_STORE, "well_reading has more than %d partitions", DK_MYSQL_SHARDS_MAX);
            break;
        }
        table->first[table->count++] = next;
        next = (int)dk_query_int(&query); /* 0 for MAXVALUE, which is the last */
    }
    return dk_query_end(&query);
}

enum dk_status dk_mysql_head_table_read(struct dk_mysql *head, struct dk_mysql_head_table *table,
                                        struct dk_error *err)
{
    char engine[64];
    memset(table, 0, sizeof(*table));
    DK_RETURN_IF_ERROR(dk_mysql_ask(head,
                                    "SELECT engine FROM information_schema.tables WHERE "
                                    "table_schema = DATABASE() AND table_name = 'well_reading'",
                                    engine, sizeof(engine), &table->there, err));
    table->spider = strcasecmp(engine, "SPIDER") == 0;
    return table->spider ? read_partitions(head, table, err) : DK_OK;
}

enum dk_status dk_mysql_head_table_drop_empty(struct dk_mysql *head, struct dk_error *err)
{
    char one[8];
    bool found;
    DK_RETURN_IF_ERROR(
        dk_mysql_ask(head, "SELECT 1 FROM well_reading LIMIT 1", one, sizeof(one), &found, err));
    if (!found)
        return dk_mysql_run(head, "DROP TABLE well_reading", "can't remove the empty table of",
                            err);
    dk_error_set(err, DK_ERR_STORE, "the readings of '%s' are on its own server already",
                 head->url.database);
    dk_error_hint(err, "docs/scale.md says how to move them to several servers");
    return DK_ERR_STORE;
}

enum dk_status dk_mysql_head_table_clean(struct dk_mysql *head, struct dk_error *err)
{
    static const char *const names[] = {"well_reading_next", "well_reading_past"};
    for (size_t i = 0; i < DK_COUNT_OF(names); i++) {
        char text[64];
        bool has = false;
        DK_RETURN_IF_ERROR(dk_sql_has_table(&head->sql, names[i], &has, err));
        dk_text_format(text, sizeof(text), "DROP TABLE %s", names[i]);
        if (has)
            DK_RETURN_IF_ERROR(dk_mysql_run(head, text, "can't clean up", err));
    }
    return DK_OK;
}

static enum dk_status make_next(struct dk_mysql *head, const struct dk_mysql_shards *shards,
                                struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, STATEMENT_BYTES_MAX);
    dk_fact_put_table(&text, &dk_dialect_mysql, "well_reading_next");
    dk_buffer_put(&text, "\n)");
    dk_mysql_shards_put_tail(shards, head->url.database, &text);
    enum dk_status status = dk_buffer_finish(&text, err);
    if (status == DK_OK)
        status = dk_mysql_run(head, text.data, "can't make well_reading again in", err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_mysql_head_table_remake(struct dk_mysql *head,
                                          const struct dk_mysql_shards *shards,
                                          struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_mysql_head_table_clean(head, err));
    DK_RETURN_IF_ERROR(make_next(head, shards, err));
    DK_RETURN_IF_ERROR(dk_mysql_run(head,
                                    "RENAME TABLE well_reading TO well_reading_past, "
                                    "well_reading_next TO well_reading",
                                    "can't swap well_reading in", err));
    return dk_mysql_head_table_clean(head, err);
}

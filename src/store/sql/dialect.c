#include "store/dialect.h"

#include <errno.h>
#include <string.h>

#define TEXT_OF(number) #number
#define NUMBER_TEXT(number) TEXT_OF(number)

/* Names are compared byte by byte in SQLite; utf8mb4_bin does the same on a server. */
#define MYSQL_TABLE_END " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
#define MYSQL_BAD_DATABASE 1049 /* ER_BAD_DB_ERROR */

/* The rows of well_reading are in the primary key's own tree, as InnoDB keeps them by itself. Its
 * index begins with the well: by date_time alone the rows of each new well would go between those
 * of all others. SQLite skips from well to well where only a date_time is asked for.
 * https://www.sqlite.org/optoverview.html#the_skip_scan_optimization */
const struct dk_dialect dk_dialect_sqlite = {
    .scheme = "sqlite:",
    .absent_code = ENOENT,
    .first = "PRAGMA application_id = " NUMBER_TEXT(DK_APPLICATION_ID),
    .auto_key = "",
    .time = "TEXT",
    .table_end = "",
    .fact_key = "",
    .fact_end = " WITHOUT ROWID",
    .fact_index = "CREATE INDEX IF NOT EXISTS well_reading_date_time ON well_reading (well_id, "
                  "date_time)",
    .drop_view = "DROP VIEW IF EXISTS {view}",
    .create_view = "CREATE VIEW {view} AS\n",
    .rename = "ALTER TABLE {old} RENAME TO {new}",
    .upsert = " ON CONFLICT ({key}) DO UPDATE SET ",
    .upsert_value = "excluded.{column}",
    .find_table =
        "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?)",
    .find_base_table =
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)",
    .find_column = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
};

const struct dk_dialect dk_dialect_mysql = {
    .scheme = "mysql:",
    .absent_code = MYSQL_BAD_DATABASE,
    .auto_key = " AUTO_INCREMENT",
    .time = "DATETIME",
    .table_end = MYSQL_TABLE_END,
    .fact_key = ",\n    KEY well_reading_date_time (date_time)",
    .fact_end = MYSQL_TABLE_END,
    .create_view = "CREATE OR REPLACE SQL SECURITY INVOKER VIEW {view} AS\n",
    .rename = "RENAME TABLE {old} TO {new}",
    .upsert = " ON DUPLICATE KEY UPDATE ",
    .upsert_value = "VALUES({column})",
    .find_table = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                  "table_name = ?",
    .find_base_table = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() "
                       "AND table_name = ? AND table_type = 'BASE TABLE'",
    .find_column = "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND "
                   "table_name = ? AND column_name = ?",
};

static const char *find_word(const struct dk_word *words, const char *name, size_t size)
{
    for (; words && words->name; words++)
        if (strlen(words->name) == size && memcmp(words->name, name, size) == 0)
            return words->value;
    return NULL;
}

void dk_dialect_put(const struct dk_dialect *dialect, struct dk_buffer *text, const char *template,
                    const struct dk_word *words)
{
    const struct dk_word own[] = {{"auto", dialect->auto_key},
                                  {"time", dialect->time},
                                  {"end", dialect->table_end},
                                  {NULL, NULL}};
    for (const char *at = template; *at;) {
        size_t plain = strcspn(at, "{");
        dk_buffer_put_bytes(text, at, plain);
        at += plain;
        if (!*at)
            break;
        size_t size = strcspn(at + 1, "}");
        const char *value = find_word(own, at + 1, size);
        value = value ? value : find_word(words, at + 1, size);
        dk_buffer_put(text, value ? value : "");
        at += size + 2;
    }
}

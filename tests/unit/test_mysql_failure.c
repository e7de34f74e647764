/* What derrick advises for each error of a MySQL server: by number, and by a word of the text where
 * one number means several things. Texts as the servers send them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/mysql/failure.h"

struct advice {
    unsigned code;
    const char *text;
    const char *word; /* in the hint; NULL: there is none */
};

static const struct advice advices[] = {
    {1040, "Too many connections", "fewer"},
    {1044, "Access denied for user 'a'@'b' to database 'c'", "grant"},
    {1045, "Access denied for user 'a'@'b' (using password: YES)", ".my.cnf"},
    {1046, "No database selected", "derrick init"},
    {1049, "Unknown database 'c'", "derrick init"},
    {1114, "The table 'x' is full", "space"},
    {1142, "CREATE command denied to user", "grant"},
    {1146, "Table 'c.runs' doesn't exist", "derrick init"},
    {1153, "Got a packet bigger than 'max_allowed_packet' bytes", "max_allowed_packet"},
    {1205, "Lock wait timeout exceeded; try restarting transaction", "run again"},
    {1213, "Deadlock found when trying to get lock; try restarting transaction", "run again"},
    {1290, "The server is running with the --read-only option", "accepts writes"},
    {1290, "running with the NO_ENGINE_SUBSTITUTION option", "enforce_storage_engine"},
    {1286, "Unknown storage engine 'InnoDB'", "enforce_storage_engine"},
    {1792, "Cannot execute statement in a READ ONLY transaction", "accepts writes"},
    {1836, "Running in read-only mode", "accepts writes"},
    /* Galera and Percona XtraDB Cluster */
    {1235, "This version of MariaDB doesn't yet support 'GET_LOCK in cluster (WSREP_ON=ON)'",
     "GET_LOCK"},
    {1105, "Percona-XtraDB-Cluster prohibits use of GET_LOCK with pxc_strict_mode = ENFORCING",
     "pxc_strict_mode = PERMISSIVE"},
    {1105, "Maximum writeset size exceeded", "wsrep_max_ws_size"},
    {1180, "wsrep_max_ws_rows exceeded", "wsrep_max_ws_rows"},
    {1180, "Got error 90 \"Message too long\" during COMMIT", "wsrep_max_ws_size"},
    {1180, "Got error 5 \"Input/output error\" during COMMIT", "run again"},
    {1105,
     "Percona-XtraDB-Cluster prohibits use of DML command on a table (c.runs) without an explicit "
     "primary key with pxc_strict_mode = ENFORCING or MASTER",
     "--print-sql"},
    {1173, "This table type requires a primary key", "primary key"},
    {3750, "Unable to create or change a table without a primary key", "primary key"},
    {1105,
     "Percona-XtraDB-Cluster prohibits use of DML command on a table (c.runs) that resides in "
     "non-transactional storage engine with pxc_strict_mode = ENFORCING or MASTER",
     "pxc_strict_mode"},
    {1047, "WSREP has not yet prepared node for application use", "another node"},
    {1235, "This version of MariaDB doesn't yet support 'XA transactions with Galera replication'",
     "single server"},
    /* Numbers that mean nothing by themselves */
    {1105, "unknown error", NULL},
    {1047, "Unknown command", NULL},
    {1235, "This version of MySQL doesn't yet support 'x'", NULL},
    {1064, "You have an error in your SQL syntax", NULL},
    /* Spider */
    {1429, "Unable to connect to foreign data source: x", "node of the shards"},
    {1526, "Table has no partition for value 61", "shards"},
    {12701, "Remote MySQL server has gone away", "node of the shards"},
    /* The client's own */
    {2002, "Can't connect", "start it"},
    {2005, "Unknown MySQL server host", "host in database.url"},
    {2013, "Lost connection", "is back"},
    {2026, "TLS/SSL error", "tls_ca"},
    {2059, "Authentication plugin 'x' cannot be loaded", "mysql_native_password"},
};

static void each_error_has_its_hint(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        const struct advice *advice = &advices[i];
        const char *hint = dk_mysql_code_hint(advice->code, advice->text);
        print_message("%u %s\n", advice->code, advice->text);
        if (!advice->word) {
            assert_null(hint);
            continue;
        }
        assert_non_null(hint);
        assert_non_null(strstr(hint, advice->word));
    }
}

static void lost_connections_are_known(void **state)
{
    static const unsigned lost[] = {2002, 2003, 2006, 2013, 2055, 1053, 1927, 3169, 4031};
    static const unsigned not_lost[] = {0, 1045, 1064, 1205, 1213, 2026};
    (void)state;
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
        assert_true(dk_mysql_code_is_lost(lost[i]));
    for (size_t i = 0; i < sizeof(not_lost) / sizeof(not_lost[0]); i++)
        assert_false(dk_mysql_code_is_lost(not_lost[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_has_its_hint),
        cmocka_unit_test(lost_connections_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a server's error means for the person who runs derrick. Codes: MySQL 8 and MariaDB server
 * error references; 2000 and above are the client's own.
 */
#include "store/mysql/failure.h"

#include <string.h>

/* Server codes that one of the two families has, or that the client's header lacks. */
enum {
    CODE_CONNECTION_KILLED = 1927,  /* MariaDB */
    CODE_SESSION_WAS_KILLED = 3169, /* MySQL */
    CODE_IDLE_TOO_LONG = 4031,      /* MySQL: wait_timeout */
    CODE_READ_ONLY_TRANSACTION = 1792,
    CODE_READ_ONLY_MODE = 1836,
    CODE_OPTION_PREVENTS = 1290,
    CODE_LOCAL_INFILE_OFF = 3948,  /* MySQL: ER_CLIENT_LOCAL_FILES_DISABLED */
    CODE_LOAD_INFILE_OFF = 4166,   /* MariaDB: ER_LOAD_INFILE_CAPABILITY_DISABLED */
    CODE_FILE_REJECTED = 2068,     /* MySQL's client: CR_LOAD_DATA_LOCAL_INFILE_REJECTED */
    CODE_FILE = 2,                 /* MariaDB's client: EE_READ, of a file that it has not */
    CODE_FILE_NOT_FOUND = 29,      /* EE_FILENOTFOUND */
    CODE_TABLE_WITHOUT_KEY = 3750, /* MySQL: ER_TABLE_WITHOUT_PK */
    CODE_NO_PARTITION = 1526,
    CODE_FEDERATED_CONNECT = 1429,
    CODE_SPIDER_GONE = 12701,
    CODE_TLS = 2026,
    CODE_AUTH_PLUGIN = 2059
};

struct meaning {
    unsigned code;
    const char *sentence; /* instead of the server's own words; NULL: those */
    const char *hint;
    const char *words; /* in the server's text; NULL: any text */
};

static const char hint_login[] =
    "check the user in database.url, and the password in ~/.my.cnf, group [derrick], or in "
    "DERRICK_DB_PASSWORD; a user that was created with REQUIRE SSL needs database.tls = verify";
static const char hint_grant[] =
    "ask the database's administrator to grant it, or to run the statements that 'derrick init "
    "--print-sql' prints; docs/mysql.md has the least privileges of each user";
static const char hint_init[] = "'derrick init' creates it if the user may create it";
static const char hint_down[] =
    "start it, or check host and port in database.url; for a socket with another path, use "
    "mysql:///database?socket=/path";
static const char hint_read_only[] =
    "it is a replica, or set read-only: use the url of the server that accepts writes, or ask its "
    "administrator";
static const char hint_engine[] =
    "derrick needs InnoDB tables: set the server's enforce_storage_engine to InnoDB, or unset it";
static const char hint_again[] = "nothing was changed; run again";
static const char hint_space[] =
    "free some space on the server, then run again; nothing was changed";
static const char hint_back[] = "run again when the server is back";
static const char hint_node[] = "a node of the shards does not answer: start it, then run again";
static const char hint_lock[] =
    "every run takes a named lock (GET_LOCK), which this server refuses: use the url of a server "
    "that allows it; of Percona XtraDB Cluster, set pxc_strict_mode = PERMISSIVE";
static const char hint_write_set[] =
    "the cluster limits the size of a transaction: raise wsrep_max_ws_size and wsrep_max_ws_rows "
    "(0: no limit) on the server, or load fewer cohorts at a time; nothing was loaded";
static const char hint_key[] =
    "every table that derrick makes has a primary key: give the table in the message its key back, "
    "as 'derrick init --print-sql' prints it";
static const char hint_strict[] =
    "the server's pxc_strict_mode refuses it: set pxc_strict_mode = PERMISSIVE, or use a server "
    "without it";
static const char hint_cluster[] = "the node is not ready: use the url of another node of the "
                                   "cluster, or run again when this one is synchronised";
static const char hint_xa[] = "a node of the shards can't be a Galera cluster: use a single server";

/* Where texts are given, the first row that matches counts: the particular before the general. Of
 * Galera: 1105, 1180 and 1235 are what MariaDB, Codership's MySQL and Percona XtraDB Cluster
 * send. */
static const struct meaning meanings[] = {
    {ER_ACCESS_DENIED_ERROR, NULL, hint_login, NULL},
    {ER_ACCESS_DENIED_NO_PASSWORD_ERROR, NULL, hint_login, NULL},
    {ER_DBACCESS_DENIED_ERROR, NULL, hint_grant, NULL},
    {ER_TABLEACCESS_DENIED_ERROR, NULL, hint_grant, NULL},
    {ER_COLUMNACCESS_DENIED_ERROR, NULL, hint_grant, NULL},
    {ER_SPECIFIC_ACCESS_DENIED_ERROR, NULL, hint_grant, NULL},
    {ER_BAD_DB_ERROR, NULL, hint_init, NULL},
    {ER_NO_DB_ERROR, NULL, hint_init, NULL},
    {ER_NO_SUCH_TABLE, NULL, hint_init, NULL},
    {ER_CON_COUNT_ERROR, "the server has too many connections", "run again when it has fewer",
     NULL},
    {ER_HOST_IS_BLOCKED, NULL, "ask its administrator to run FLUSH HOSTS", NULL},
    {ER_HOST_NOT_PRIVILEGED, NULL, "ask its administrator to create the user for this machine",
     NULL},
    {ER_UNKNOWN_STORAGE_ENGINE, NULL, hint_engine, NULL},
    {CODE_OPTION_PREVENTS, NULL, hint_engine, "NO_ENGINE_SUBSTITUTION"},
    {CODE_OPTION_PREVENTS, NULL, hint_read_only, NULL},
    {CODE_READ_ONLY_MODE, NULL, hint_read_only, NULL},
    {CODE_READ_ONLY_TRANSACTION, NULL, hint_read_only, NULL},
    {ER_LOCK_WAIT_TIMEOUT, NULL, "another session holds the rows; nothing was changed; run again",
     NULL},
    {ER_LOCK_DEADLOCK, NULL, hint_again, NULL},
    {ER_DISK_FULL, NULL, hint_space, NULL},
    {ER_RECORD_FILE_FULL, NULL, hint_space, NULL},
    {ER_NET_PACKET_TOO_LARGE, NULL, "raise max_allowed_packet on the server", NULL},
    {ER_UNKNOWN_ERROR, NULL, hint_lock, "GET_LOCK"},
    {ER_NOT_SUPPORTED_YET, NULL, hint_lock, "GET_LOCK"},
    {ER_NOT_SUPPORTED_YET, NULL, hint_xa, "XA transactions"},
    {ER_UNKNOWN_ERROR, NULL, hint_write_set, "writeset size"},
    {ER_ERROR_DURING_COMMIT, NULL, hint_write_set, "wsrep_max_ws"},
    {ER_ERROR_DURING_COMMIT, NULL, hint_write_set, "error 90"}, /* EMSGSIZE */
    {ER_ERROR_DURING_COMMIT, NULL, hint_again, NULL},
    {ER_UNKNOWN_ERROR, NULL, hint_key, "explicit primary key"},
    {ER_REQUIRES_PRIMARY_KEY, NULL, hint_key, NULL},
    {CODE_TABLE_WITHOUT_KEY, NULL, hint_key, NULL},
    {ER_UNKNOWN_ERROR, NULL, hint_strict, "pxc_strict_mode"},
    {ER_UNKNOWN_COM_ERROR, NULL, hint_cluster, "WSREP"},
    {CODE_NO_PARTITION, NULL,
     "no node of the shards takes that cohort: see docs/scale.md, and run 'derrick init'", NULL},
    {CODE_FEDERATED_CONNECT, NULL, hint_node, NULL},
    {CODE_SPIDER_GONE, NULL, hint_node, NULL},
    {CR_CONNECTION_ERROR, "no server answers there", hint_down, NULL},
    {CR_CONN_HOST_ERROR, "no server answers there", hint_down, NULL},
    {CR_UNKNOWN_HOST, "no machine of that name is known", "check the host in database.url", NULL},
    {CR_SERVER_GONE_ERROR, "the connection is lost", hint_back, NULL},
    {CR_SERVER_LOST, "the connection is lost", hint_back, NULL},
    {CODE_TLS, NULL,
     "set database.tls_ca to the authority that signed the server's certificate; derrick does not "
     "use TLS on this machine, or with database.tls = plain",
     NULL},
    {CODE_AUTH_PLUGIN, NULL,
     "create the user with a common method: mysql_native_password, caching_sha2_password or "
     "ed25519",
     NULL},
};

bool dk_mysql_code_is_lost(unsigned code)
{
    switch (code) {
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_SERVER_LOST_EXTENDED:
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_FORCING_CLOSE:
    case CODE_CONNECTION_KILLED:
    case CODE_SESSION_WAS_KILLED:
    case CODE_IDLE_TOO_LONG:
        return true;
    default:
        return false;
    }
}

/* --- a refusal of LOAD DATA LOCAL ------------------------------------------------------------- */

/* How a refusal reads: the code alone, or the code where the text has (or has not) a word. */
struct refusal {
    unsigned code;
    const char *words[4]; /* one of them is in the text, in any case; none: any text */
    const char *unless;   /* not in the text; NULL: nothing */
    const char *hint;
};

static const char hint_server[] = "SET GLOBAL local_infile = 1 allows it";
static const char hint_proxy[] = "database.load = insert makes derrick not try";

/* Sources: the server error references of MySQL and MariaDB; ProxySQL (1047, and before 2.1 the
 * client's own code, because it looked for the file on its own disk); Vitess (1235, 1105 and 1064);
 * Dolt (1105). 1047 is also a Galera node that is not ready, which takes no INSERT either. */
#define INFILE_WORDS                                                                               \
    {                                                                                              \
        "load data", "local infile", "local_infile", "near 'load"                                  \
    }
static const struct refusal refusals[] = {
    {ER_NOT_ALLOWED_COMMAND, {NULL}, NULL, hint_server},
    {CODE_LOCAL_INFILE_OFF, {NULL}, NULL, hint_server},
    {CODE_LOAD_INFILE_OFF, {NULL}, NULL, hint_server},
    {ER_UNKNOWN_COM_ERROR, {NULL}, "WSREP", hint_proxy},
    {ER_NOT_SUPPORTED_YET, {NULL}, NULL, hint_proxy},
    {CODE_FILE_REJECTED, {NULL}, NULL, hint_proxy},
    {ER_UNKNOWN_ERROR, INFILE_WORDS, NULL, hint_proxy},
    {ER_PARSE_ERROR, INFILE_WORDS, NULL, hint_proxy},
    {CR_UNKNOWN_ERROR, INFILE_WORDS, NULL, hint_proxy},
};

static bool refusal_matches(const struct refusal *refusal, unsigned code, const char *text)
{
    bool matches = !refusal->words[0];
    for (size_t i = 0; i < DK_COUNT_OF(refusal->words) && refusal->words[i]; i++)
        matches = matches || strcasestr(text, refusal->words[i]);
    return refusal->code == code && matches && !(refusal->unless && strstr(text, refusal->unless));
}

bool dk_mysql_infile_is_refused(struct dk_mysql *conn, const char *file, const char **hint)
{
    unsigned code = mysql_errno(conn->handle);
    const char *text = mysql_error(conn->handle);
    *hint = hint_proxy;
    for (size_t i = 0; i < DK_COUNT_OF(refusals); i++) {
        if (!refusal_matches(&refusals[i], code, text))
            continue;
        *hint = refusals[i].hint;
        return true;
    }
    return (code == CODE_FILE || code == CODE_FILE_NOT_FOUND) && strstr(text, file);
}

/* --- what a failure means -------------------------------------------------------------------- */

static const struct meaning *find_meaning(unsigned code, const char *text)
{
    for (size_t i = 0; i < DK_COUNT_OF(meanings); i++)
        if (meanings[i].code == code && (!meanings[i].words || strstr(text, meanings[i].words)))
            return &meanings[i];
    return NULL;
}

const char *dk_mysql_code_hint(unsigned code, const char *text)
{
    const struct meaning *meaning = find_meaning(code, text);
    return meaning ? meaning->hint : NULL;
}

static enum dk_status translate(struct dk_mysql *conn, unsigned code, const char *text,
                                const char *what, struct dk_error *err)
{
    const char *limit = dk_mysql_exchange_sentence(&conn->exchange);
    if (dk_mysql_code_is_lost(code) || limit)
        conn->broken = true;
    if (limit) {
        dk_error_set(err, DK_ERR_STORE, "%s '%s' at %s: %s", what, conn->url.database, conn->place,
                     limit);
        dk_error_hint(err, "check the server and the network; docs/mysql.md has the limits");
        return DK_ERR_STORE;
    }
    if (code == CR_OUT_OF_MEMORY)
        return dk_error_set(err, DK_ERR_NOMEM, "%s: out of memory", what);
    const struct meaning *meaning = find_meaning(code, text);
    if (meaning && meaning->sentence)
        text = meaning->sentence;
    dk_error_set(err, DK_ERR_STORE, "%s '%s' at %s: %s", what, conn->url.database, conn->place,
                 text);
    if (err)
        err->native = (int)code;
    if (meaning)
        dk_error_hint(err, "%s", meaning->hint);
    return DK_ERR_STORE;
}

enum dk_status dk_mysql_fail(struct dk_mysql *conn, const char *what, struct dk_error *err)
{
    return translate(conn, mysql_errno(conn->handle), mysql_error(conn->handle), what, err);
}

enum dk_status dk_mysql_fail_statement(struct dk_mysql *conn, MYSQL_STMT *statement,
                                       const char *what, struct dk_error *err)
{
    /* What breaks amid the rows the client notes at the connection. */
    if (mysql_stmt_errno(statement) == 0)
        return dk_mysql_fail(conn, what, err);
    return translate(conn, mysql_stmt_errno(statement), mysql_stmt_error(statement), what, err);
}

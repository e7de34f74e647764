#include "client_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define CONNECT_TIMEOUT_DEFAULT_S 10
#define PACKET_BYTES_MAX (1u << 20) /* more than any row or statement of ours */
#define SILENCE_MAX_S 600u          /* a server that sends nothing for this long is given up */

unsigned dk_mysql_connect_timeout_s(const struct dk_mysql *conn)
{
    long asked = conn->settings->connect_timeout_s;
    return asked > 0 && asked < 3600 ? (unsigned)asked : CONNECT_TIMEOUT_DEFAULT_S;
}

/* Reads the groups [client] and [group] of an option file. The client does that when it connects,
 * over what was set before; a host whose name can't be looked up makes it do so now. What is set
 * from here on wins: no option file can take verification away. */
static void read_group(struct dk_mysql *conn, const char *path, const char *group)
{
    mysql_options(conn->handle, MYSQL_READ_DEFAULT_FILE, path);
    mysql_options(conn->handle, MYSQL_READ_DEFAULT_GROUP, group);
    mysql_real_connect(conn->handle, "..", NULL, NULL, NULL, 0, NULL, CLIENT_REMEMBER_OPTIONS);
}

/* Whether it is a file (or a pipe, or /dev/null), not a folder, and may be read. */
static bool is_readable(const char *path)
{
    struct stat info;
    return access(path, R_OK) == 0 && stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

/* Whether a file that can't be read simply does not exist: no link has its name, either. */
static bool is_absent(const char *path)
{
    struct stat info;
    return lstat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* The option file: settings->option_file, which must be there, or ~/.my.cnf if it is. One that
 * can't be read is an error: without it there would be another user, or no password. */
static enum dk_status set_option_file(struct dk_mysql *conn, struct dk_error *err)
{
    const struct dk_store_settings *settings = conn->settings;
    char *path = NULL;
    if (settings->option_file)
        path = strdup(settings->option_file);
    else if (settings->home)
        path = dk_path_join(settings->home, ".my.cnf");
    else
        return DK_OK;
    if (!path)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a path");
    enum dk_status status = DK_OK;
    if (is_readable(path)) {
        read_group(conn, path, "derrick");
        if (conn->is_node)
            read_group(conn, path, "derrick_node");
    } else if (settings->option_file || !is_absent(path)) {
        status = dk_error_set(err, DK_ERR_CONFIG, "can't read the option file '%s'", path);
        dk_error_hint(err, settings->option_file ? "check database.option_file"
                                                 : "make it readable for this user, or remove it");
    }
    free(path);
    return status;
}

bool dk_mysql_wants_tls(const struct dk_mysql *conn)
{
    switch (conn->settings->tls) {
    case DK_TLS_PLAIN:
        return false;
    case DK_TLS_VERIFY:
        return !dk_mysql_url_by_socket(&conn->url);
    case DK_TLS_AUTO:
    default:
        /* Where an authority is configured it is checked: a port of this machine may be a
         * tunnel. */
        return !dk_mysql_url_is_local(&conn->url) ||
               (conn->settings->tls_ca && !dk_mysql_url_by_socket(&conn->url));
    }
}

/* One PEM file, which must be readable where it is named. */
static enum dk_status set_pem(struct dk_mysql *conn, enum mysql_option option, const char *path,
                              struct dk_error *err)
{
    if (!path)
        return DK_OK;
    if (access(path, R_OK) != 0)
        return dk_error_errno(err, DK_ERR_CONFIG, errno, "can't read the TLS file", path);
    mysql_options(conn->handle, option, path);
    return DK_OK;
}

static enum dk_status set_tls(struct dk_mysql *conn, struct dk_error *err)
{
    const struct dk_store_settings *settings = conn->settings;
    my_bool on = dk_mysql_wants_tls(conn);
    mysql_options(conn->handle, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(conn->handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
    if (!on)
        return DK_OK;
    DK_RETURN_IF_ERROR(set_pem(conn, MYSQL_OPT_SSL_CA, settings->tls_ca, err));
    DK_RETURN_IF_ERROR(set_pem(conn, MYSQL_OPT_SSL_CERT, settings->tls_cert, err));
    return set_pem(conn, MYSQL_OPT_SSL_KEY, settings->tls_key, err);
}

enum dk_status dk_mysql_set_options(struct dk_mysql *conn, struct dk_error *err)
{
    unsigned connect_s = dk_mysql_connect_timeout_s(conn);
    unsigned silence_s = SILENCE_MAX_S;
    unsigned infile = 1;
    size_t packet_bytes = PACKET_BYTES_MAX;
    unsigned protocol =
        dk_mysql_url_by_socket(&conn->url) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    DK_RETURN_IF_ERROR(set_option_file(conn, err));
    mysql_options(conn->handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(conn->handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    mysql_options(conn->handle, MYSQL_OPT_READ_TIMEOUT, &silence_s);
    mysql_options(conn->handle, MYSQL_OPT_WRITE_TIMEOUT, &silence_s);
    mysql_options(conn->handle, MYSQL_OPT_LOCAL_INFILE, &infile);
    /* "localhost" alone is the socket, with a port it is that port. */
    mysql_options(conn->handle, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_options4(conn->handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "derrick");
    mysql_options(conn->handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet_bytes);
    dk_mysql_exchange_install(conn->handle);
    dk_mysql_local_file_install(conn->handle, &conn->local_file);
    return set_tls(conn, err);
}

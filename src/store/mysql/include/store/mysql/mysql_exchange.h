/*
 * mysql_exchange: what one exchange with a server, from a request to the end of its answer, may
 * cost. No server, however broken, holds a run for long or takes its memory. The limits are in
 * docs/mysql.md.
 *
 * Time: the client library waits for the network through our function, which counts. Bytes that
 * come before any row, such as descriptions of columns, the library keeps without a limit: while it
 * reads those, a thread watches how many arrive, and cuts the connection. Where the server is
 * reached by a Unix socket the system does not count bytes, and only the time is limited.
 *
 * An exchange belongs to the thread that began it.
 */
#ifndef DK_STORE_MYSQL_EXCHANGE_H
#define DK_STORE_MYSQL_EXCHANGE_H

#include <mysql.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum dk_mysql_verdict {
    DK_MYSQL_FINE,
    DK_MYSQL_TOO_SLOW, /* less than the minimum rate */
    DK_MYSQL_TOO_LONG, /* longer than the ceiling */
    DK_MYSQL_TOO_MUCH  /* more bytes or rows than any answer has */
};

struct dk_mysql_exchange {
    enum dk_mysql_verdict verdict;
    int64_t started_ms;
    /* The present window: how long was waited in it, how often bytes came, what it began with. */
    int64_t waited_ms;
    unsigned arrivals;
    uint64_t window_bytes;
    /* The watcher. */
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int fd; /* watched at the moment; -1: none */
    uint64_t watch_bytes;
    bool stop;
    bool cut; /* the watcher has cut the connection */
};

/* Begins an exchange of this thread. */
void dk_mysql_exchange_begin(struct dk_mysql_exchange *exchange);
/* Around calls of the client library that read descriptions of columns. */
void dk_mysql_exchange_watch(struct dk_mysql_exchange *exchange, MYSQL *handle);
void dk_mysql_exchange_unwatch(struct dk_mysql_exchange *exchange);
/* Ends it for good: the server sends more than it may. Nothing more is read. */
void dk_mysql_exchange_cut(struct dk_mysql_exchange *exchange, MYSQL *handle);
/* Before the connection is closed: ends the watcher. */
void dk_mysql_exchange_reset(struct dk_mysql_exchange *exchange);

/* Makes the client library wait through us; before mysql_real_connect. */
void dk_mysql_exchange_install(MYSQL *handle);

/* "the server sent less than ..."; NULL: no limit was reached. */
const char *dk_mysql_exchange_sentence(const struct dk_mysql_exchange *exchange);

#endif

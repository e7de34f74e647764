#include "store/mysql/mysql_exchange.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

#include "base/monotonic.h"

#define EXCHANGE_MAX_MS (60 * 60 * 1000)
#define WINDOW_MS (30 * 1000)
#define RATE_MIN_BYTES_S 1024u
#define ARRIVALS_MIN 5u /* fewer are a pause of the server, not a trickle */
#define WATCH_PERIOD_MS 10
#define WATCH_BYTES_MAX (4u << 20)

/* The exchange of this thread: the client library's function to wait has no context. */
static _Thread_local struct dk_mysql_exchange *current;

/* Bytes that came and went over a TCP socket so far; false: the system does not count them. */
static bool count_bytes(int fd, uint64_t *received, uint64_t *sent)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received))
        return false;
    *received = info.tcpi_bytes_received;
    *sent = info.tcpi_bytes_acked;
    return true;
}

static void begin_window(struct dk_mysql_exchange *exchange, int fd)
{
    uint64_t received = 0;
    uint64_t sent = 0;
    exchange->waited_ms = 0;
    exchange->arrivals = 0;
    if (fd >= 0 && count_bytes(fd, &received, &sent))
        exchange->window_bytes = received + sent;
}

/* --- time ----------------------------------------------------------------------------------- */

static void judge_window(struct dk_mysql_exchange *exchange, int fd)
{
    uint64_t received = 0;
    uint64_t sent = 0;
    if (exchange->waited_ms < WINDOW_MS)
        return;
    if (exchange->arrivals >= ARRIVALS_MIN && count_bytes(fd, &received, &sent) &&
        received + sent - exchange->window_bytes <
            RATE_MIN_BYTES_S * (uint64_t)exchange->waited_ms / 1000)
        exchange->verdict = DK_MYSQL_TOO_SLOW;
    begin_window(exchange, fd);
}

/* As poll: 1 for ready, 0 for a timeout, -1 for an error. */
static int wait_fd(int fd, bool to_read, int64_t timeout_ms)
{
    struct pollfd poller = {.fd = fd, .events = to_read ? POLLIN : POLLOUT};
    int64_t end = dk_monotonic_ms() + timeout_ms;
    for (;;) {
        int64_t left = timeout_ms < 0 ? -1 : end - dk_monotonic_ms();
        int ready = poll(&poller, 1, timeout_ms < 0 ? -1 : left > 0 ? (int)left : 0);
        if (ready >= 0 || errno != EINTR)
            return ready;
    }
}

static int wait_io(my_socket fd, my_bool to_read, int timeout_ms)
{
    struct dk_mysql_exchange *exchange = current;
    if (!exchange)
        return wait_fd(fd, to_read, timeout_ms);
    int64_t start = dk_monotonic_ms();
    int64_t left = exchange->started_ms + EXCHANGE_MAX_MS - start;
    bool shorter = timeout_ms < 0 || timeout_ms > left;
    if (exchange->waited_ms == 0)
        begin_window(exchange, fd);
    int ready = wait_fd(fd, to_read, shorter ? (left > 0 ? left : 0) : timeout_ms);
    exchange->waited_ms += dk_monotonic_ms() - start;
    exchange->arrivals += ready > 0 && to_read;
    if (ready == 0 && shorter)
        exchange->verdict = DK_MYSQL_TOO_LONG;
    judge_window(exchange, fd);
    if (exchange->verdict == DK_MYSQL_FINE)
        return ready;
    errno = ETIMEDOUT;
    return -1;
}

void dk_mysql_exchange_install(MYSQL *handle)
{
    mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, wait_io);
}

/* --- bytes ---------------------------------------------------------------------------------- */

static void check_watched(struct dk_mysql_exchange *exchange)
{
    uint64_t received = 0;
    uint64_t sent = 0;
    if (exchange->fd < 0 || !count_bytes(exchange->fd, &received, &sent) ||
        received - exchange->watch_bytes <= WATCH_BYTES_MAX)
        return;
    exchange->cut = true;
    shutdown(exchange->fd, SHUT_RDWR);
    exchange->fd = -1;
}

static void *watch(void *context)
{
    struct dk_mysql_exchange *exchange = context;
    pthread_mutex_lock(&exchange->mutex);
    while (!exchange->stop) {
        struct timespec at;
        clock_gettime(CLOCK_REALTIME, &at);
        at.tv_nsec += WATCH_PERIOD_MS * 1000000L;
        at.tv_sec += at.tv_nsec / 1000000000L;
        at.tv_nsec %= 1000000000L;
        if (exchange->fd < 0)
            pthread_cond_wait(&exchange->changed, &exchange->mutex);
        else
            pthread_cond_timedwait(&exchange->changed, &exchange->mutex, &at);
        check_watched(exchange);
    }
    pthread_mutex_unlock(&exchange->mutex);
    return NULL;
}

static void start_watcher(struct dk_mysql_exchange *exchange)
{
    if (exchange->has_thread)
        return;
    pthread_mutex_init(&exchange->mutex, NULL);
    pthread_cond_init(&exchange->changed, NULL);
    exchange->fd = -1;
    exchange->stop = exchange->cut = false;
    exchange->has_thread = pthread_create(&exchange->thread, NULL, watch, exchange) == 0;
    if (exchange->has_thread)
        return;
    pthread_cond_destroy(&exchange->changed);
    pthread_mutex_destroy(&exchange->mutex);
}

void dk_mysql_exchange_watch(struct dk_mysql_exchange *exchange, MYSQL *handle)
{
    uint64_t received = 0;
    uint64_t sent = 0;
    int fd = (int)mysql_get_socket(handle);
    if (!count_bytes(fd, &received, &sent))
        return;
    start_watcher(exchange);
    if (!exchange->has_thread)
        return;
    pthread_mutex_lock(&exchange->mutex);
    exchange->fd = fd;
    exchange->watch_bytes = received;
    pthread_cond_signal(&exchange->changed);
    pthread_mutex_unlock(&exchange->mutex);
}

void dk_mysql_exchange_unwatch(struct dk_mysql_exchange *exchange)
{
    if (!exchange->has_thread)
        return;
    pthread_mutex_lock(&exchange->mutex);
    exchange->fd = -1;
    if (exchange->cut)
        exchange->verdict = DK_MYSQL_TOO_MUCH;
    pthread_mutex_unlock(&exchange->mutex);
}

/* --- an exchange ---------------------------------------------------------------------------- */

void dk_mysql_exchange_begin(struct dk_mysql_exchange *exchange)
{
    exchange->started_ms = dk_monotonic_ms();
    begin_window(exchange, -1);
    current = exchange;
}

void dk_mysql_exchange_cut(struct dk_mysql_exchange *exchange, MYSQL *handle)
{
    exchange->verdict = DK_MYSQL_TOO_MUCH;
    shutdown((int)mysql_get_socket(handle), SHUT_RDWR);
}

void dk_mysql_exchange_reset(struct dk_mysql_exchange *exchange)
{
    if (current == exchange)
        current = NULL;
    if (!exchange->has_thread)
        return;
    pthread_mutex_lock(&exchange->mutex);
    exchange->stop = true;
    pthread_cond_signal(&exchange->changed);
    pthread_mutex_unlock(&exchange->mutex);
    pthread_join(exchange->thread, NULL);
    pthread_cond_destroy(&exchange->changed);
    pthread_mutex_destroy(&exchange->mutex);
    exchange->has_thread = false;
}

const char *dk_mysql_exchange_sentence(const struct dk_mysql_exchange *exchange)
{
    switch (exchange->verdict) {
    case DK_MYSQL_TOO_SLOW:
        return "the server sends less than 1 KiB/s; gave up";
    case DK_MYSQL_TOO_LONG:
        return "the server did not finish an answer within an hour; gave up";
    case DK_MYSQL_TOO_MUCH:
        return "the server sent more than any answer to this statement has; gave up";
    case DK_MYSQL_FINE:
        break;
    }
    return NULL;
}

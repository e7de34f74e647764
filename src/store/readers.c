#include "store/readers.h"

#include "private.h"

#define READERS_MAX 4u
#define SERIES_MIN 4u /* fewer per reader are not worth a connection */

struct readers {
    struct dk_store *store;
    dk_reader_fn work;
    void *context;
};

unsigned dk_readers_count(unsigned threads, size_t series)
{
    if (threads == 0)
        threads = dk_team_threads_default();
    if (threads > READERS_MAX)
        threads = READERS_MAX;
    if (threads > series / SERIES_MIN)
        threads = (unsigned)(series / SERIES_MIN);
    return threads > 0 ? threads : 1;
}

static enum dk_status reader(struct dk_team *team, unsigned index, void *context,
                             struct dk_error *err)
{
    const struct readers *readers = context;
    struct dk_store *store = readers->store;
    if (index == 0)
        return readers->work(team, index, store, readers->context, err);
    DK_RETURN_IF_ERROR(dk_store_open(&store, &store->settings, false, store->observer, err));
    enum dk_status status = readers->work(team, index, store, readers->context, err);
    dk_store_close(store);
    return status;
}

enum dk_status dk_readers_run(struct dk_store *store, unsigned count, dk_reader_fn work,
                              void *context, struct dk_error *err)
{
    struct readers readers = {.store = store, .work = work, .context = context};
    return dk_team_run(count, reader, &readers, err);
}

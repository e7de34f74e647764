#include "parquet/group.h"

#include <stdlib.h>

#include "base/team.h"

#define CHUNK_BYTES_MAX ((size_t)64 << 20)
#define VALUE_BYTES 8

struct dk_parquet_worker {
    struct dk_parquet_encoder *encoder; /* owned */
    void *scratch;                      /* owned; VALUE_BYTES a row */
};

/* The chunk of one column. */
struct dk_parquet_slot {
    struct dk_buffer bytes; /* owned */
    struct dk_parquet_chunk chunk;
};

enum dk_status dk_parquet_team_init(struct dk_parquet_team *team, unsigned threads,
                                    size_t column_count, struct dk_error *err)
{
    if (threads == 0)
        threads = dk_team_threads_default();
    if (threads > DK_PARQUET_THREADS_MAX)
        threads = DK_PARQUET_THREADS_MAX;
    *team = (struct dk_parquet_team){.threads = threads, .column_count = column_count};
    team->workers = calloc(threads, sizeof(*team->workers));
    team->slots = calloc(column_count, sizeof(*team->slots));
    enum dk_status status = DK_OK;
    if (!team->workers || !team->slots)
        status = dk_error_set(err, DK_ERR_NOMEM, "out of memory for Parquet columns");
    for (size_t i = 0; status == DK_OK && i < column_count; i++)
        dk_buffer_init(&team->slots[i].bytes, CHUNK_BYTES_MAX);
    if (status != DK_OK)
        dk_parquet_team_reset(team);
    return status;
}

void dk_parquet_team_reset(struct dk_parquet_team *team)
{
    for (unsigned i = 0; team->workers && i < team->threads; i++) {
        dk_parquet_encoder_free(team->workers[i].encoder);
        free(team->workers[i].scratch);
    }
    for (size_t i = 0; team->slots && i < team->column_count; i++)
        dk_buffer_reset(&team->slots[i].bytes);
    free(team->workers);
    free(team->slots);
    *team = (struct dk_parquet_team){0};
}

/* One row group in the making, as its threads see it. */
struct task {
    struct dk_parquet_team *team;
    const struct dk_parquet_group *group;
};

static enum dk_status prepare(struct dk_parquet_worker *worker, struct dk_error *err)
{
    if (!worker->encoder)
        DK_RETURN_IF_ERROR(dk_parquet_encoder_new(&worker->encoder, err));
    if (!worker->scratch)
        worker->scratch = malloc((size_t)DK_PARQUET_GROUP_ROWS_MAX * VALUE_BYTES);
    return worker->scratch ? DK_OK
                           : dk_error_set(err, DK_ERR_NOMEM, "out of memory for Parquet columns");
}

static enum dk_status encode(struct dk_team *threads, unsigned index, void *context,
                             struct dk_error *err)
{
    struct task *task = context;
    struct dk_parquet_worker *worker = &task->team->workers[index];
    DK_RETURN_IF_ERROR(prepare(worker, err));
    size_t column;
    while (dk_team_take(threads, task->team->column_count, &column)) {
        struct dk_parquet_slot *slot = &task->team->slots[column];
        struct dk_parquet_values values = {.rows = task->group->rows};
        task->group->values(task->group->context, column, worker->scratch, &values);
        slot->bytes.size = 0;
        DK_RETURN_IF_ERROR(dk_parquet_encode(worker->encoder, &task->group->fields[column], &values,
                                             &slot->bytes, &slot->chunk, err));
    }
    return DK_OK;
}

enum dk_status dk_parquet_group_append(struct dk_parquet_team *team,
                                       struct dk_parquet_writer *writer,
                                       const struct dk_parquet_group *group, struct dk_error *err)
{
    struct task task = {.team = team, .group = group};
    DK_RETURN_IF_ERROR(dk_team_run(team->threads, encode, &task, err));
    for (size_t i = 0; i < team->column_count; i++)
        DK_RETURN_IF_ERROR(
            dk_parquet_append(writer, &team->slots[i].chunk, team->slots[i].bytes.data, err));
    return DK_OK;
}

#include "export/samples.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/hashed_file.h"
#include "base/team.h"
#include "gather.h"
#include "parquet/parquet.h"
#include "samples_columns.h"

#define CHUNK_BYTES_MAX ((size_t)64 << 20)
#define PLAIN_BYTES_MAX ((size_t)112 << 20) /* samples in memory; more of them are in a file */
#define KEY_BYTES_MAX 160
#define THREADS_MAX 4 /* an encoder holds about 15 MB */

/* An encoded chunk of a sensor, in the spool. */
struct piece {
    uint64_t offset;
    struct dk_parquet_chunk chunk;
};

/* A sensor that is complete. */
struct sensor {
    bool present;
    size_t burst; /* samples */
    size_t readings;
    struct piece *pieces; /* owned; [series][groups] */
};

struct dk_samples {
    char *folder; /* owned */
    bool made;    /* the folder is ours to remove, if nothing comes into it */
    char sample[16];
    unsigned threads;
    struct dk_parquet_encoder *encoders[THREADS_MAX]; /* owned; made when needed */
    struct dk_buffer buffers[THREADS_MAX];            /* the same */
    int spool;
    atomic_uint_fast64_t spool_bytes;
    struct dk_burst_range wanted;
    size_t series; /* that are wanted */
    /* The sensor that is being gathered: [series][readings_max][burst]. */
    struct dk_gather gather;
    size_t readings_max;
    size_t burst;
    struct sensor sensors[DK_SENSORS];
};

static enum dk_status no_memory(struct dk_error *err)
{
    return dk_error_set(err, DK_ERR_NOMEM, "out of memory for samples");
}

/* --- open and close --------------------------------------------------------------------------- */

enum dk_status dk_samples_open(struct dk_samples **out, const char *folder, const char *sample,
                               const struct dk_burst_range *wanted, unsigned threads,
                               struct dk_error *err)
{
    struct dk_samples *samples = calloc(1, sizeof(*samples));
    if (!samples)
        return no_memory(err);
    samples->spool = -1;
    samples->wanted = *wanted;
    snprintf(samples->sample, sizeof(samples->sample), "%s", sample);
    samples->threads = threads ? threads : dk_team_threads_default();
    if (samples->threads > THREADS_MAX)
        samples->threads = THREADS_MAX;
    for (unsigned i = 0; i < THREADS_MAX; i++)
        dk_buffer_init(&samples->buffers[i], CHUNK_BYTES_MAX);
    samples->made = !dk_path_exists(folder);
    samples->folder = strdup(folder);
    enum dk_status status = samples->folder ? dk_folder_make(folder, err) : no_memory(err);
    if (status == DK_OK)
        status = dk_gather_open(folder, &samples->spool, err);
    if (status == DK_OK)
        *out = samples;
    else
        dk_samples_close(samples);
    return status;
}

void dk_samples_close(struct dk_samples *samples)
{
    if (!samples)
        return;
    if (samples->spool >= 0)
        close(samples->spool);
    if (samples->made)
        (void)rmdir(samples->folder); /* unless something is in it */
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        dk_parquet_encoder_free(samples->encoders[i]);
        dk_buffer_reset(&samples->buffers[i]);
    }
    for (int i = 0; i < DK_SENSORS; i++)
        free(samples->sensors[i].pieces);
    dk_gather_reset(&samples->gather);
    free(samples->folder);
    free(samples);
}

/* --- the sink --------------------------------------------------------------------------------- */

enum dk_status dk_samples_begin(void *context, int sensor, size_t series, size_t samples_per_burst,
                                size_t readings_max, struct dk_error *err)
{
    struct dk_samples *samples = context;
    if (samples_per_burst > DK_PARQUET_GROUP_ROWS_MAX)
        return dk_error_set(err, DK_ERR_DATA,
                            "%s has bursts of %zu samples; --format samples takes at most %d",
                            dk_sensors[sensor].name, samples_per_burst, DK_PARQUET_GROUP_ROWS_MAX);
    samples->series = dk_burst_range_count(&samples->wanted, series);
    samples->burst = samples_per_burst;
    samples->readings_max = readings_max;
    const size_t need = samples->series * readings_max * samples_per_burst * sizeof(dk_decimal);
    if (samples->gather.memory && need <= samples->gather.size_bytes)
        return DK_OK;
    dk_gather_reset(&samples->gather);
    return dk_gather_init(&samples->gather, need, PLAIN_BYTES_MAX, samples->folder, err);
}

static dk_decimal *values_at(const struct dk_samples *samples, size_t place, size_t reading)
{
    return (dk_decimal *)samples->gather.memory +
           (place * samples->readings_max + reading) * samples->burst;
}

void dk_samples_burst(void *context, int sensor, size_t series, size_t reading,
                      const dk_decimal *values, size_t count)
{
    struct dk_samples *samples = context;
    const size_t place = series - samples->wanted.first;
    (void)sensor;
    if (series < samples->wanted.first || place >= samples->wanted.count)
        return;
    dk_decimal *at = values_at(samples, place, reading);
    if (!dk_gather_reserve(&samples->gather, at, count * sizeof(*values)))
        return; /* dk_samples_end reports it */
    memcpy(at, values, count * sizeof(*values));
    dk_gather_touch(&samples->gather, count * sizeof(*values));
}

/* Readings of a row group: as many whole ones as fit. */
static size_t group_readings(size_t burst)
{
    return DK_PARQUET_GROUP_ROWS_MAX / burst;
}

static size_t group_count(size_t readings, size_t burst)
{
    size_t each = group_readings(burst);
    return (readings + each - 1) / each;
}

static size_t rows_of_group(size_t readings, size_t burst, size_t group)
{
    size_t first = group * group_readings(burst);
    size_t left = readings - first;
    return (left < group_readings(burst) ? left : group_readings(burst)) * burst;
}

static enum dk_status write_spool(struct dk_samples *samples, const struct dk_buffer *bytes,
                                  uint64_t *offset, struct dk_error *err)
{
    *offset = atomic_fetch_add(&samples->spool_bytes, bytes->size);
    for (size_t done = 0; done < bytes->size;) {
        ssize_t written =
            pwrite(samples->spool, bytes->data + done, bytes->size - done, (off_t)(*offset + done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return dk_error_errno(err, DK_ERR_IO, errno, "can't write to a file in",
                                  samples->folder);
        done += (size_t)written;
    }
    return DK_OK;
}

/* What the threads share that encode a sensor. */
struct encoding {
    struct dk_samples *samples;
    struct sensor *sensor;
    size_t groups;
};

static enum dk_status encode_piece(struct encoding *encoding, size_t place, unsigned thread,
                                   struct dk_error *err)
{
    static const struct dk_parquet_field field = {"sample", DK_PARQUET_DOUBLE, true};
    struct dk_samples *samples = encoding->samples;
    const struct sensor *sensor = encoding->sensor;
    struct piece *piece = &sensor->pieces[place];
    size_t series = place / encoding->groups;
    size_t group = place % encoding->groups;
    struct dk_buffer *bytes = &samples->buffers[thread];
    const struct dk_parquet_values values = {
        .source = DK_PARQUET_FROM_DECIMALS,
        .values = values_at(samples, series, group * group_readings(sensor->burst)),
        .rows = rows_of_group(sensor->readings, sensor->burst, group)};
    bytes->size = 0;
    DK_RETURN_IF_ERROR(
        dk_parquet_encode(samples->encoders[thread], &field, &values, bytes, &piece->chunk, err));
    dk_gather_touch(&samples->gather, values.rows * sizeof(dk_decimal));
    return write_spool(samples, bytes, &piece->offset, err);
}

static enum dk_status prepare_thread(struct dk_samples *samples, unsigned thread,
                                     struct dk_error *err)
{
    return samples->encoders[thread] ? DK_OK
                                     : dk_parquet_encoder_new(&samples->encoders[thread], err);
}

static enum dk_status encode(struct dk_team *team, unsigned thread, void *context,
                             struct dk_error *err)
{
    struct encoding *encoding = context;
    const size_t pieces = encoding->samples->series * encoding->groups;
    DK_RETURN_IF_ERROR(prepare_thread(encoding->samples, thread, err));
    size_t place;
    while (dk_team_take(team, pieces, &place))
        DK_RETURN_IF_ERROR(encode_piece(encoding, place, thread, err));
    return DK_OK;
}

enum dk_status dk_samples_end(void *context, int index, size_t readings, struct dk_error *err)
{
    struct dk_samples *samples = context;
    struct sensor *sensor = &samples->sensors[index];
    DK_RETURN_IF_ERROR(dk_gather_check(&samples->gather, samples->folder, err));
    /* Too many readings are an error that dk_drop_read finds at the end. */
    if (readings > samples->readings_max)
        readings = samples->readings_max;
    struct encoding encoding = {
        .samples = samples, .sensor = sensor, .groups = group_count(readings, samples->burst)};
    *sensor = (struct sensor){.present = true, .burst = samples->burst, .readings = readings};
    sensor->pieces = calloc(samples->series * encoding.groups + 1, sizeof(*sensor->pieces));
    if (!sensor->pieces)
        return no_memory(err);
    return dk_team_run(samples->threads, encode, &encoding, err);
}

/* --- the files -------------------------------------------------------------------------------- */

/* All of a commit, as its threads see it. */
struct commit {
    struct dk_samples *samples;
    const struct dk_burst_series *list;
    size_t count;
    const struct dk_profile *profile;
    struct dk_sample_columns *rates[DK_SAMPLE_RATES]; /* owned; NULL: no sensor of this rate */
    pthread_mutex_t lock;                             /* of the result */
    struct dk_samples_result result;
};

static enum dk_status read_spool(const struct dk_samples *samples, const struct piece *piece,
                                 struct dk_buffer *bytes, struct dk_error *err)
{
    const size_t size = (size_t)piece->chunk.size_bytes;
    bytes->size = 0;
    DK_RETURN_IF_ERROR(dk_buffer_reserve(bytes, size, err));
    while (bytes->size < size) {
        ssize_t got = pread(samples->spool, bytes->data + bytes->size, size - bytes->size,
                            (off_t)(piece->offset + bytes->size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return dk_error_errno(err, DK_ERR_IO, got < 0 ? errno : EIO,
                                  "can't read back a file in", samples->folder);
        bytes->size += (size_t)got;
    }
    return DK_OK;
}

/* One file being put together. */
struct file {
    struct commit *commit;
    const struct dk_burst_series *series;
    const struct dk_sample_columns *columns;
    unsigned thread;
    struct dk_parquet_writer *writer;
    struct dk_hash hash; /* of the sensors' chunks */
};

static enum dk_status append_sensor(struct file *file, int index, size_t group,
                                    struct dk_error *err)
{
    struct dk_samples *samples = file->commit->samples;
    const struct sensor *sensor = &samples->sensors[index];
    const struct dk_sample_chunk *empty = &file->columns->groups[group].empty;
    if (!sensor->present)
        return dk_parquet_append(file->writer, &empty->chunk, empty->bytes.data, err);
    const struct piece *piece =
        &sensor->pieces[file->series->place * file->columns->group_count + group];
    struct dk_buffer *bytes = &samples->buffers[file->thread];
    DK_RETURN_IF_ERROR(read_spool(samples, piece, bytes, err));
    DK_RETURN_IF_ERROR(dk_hash_update(&file->hash, bytes->data, bytes->size, err));
    return dk_parquet_append(file->writer, &piece->chunk, bytes->data, err);
}

static enum dk_status append_group(struct file *file, size_t group, struct dk_error *err)
{
    struct dk_samples *samples = file->commit->samples;
    const struct dk_sample_columns *columns = file->columns;
    const struct dk_sample_readings readings = {columns, group, &file->series->series};
    struct dk_buffer *bytes = &samples->buffers[file->thread];
    for (size_t i = 0; i < DK_SAMPLE_KEYS; i++) {
        const struct dk_sample_chunk *key = &columns->groups[group].keys[i];
        struct dk_parquet_chunk chunk;
        if (i != DK_SAMPLE_DATE_TIME) {
            DK_RETURN_IF_ERROR(dk_parquet_append(file->writer, &key->chunk, key->bytes.data, err));
            continue;
        }
        bytes->size = 0;
        DK_RETURN_IF_ERROR(
            dk_sample_date_times(&readings, samples->encoders[file->thread], bytes, &chunk, err));
        DK_RETURN_IF_ERROR(dk_parquet_append(file->writer, &chunk, bytes->data, err));
    }
    for (int i = 0; i < DK_SENSORS; i++)
        if (dk_sensors[i].rate_hz == columns->rate_hz)
            DK_RETURN_IF_ERROR(append_sensor(file, i, group, err));
    return DK_OK;
}

static enum dk_status write_all(struct file *file, struct dk_error *err)
{
    char hex[DK_HASH_HEX_MAX];
    const struct dk_sample_columns *columns = file->columns;
    for (size_t group = 0; group < columns->group_count; group++)
        DK_RETURN_IF_ERROR(append_group(file, group, err));
    DK_RETURN_IF_ERROR(dk_hash_finish(&file->hash, hex, err));
    const struct dk_parquet_pair pairs[] = {{"derrick.dictionary", columns->dictionary},
                                            {"derrick.sample_rule", file->commit->samples->sample},
                                            {"derrick.samples_sha256", hex}};
    return dk_parquet_finish(file->writer, pairs, DK_COUNT_OF(pairs), err);
}

static enum dk_status write_to(struct file *file, struct dk_hashed_file *target,
                               struct dk_error *err)
{
    const struct dk_sample_columns *columns = file->columns;
    DK_RETURN_IF_ERROR(dk_parquet_open(&file->writer, columns->fields, columns->field_count,
                                       dk_hashed_file_sink(target), err));
    DK_RETURN_IF_ERROR(dk_hash_init(&file->hash, err));
    enum dk_status status = write_all(file, err);
    dk_hash_reset(&file->hash);
    return status;
}

/* The path of the file, its folder made. */
static enum dk_status name_file(const struct file *file, char **path, struct dk_error *err)
{
    char key[KEY_BYTES_MAX];
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&file->series->series.well, rig);
    snprintf(key, sizeof(key), "samples_%dhz/rig_name=%s/cohort=%02d/part-0.parquet",
             file->columns->rate_hz, rig, file->series->series.cohort);
    *path = dk_path_join(file->commit->samples->folder, key);
    return *path ? dk_folder_make_of(*path, err) : no_memory(err);
}

/* Counts a file that was written. */
static void count_file(const struct file *file, const char *hash)
{
    struct commit *commit = file->commit;
    const struct dk_samples_file written = {.rows = dk_parquet_rows(file->writer),
                                            .size_bytes = dk_parquet_size(file->writer)};
    pthread_mutex_lock(&commit->lock);
    commit->result.rows += written.rows;
    commit->result.size_bytes += written.size_bytes;
    commit->result.files++;
    pthread_mutex_unlock(&commit->lock);
    if (!commit->result.list)
        return;
    struct dk_samples_file *row =
        &commit->result.list[(size_t)(file->series - commit->list) * DK_SAMPLE_RATES +
                             dk_sample_rate_index(file->columns->rate_hz)];
    *row = written;
    memcpy(row->hash, hash, sizeof(row->hash));
}

static enum dk_status write_file(struct file *file, struct dk_error *err)
{
    struct dk_hashed_file target = {.file = {.fd = -1}};
    char hash[DK_HASH_HEX_MAX];
    char *path = NULL;
    enum dk_status status = name_file(file, &path, err);
    if (status == DK_OK)
        status = dk_hashed_file_create(&target, path, err);
    if (status == DK_OK)
        status = write_to(file, &target, err);
    if (status == DK_OK)
        status = dk_hashed_file_commit(&target, hash, err);
    if (status == DK_OK)
        count_file(file, hash);
    dk_parquet_close(file->writer);
    dk_hashed_file_close(&target);
    free(path);
    return status;
}

static enum dk_status write_files(struct dk_team *team, unsigned thread, void *context,
                                  struct dk_error *err)
{
    struct commit *commit = context;
    DK_RETURN_IF_ERROR(prepare_thread(commit->samples, thread, err));
    size_t next;
    while (dk_team_take(team, commit->count * DK_SAMPLE_RATES, &next)) {
        struct file file = {.commit = commit,
                            .series = &commit->list[next / DK_SAMPLE_RATES],
                            .columns = commit->rates[next % DK_SAMPLE_RATES],
                            .thread = thread};
        if (file.columns)
            DK_RETURN_IF_ERROR(write_file(&file, err));
    }
    return DK_OK;
}

/* The columns of each rate that has a sensor. */
static enum dk_status make_columns(struct commit *commit, struct dk_error *err)
{
    struct dk_samples *samples = commit->samples;
    DK_RETURN_IF_ERROR(prepare_thread(samples, 0, err));
    for (int i = 0; i < DK_SENSORS; i++) {
        const struct sensor *sensor = &samples->sensors[i];
        size_t rate = dk_sample_rate_index(dk_sensors[i].rate_hz);
        if (!sensor->present || commit->rates[rate])
            continue;
        const struct dk_sample_shape shape = {
            .rate_hz = dk_sensors[i].rate_hz,
            .burst = sensor->burst,
            .readings = sensor->readings,
            .group_readings = group_readings(sensor->burst),
        };
        DK_RETURN_IF_ERROR(dk_sample_columns_new(&commit->rates[rate], &shape, commit->profile,
                                                 samples->encoders[0], err));
    }
    return DK_OK;
}

void dk_samples_rest(struct dk_samples *samples)
{
    dk_gather_reset(&samples->gather); /* what is in the spool is all that is needed */
}

enum dk_status dk_samples_commit(struct dk_samples *samples, const struct dk_burst_series *list,
                                 size_t count, const struct dk_profile *profile,
                                 struct dk_samples_result *result, struct dk_error *err)
{
    struct commit commit = {.samples = samples,
                            .list = list,
                            .count = count,
                            .profile = profile,
                            .lock = PTHREAD_MUTEX_INITIALIZER,
                            .result = {.list = result->list}};
    dk_samples_rest(samples);
    enum dk_status status = make_columns(&commit, err);
    if (status == DK_OK)
        status = dk_team_run(samples->threads, write_files, &commit, err);
    for (size_t i = 0; i < DK_SAMPLE_RATES; i++)
        dk_sample_columns_free(commit.rates[i]);
    if (status == DK_OK)
        *result = commit.result;
    return status;
}

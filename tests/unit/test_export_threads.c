/* The same bytes for any number of threads and any division of the work. */
#include "test_export_table.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "export/ordered.h"

#define SERIES 7
#define ROWS 1337

static const unsigned thread_counts[] = {1, 2, 7};
#define THREAD_COUNTS (sizeof(thread_counts) / sizeof(thread_counts[0]))

/* --- one export, many ways -------------------------------------------------------------------- */

/* The text of an export that receives `step` series per append. */
static struct dk_buffer text_in_steps(const struct dk_readings *readings, enum dk_format format,
                                      unsigned threads, size_t step)
{
    struct dk_error err;
    struct dk_buffer text;
    struct dk_export *export = NULL;
    struct dk_export_result result;
    dk_buffer_init(&text, TEXT_CEILING_BYTES);
    const struct dk_export_settings settings = {.format = format, .threads = threads, .label = 1};
    assert_ok(dk_export_open_sink(&export, &settings, dk_sink_buffer(&text), &err));
    for (size_t first = 0; first < readings->series_count; first += step) {
        size_t left = readings->series_count - first;
        assert_ok(dk_export_append(export, readings, first, left < step ? left : step, &err));
    }
    assert_ok(dk_export_commit(export, &result, &err));
    dk_export_close(export);
    assert_int_equal(result.rows, readings->series_count * readings->rows);
    assert_int_equal(result.size_bytes, text.size);
    return text;
}

static void check_same_text(const struct dk_readings *readings, enum dk_format format)
{
    static const size_t steps[] = {1, 3, SERIES};
    struct dk_buffer first = text_in_steps(readings, format, 1, readings->series_count);
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
            struct dk_buffer text = text_in_steps(readings, format, thread_counts[t], steps[s]);
            assert_int_equal(text.size, first.size);
            assert_memory_equal(text.data, first.data, first.size);
            dk_buffer_reset(&text);
        }
    }
    dk_buffer_reset(&first);
}

static void threads_never_show(void **state)
{
    (void)state;
    static const enum dk_format formats[] = {DK_FORMAT_HISTORICAL, DK_FORMAT_TEMPLATE,
                                             DK_FORMAT_SAGEMAKER, DK_FORMAT_PARQUET};
    /* Series longer than a block, shorter than one, and of one reading. */
    static const size_t rows[] = {ROWS, 100, 1};
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct dk_readings readings;
        table_init(&readings, SERIES, rows[r]);
        for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++)
            check_same_text(&readings, formats[f]);
        dk_readings_reset(&readings);
    }
}

/* Blocks full of the longest possible rows fit into the size that layouts request. */
static void longest_rows_fit(void **state)
{
    (void)state;
    static const enum dk_format formats[] = {DK_FORMAT_HISTORICAL, DK_FORMAT_TEMPLATE,
                                             DK_FORMAT_SAGEMAKER, DK_FORMAT_PARQUET};
    struct dk_error err;
    struct dk_readings readings;
    table_init(&readings, 1, 4000);
    char site[DK_SITE_MAX] = {0};
    memset(site, 'x', sizeof(site) - 1);
    assert_ok(dk_well_init(&readings.series[0].well, site, DK_WELL_NUMBER_MAX, &err));
    readings.series[0].cohort = DK_COHORT_MAX;
    readings.series[0].interval_minutes = 1000000;
    for (size_t r = 0; r < readings.rows; r++) {
        for (size_t s = 0; s < DK_SENSORS; s++)
            dk_readings_column(&readings, s, 0)[r] = value_of("-100000000000000000");
        memcpy(readings.profile.codes[r], (const uint8_t[]){0, 3, 2, 2, 1}, DK_CONDITIONS);
    }
    for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++)
        check_same_text(&readings, formats[f]);
    dk_readings_reset(&readings);
}

/* A table whose series have room for more readings than are in use. */
static void room_never_shows(void **state)
{
    (void)state;
    struct dk_error err;
    struct dk_readings tight;
    struct dk_readings roomy;
    table_init(&tight, 2, 600);
    table_init(&roomy, 2, 900);
    roomy.rows = 600;
    dk_profile_reset(&roomy.profile);
    assert_ok(dk_profile_copy(&roomy.profile, &tight.profile, &err));
    struct dk_buffer a = text_in_steps(&tight, DK_FORMAT_HISTORICAL, 2, 2);
    struct dk_buffer b = text_in_steps(&roomy, DK_FORMAT_HISTORICAL, 2, 1);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    dk_buffer_reset(&a);
    dk_buffer_reset(&b);
    dk_readings_reset(&tight);
    dk_readings_reset(&roomy);
}

/* --- the engine ------------------------------------------------------------------------------- */

#define BLOCKS 500
#define SLOTS_MAX 16

struct engine {
    size_t slots;
    size_t made[SLOTS_MAX];       /* the block in each slot, plus one */
    atomic_uint hands[SLOTS_MAX]; /* makers in a slot */
    size_t next[2];               /* what each stage must see next */
    atomic_uint in_stage[2];      /* threads in each stage */
    atomic_uint makes;
    size_t fail_make, fail_stage[2]; /* the block that fails there; BLOCKS: none */
    atomic_uint violations;          /* cmocka can't fail a test from another thread */
};

static void expect(struct engine *engine, bool holds)
{
    if (!holds)
        atomic_fetch_add(&engine->violations, 1);
}

static enum dk_status engine_make(void *context, size_t block, size_t slot, struct dk_error *err)
{
    struct engine *engine = context;
    expect(engine, slot == block % engine->slots);
    expect(engine, atomic_fetch_add(&engine->hands[slot], 1) == 0);
    atomic_fetch_add(&engine->makes, 1);
    if (block == engine->fail_make)
        return dk_error_set(err, DK_ERR_NOMEM, "no block %zu", block);
    engine->made[slot] = block + 1;
    atomic_fetch_sub(&engine->hands[slot], 1);
    return DK_OK;
}

static enum dk_status engine_stage(struct engine *engine, size_t stage, size_t block, size_t slot,
                                   struct dk_error *err)
{
    expect(engine, atomic_fetch_add(&engine->in_stage[stage], 1) == 0);
    expect(engine, block == engine->next[stage]++);
    expect(engine, engine->made[slot] == block + 1);
    atomic_fetch_sub(&engine->in_stage[stage], 1);
    if (block == engine->fail_stage[stage])
        return dk_error_set(err, DK_ERR_IO, "stage %zu refuses %zu", stage, block);
    return DK_OK;
}

static enum dk_status engine_first(void *context, size_t block, size_t slot, struct dk_error *err)
{
    return engine_stage(context, 0, block, slot, err);
}

static enum dk_status engine_second(void *context, size_t block, size_t slot, struct dk_error *err)
{
    return engine_stage(context, 1, block, slot, err);
}

static enum dk_status engine_run(struct engine *engine, unsigned threads, struct dk_error *err)
{
    const struct dk_ordered ordered = {.blocks = BLOCKS,
                                       .slots = engine->slots,
                                       .make = engine_make,
                                       .stage_count = 2,
                                       .stages = {engine_first, engine_second},
                                       .context = engine};
    return dk_ordered_run(&ordered, threads, err);
}

static void stages_see_every_block_in_order(void **state)
{
    (void)state;
    static const size_t slots[] = {1, 2, SLOTS_MAX};
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        for (size_t s = 0; s < sizeof(slots) / sizeof(slots[0]); s++) {
            struct dk_error err;
            struct engine engine = {
                .slots = slots[s], .fail_make = BLOCKS, .fail_stage = {BLOCKS, BLOCKS}};
            assert_ok(engine_run(&engine, thread_counts[t], &err));
            assert_int_equal(engine.violations, 0);
            assert_int_equal(engine.makes, BLOCKS);
            assert_int_equal(engine.next[0], BLOCKS);
            assert_int_equal(engine.next[1], BLOCKS);
        }
    }
}

static void first_failure_stops_all(void **state)
{
    (void)state;
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        for (int where = 0; where < 3; where++) {
            struct dk_error err;
            struct engine engine = {
                .slots = 4, .fail_make = BLOCKS, .fail_stage = {BLOCKS, BLOCKS}};
            *(where == 0 ? &engine.fail_make : &engine.fail_stage[where - 1]) = 77;
            enum dk_status expected = where == 0 ? DK_ERR_NOMEM : DK_ERR_IO;
            assert_int_equal(engine_run(&engine, thread_counts[t], &err), expected);
            assert_int_equal(engine.violations, 0);
            assert_int_equal(err.status, expected);
            assert_non_null(strstr(err.message, "77"));
            assert_true(engine.makes <= 77 + 4 + 1);
            assert_true(engine.next[0] <= 78 + 4);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_never_show),
        cmocka_unit_test(longest_rows_fit),
        cmocka_unit_test(room_never_shows),
        cmocka_unit_test(stages_see_every_block_in_order),
        cmocka_unit_test(first_failure_stops_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

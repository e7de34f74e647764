/*
 * The proof of a load: every row is read back inside the transaction and compared with the parse,
 * value by value and then by count and exact sum. What a database rounds, leaves out or changes (a
 * trigger, a column of another type, a damaged page) never commits.
 */
#include <string.h>

#include "private.h"

static enum dk_status not_same(const struct dk_series *series, const char *sensor, size_t row,
                               dk_decimal parsed, dk_decimal stored, struct dk_error *err)
{
    char rig[DK_RIG_NAME_MAX];
    char texts[2][DK_DECIMAL_TEXT_MAX + 1];
    const dk_decimal values[2] = {parsed, stored};
    for (int i = 0; i < 2; i++) {
        size_t size = dk_decimal_format(values[i], texts[i]);
        texts[i][size] = '\0';
    }
    dk_well_rig_name(&series->well, rig);
    dk_error_set(err, DK_ERR_STORE,
                 "the database returned a different value: %s of rig '%s' cohort %d reading %zu is "
                 "'%s', not '%s'",
                 sensor, rig, series->cohort, row + 1, texts[1], texts[0]);
    dk_error_hint(err, "nothing was loaded; look for triggers on well_reading, and for columns of "
                       "a different type");
    return DK_ERR_STORE;
}

static enum dk_status compare_series(const struct dk_readings *parsed, size_t series,
                                     const struct dk_readings *stored, struct dk_error *err)
{
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        const dk_decimal *is = dk_readings_column(stored, sensor, 0);
        const dk_decimal *want = dk_readings_column(parsed, sensor, series);
        if (memcmp(is, want, parsed->rows * sizeof(*is)) == 0)
            continue;
        for (size_t row = 0; row < parsed->rows; row++)
            if (is[row] != want[row])
                return not_same(&parsed->series[series], dk_sensors[sensor].name, row, want[row],
                                is[row], err);
    }
    return DK_OK;
}

static void add_sums(struct dk_decimal_sum sums[DK_SENSORS], const struct dk_readings *readings,
                     size_t series)
{
    for (size_t sensor = 0; sensor < DK_SENSORS; sensor++) {
        struct dk_decimal_sum sum = dk_readings_sum(readings, sensor, series, 1);
        sums[sensor].scaled += sum.scaled;
        sums[sensor].count += sum.count;
    }
}

static enum dk_status compare_sums(const struct dk_decimal_sum parsed[DK_SENSORS],
                                   const struct dk_decimal_sum stored[DK_SENSORS],
                                   struct dk_error *err)
{
    for (size_t i = 0; i < DK_SENSORS; i++)
        if (parsed[i].count != stored[i].count || parsed[i].scaled != stored[i].scaled)
            return dk_error_set(err, DK_ERR_STORE,
                                "the database returned a different sum of %s: of %llu values, not "
                                "%llu",
                                dk_sensors[i].name, (unsigned long long)stored[i].count,
                                (unsigned long long)parsed[i].count);
    return DK_OK;
}

static enum dk_status verify_into(struct dk_loading *loading, struct dk_readings *stored,
                                  struct dk_error *err)
{
    struct dk_sql *sql = loading->store->sql;
    const struct dk_readings *parsed = loading->load->readings;
    struct dk_decimal_sum parsed_sums[DK_SENSORS] = {0};
    struct dk_decimal_sum stored_sums[DK_SENSORS] = {0};
    stored->rows = parsed->rows;
    for (size_t i = 0; i < loading->fact_count; i++) {
        const struct dk_fact *fact = &loading->facts[i];
        stored->series[0] = parsed->series[fact->series];
        DK_RETURN_IF_ERROR(sql->ops->fact_read(sql, fact, stored, 0, err));
        DK_RETURN_IF_ERROR(compare_series(parsed, fact->series, stored, err));
        add_sums(parsed_sums, parsed, fact->series);
        add_sums(stored_sums, stored, 0);
        dk_observer_progress(loading->store->observer, "verify", (i + 1) * parsed->rows,
                             loading->fact_count * parsed->rows, "rows");
    }
    for (size_t i = 0; i < DK_SENSORS; i++)
        loading->result->values += stored_sums[i].count;
    return compare_sums(parsed_sums, stored_sums, err);
}

enum dk_status dk_load_verify(struct dk_loading *loading, struct dk_error *err)
{
    struct dk_readings stored = {0};
    enum dk_status status = dk_readings_init(&stored, 1, loading->load->readings->rows, err);
    if (status == DK_OK)
        status = verify_into(loading, &stored, err);
    dk_readings_reset(&stored);
    return status;
}

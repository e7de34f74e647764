#include "shape.h"

/* The shape that one file has by itself. */
static struct dk_shape shape_of(int sensor, uint64_t columns, uint64_t cohorts, bool by_column)
{
    uint64_t rate = (uint64_t)dk_sensors[sensor].rate_hz;
    struct dk_shape shape = {.file = sensor};
    if (columns == 0)
        return shape;
    bool exact = cohorts > 1 && (columns == cohorts * rate || (by_column && columns == cohorts));
    if (!exact && columns % rate == 0) {
        shape.kind = DK_SHAPE_COHORT;
        shape.seconds = columns / rate;
    } else if (exact || (by_column && cohorts > 1 && columns % cohorts == 0)) {
        shape.kind = DK_SHAPE_HISTORY;
    }
    return shape;
}

static bool is_same(const struct dk_shape *left, const struct dk_shape *right)
{
    return left->kind == right->kind && left->seconds == right->seconds;
}

struct dk_shape dk_shape_find(const uint64_t columns[DK_SENSORS], int cohorts, bool by_column)
{
    struct dk_shape shapes[DK_SENSORS];
    struct dk_shape common = {.file = -1};
    int most = 0;
    for (int i = 0; i < DK_SENSORS; i++)
        shapes[i] = shape_of(i, columns[i], (uint64_t)cohorts, by_column);
    for (int i = 0; i < DK_SENSORS; i++) {
        int count = 0;
        for (int j = 0; j < DK_SENSORS; j++)
            count += is_same(&shapes[i], &shapes[j]);
        if (shapes[i].kind == DK_SHAPE_UNKNOWN || count <= most)
            continue;
        most = count;
        common = shapes[i];
    }
    return common;
}

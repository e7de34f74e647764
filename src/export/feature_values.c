#include "feature_values.h"

#define TOUCHED_BYTES_MAX ((size_t)16 << 20)

void dk_feature_output_touch(const struct dk_feature_output *output, size_t rows)
{
    const size_t bytes = rows * output->columns->count * sizeof(double);
    if (atomic_fetch_add(output->touched, bytes) + bytes < TOUCHED_BYTES_MAX)
        return;
    atomic_store(output->touched, 0);
    for (int i = 0; i < DK_SENSORS; i++)
        dk_gather_give_back(&output->sensors[i].gather);
}

int32_t dk_feature_key_value(const struct dk_feature_output *output, size_t key, size_t reading)
{
    if (key == DK_FEATURE_KEY_READING)
        return (int32_t)reading + 1;
    if (key == DK_FEATURE_KEY_BLOCK)
        return output->blocks[reading];
    if (key == DK_FEATURE_KEY_COMBINATION)
        return output->combinations[reading];
    const size_t condition = key - DK_FEATURE_KEY_FIRST_CODE;
    return dk_conditions[condition].codes[output->rows->profile->codes[reading][condition]].code;
}

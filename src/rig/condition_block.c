#include "rig/condition_block.h"

#include <string.h>

/* Two bits a condition. */
#define KEYS 256
_Static_assert(DK_CONDITION_CODES_MAX <= 4 && DK_BLOCK_CONDITIONS == 4, "a key has eight bits");

static unsigned key_of(const uint8_t codes[DK_CONDITIONS])
{
    unsigned key = 0;
    for (unsigned i = 0; i < DK_BLOCK_CONDITIONS; i++)
        key |= (unsigned)(codes[i] & 3) << 2 * i;
    return key;
}

void dk_condition_blocks(const struct dk_profile *profile, int32_t *blocks, int32_t *combinations)
{
    int32_t known[KEYS] = {0};
    int32_t block = 0;
    int32_t combination = 0;
    for (size_t row = 0; row < profile->rows; row++) {
        const uint8_t *codes = profile->codes[row];
        unsigned key = key_of(codes);
        if (row == 0 || key != key_of(profile->codes[row - 1]))
            block++;
        if (known[key] == 0)
            known[key] = ++combination;
        if (blocks)
            blocks[row] = block;
        if (combinations)
            combinations[row] = known[key];
    }
}

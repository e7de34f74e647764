#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "rig/readings.h"

#define PROFILE_TEXT_MAX (64u << 20)

void dk_profile_reset(struct dk_profile *profile)
{
    free(profile->codes);
    *profile = (struct dk_profile){0};
}

enum dk_status dk_profile_init(struct dk_profile *profile, size_t rows, struct dk_error *err)
{
    *profile = (struct dk_profile){0};
    profile->codes = calloc(rows ? rows : 1, sizeof(*profile->codes));
    if (!profile->codes)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a profile of %zu rows", rows);
    profile->rows = rows;
    return DK_OK;
}

enum dk_status dk_profile_seal(struct dk_profile *profile, struct dk_error *err)
{
    struct dk_buffer text;
    dk_buffer_init(&text, PROFILE_TEXT_MAX);
    enum dk_status status = DK_OK;
    for (size_t row = 0; status == DK_OK && row < profile->rows; row++)
        for (int i = 0; status == DK_OK && i < DK_CONDITIONS; i++)
            status = dk_buffer_printf(&text, err, "%d%c",
                                      dk_conditions[i].codes[profile->codes[row][i]].code,
                                      i + 1 < DK_CONDITIONS ? '\t' : '\n');
    if (status == DK_OK)
        status = dk_hash_bytes(text.data, text.size, profile->hash, err);
    dk_buffer_reset(&text);
    return status;
}

enum dk_status dk_profile_copy(struct dk_profile *to, const struct dk_profile *from,
                               struct dk_error *err)
{
    DK_RETURN_IF_ERROR(dk_profile_init(to, from->rows, err));
    if (from->rows > 0)
        memcpy(to->codes, from->codes, from->rows * sizeof(*from->codes));
    memcpy(to->hash, from->hash, sizeof(to->hash));
    return DK_OK;
}

#include "store/burst_mark.h"

#include <stdio.h>
#include <string.h>

enum dk_status dk_burst_mark_make(const struct dk_store_series *series, char mark[DK_HASH_HEX_MAX],
                                  struct dk_error *err)
{
    char text[DK_RIG_NAME_MAX + DK_HASH_HEX_MAX + 48];
    char rig[DK_RIG_NAME_MAX];
    dk_well_rig_name(&series->series.well, rig);
    int size = snprintf(text, sizeof(text), "%s %s drop %lld", rig, series->hash,
                        (long long)series->drop_id);
    return dk_hash_bytes(text, (size_t)size, mark, err);
}

void dk_burst_mark_put(struct dk_ledger_publication *row, const char *mark, int file_count)
{
    snprintf(row->etag, sizeof(row->etag), "%s-%d", mark, file_count);
}

int dk_burst_mark_files(const struct dk_ledger_publication *row, const char *mark)
{
    const size_t size = strlen(mark);
    if (strncmp(row->etag, mark, size) != 0 || row->etag[size] != '-')
        return 0;
    const char digit = row->etag[size + 1];
    return digit >= '1' && digit <= '9' ? digit - '0' : 0;
}

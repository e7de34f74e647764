#include "rig/drop.h"

#include <stdlib.h>

static void file_reset(struct dk_drop_file *file)
{
    free(file->name);
    free(file->path);
    free(file->near_path);
    *file = (struct dk_drop_file){0};
}

void dk_drop_reset(struct dk_drop *drop)
{
    for (int i = 0; i < DK_DROP_FILES; i++)
        file_reset(&drop->files[i]);
    file_reset(&drop->archive);
    free(drop->path);
    *drop = (struct dk_drop){0};
}

size_t dk_drop_sensor_count(const struct dk_drop *drop)
{
    size_t count = 0;
    for (int i = 0; i < DK_SENSORS; i++)
        count += drop->files[i].name != NULL;
    return count;
}

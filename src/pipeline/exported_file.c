#include "exported_file.h"

#include <sys/stat.h>

bool dk_exported_file_exists(const struct dk_ledger_publication *publication)
{
    struct stat info;
    return stat(publication->target, &info) == 0 && S_ISREG(info.st_mode) &&
           (uint64_t)info.st_size == publication->size_bytes;
}

void dk_exported_file_report_edited(const struct dk_pipeline *pipeline, const char *path)
{
    dk_observer_notice(pipeline->observer, DK_LEVEL_NOTICE,
                       "'%s' differs from what was exported: exporting it again", path);
}

/*
 * Any bytes as an archive of a drop. The first byte chooses the ending of its name, and so the
 * format that derrick expects; the rest is the file. Whatever the archive holds, finding and
 * reading it ends with a drop or with an error that has a message.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "input/input.h"

static void read_drop(struct dk_drop *drop)
{
    struct dk_input_settings settings;
    struct dk_readings readings = {0};
    struct dk_report report = {0};
    struct dk_error err = {0};
    dk_input_settings_init(&settings);
    settings.cohorts = 1;
    settings.columns = DK_COLUMNS_COHORTS;
    settings.allow_missing = true;
    settings.threads = 1;
    if (dk_drop_read(
            &(struct dk_drop_request){.drop = drop, .settings = &settings, .with_hashes = true},
            &readings, &report, &err) == DK_OK)
        expect(readings.series_count == 1);
    else
        expect(err.status != DK_OK && err.message[0] != '\0');
    dk_readings_reset(&readings);
    dk_report_reset(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"x.zip", "x.tar", "x.tar.gz", "x.tar.zst"};
    if (size == 0)
        return 0;
    const char *name = names[data[0] % DK_COUNT_OF(names)];
    char path[128];
    struct dk_drop drop = {0};
    struct dk_error err = {0};
    fuzz_write(name, data + 1, size - 1);
    snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
    if (dk_drop_open(&drop, path, NULL, NULL, &err) == DK_OK)
        read_drop(&drop);
    else
        expect(err.status != DK_OK && err.message[0] != '\0');
    dk_drop_reset(&drop);
    return 0;
}

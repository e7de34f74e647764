/*
 * Any bytes as the files that describe an archive folder: drop.json and a manifest of hashes. What
 * is accepted has hashes of the right form and names that stay inside the archive.
 */
#include <string.h>

#include "archive/manifest.h"
#include "archive/record.h"
#include "fuzz.h"

static void check_record(void)
{
    struct dk_record record = {0};
    struct dk_error err = {0};
    bool found = false;
    if (dk_record_read(fuzz_folder(), &record, &found, &err) != DK_OK) {
        expect(err.status != DK_OK && err.message[0] != '\0');
        return;
    }
    expect(found);
    for (size_t i = 0; i < record.cohort_count; i++) {
        expect(dk_hex_is(record.cohorts[i].hash, DK_HASH_HEX_MAX - 1));
        expect(record.cohorts[i].cohort >= 1 && record.cohorts[i].cohort <= DK_COHORT_MAX);
    }
    expect(strchr(record.duplicate_of, '/') == NULL);
    dk_record_reset(&record);
}

static void check_manifest(void)
{
    struct dk_manifest_lines lines = {0};
    struct dk_error err = {0};
    if (dk_manifest_lines_read(&lines, fuzz_folder(), "manifest.sha256", &err) == DK_OK)
        for (size_t i = 0; i < lines.count; i++)
            expect(dk_hex_is(lines.lines[i].hash, DK_HASH_HEX_MAX - 1) && lines.lines[i].name[0]);
    else
        expect(err.status != DK_OK && err.message[0] != '\0');
    dk_manifest_lines_reset(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_write("drop.json", data, size);
    fuzz_write("manifest.sha256", data, size);
    check_record();
    check_manifest();
    return 0;
}

/*
 * Any text as the settings of a drop, as the ledger and an archive hold them: what is accepted
 * formats to a text that reads back to the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "input/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct dk_input_settings settings;
    struct dk_input_settings again;
    struct dk_error err = {0};
    char first[DK_SETTINGS_TEXT_MAX];
    char second[DK_SETTINGS_TEXT_MAX];
    const char *value = NULL;
    dk_input_settings_init(&settings);
    dk_input_settings_init(&again);
    if (dk_input_settings_parse(text, &settings, &err) == DK_OK) {
        dk_input_settings_text(&settings, first);
        expect(dk_input_settings_parse(first, &again, NULL) == DK_OK);
        dk_input_settings_text(&again, second);
        expect(strcmp(first, second) == 0);
    } else {
        expect(err.status == DK_ERR_DATA && err.message[0] != '\0');
    }
    size_t found = dk_input_settings_find(text, "rig", &value);
    expect(found == 0 || (value >= text && value + found <= text + strlen(text)));
    int sample = dk_input_settings_sample(text);
    expect(sample >= -1 && sample < DK_SAMPLE_RULES);
    free(text);
    return 0;
}

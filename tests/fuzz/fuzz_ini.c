/*
 * Any bytes as an INI file, by the rules of derrick.ini and of AWS's tools: every key has a name
 * and is inside the text, line numbers increase, and an error names its line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"
#include "fuzz.h"

static void read_text(const struct dk_ini_rules *rules, const uint8_t *data, size_t size)
{
    struct dk_ini ini;
    struct dk_error err = {0};
    bool found = true;
    uint64_t line = 0;
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    dk_ini_start(&ini, rules, "x.ini", text, size);
    while (dk_ini_next(&ini, &found, &err) == DK_OK && found) {
        expect(ini.line > line && *ini.key);
        expect(ini.key >= text && ini.value + strlen(ini.value) <= text + size);
        expect(*ini.section || !rules->needs_section);
        line = ini.line;
    }
    expect(err.status == DK_OK || (err.status == rules->status && err.line > line));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dk_ini_rules own = {.status = DK_ERR_CONFIG,
                                            .separators = "=:",
                                            .line_bytes_max = 4094,
                                            .has_trailing_comments = true};
    static const struct dk_ini_rules aws = {
        .status = DK_ERR_REMOTE, .separators = "=", .has_nested_keys = true, .needs_section = true};
    read_text(&own, data, size);
    read_text(&aws, data, size);
    return 0;
}

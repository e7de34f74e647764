/* Any bytes as the JSON of a credential_process: keys that are read are whole, and after an error
 * there are none. And as a command: its words are no longer than the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "publish/aws/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_command(const char *command)
{
    char **words = NULL;
    size_t total = 0;
    if (dk_command_split(command, &words, NULL) != DK_OK) {
        expect(words == NULL);
        return;
    }
    expect(words[0] != NULL);
    for (size_t i = 0; words[i]; i++)
        total += strlen(words[i]);
    expect(total <= strlen(command));
    free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dk_keys_form form = {
        .who = "credential_process", .token = "SessionToken", .version = 1};
    struct dk_keys keys = {0};
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_command(text);
    bool read = dk_keys_parse(&keys, text, size, &form, NULL) == DK_OK;
    expect(read == (keys.access_key_id.text != NULL));
    expect(read == (keys.secret_access_key.text != NULL));
    expect(!read || (keys.access_key_id.size > 0 && keys.secret_access_key.size > 0));
    dk_keys_reset(&keys);
    free(text);
    return 0;
}

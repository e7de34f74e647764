/*
 * Any text as the URL of a database server: what is accepted can be shown, and an error has a
 * message that does not repeat a password.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "store/mysql/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct dk_mysql_url url;
    struct dk_error err = {0};
    char place[2048];
    enum dk_status status = dk_mysql_url_parse(&url, text, &err);
    if (status == DK_OK) {
        dk_mysql_url_place(&url, place, sizeof(place));
        expect(place[0] != '\0');
    } else {
        const char *password = strstr(text, ":secret@");
        expect(err.status == status && err.message[0] != '\0');
        expect(!password || strstr(err.message, ":secret") == NULL);
    }
    free(text);
    return 0;
}

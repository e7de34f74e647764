/*
 * Any text as a date and time of a database: what is accepted formats back to the text that was
 * read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    int64_t minute = INT64_MIN;
    if (dk_date_time_parse(text, &minute) == 0) {
        char again[DK_DATE_TIME_SIZE];
        dk_date_time_format(minute, again);
        expect(memcmp(again, text, strlen(text)) == 0);
    } else {
        expect(minute == INT64_MIN);
    }
    free(text);
    return 0;
}

/* Any bytes as a list of corrected cells: what is read is a cell and a value, the rows ascend, and
 * the pieces in which the bytes come make no difference. */
#include <string.h>

#include "fuzz.h"
#include "input/fixes.h"

struct seen {
    uint64_t fixes, problems, row;
    uint64_t sum; /* over all that is read */
};

static void on_fix(void *context, const struct dk_fix *fix)
{
    struct seen *seen = context;
    expect(fix->value != DK_DECIMAL_MISSING && fix->row > seen->row);
    expect(fix->line >= 1 && fix->column >= 1 && fix->run_id >= 0);
    if (fix->by_rig)
        expect(fix->file >= 0 && fix->file < DK_SENSORS && fix->cohort >= 1 &&
               fix->cohort <= DK_COHORT_MAX && fix->well.number >= 1);
    else
        expect(fix->file_name[0] != '\0');
    seen->row = fix->row;
    seen->fixes++;
    seen->sum = seen->sum * 31 + (uint64_t)fix->value + fix->line * 7 + fix->column;
}

static void on_problem(void *context, uint64_t row, const char *text)
{
    struct seen *seen = context;
    expect(row >= 1 && text[0] != '\0');
    seen->problems++;
}

static struct seen read_all(const uint8_t *data, size_t size, size_t piece)
{
    static struct dk_fixes fixes;
    struct seen seen = {0};
    fixes = (struct dk_fixes){.context = &seen, .fix = on_fix, .problem = on_problem};
    for (size_t at = 0; at < size; at += piece)
        dk_fixes_feed(&fixes, (const char *)data + at, size - at < piece ? size - at : piece);
    dk_fixes_end(&fixes);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole = read_all(data, size, size > 0 ? size : 1);
    struct seen pieces = read_all(data, size, 7);
    expect(memcmp(&whole, &pieces, sizeof(whole)) == 0);
    return 0;
}

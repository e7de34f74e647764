/* Where a zip ends: its end record, behind which there may be a comment and padding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "input/zip_end.h"

#define RECORD_BYTES 22
#define SEARCHED_BYTES (128 * 1024) /* from the end of the file */
#define ALL_BITS UINT32_MAX

/* An end record at `at`; at 0 there is none. */
struct record {
    size_t at;
    uint32_t directory_bytes, directory_offset;
};

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

/* Searches a file of `size` bytes that begins as `start` and holds these records. */
static uint64_t end_of(const char *start, size_t size, const struct record records[2])
{
    uint64_t end = 99;
    FILE *file = tmpfile();
    unsigned char *bytes = calloc(1, size + 1);
    assert_true(file && bytes);
    memcpy(bytes, start, strlen(start) < size ? strlen(start) : size);
    for (size_t i = 0; i < 2; i++) {
        unsigned char record[RECORD_BYTES] = {'P', 'K', 5, 6};
        if (records[i].at == 0 && i > 0)
            continue;
        put_u32(record + 12, records[i].directory_bytes);
        put_u32(record + 16, records[i].directory_offset);
        if (records[i].directory_bytes > 0 || records[i].at > 0)
            memcpy(bytes + records[i].at, record,
                   size - records[i].at < RECORD_BYTES ? size - records[i].at : RECORD_BYTES);
    }
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(dk_zip_end_find(fileno(file), "a.zip", &end, NULL), DK_OK);
    fclose(file);
    free(bytes);
    return end;
}

static void the_last_record_that_can_be_one(void **state)
{
    static const struct {
        const char *name, *start;
        size_t size;
        struct record records[2];
        uint64_t end;
    } cases[] = {
        {"an empty file", "", 0, {{0}}, 0},
        {"one byte", "P", 1, {{0}}, 0},
        {"no record", "PK\3\4", 500, {{0}}, 0},
        {"no zip", "ZZ", 122, {{100, 40, 60}}, 0},
        {"at the end of the file", "PK\3\4", 122, {{100, 40, 60}}, 122},
        {"a directory that reaches into the record", "PK\3\4", 122, {{100, 41, 60}}, 0},
        {"a directory behind the record", "PK\3\4", 500, {{100, 40, 300}}, 0},
        {"a record cut off", "PK\3\4", 121, {{100, 40, 60}}, 0},
        {"zip64: the size is elsewhere", "PK\3\4", 122, {{100, ALL_BITS, 60}}, 122},
        {"zip64: the offset is elsewhere", "PK\3\4", 122, {{100, 40, ALL_BITS}}, 122},
        {"a comment", "PK\3\4", 172, {{100, 40, 60}}, 122},
        {"the last of two", "PK\3\4", 400, {{100, 40, 60}, {300, 40, 200}}, 322},
        {"the record's bytes in a comment", "PK\3\4", 400, {{100, 40, 60}, {300, 400, 0}}, 122},
        {"as much padding as is searched", "PK\3\4", SEARCHED_BYTES + 100, {{100, 40, 60}}, 122},
        {"more padding", "PK\3\4", SEARCHED_BYTES + 101, {{100, 40, 60}}, 0},
    };
    (void)state;
    for (size_t i = 0; i < DK_COUNT_OF(cases); i++) {
        uint64_t end = end_of(cases[i].start, cases[i].size, cases[i].records);
        if (end != cases[i].end)
            fail_msg("%s: %d, not %d", cases[i].name, (int)end, (int)cases[i].end);
    }
}

static void a_file_that_cannot_be_read(void **state)
{
    uint64_t end = 99;
    struct dk_error err = {0};
    (void)state;
    assert_int_equal(dk_zip_end_find(-1, "a.zip", &end, &err), DK_ERR_IO);
    assert_int_equal(end, 0);
    assert_non_null(strstr(err.message, "a.zip"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_record_that_can_be_one),
        cmocka_unit_test(a_file_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

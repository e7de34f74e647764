#include "hybrid.h"

#include <endian.h>
#include <string.h>

#define GROUP 8
#define HEADER_BYTES_MAX 10
/* From this length on a stretch of equal values is worth a header of its own. */
#define RUN_MIN 16

static char *put_varint(char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (char)(unsigned char)(value | 0x80);
    *at++ = (char)(unsigned char)value;
    return at;
}

static char *put_value(char *at, uint16_t value, unsigned width)
{
    *at++ = (char)(unsigned char)value;
    if (width > 8)
        *at++ = (char)(unsigned char)(value >> 8);
    return at;
}

/* How many values from `at` on are equal. */
static size_t run_length(const uint16_t *values, size_t at, size_t count)
{
    size_t end = at + 1;
    while (end < count && values[end] == values[at])
        end++;
    return end - at;
}

static char *put_packed(char *at, const uint16_t *values, size_t count, unsigned width)
{
    if (width == 1) {
        for (size_t i = 0; i < count; i += GROUP) {
            unsigned byte = 0;
            for (unsigned bit = 0; bit < GROUP && i + bit < count; bit++)
                byte |= (unsigned)(values[i + bit] & 1) << bit;
            *at++ = (char)(unsigned char)byte;
        }
        return at;
    }
    for (size_t i = 0; i < count && width == 8; i++)
        at[i] = (char)(unsigned char)values[i];
    for (size_t i = 0; i < count && width == 16; i++) {
        uint16_t little = htole16(values[i]);
        memcpy(at + 2 * i, &little, sizeof(little));
    }
    at += count * (width / 8);
    /* The last group is filled up with zeros, which nobody reads. */
    size_t padding = (GROUP - count % GROUP) % GROUP * (width / 8);
    memset(at, 0, padding);
    return at + padding;
}

/* The first run of at least RUN_MIN values that begins at `at` or later; `count` if there is none.
 * Such a run contains one of every RUN_MIN values, so only these are compared with what is around
 * them. */
static size_t find_run(const uint16_t *values, size_t at, size_t count, size_t *run)
{
    for (size_t probe = at + RUN_MIN - 1; probe < count; probe += RUN_MIN) {
        size_t start = probe;
        while (start > at && values[start - 1] == values[probe])
            start--;
        *run = run_length(values, probe, count) + (probe - start);
        if (*run >= RUN_MIN)
            return start;
    }
    return count;
}

/* The end of the stretch from `at` on that is packed: where a long run begins, after whole groups,
 * or where the values end. */
static size_t packed_end(const uint16_t *values, size_t at, size_t count)
{
    size_t run = 0;
    for (size_t end = find_run(values, at, count, &run); end < count;
         end = find_run(values, end + run, count, &run)) {
        /* What fills up the last group is taken from the run. */
        size_t fill = (GROUP - (end - at) % GROUP) % GROUP;
        if (run >= RUN_MIN + fill)
            return end + fill;
    }
    return count;
}

static char *put_stretches(char *at, const uint16_t *values, size_t count, unsigned width)
{
    size_t next = 0;
    while (next < count) {
        size_t run = run_length(values, next, count);
        if (run >= RUN_MIN) {
            at = put_varint(at, (uint64_t)run << 1);
            at = put_value(at, values[next], width);
            next += run;
            continue;
        }
        size_t end = packed_end(values, next, count);
        at = put_varint(at, (uint64_t)((end - next + GROUP - 1) / GROUP) << 1 | 1);
        at = put_packed(at, values + next, end - next, width);
        next = end;
    }
    return at;
}

enum dk_status dk_hybrid_append(struct dk_buffer *out, const uint16_t *values, size_t count,
                                unsigned width, struct dk_error *err)
{
    /* A run takes at least RUN_MIN values, and is followed by at most one packed stretch. */
    size_t headers = 2 * (count / RUN_MIN + 1);
    size_t bytes_max =
        (count + GROUP) * (width > 8 ? 2 : 1) + headers * (HEADER_BYTES_MAX + GROUP * 2);
    DK_RETURN_IF_ERROR(dk_buffer_reserve(out, bytes_max, err));
    char *end = put_stretches(out->data + out->size, values, count, width);
    out->size = (size_t)(end - out->data);
    return DK_OK;
}

#include "parquet_decode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

size_t hybrid_decode(const unsigned char *bytes, size_t size, unsigned width, size_t count,
                     uint16_t *values)
{
    size_t at = 0;
    size_t done = 0;
    while (done < count) {
        uint64_t header = 0;
        for (unsigned shift = 0;; shift += 7) {
            assert_true(at < size);
            header |= (uint64_t)(bytes[at] & 0x7f) << shift;
            if (!(bytes[at++] & 0x80))
                break;
        }
        if (header & 1) {
            size_t packed = (size_t)(header >> 1) * 8;
            assert_true(packed > 0 && at + packed * width / 8 <= size);
            for (size_t i = 0; i < packed; i++) {
                unsigned value = 0;
                for (unsigned bit = 0; bit < width; bit++) {
                    size_t place = i * width + bit;
                    value |= (unsigned)(bytes[at + place / 8] >> place % 8 & 1) << bit;
                }
                if (done < count)
                    values[done++] = (uint16_t)value;
            }
            at += packed * width / 8;
            continue;
        }
        size_t run = (size_t)(header >> 1);
        assert_true(run > 0 && run <= count - done && at + (width + 7) / 8 <= size);
        unsigned value = bytes[at++];
        if (width > 8)
            value |= (unsigned)bytes[at++] << 8;
        for (size_t i = 0; i < run; i++)
            values[done++] = (uint16_t)value;
    }
    return at;
}

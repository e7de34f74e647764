#include "statistics.h"

#include <endian.h>
#include <string.h>

#define SIGN (UINT64_C(1) << 63)

/* Fields of struct Statistics. */
enum { NULL_COUNT = 3, MAX_VALUE = 5, MIN_VALUE = 6 };

struct dk_parquet_bound dk_bound_of_double(double value, bool is_low)
{
    struct dk_parquet_bound bound = {.size = sizeof(uint64_t)};
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    if (value == 0)
        bits = is_low ? SIGN : 0;
    bits = htole64(bits);
    memcpy(bound.bytes, &bits, sizeof(bits));
    return bound;
}

uint64_t dk_order_of_double(uint64_t bits)
{
    /* Negative ones the other way round, and below the others. */
    return bits & SIGN ? ~bits : bits | SIGN;
}

uint64_t dk_order_of_integer(uint64_t bits)
{
    return bits ^ SIGN;
}

void dk_statistics_write(const struct dk_parquet_chunk *chunk, int id, struct dk_thrift *thrift)
{
    dk_thrift_struct(thrift, id);
    dk_thrift_i64(thrift, NULL_COUNT, (int64_t)chunk->missing);
    if (chunk->low.size > 0 && chunk->high.size > 0) {
        dk_thrift_binary(thrift, MAX_VALUE, chunk->high.bytes, chunk->high.size);
        dk_thrift_binary(thrift, MIN_VALUE, chunk->low.bytes, chunk->low.size);
    }
    dk_thrift_end(thrift);
}

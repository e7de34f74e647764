/*
 * The statistics of a column chunk, by which readers leave out whole row groups.
 *
 * Implements struct Statistics and the order TYPE_ORDER of parquet.thrift (apache/parquet-format):
 * signed numbers by value, texts by unsigned bytes, doubles by value with one rule more: a least
 * value of 0 is written as -0.0, a greatest as +0.0, and there is no NaN. Pure. Private to the
 * Parquet writer.
 */
#ifndef DK_PARQUET_STATISTICS_H
#define DK_PARQUET_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

#include "parquet/parquet.h"
#include "thrift.h"

/* A double as a bound: the least value of a chunk, or the greatest. */
struct dk_parquet_bound dk_bound_of_double(double value, bool is_low);
/* Images of doubles and of signed numbers that compare, as unsigned numbers, as the values do. */
uint64_t dk_order_of_double(uint64_t bits);
uint64_t dk_order_of_integer(uint64_t bits);

/* Writes the statistics of a chunk as field `id` of the open struct. */
void dk_statistics_write(const struct dk_parquet_chunk *chunk, int id, struct dk_thrift *thrift);

#endif

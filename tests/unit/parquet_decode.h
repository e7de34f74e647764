/*
 * A plain decoder of the run-length and bit-packing hybrid, for the tests of the Parquet writer:
 * written from the specification, for any width, and not from the encoder.
 */
#ifndef DK_TEST_PARQUET_DECODE_H
#define DK_TEST_PARQUET_DECODE_H

#include <stddef.h>
#include <stdint.h>

/* Decodes `count` values of `width` bits into values; returns the bytes read. Fails the test where
 * the bytes end too soon. */
size_t hybrid_decode(const unsigned char *bytes, size_t size, unsigned width, size_t count,
                     uint16_t *values);

#endif

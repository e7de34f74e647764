/*
 * What the fuzz targets share: `expect`, and a folder in memory for the targets whose parser reads
 * files.
 */
#ifndef DK_TESTS_FUZZ_H
#define DK_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless it holds; the fuzzer keeps the input. */
void expect(bool holds);

/* A copy of the bytes with a NUL after them, on the heap; the caller frees. */
char *fuzz_text(const uint8_t *data, size_t size);

/* The path of the one file of this name in this process's own folder, which is in memory where the
 * system has /dev/shm and goes when the process ends. */
const char *fuzz_folder(void);
void fuzz_write(const char *name, const void *data, size_t size);

#endif

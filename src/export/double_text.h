/*
 * The shortest decimal text that reads back as the same binary64; of several, the nearest one.
 * Pure. Private to src/export/.
 */
#ifndef DK_EXPORT_DOUBLE_TEXT_H
#define DK_EXPORT_DOUBLE_TEXT_H

#define DK_DOUBLE_TEXT_MAX 32

/* Writes a finite value at `at`, where DK_DOUBLE_TEXT_MAX bytes are free, and returns the place
 * after it: "-0.125", without an exponent from 1e-6 up to 1e17, else "1.5e-09". Zero is "0". */
char *dk_double_put(char *at, double value);

/* The same by trial, with the C library, sometimes a digit longer; for values that the other one
 * can't write, and for its test. */
char *dk_double_put_slowly(char *at, double value);

#endif

/*
 * Grouped splits: which readings are for training, for validation and for the test.
 *
 * Whole units go into one part, over all cohorts: condition blocks, or the runs of one label's
 * value. Readings of a unit are alike, so that a split by reading would ask a model for what it has
 * seen. The parts have about the same share of each class of the first four conditions. The
 * assignment depends on the profile, the percentages, the seed and the grouping alone, so that new
 * cohorts move no reading. Pure.
 */
#ifndef DK_RIG_SPLIT_H
#define DK_RIG_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rig/catalogue.h"
#include "rig/readings.h"

#define DK_SPLIT_PARTS 3
#define DK_SPLIT_BY_BLOCK (-1)

struct dk_split {
    bool on;
    int percent[DK_SPLIT_PARTS]; /* of train, validation and test; their sum is 100 */
    uint64_t seed;
    int by; /* DK_SPLIT_BY_BLOCK, or the index of a condition whose runs are the units */
};

/* "train", "validation", "test". */
const char *dk_split_part_name(int part);
/* "block" and the labels of the first four conditions; and back: *by, false if unknown. */
const char *dk_split_by_name(int by);
bool dk_split_by_find(const char *word, int *by);

/* Reads "70/15/15". DK_ERR_USAGE: not three whole numbers above 0 whose sum is 100. */
enum dk_status dk_split_parse(const char *text, int percent[DK_SPLIT_PARTS], struct dk_error *err)
    DK_CHECK;

/* Fills in the part of each row of the profile. DK_ERR_USAGE: a class of the label has fewer than
 * three runs. */
enum dk_status dk_split_assign(const struct dk_split *split, const struct dk_profile *profile,
                               uint8_t *parts, struct dk_error *err) DK_CHECK;

/* What a split amounts to. Zeroed at first. */
struct dk_split_tally {
    uint64_t rows[DK_SPLIT_PARTS];
    uint64_t classes[DK_SPLIT_PARTS][DK_CONDITIONS][DK_CONDITION_CODES_MAX]; /* rows */
    uint64_t runs[DK_CONDITIONS];  /* of equal values, in the profiles */
    uint64_t cut[DK_CONDITIONS];   /* of these, in several parts */
    char profile[DK_HASH_HEX_MAX]; /* whose runs were counted last */
};

/* Adds the rows of one part, of `series` series with this profile. The runs of a profile are
 * counted once, unless another one comes between, and with the first part only. */
void dk_split_tally_add(struct dk_split_tally *tally, const struct dk_profile *profile,
                        const uint8_t *parts, int part, size_t series);

#endif

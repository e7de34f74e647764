/*
 * Condition blocks and combinations: what groups the readings of a profile. A block is a maximal
 * stretch of readings whose first four codes are equal; a combination is one distinct tuple of
 * these codes. Both are numbered from 1, by first appearance. Pure.
 */
#ifndef DK_RIG_CONDITION_BLOCK_H
#define DK_RIG_CONDITION_BLOCK_H

#include <stdint.h>

#include "rig/readings.h"

/* The conditions that make a block: all but the stable flag. */
#define DK_BLOCK_CONDITIONS 4

/* Fills in the numbers of each row of the profile; either may be NULL. */
void dk_condition_blocks(const struct dk_profile *profile, int32_t *blocks, int32_t *combinations);

#endif

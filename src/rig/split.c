#include "rig/split.h"

#include <stdlib.h>
#include <string.h>

#include "rig/condition_block.h"

#define LABELS DK_BLOCK_CONDITIONS
#define CLASSES DK_CONDITION_CODES_MAX
#define SWEEPS_MAX 64
/* What an absent class costs: more than any deviation; more still for the label that is split
 * by. */
#define ABSENT INT64_C(1000000000000)
#define ABSENT_OF_LABEL INT64_C(1000000000000000)

static const char *const part_names[DK_SPLIT_PARTS] = {"train", "validation", "test"};

const char *dk_split_part_name(int part)
{
    return part_names[part];
}

const char *dk_split_by_name(int by)
{
    return by == DK_SPLIT_BY_BLOCK ? "block" : dk_conditions[by].label;
}

bool dk_split_by_find(const char *word, int *by)
{
    *by = DK_SPLIT_BY_BLOCK;
    if (strcmp(word, "block") == 0)
        return true;
    *by = dk_condition_label_find(word);
    return *by >= 0 && *by < LABELS;
}

enum dk_status dk_split_parse(const char *text, int percent[DK_SPLIT_PARTS], struct dk_error *err)
{
    const char *at = text;
    int sum = 0;
    bool good = true;
    for (int i = 0; i < DK_SPLIT_PARTS; i++) {
        char *end = NULL;
        const bool digit = *at >= '1' && *at <= '9';
        const long value = digit ? strtol(at, &end, 10) : 0;
        const char stop = i + 1 < DK_SPLIT_PARTS ? '/' : '\0';
        good = good && value >= 1 && value <= 98 && end && *end == stop;
        if (!good)
            break;
        percent[i] = (int)value;
        sum += (int)value;
        at = end + 1;
    }
    if (good && sum == 100)
        return DK_OK;
    dk_error_set(err, DK_ERR_USAGE, "--split '%s' is not valid", text);
    dk_error_hint(err, "write the percentages of train, validation and test, whole numbers above 0 "
                       "whose sum is 100: --split 70/15/15");
    return DK_ERR_USAGE;
}

/* --- units ------------------------------------------------------------------------------------ */

/* Readings that stay together. */
struct unit {
    size_t first, count;
    uint64_t key; /* the units' order: random */
    int part;
    int64_t classes[LABELS][CLASSES]; /* readings */
};

struct work {
    const struct dk_split *split;
    struct unit *units; /* owned */
    size_t count;
    int64_t totals[LABELS][CLASSES];
    int64_t parts[DK_SPLIT_PARTS][LABELS][CLASSES];
};

/* splitmix64 (S. Vigna, public domain): the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool begins_unit(const struct dk_split *split, const struct dk_profile *profile, size_t row)
{
    if (row == 0)
        return true;
    const uint8_t *codes = profile->codes[row];
    const uint8_t *before = profile->codes[row - 1];
    if (split->by != DK_SPLIT_BY_BLOCK)
        return codes[split->by] != before[split->by];
    return memcmp(codes, before, LABELS) != 0;
}

static int compare_units(const void *left, const void *right)
{
    const struct unit *a = left;
    const struct unit *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->first < b->first ? -1 : 1;
}

static enum dk_status make_units(struct work *work, const struct dk_profile *profile,
                                 struct dk_error *err)
{
    uint64_t state = work->split->seed;
    size_t count = 0;
    for (size_t row = 0; row < profile->rows; row++)
        count += begins_unit(work->split, profile, row);
    work->units = calloc(count + 1, sizeof(*work->units));
    if (!work->units)
        return dk_error_set(err, DK_ERR_NOMEM, "out of memory for a split");
    for (size_t row = 0; row < profile->rows; row++) {
        if (begins_unit(work->split, profile, row))
            work->units[work->count++] =
                (struct unit){.first = row, .key = next_random(&state), .part = -1};
        struct unit *unit = &work->units[work->count - 1];
        unit->count++;
        for (int label = 0; label < LABELS; label++) {
            unit->classes[label][profile->codes[row][label]]++;
            work->totals[label][profile->codes[row][label]]++;
        }
    }
    qsort(work->units, work->count, sizeof(*work->units), compare_units);
    return DK_OK;
}

/* By runs of a label, each class needs one for each part. */
static enum dk_status check_runs(const struct work *work, struct dk_error *err)
{
    const int by = work->split->by;
    for (size_t class = 0; by >= 0 && class < dk_conditions[by].code_count; class ++) {
        size_t runs = 0;
        for (size_t i = 0; i < work->count; i++)
            runs += work->units[i].classes[by][class] > 0;
        if (work->totals[by][class] == 0 || runs >= DK_SPLIT_PARTS)
            continue;
        dk_error_set(err, DK_ERR_USAGE,
                     "can't split by %s: value %d has %zu run%s, and there are %d parts (the "
                     "profile has %zu runs of the %s in all)",
                     dk_conditions[by].label, dk_conditions[by].codes[class].code, runs,
                     runs == 1 ? "" : "s", DK_SPLIT_PARTS, work->count, dk_conditions[by].label);
        dk_error_hint(err, "split by condition blocks: --split-by block");
        return DK_ERR_USAGE;
    }
    return DK_OK;
}

/* --- assignment: greedily, then by moves that lower the cost -------------------------------- */

/* How far one part is from its share of a class, in squares. */
static int64_t cost_of(const struct work *work, int part, int label, int class)
{
    const int64_t wanted = work->split->percent[part] * work->totals[label][class];
    const int64_t missed = 100 * work->parts[part][label][class] - wanted;
    if (wanted == 0)
        return 0;
    if (work->parts[part][label][class] == 0)
        return label == work->split->by ? ABSENT_OF_LABEL : ABSENT;
    return missed * missed / wanted;
}

/* The cost of the classes that a unit has, in one part. */
static int64_t cost_of_unit(const struct work *work, const struct unit *unit, int part)
{
    int64_t cost = 0;
    for (int label = 0; label < LABELS; label++)
        for (int class = 0; class < CLASSES; class ++)
            if (unit->classes[label][class] > 0)
                cost += cost_of(work, part, label, class);
    return cost;
}

static void put(struct work *work, struct unit *unit, int part, int sign)
{
    for (int label = 0; label < LABELS; label++)
        for (int class = 0; class < CLASSES; class ++)
            work->parts[part][label][class] += sign * unit->classes[label][class];
}

/* What it would cost to have the unit there; the parts are as before. */
static int64_t change_of(struct work *work, struct unit *unit, int part)
{
    const int64_t before = cost_of_unit(work, unit, part);
    put(work, unit, part, 1);
    const int64_t after = cost_of_unit(work, unit, part);
    put(work, unit, part, -1);
    return after - before;
}

/* Puts a unit, which is in no part, where it costs least. */
static void put_best(struct work *work, struct unit *unit, int preferred)
{
    int best = preferred;
    int64_t least = change_of(work, unit, preferred);
    for (int part = 0; part < DK_SPLIT_PARTS; part++) {
        const int64_t change = part == preferred ? least : change_of(work, unit, part);
        if (change < least) {
            least = change;
            best = part;
        }
    }
    unit->part = best;
    put(work, unit, best, 1);
}

static void assign(struct work *work)
{
    bool moved = true;
    for (size_t i = 0; i < work->count; i++)
        put_best(work, &work->units[i], 0);
    for (int sweep = 0; moved && sweep < SWEEPS_MAX; sweep++) {
        moved = false;
        for (size_t i = 0; i < work->count; i++) {
            struct unit *unit = &work->units[i];
            const int before = unit->part;
            put(work, unit, before, -1);
            put_best(work, unit, before);
            moved = moved || unit->part != before;
        }
    }
}

enum dk_status dk_split_assign(const struct dk_split *split, const struct dk_profile *profile,
                               uint8_t *parts, struct dk_error *err)
{
    struct work work = {.split = split};
    enum dk_status status = make_units(&work, profile, err);
    if (status == DK_OK)
        status = check_runs(&work, err);
    if (status == DK_OK)
        assign(&work);
    for (size_t i = 0; status == DK_OK && i < work.count; i++)
        memset(parts + work.units[i].first, work.units[i].part, work.units[i].count);
    free(work.units);
    return status;
}

/* --- tally ------------------------------------------------------------------------------------ */

static void count_runs(struct dk_split_tally *tally, const struct dk_profile *profile,
                       const uint8_t *parts, int condition)
{
    bool cut = false;
    for (size_t row = 0; row < profile->rows; row++) {
        const bool begins =
            row == 0 || profile->codes[row][condition] != profile->codes[row - 1][condition];
        const bool crosses = !begins && parts[row] != parts[row - 1];
        tally->runs[condition] += begins;
        tally->cut[condition] += crosses && !cut;
        cut = !begins && (cut || crosses);
    }
}

void dk_split_tally_add(struct dk_split_tally *tally, const struct dk_profile *profile,
                        const uint8_t *parts, int part, size_t series)
{
    for (size_t row = 0; row < profile->rows; row++) {
        if (parts[row] != part)
            continue;
        tally->rows[part] += series;
        for (int i = 0; i < DK_CONDITIONS; i++)
            tally->classes[part][i][profile->codes[row][i]] += series;
    }
    if (part != 0 || strcmp(tally->profile, profile->hash) == 0)
        return;
    memcpy(tally->profile, profile->hash, sizeof(tally->profile));
    for (int i = 0; i < DK_CONDITIONS; i++)
        count_runs(tally, profile, parts, i);
}

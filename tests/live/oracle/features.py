"""Features of bursts a second time, from the contract's formulas: every moment is a Fraction, and becomes a
float once. Names, keys and missing features must be equal; numbers may differ in the last bits."""

import csv
import io
import math
from fractions import Fraction

import rules
from program import Different

KEYS = ["rig_name", "cohort", "reading", "date_time", *(name for name, _ in rules.CONDITIONS), "condition_block",
        "condition_combination"]
SEGMENTS = 10
SEGMENTED_MIN = 20  # samples


def moment(values, mean, power):
    return sum((value - mean) ** power for value in values) / len(values)


def slope(values, rate):
    """Least squares against i / rate."""
    times = [Fraction(index, rate) for index in range(len(values))]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    return sum((time - middle) * (value - mean) for time, value in zip(times, values)) / \
        sum((time - middle) ** 2 for time in times) if len(values) > 1 else Fraction(0)


def of_segment(values, rate):
    if None in values:
        return dict.fromkeys(("mean", "std", "slope", "min", "max"))
    mean = sum(values) / len(values)
    return {"mean": mean, "std": math.sqrt(moment(values, mean, 2)), "slope": slope(values, rate),
            "min": min(values), "max": max(values)}


def of_burst(cells, rate):
    """Name without the sensor -> number or None."""
    values = [None if cell is None else Fraction(cell) for cell in cells]
    count = len(values)
    if count == 1:
        return {"value": values[0]}
    found = dict.fromkeys(("rms", "skewness", "kurtosis", "peak_to_peak", "total_variation"))
    found |= of_segment(values, rate) | {"first": values[0], "last": values[-1]}
    if None not in values:
        second, third, fourth = (moment(values, found["mean"], power) for power in (2, 3, 4))
        found["rms"] = math.sqrt(sum(value ** 2 for value in values) / count)
        found["peak_to_peak"] = found["max"] - found["min"]
        found["total_variation"] = sum(abs(after - before) for before, after in zip(values, values[1:]))
        if second:
            found["skewness"] = float(third) / float(second) ** 1.5
            found["kurtosis"] = fourth / second ** 2 - 3
    for segment in range(SEGMENTS if count >= SEGMENTED_MIN else 0):
        part = values[segment * count // SEGMENTS:(segment + 1) * count // SEGMENTS]
        found |= {f"s{segment + 1:02}__{name}": number for name, number in of_segment(part, rate).items()}
    return found


def groups(profile):
    """condition_block and condition_combination of each reading."""
    block, seen, numbers = 0, {}, []
    for index, codes in enumerate(profile):
        block += index == 0 or codes[:4] != profile[index - 1][:4]
        numbers.append([block, seen.setdefault(tuple(codes[:4]), len(seen) + 1)])
    return numbers


def row_of(drop, part, reading):
    """Keys, and every feature by its name."""
    index = reading.index
    keys = [reading.rig, reading.cohort, index + 1, reading.date_time, *reading.codes, *groups(drop.profile)[index]]
    numbers = {}
    for name in rules.NAMES:
        count = rules.RATES[name] * drop.seconds
        matrix = drop.matrices.get(name)
        cells = matrix.rows[index][part * count:(part + 1) * count] if matrix else [None] * count
        numbers |= {f"{name.lower()}__{feature}": number
                    for feature, number in of_burst(cells, rules.RATES[name]).items()}
    return [str(key) for key in keys], numbers


def compare_row(what, names, cells, expected):
    keys, numbers = expected
    if cells[:len(KEYS)] != keys:
        raise Different(f"{what}: keys {keys} expected, {cells[:len(KEYS)]} seen")
    for name, cell in zip(names[len(KEYS):], cells[len(KEYS):]):
        number = numbers[name]
        # A higher moment of values that hardly differ is the quotient of two rounded numbers.
        slack = 1e-7 if name.endswith(("skewness", "kurtosis")) else 0
        if (cell == "") != (number is None) or number is not None and not math.isclose(
                float(cell), float(number), rel_tol=1e-9, abs_tol=slack):
            raise Different(f"{what}: {name} is '{cell}', {number if number is None else float(number)} expected")


def compare(workspace, arguments, drop, code, choose):
    """convert --format features: every name and key, and the features of some readings."""
    seen, data = workspace.run("convert", "--format", "features", *arguments, "-o", "-")
    if seen != code:
        raise Different(f"convert --format features: exit code {code} expected, {seen} seen")
    names, *rows = csv.reader(io.StringIO(data.decode()))
    places = [(part, index) for part in range(drop.parts) for index in range(drop.readings_count)]
    if len(rows) != len(places):
        raise Different(f"features: {len(places)} rows expected, {len(rows)} seen")
    for at in choose.sample(range(len(places)), min(len(places), 4)):
        expected = row_of(drop, places[at][0], drop.reading(drop.settings, *places[at]))
        if sorted(names) != sorted(KEYS + list(expected[1])) or names[:len(KEYS)] != KEYS:
            raise Different(f"features: {KEYS + list(expected[1])} expected, {names} seen")
        compare_row(f"features: row {at + 1}", names, rows[at], expected)

"""Plausible ranges, the limit of quarantine, and the table sensor_quality, from the contract alone."""

import contextlib
import decimal
import sqlite3

import built
import deliveries
import rules
from program import Different

QUARANTINE_MAX_PERCENT = 1
QUARANTINE_MAX_CELLS = 10
COLUMNS = ("value_count", "missing_count", "quarantined_count", "outside_count", "longest_constant",
           "value_sum", "minimum", "median", "maximum")


def is_outside(name, value):
    low, high = deliveries.limits_of(name)
    return not low <= value <= high


def is_past(bad, total):
    """Past the limit of quarantine: so many percent, and a few in any case."""
    return bad > QUARANTINE_MAX_CELLS and bad * 100 > total * QUARANTINE_MAX_PERCENT


def refusal(delivery, settings, insist):
    """Why a delivery's values are refused, or ""."""
    readings = delivery.sampled(settings_of_any_number(settings))
    for name, sheet in delivery.matrices.items():
        if sheet.problems and not settings.quarantine:
            return f"{name}: bad cells"
        if built.has("quarantine_max") and sheet.problems:
            cells = sum(map(len, sheet.rows))
            values = [reading.values[name] for reading in readings]
            if is_past(len(sheet.problems), cells) or is_past(values.count(None), len(values)):
                return f"{name}: too many cells in quarantine"
    if built.has("limits") and not insist:
        for name in rules.NAMES:
            values = [reading.values[name] for reading in readings if reading.values[name] is not None]
            if 2 * sum(is_outside(name, value) for value in values) > len(values):
                return f"{name}: most values are out of range"
    return ""


def settings_of_any_number(settings):
    """Values do not depend on which cohort they are."""
    if settings.cohort is not None:
        return settings
    return rules.Settings(**{**vars(settings), "cohort": 1})


def longest_constant(values):
    """The longest stretch of readings, one after the other, with the same value."""
    longest = length = 0
    before = None
    for value in values:
        length = length + 1 if value is not None and value == before else int(value is not None)
        longest = max(longest, length)
        before = value
    return longest


def median(values):
    """The middle value; of an even number, the mean of the two in the middle."""
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def row(name, loaded):
    """A row of sensor_quality for one sensor of a loaded cohort."""
    column = [reading.values[name] for reading in loaded.readings]
    values = sorted(value for value in column if value is not None)
    missing = len(column) - len(values)
    least = [float(values[0]), float(median(values)), float(values[-1])] if values else [None] * 3
    return (len(values), missing, missing if name in loaded.sensors else 0,
            sum(is_outside(name, value) for value in values), longest_constant(column),
            rules.text(sum(values, decimal.Decimal(0))), *least)


def compare(path, database):
    """The table, against what the loaded readings say."""
    expected = {(*key, name): row(name, loaded)
                for key, loaded in database.cohorts.items() for name in rules.NAMES}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        seen = {line[:4]: line[4:] for line in connection.execute(
            f"""select w.site, w.well_number, q.cohort, q.sensor_name, {", ".join(COLUMNS)}
                from sensor_quality q join wells w on w.well_id = q.well_id""")}
    if expected != seen:
        for key in sorted(set(expected) | set(seen)):
            if expected.get(key) != seen.get(key):
                raise Different(f"sensor_quality of {key}: {COLUMNS}: {expected.get(key)} expected, "
                                f"{seen.get(key)} seen")

"""Plausible ranges, the limit of quarantine, and the table sensor_quality, from the contract alone."""

import contextlib
import decimal
import json
import sqlite3

import built
import database
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
    """Whether the limit of quarantine is exceeded: a percentage, and a few in any case."""
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
    """Values do not depend on the number of the cohort."""
    if settings.cohort is not None:
        return settings
    return rules.Settings(**{**vars(settings), "cohort": 1})


def longest_constant(values):
    """The longest run of consecutive readings with the same value."""
    longest = length = 0
    before = None
    for value in values:
        length = length + 1 if value is not None and value == before else int(value is not None)
        longest = max(longest, length)
        before = value
    return longest


def median(values):
    """The median; for an even count the mean of the two middle values, rounded like the mean of a
    burst."""
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else rules.mean(values[middle - 1:middle + 1])


def counted(name, cohorts, had_file):
    """The quality of a sensor's values over one or more cohorts, as the columns of
    sensor_quality."""
    columns = [[reading.values[name] for reading in readings] for readings in cohorts]
    values = sorted(value for column in columns for value in column if value is not None)
    missing = sum(map(len, columns)) - len(values)
    least = [values[0], median(values), values[-1]] if values else [None] * 3
    return (len(values), missing, missing if had_file else 0,
            sum(is_outside(name, value) for value in values), max(map(longest_constant, columns)),
            sum(values, decimal.Decimal(0)), *least)


def row(name, loaded):
    """A row of sensor_quality for one sensor of a loaded cohort."""
    *counts, total, least, middle, most = counted(name, [loaded.readings], name in loaded.sensors)
    numbers = [None if value is None else float(value) for value in (least, middle, most)]
    return (*counts, rules.text(total), *numbers)


EVENT = ("values", "missing", "quarantined", "outside", "longest_constant")


def compare_events(delivery, settings, output):
    """What `check --json` prints about each sensor."""
    cohorts = list(database.by_cohort(
        delivery.sampled(settings_of_any_number(settings))).values())
    events = {event["sensor"]: event for event in map(json.loads, output.splitlines())
              if event["event"] == "quality"}
    for name in rules.NAMES:
        event = events.get(name, {})
        *counts, _, least, middle, most = counted(name, cohorts, name in delivery.cells)
        extremes = [None if value is None else rules.text(value) for value in (least, middle, most)]
        low, high = map(rules.text, deliveries.limits_of(name))
        expected = [low, high, *counts, *extremes]
        seen = [event.get(key) for key in ("low", "high", *EVENT, "minimum", "median", "maximum")]
        if expected != seen:
            raise Different(f"check: quality of {name}: {expected} expected, {seen} seen")


def compare(path, held):
    """Compares the table with the loaded readings."""
    expected = {(*key, name): row(name, loaded)
                for key, loaded in held.cohorts.items() for name in rules.NAMES}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        seen = {line[:4]: line[4:] for line in connection.execute(
            f"""select w.site, w.well_number, q.cohort, q.sensor_name, {", ".join(COLUMNS)}
                from sensor_quality q join wells w on w.well_id = q.well_id""")}
    if expected != seen:
        for key in sorted(set(expected) | set(seen)):
            if expected.get(key) != seen.get(key):
                raise Different(f"sensor_quality of {key}: {COLUMNS}: {expected.get(key)} expected, "
                                f"{seen.get(key)} seen")

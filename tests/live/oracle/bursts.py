"""Samples, Parquet and splits a second time, from the contract alone.

pyarrow reads the files. Where it is not installed, nothing here is compared (`can_read`): tests/live/test_oracle.sh
uses the readers' packages if it can.
"""

import contextlib
import csv
import datetime
import io
import json
import os
import shutil

import features
import layouts
import rules
from program import USAGE, Different, expect_code, expect_rows

SAMPLE_RATES = (100, 10, 1)
KEYS = ["reading", "sample", "date_time", *(name for name, _ in rules.CONDITIONS), "condition_block"]
PARTS = ["train", "validation", "test"]
# The historical columns that are whole numbers; the others are text, a time, or doubles.
WHOLE = ["cohort", "cumulative_minutes", "internal_pump_leakage", "hydraulic_accumulator_bar", "stable_flag"]
GROUPINGS = {"block": None, "cooler": 0, "valve": 1, "pump": 2, "accumulator": 3}


def can_read():
    with contextlib.suppress(ImportError):
        import pyarrow.parquet  # pylint: disable=import-outside-toplevel,unused-import
        return True
    return False


def read(path):
    """The columns of a Parquet file: name -> values, and name -> type."""
    import pyarrow.parquet  # pylint: disable=import-outside-toplevel
    with pyarrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read(use_threads=False)
    types = {field.name: f"{field.type}{'?' if field.nullable else ''}" for field in table.schema}
    return dict(zip(table.column_names, (column.to_pylist() for column in table.columns))), types


def expect_columns(what, expected, types, path):
    """All columns: in order, of their types, and with equal values. `expected` is name -> values."""
    columns, seen = read(path)
    if list(seen.items()) != types:
        raise Different(f"{what}: columns {types} expected, {list(seen.items())} seen")
    for name, values in expected.items():
        if columns[name] != values:
            row = next((row for row, pair in enumerate(zip(values, columns[name])) if pair[0] != pair[1]), None)
            if row is None:
                raise Different(f"{what}: {len(values)} rows expected, {len(columns[name])} seen")
            raise Different(f"{what}: row {row}, {name}: {values[row]} expected, {columns[name][row]} seen")


def number(value):
    return None if value is None else float(value)


def time_of(reading):
    return datetime.datetime.fromisoformat(reading.date_time)


# Samples: one file for each rate and each cohort of a rig

class Part:
    """A cohort of a rig as a drop has it: `place` is the one of its columns."""

    def __init__(self, drop, place, readings):
        self.drop = drop
        self.place = place
        self.readings = readings  # in order

    def folder(self):
        return f"rig_name={self.readings[0].rig}/cohort={self.readings[0].cohort:02}"

    def samples(self):
        """rate -> (names and types, expected columns), of those rates that have a sensor."""
        drop = self.drop
        blocks = [block for block, _ in features.groups(drop.profile)]
        found = {}
        for rate in SAMPLE_RATES:
            sensors = [name for name in rules.NAMES if rules.RATES[name] == rate]
            if not any(name in drop.matrices for name in sensors):
                continue
            burst = rate * drop.seconds
            columns = {"reading": [], "sample": [], "date_time": [], **{name: [] for name in KEYS[3:]}}
            for reading in self.readings:
                keys = [reading.index + 1, None, time_of(reading), *reading.codes, blocks[reading.index]]
                for name, value in zip(KEYS, keys):
                    columns[name] += range(burst) if name == "sample" else [value] * burst
            for name in sensors:
                columns[name.lower()] = [value for reading in self.readings
                                         for value in self.burst(name, reading.index, burst)]
            types = [(name, "timestamp[us]" if name == "date_time" else "int32") for name in KEYS]
            found[rate] = types + [(name.lower(), "double?") for name in sensors], columns
        return found

    def burst(self, name, index, count):
        matrix = self.drop.matrices.get(name)
        if matrix is None:
            return [None] * count
        return [number(value) for value in matrix.rows[index][self.place * count:(self.place + 1) * count]]


def parts_of(drop, readings):
    """The parts of a drop that have some of these readings."""
    parts = {}
    for reading in readings:
        place = parts.setdefault(reading.key[:3], [])
        place.append(reading)
    order = sorted({reading.key[:3] for reading in drop.sampled(drop.settings)})
    return [Part(drop, order.index(key) if len(order) > 1 else 0, found) for key, found in sorted(parts.items())]


def found_files(folder, kind):
    return sorted(os.path.relpath(os.path.join(root, name), folder) for root, _, names in os.walk(folder)
                  for name in names if os.path.relpath(root, folder).startswith(kind))


def compare_samples(what, folder, parts):
    """Exactly the files of these parts, with every sample."""
    expected = {f"samples_{rate}hz/{part.folder()}/part-0.parquet": table
                for part in parts for rate, table in part.samples().items()}
    if found_files(folder, "samples_") != sorted(expected):
        raise Different(f"{what}: {sorted(expected)} expected, {found_files(folder, 'samples_')} seen")
    for name, (types, columns) in expected.items():
        expect_columns(f"{what}: {name}", columns, types, os.path.join(folder, name))


def convert_samples(workspace, arguments, drop, readings, code):
    """convert --format samples, of all or some cohorts."""
    out = workspace.path("samples.out")
    seen, _ = workspace.run("convert", "--format", "samples", *arguments, "-o", out)
    expect_code("convert --format samples", code, seen)
    if code == USAGE:
        return
    compare_samples("convert --format samples", out, parts_of(drop, readings))
    shutil.rmtree(out)


# Features in a run

def compare_features(folder, parts, choose):
    """The files of a run: the keys but for the path's, and the numbers of one reading each."""
    expected = {f"features/{part.folder()}/part-0.parquet": part for part in parts}
    if found_files(folder, "features") != sorted(expected):
        raise Different(f"run: {sorted(expected)} expected, {found_files(folder, 'features')} seen")
    for name, part in expected.items():
        columns, _ = read(os.path.join(folder, name))
        if columns["reading"] != [reading.index + 1 for reading in part.readings]:
            raise Different(f"{name}: readings {columns['reading']}")
        reading = choose.choice(part.readings)
        keys, numbers = features.row_of(part.drop, part.place, reading)
        names = features.KEYS[2:] + list(columns)[len(features.KEYS) - 2:]
        cells = [columns[column][reading.index] for column in names]
        cells = ["" if cell is None else str(cell) for cell in cells]
        features.compare_row(name, features.KEYS[:2] + names, keys[:2] + cells, (keys, numbers))


# The historical columns as Parquet

def compare_historical(what, path, readings):
    """The same cells as in the CSV, each of its type."""
    rows = list(csv.reader(io.StringIO(layouts.files(layouts.LAYOUTS[0], readings)[""].decode())))
    types, expected = [], {}
    for name, cells in zip(rows[0], zip(*rows[1:])):
        kind, make = "double?", float
        if name in WHOLE:
            kind, make = "int32", int
        elif name == "date_time":
            kind, make = "timestamp[us]", datetime.datetime.fromisoformat
        elif name == "rig_name" or name.endswith("_description"):
            kind, make = "string", str
        elif name.endswith("_percentage"):
            kind = "double"
        types.append((name, kind))
        expected[name] = [None if cell == "" else make(cell) for cell in cells]
    expect_columns(what, expected, types, path)


def compare_parquet(workspace, command, arguments, readings, code):
    out = workspace.path("out.parquet")
    seen, _ = workspace.run(command, *arguments, "-o", out)
    expect_code(f"{command} to Parquet", code, seen)
    compare_historical(f"{command} to Parquet", out, readings)
    os.remove(out)


# Splits

def units_of(profile, by):
    """Each reading's unit: its condition block, or its run of one label's value."""
    units = []
    for index, codes in enumerate(profile):
        codes = codes[:4] if by is None else [codes[by]]
        new = index == 0 or codes != before
        units.append((units[-1] if units else 0) + new)
        before = codes
    return units


def too_few_runs(profile, by):
    """Whether a value of the label that is split by has fewer than three runs."""
    if by is None:
        return False
    runs = [codes[by] for index, codes in enumerate(profile) if index == 0 or codes[by] != profile[index - 1][by]]
    return any(runs.count(value) < len(PARTS) for value in runs)


def random_split(choose):
    first = choose.randint(1, 98)
    second = choose.randint(1, 99 - first)
    percent = [first, second, 100 - first - second]
    by = choose.choice(["block", "block", "block", *GROUPINGS])
    seed = choose.choice([None, choose.randrange(10 ** 6)])
    options = ["--split", "/".join(map(str, percent)), "--split-by", by]
    return percent, by, options + ([] if seed is None else ["--seed", str(seed)])


def indices_of(folder, layout):
    """(rig or None, cohort or None, index or None) of each row of each part."""
    found = {}
    for part in PARTS:
        path = os.path.join(folder, part, "part-0." + ("csv" if layout == "sagemaker" else "parquet"))
        if os.listdir(os.path.dirname(path)) != [os.path.basename(path)]:
            raise Different(f"split: {os.listdir(os.path.dirname(path))} in {part}")
        if layout == "sagemaker":
            with open(path, "rb") as file:
                found[part] = file.read().splitlines()
            continue
        columns, _ = read(path)
        index = [number - 1 for number in columns["reading"]] if layout == "features" else columns["cumulative_minutes"]
        found[part] = list(zip(columns["rig_name"], columns["cohort"], index))
    return found


def compare_split_json(split, percent, by, parts, profile, label_parts):
    """What split.json says: rows and classes of each part, and runs of each label and how many are cut."""
    for name, share in zip(PARTS, percent):
        counted = split["parts"][name]
        if (counted["percent"], counted["rows"]) != (share, len(parts[name])):
            raise Different(f"split.json: {name} has {share} % and {len(parts[name])} rows, not {counted}")
        for place, (condition, _) in enumerate(rules.CONDITIONS):
            counts = {}
            for index in parts[name]:
                code = str(profile[index][place])
                counts[code] = counts.get(code, 0) + 1
            if {code: count for code, count in counted["classes"][condition].items() if count} != counts:
                raise Different(f"split.json: {counts} of {condition} in {name}, not {counted['classes'][condition]}")
    for place, (condition, _) in enumerate(rules.CONDITIONS):
        runs = {}
        for index, run in enumerate(units_of(profile, place)):
            runs.setdefault(run, set()).add(label_parts[index])
        expected = (len(runs), sum(len(among) > 1 for among in runs.values()))
        counted = split["labels"][condition]
        if (counted["runs"], counted["cut"]) != expected:
            raise Different(f"split.json: {expected} runs of {condition} and cut, not {counted}")
    if split["split_by"] != by:
        raise Different(f"split.json: by {split['split_by']}, not {by}")


def compare_split(workspace, arguments, drop, readings, code, choose):
    """convert --split, in two formats: whole units, all rows once and in order, and the counts."""
    percent, by, options = random_split(choose)
    grouping = GROUPINGS[by]
    refused = too_few_runs(drop.profile, grouping)
    label = choose.choice(rules.LABELS)
    formats = ["parquet"] + (["features"] if drop.settings.alignment != "column" else [])
    assigned = None
    for layout in [choose.choice(formats), choose.choice(formats + ["sagemaker", "sagemaker"])]:
        out = workspace.path("split.out")
        more = ["--label", label] if layout == "sagemaker" else []
        seen, _ = workspace.run("convert", "--format", layout, *more, *options, *arguments, "-o", out)
        what = f"convert --format {layout} {' '.join(options)}"
        expect_code(what, USAGE if refused else code, seen)
        if refused:
            if os.path.exists(out):
                raise Different(f"{what}: refused, and it left output")
            continue
        found = indices_of(out, layout)
        with open(os.path.join(out, "split.json"), encoding="utf-8") as file:
            split = json.load(file)
        shutil.rmtree(out)
        assigned = assignment(what, layout, found, drop, readings, assigned, label)
        units = units_of(drop.profile, grouping)
        for index, unit in enumerate(units):
            if assigned[index] != assigned[units.index(unit)]:
                raise Different(f"{what}: unit {unit} is in {assigned[index]} and {assigned[units.index(unit)]}")
        rows = {part: [reading.index for reading in readings if assigned[reading.index] == part] for part in PARTS}
        compare_split_json(split, percent, by, rows, drop.profile, assigned)


def assignment(what, layout, found, drop, readings, assigned, label):
    """The part of each reading of the profile: `assigned`, or what the files say. It is the same for all cohorts,
    rigs and formats, and the rows are in order."""
    if layout == "sagemaker":
        rows = layouts.files(("--format", "sagemaker", "--label", label), readings)[""].splitlines()
    else:
        minutes = drop.settings.interval_minutes if layout == "parquet" else 1
        rows = [(reading.rig, reading.cohort, reading.index * minutes) for reading in readings]
        seen = {row[2] // minutes: part for part in PARTS for row in found[part]}
        if len(seen) != drop.readings_count or assigned not in (None, seen):
            raise Different(f"{what}: the readings are in {seen}, not in {assigned}")
        assigned = seen
    for part in PARTS:
        expected = [row for row, reading in zip(rows, readings) if assigned[reading.index] == part]
        expect_rows(f"{what}: {part}", expected, found[part])
    return assigned

"""A second implementation of derrick's data rules: slow, obvious, and from the contract alone.

Nothing here comes from src/. It reads a drop as a whole, every value is a Decimal or a Fraction,
and every rule appears once, in the order of the contract. compare.py compares the outputs of the
program with these, byte for byte.

A drop that must not be loaded raises Refused. Where the contract leaves a choice to the program, a
comment begins with "derrick:".
"""

import datetime
import decimal
import fractions
import functools
import hashlib
import os
import re

decimal.getcontext().prec = 80

# Sensors in the catalogue's order: name and rate in Hz.
SENSORS = [("PS1", 100), ("PS2", 100), ("PS3", 100), ("PS4", 100), ("PS5", 100), ("PS6", 100),
           ("EPS1", 100), ("FS1", 10), ("FS2", 10), ("TS1", 1), ("TS2", 1), ("TS3", 1), ("TS4", 1),
           ("VS1", 1), ("CE", 1), ("CP", 1), ("SE", 1)]
NAMES = [name for name, _ in SENSORS]
RATES = dict(SENSORS)

# The profile's columns: code -> (percentage, description), in the profile's order.
CONDITIONS = [
    ("cooler_condition", {3: ("0.03", "close to total failure"), 20: ("0.2", "reduced efficiency"),
                          100: ("1", "full efficiency")}),
    ("valve_condition", {100: ("1", "optimal switching behavior"), 90: ("0.9", "small lag"),
                         80: ("0.8", "severe lag"), 73: ("0.73", "close to total failure")}),
    ("internal_pump_leakage", {0: (None, "no leakage"), 1: (None, "weak leakage"),
                               2: (None, "severe leakage")}),
    ("hydraulic_accumulator_bar", {130: (None, "optimal pressure"),
                                   115: (None, "slightly reduced pressure"),
                                   100: (None, "severely reduced pressure"),
                                   90: (None, "close to total failure")}),
    ("stable_flag", {0: (None, "conditions were stable"),
                     1: (None, "static conditions might not have been reached yet")}),
]
LABELS = ["cooler", "valve", "pump", "accumulator", "stable"]

SIGNIFICANT_MAX = 15
DECIMALS_MAX = 12
MEAN_DECIMALS = 6
MAGNITUDE_MAX = decimal.Decimal(10) ** 17  # derrick: the contract gives no bound


class Refused(Exception):
    """Bad data: nothing is loaded."""


class BadCell(Exception):
    """A cell that holds no value."""


# Numbers

CELL = {mark: re.compile(rb"([+-]?)([0-9]*)(?:%s([0-9]*))?(?:[eE]([+-]?[0-9]+))?" % byte)
        for mark, byte in (("point", rb"\."), ("comma", b","))}


@functools.lru_cache(maxsize=100000)
def read_cell(cell, decimal_mark="point"):
    """The value of a cell's bytes."""
    match = CELL[decimal_mark].fullmatch(cell.strip(b" "))
    if match is None:
        raise BadCell
    sign, whole, fraction, exponent = match.groups()
    digits = whole + (fraction or b"")
    if not digits:
        raise BadCell
    exponent = int(exponent or b"0") - len(fraction or b"")
    significant = digits.lstrip(b"0")
    if not significant:
        return decimal.Decimal(0)
    # Zeros at the end do not count: 1.50 is 1.5.
    stripped = significant.rstrip(b"0")
    exponent += len(significant) - len(stripped)
    if len(stripped) > SIGNIFICANT_MAX or exponent < -DECIMALS_MAX or exponent > 100:
        raise BadCell
    value = decimal.Decimal((int(sign == b"-"), tuple(map(int, stripped.decode())), exponent))
    if abs(value) > MAGNITUDE_MAX:
        raise BadCell
    return value


def text(value):
    """The canonical text: no exponent, no plus sign, no trailing zeros, no minus before a zero."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def mean(burst):
    """The exact sum, divided once: half to even at 6 decimals and at most 15 significant digits."""
    exact = sum(map(fractions.Fraction, burst)) / len(burst)
    whole_digits = len(str(int(abs(exact)))) if abs(exact) >= 1 else 0
    decimals = min(MEAN_DECIMALS, SIGNIFICANT_MAX - whole_digits)
    scaled = round(exact * fractions.Fraction(10) ** decimals)  # a Fraction rounds half to even
    return decimal.Decimal(scaled).scaleb(-decimals)


def sample_of(burst, settings):
    """The value that represents the reading; None is a missing cell."""
    rule = settings.sample
    # derrick: if one column is the reading, there is no burst to average.
    if rule == "first" or settings.alignment == "column":
        return burst[0]
    if rule == "last":
        return burst[-1]
    if None in burst:
        return None
    return {"mean": mean, "min": min, "max": max}[rule](burst)


# Files

# derrick: blanks, or the one tab that is allowed at the end of any row
BLANK_LINE = re.compile(rb"( *|\t)\r?")


def read_lines(path):
    """The rows of a file as (offset in bytes, bytes), without BOM, line ends, and trailing blank
    lines."""
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{path}: UTF-16")
    offset = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    lines = []
    for line in data[offset:].split(b"\n"):
        lines.append((offset, line))
        offset += len(line) + 1
    while lines and BLANK_LINE.fullmatch(lines[-1][1]):
        lines.pop()
    if not lines:
        raise Refused(f"{path}: empty")
    return [(offset, line.removesuffix(b"\r")) for offset, line in lines]


def cells_of(line, due):
    """The cells of a row. One tab after the last cell does not add another."""
    cells = line.split(b"\t")
    if len(cells) == due + 1 and cells[-1] == b"":
        cells.pop()
    return cells


def is_word(cell):
    """The form of a header cell: it begins with a letter, and is not a gap such as NaN."""
    word = cell.strip(b" \"'").lower()
    return re.match(rb"[a-z]", word) and word not in (b"nan", b"null", b"none", b"na", b"inf")


class Matrix:
    """A sensor's file: one row of values per reading, None for missing ones."""

    def __init__(self, name, lines, due, decimal_mark):
        self.problems = []  # (file, line, column, offset in bytes, text)
        self.rows = []
        self.decimal_mark = decimal_mark
        if all(is_word(cell) for cell in lines[0][1].split(b"\t")):
            raise Refused(f"{name}: a header")
        if not any(len(cells_of(line, due)) == due for _, line in lines):
            raise Refused(f"{name}: no row has {due} columns")
        blank_before = False
        for number, (offset, line) in enumerate(lines, 1):
            cells = cells_of(line, due)
            blank = BLANK_LINE.fullmatch(line) is not None
            if len(cells) == due and not blank:
                self.rows.append([self.read(name, number, column, offset, cells)
                                  for column in range(due)])
            else:
                self.rows.append([None] * due)
                # derrick: a run of blank lines is reported once
                if not (blank and blank_before):
                    self.problems.append(self.wrong_length(name, number, offset, line))
            blank_before = blank

    def wrong_length(self, name, number, offset, line):
        """derrick: if there are NUL bytes, they are the reason, not the length."""
        before = line.split(b"\0")[0] if b"\0" in line else None
        if before is None:
            return (name, number, None, offset, None)
        start = before.rfind(b"\t") + 1
        return (name, number, before.count(b"\t") + 1, offset + start, None)

    def read(self, name, number, column, offset, cells):
        try:
            return read_cell(cells[column], self.decimal_mark)
        except BadCell:
            place = offset + sum(len(cell) + 1 for cell in cells[:column])
            self.problems.append((name, number, column + 1, place, cells[column]))
            return None


SENSOR_FILE = re.compile(r"(?:\d[-0-9]*[-_. ] ?)?([a-z]+[0-9]?)(?:[-_. ] ?\d[-0-9]*)?\.(?:txt|tsv|csv)",
                         re.I)


def find_files(folder):
    """The drop's files: sensor or "PROFILE" -> path. Other names are ignored."""
    files = {}
    for name in sorted(os.listdir(folder)):
        match = SENSOR_FILE.fullmatch(name)
        key = match.group(1).upper() if match else None
        if key in RATES or key == "PROFILE":
            if key in files:
                raise Refused(f"two files for {key}")
            files[key] = os.path.join(folder, name)
    return files


def read_profile(path, decimal_mark):
    """Five codes per row. A profile is complete or refused."""
    rows = []
    for _, line in read_lines(path):
        cells = cells_of(line, len(CONDITIONS))
        if len(cells) != len(CONDITIONS):
            raise Refused("profile: columns")
        row = []
        for cell, (_, codes) in zip(cells, CONDITIONS):
            try:
                code = read_cell(cell, decimal_mark)
            except BadCell:
                raise Refused("profile: cell") from None
            if code not in codes:
                raise Refused("profile: code")
            row.append(int(code))
        rows.append(row)
    return rows


# Readings

class Settings:
    """What shapes the rows."""

    def __init__(self, **given):
        self.columns = "auto"
        self.cohorts = 60
        self.sample = "first"
        self.alignment = "second"
        self.decimal = "point"
        self.start = datetime.date(2008, 3, 26)
        self.cohort_days = 92
        self.interval_minutes = 60
        self.site = "texas"
        self.well = 1
        self.cohort = None  # the number of a drop of one cohort
        self.quarantine = False
        self.allow_missing = False
        self.open_end = "refuse"
        for name, value in given.items():
            assert hasattr(self, name), name
            setattr(self, name, value)

    def wells(self):
        """The numbers of the rigs in a drop."""
        return range(1, self.cohorts + 1) if self.columns == "wells" else [self.well]

    def shape(self):
        """All settings that shape the rows, except for the columns."""
        return (self.sample, self.alignment, self.start, self.cohort_days, self.interval_minutes,
                self.site, tuple(self.wells()), self.cohort)


class Reading:
    """One row of the historical CSV."""

    def __init__(self, site, well, cohort, index, settings, values, profile):
        self.key = (site, well, cohort, index)
        self.rig = f"{site}-{well}"
        self.cohort = cohort
        self.index = index
        self.minutes = settings.interval_minutes * index
        days = settings.cohort_days * (cohort - 1)
        midnight = datetime.datetime.combine(settings.start, datetime.time())
        time = midnight + datetime.timedelta(days=days, minutes=self.minutes)
        # Not strftime, because a year before 1000 needs its zeros.
        self.date_time = time.isoformat(sep=" ")
        self.values = values  # sensor -> Decimal or None
        self.codes = profile[index]
        self.profile = profile


def burst_columns(settings, rate, seconds, part):
    """The columns of the burst of part (a cohort or a well, from 0)."""
    if settings.alignment == "column":
        return range(part, part + 1)
    return range(part * rate * seconds, (part + 1) * rate * seconds)


def columns_of(lines):
    """The number of columns of a file of one cohort. derrick: the number in two of its first three
    rows."""
    rows = [line for _, line in lines if not BLANK_LINE.fullmatch(line)]
    counts = [len(row.removesuffix(b"\t").split(b"\t")) for row in rows[:3]]
    return counts[1] if len(counts) == 3 and counts[1] == counts[2] else counts[0]


def burst_seconds(lines):
    """The burst length of a drop with columns = samples: the one of most files."""
    counts = {}
    for name, rows in lines.items():
        columns = columns_of(rows)
        if columns % RATES[name]:
            raise Refused(f"{name}: no whole burst")
        seconds = columns // RATES[name]
        counts[seconds] = counts.get(seconds, 0) + 1
    return max(counts, key=counts.get)


def refuse_open_ends(files, matrices):
    """A file that ends right after a cell with a value may be cut off there, where another one ends in a
    newline."""
    ends = {}
    for name in matrices:
        with open(files[name], "rb") as file:
            ends[name] = file.read()[-1:]
    if b"\n" in ends.values() and any(end > b" " and matrices[name].rows[-1][-1] is not None
                                      for name, end in ends.items()):
        raise Refused("a file may be cut off in its last cell")


def is_history(lines, cohorts):
    """Whether columns = auto finds the configured number of cohorts side by side in every file."""
    return cohorts > 1 and all(columns_of(rows) == RATES[name] * cohorts
                               for name, rows in lines.items())


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Drop:
    """The contents of a folder: readings in order, and the problems that quarantine would list."""

    def __init__(self, folder, settings, profile=None):
        files = find_files(folder)
        if "PROFILE" not in files and profile is None:
            raise Refused("no profile")
        if not any(name in files for name in NAMES):
            raise Refused("no sensor file")
        if not settings.allow_missing and not all(name in files for name in NAMES):
            raise Refused("a sensor's file is missing")
        lines = {name: read_lines(files[name]) for name in NAMES if name in files}
        self.profile = read_profile(files["PROFILE"], settings.decimal) if "PROFILE" in files else profile
        self.readings_count = len(self.profile)
        if any(len(rows) != self.readings_count for rows in lines.values()):
            raise Refused("files of unequal length")
        if (self.readings_count - 1) * settings.interval_minutes >= settings.cohort_days * 24 * 60:
            raise Refused("readings past the cohort's last day")

        samples = settings.columns == "samples" or (
            settings.columns == "auto" and not is_history(lines, settings.cohorts))
        # derrick: one cohort in a file is one cohort, also with columns = cohorts
        self.one_cohort = samples or settings.columns == "wells" or settings.cohorts == 1
        self.parts = 1 if samples else settings.cohorts
        self.seconds = burst_seconds(lines) if samples else 1
        self.matrices = {name: Matrix(os.path.basename(files[name]), lines[name],
                                      RATES[name] * self.seconds * self.parts, settings.decimal) for name in lines}
        self.problems = [problem for matrix in self.matrices.values() for problem in matrix.problems]
        if settings.open_end == "refuse":
            refuse_open_ends(files, self.matrices)
        if self.problems and not settings.quarantine:
            raise Refused(f"{len(self.problems)} bad cells and rows")
        self.settings = settings
        self.own_profile = self.profile if "PROFILE" in files else None
        self.text = {name: hash_of(path) for name, path in files.items()}

    @functools.cached_property
    def contents(self):
        """The identity of the drop: a digest of the values of its cells."""
        return repr((self.one_cohort, self.own_profile, self.digests))

    @functools.cached_property
    def digests(self):
        """The same for each cohort or well."""
        return [self.digest_of(part) for part in range(self.parts)]

    def digest_of(self, part):
        digest = hashlib.sha256()
        for name, matrix in sorted(self.matrices.items()):
            count = RATES[name] * self.seconds
            digest.update(name.encode())
            for row in matrix.rows:
                cells = row[part * count:(part + 1) * count]
                digest.update("\t".join(map(text, cells)).encode() + b"\n")
        return digest.hexdigest()

    @functools.cached_property
    def readings(self):
        """The readings, with the settings that the drop was read with."""
        return self.sampled(self.settings)

    def sampled(self, settings):
        """The readings, with the sample and alignment of the settings."""
        return [self.reading(settings, part, index)
                for part in range(self.parts) for index in range(self.readings_count)]

    def reading(self, settings, part, index):
        values = dict.fromkeys(NAMES)
        for name, matrix in self.matrices.items():
            columns = burst_columns(settings, RATES[name], self.seconds, part)
            values[name] = sample_of([matrix.rows[index][column] for column in columns],
                                     settings)
        cohort = settings.cohort if self.one_cohort else part + 1
        well = part + 1 if settings.columns == "wells" else settings.well
        return Reading(settings.site, well, cohort, index, settings, values, self.profile)

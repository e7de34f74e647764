"""Deliveries made cell by cell, so that their readings are known, and every form of the same cells.

A delivery is small: few readings, with plausible values. All choices come from the given
random.Random.
"""

import decimal
import gzip
import hashlib
import os
import tarfile
import zipfile

import database
import rules

# The oracle's own plausible ranges; derrick gets them in `[limits]`.
LIMITS = {name: (0, 400) for name in rules.NAMES}
LIMITS["EPS1"] = (1000, 5000)
LIMITS["FS1"] = LIMITS["FS2"] = (-5, 50)
LIMITS["TS3"] = ("-40.5", 120)
LIMITS["CE"] = LIMITS["SE"] = (0, 100)


def limits_of(name):
    low, high = LIMITS[name]
    return decimal.Decimal(low), decimal.Decimal(high)


def value_text(random, name):
    """A plausible value of a sensor, as a rig writes it."""
    low, high = limits_of(name)
    decimals = random.choice([0, 1, 2, 2, 3])
    scale = 10 ** decimals
    value = decimal.Decimal(random.randint(int(low) * scale, int(high) * scale)).scaleb(-decimals)
    return rules.text(value).encode()


def is_value(cell):
    try:
        rules.read_cell(cell)
        return True
    except rules.BadCell:
        return False


def other_value(random, name, cell):
    """A plausible value that differs from this cell's."""
    while True:
        other = value_text(random, name)
        if rules.read_cell(other) != rules.read_cell(cell):
            return other


def implausible(random, name):
    """A value outside the sensor's range, often close to it."""
    low, high = limits_of(name)
    step = decimal.Decimal(random.choice(["0.001", "1", "1000000"]))
    return rules.text(random.choice([low - step, high + step])).encode()


class Sheet:
    """A sensor's values, in the form of the matrices of rules.Drop."""

    def __init__(self, cells):
        self.rows = []
        self.problems = []
        for number, row in enumerate(cells, 1):
            self.rows.append([self.read(number, column, cell) for column, cell in enumerate(row, 1)])

    def read(self, number, column, cell):
        try:
            return rules.read_cell(cell)
        except rules.BadCell:
            self.problems.append((number, column, cell))
            return None


class Delivery(rules.Drop):
    """A drop that needs no reading: sensor -> rows of cells, and a profile or none."""

    def __init__(self, cells, profile, one_cohort, parts, seconds):  # pylint: disable=super-init-not-called
        self.cells = cells
        self.own_profile = profile
        self.profile = profile
        self.one_cohort = one_cohort
        self.parts = parts
        self.seconds = seconds
        self.readings_count = len(next(iter(cells.values())))
        self.matrices = {name: Sheet(rows) for name, rows in cells.items()}
        self.problems = [problem for sheet in self.matrices.values() for problem in sheet.problems]
        self.text = {}  # of its files, once they are written: sensor or "PROFILE" -> sha256
        self.extra = {}  # more files of the drop: name -> bytes
        self.missing_files = set()  # sensors, or "PROFILE", whose files have other names

    def changed(self, **instead):
        """The same delivery with one part replaced: cells, profile, ..."""
        parts = {"cells": self.cells, "profile": self.own_profile, "one_cohort": self.one_cohort,
                 "parts": self.parts, "seconds": self.seconds}
        return Delivery(**{**parts, **instead})

    def cohort_alone(self, part):
        """One cohort of a history, as a separate drop."""
        cells = {name: [row[part * rules.RATES[name]:(part + 1) * rules.RATES[name]] for row in rows]
                 for name, rows in self.cells.items()}
        return self.changed(cells=cells, one_cohort=True, parts=1)


def random_profile(random, readings):
    return [[random.choice(list(codes)) for _, codes in rules.CONDITIONS] for _ in range(readings)]


def made(random, readings, one_cohort, parts, seconds=1, absent=()):
    """A new delivery."""
    cells = {}
    for name, rate in rules.SENSORS:
        if name not in absent:
            stock = [value_text(random, name) for _ in range(60)]
            cells[name] = [random.choices(stock, k=rate * parts * seconds) for _ in range(readings)]
    return Delivery(cells, random_profile(random, readings), one_cohort, parts, seconds)


def beside(first, second):
    """A history with one more cohort: the columns of `second` follow those of `first`."""
    cells = {name: [left + right for left, right in zip(first.cells[name], second.cells[name])]
             for name in first.cells}
    return first.changed(cells=cells, one_cohort=False, parts=first.parts + second.parts)


# Forms of the same cells

def same_value(random, cell):
    """Another spelling of a value."""
    text = cell.decode()
    if "." not in text and random.random() < 0.5:
        text += random.choice([".0", ".", ".00"])
    elif "." in text:
        text += random.choice(["0", "00"])
    if not text.startswith("-") and random.random() < 0.2:
        text = "+" + text
    blanks = [random.choice(["", "", " "]) for _ in range(2)]
    return (blanks[0] + text + blanks[1]).encode()


class Form:
    """The way to write and pack a delivery's files."""

    def __init__(self, random, plain=False):
        self.random = random
        self.end = b"\n" if plain else random.choice([b"\n", b"\n", b"\r\n"])
        self.spelled = 0 if plain else random.choice([0, 0, 0.02, 0.5])
        self.last_end = plain or random.random() < 0.7
        self.bom = not plain and random.random() < 0.1
        self.tab = not plain and random.random() < 0.2
        self.name = "{}.txt" if plain else random.choice(
            ["{}.txt", "{}.txt", "{}.tsv", "{}-2026-09-30.txt", "{}_2026-09-30.txt",
             "2026-09-30_{}.txt", "20260930-{}.tsv"])
        self.lower = not plain and random.random() < 0.2
        self.packed = "folder" if plain else random.choice(
            ["folder", "folder", "gz", "zip", "tar", "tar.gz"])

    def file_bytes(self, rows):
        lines = []
        for row in rows:
            if self.spelled:
                row = [same_value(self.random, cell)
                       if self.random.random() < self.spelled and is_value(cell) else cell
                       for cell in row]
            lines.append(b"\t".join(row) + (b"\t" if self.tab else b""))
        data = self.end.join(lines) + (self.end if self.last_end else b"")
        return (b"\xef\xbb\xbf" if self.bom else b"") + data

    def file_name(self, name):
        return self.name.format(name.lower() if self.lower else name)


def files_of(delivery, form):
    """The delivery's files: name -> bytes."""
    files = {form.file_name(name): form.file_bytes(rows) for name, rows in delivery.cells.items()
             if name not in delivery.missing_files}
    texts = dict(zip((name for name in delivery.cells if name not in delivery.missing_files), files.values()))
    if delivery.own_profile is not None and "PROFILE" not in delivery.missing_files:
        rows = [[str(code).encode() for code in row] for row in delivery.own_profile]
        texts["PROFILE"] = files[form.file_name("profile")] = form.file_bytes(rows)
    delivery.text = {name: hashlib.sha256(data).hexdigest() for name, data in texts.items()}
    return {**files, **delivery.extra}


def write(files, path):
    os.makedirs(path, exist_ok=True)
    for name, data in files.items():
        os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
        with open(os.path.join(path, name), "wb") as file:
            file.write(data)
    return path


def deliver(delivery, form, path):
    """Writes a delivery below path; returns the DROP argument."""
    files = files_of(delivery, form)
    if form.packed in ("folder", "gz"):
        if form.packed == "gz":
            files = {name if name in delivery.extra else name + ".gz":
                     data if name in delivery.extra else gzip.compress(data, 1)
                     for name, data in files.items()}
        return write(files, path)
    folder = write(files, path + ".files")
    names = form.random.sample(sorted(files), len(files))
    packed = f"{path}.{form.packed}"
    if form.packed == "zip":
        with zipfile.ZipFile(packed, "w") as out:
            for name in names:
                out.write(os.path.join(folder, name), name)
        return packed
    with tarfile.open(packed, "w:gz" if form.packed == "tar.gz" else "w") as out:
        for name in names:
            out.add(os.path.join(folder, name), name)
    return packed


class Step:
    """A delivery and its form."""

    def __init__(self, delivery, settings, given=None):
        self.delivery = delivery
        self.settings = settings
        self.given = given or database.Given()
        self.insist = False  # --allow-out-of-range
        self.refused = ""  # why it must be refused with any database
        self.unsettled = False  # the contract allows derrick to refuse it or to find it loaded
        self.extra = []  # more arguments
        self.form = None

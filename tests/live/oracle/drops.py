"""Random drops: every legal spelling of a value, everything that is accepted with a notice, and
faults that must be detected.

All choices come from the given random.Random, so the same seed makes the same drop.
"""

import datetime
import gzip
import os
import shutil
import tarfile
import zipfile

import rules
from deliveries import is_value

# Cells without a value, as a rig or an editor might write them.
BAD_CELLS = [b"", b" ", b"   ", b"NaN", b"nan", b"NULL", b"n/a", b"-", b"+", b".", b"-.", b"e5", b"1e",
             b"1e+", b"1.5e", b"--1", b"+-1", b"1-", b"1.2.3", b"1..2", b"1 2", b"1,5", b"1.234,5",
             b"0x10", b"1d3", b"1_000", b"inf", b"-Infinity", b"error", b"#DIV/0!", b"\"1.5\"", b"5V",
             b"\xb0", b"5\xb0C", b"\xc2\xa05", b"5\x00", b"\x00", b"\x0b1", b"1\x0c", b"1e1e1",
             b"1e1.5", b".e1", b"\xef\xbb\xbf5", b"5;", b"6|7", b"'1'"]
OUT_OF_BOUNDS = [b"1e20", b"-1e18", b"1e-13", b"15e-13", b"0.1234567890123", b"1234567890123456",
                 b"12345678901.23456", b"1000000000000000000", b"999999999999999e3",
                 b"1e99999999999999999999", b"1e-99999999999999999999", b"100000000000001e-13"]
BAD_CELLS += OUT_OF_BOUNDS
PASSED_OVER = ["description.txt", "Thumbs.db", "README.md", "desktop.ini",
               "notes.txt", "PS7.txt"]
FILE_NAMES = ["{0}.txt", "{0}.txt", "{0}.txt", "{1}.txt", "{0}.TXT", "{0}.tsv", "{1}.tsv", "{0}.csv",
              "{0}-2023-06-01.txt", "{0}_2023-06-01.txt", "{1}-20230601.tsv", "{0} 2023-06-01.txt",
              "2023-06-01_{0}.txt", "20230601-{1}.tsv", "2023-06-01 {0}.csv"]


# Values

def digits(random, count):
    return "".join(random.choice("0123456789") for _ in range(count))


def random_digits(random):
    """The digits of a value, and how many of them are decimals: usually like a sensor's, but
    sometimes as long and as small as allowed."""
    kind = random.random()
    if kind < 0.6:
        decimals = random.randrange(4)
        return digits(random, random.randint(1, 4) + decimals), decimals
    if kind < 0.7:
        return "0" * random.randint(1, 3), 0
    if kind < 0.9:
        count = random.randint(1, 15)
        return digits(random, count), random.randint(0, min(12, count))
    if kind < 0.95:  # small: zeros follow the point
        return digits(random, random.randint(1, 4)), random.randint(5, 12)
    count = random.randint(1, 15)  # large: zeros at the end
    return digits(random, count) + "0" * random.randint(0, 17 - count), 0


def plain(number, decimals, negative):
    """The form that a rig writes: no zeros at either end."""
    number = number.rjust(decimals + 1, "0")
    whole, fraction = number[:len(number) - decimals], number[len(number) - decimals:]
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    zero = not whole.strip("0") and not fraction
    return ("-" if negative and not zero else "") + whole + ("." + fraction if fraction else "")


def spelled(random, number, decimals, negative):
    """The same value in any spelling that the contract allows."""
    sign = "-" if negative else random.choice(["", "", "+"])
    if random.random() < 0.4:  # moves the point, and moves it back by an exponent
        shift = random.randint(-14, 14)
        decimals += shift
        letter = random.choice("eE")
        zeros = "0" * random.choice([0, 0, 1, 4])
        exponent = f"{letter}{'-' if shift < 0 else random.choice(['', '+'])}{zeros}{abs(shift)}"
    else:
        exponent = random.choice(["", "", "", "e0", "E-0", "e+00"])
    if decimals < 0:
        number, decimals = number + "0" * -decimals, 0
    number = number.rjust(decimals, "0")
    whole, fraction = number[:len(number) - decimals], number[len(number) - decimals:]
    if whole.strip("0") == "" and fraction and random.random() < 0.5:
        whole = ""
    else:
        whole = "0" * random.choice([0, 0, 0, 1, 5, 30]) + whole
    if random.random() < 0.3:
        fraction += "0" * random.choice([1, 2, 20])
    point = "." if fraction or random.random() < 0.2 else ""
    if not whole and not fraction:
        whole = "0"
    blanks = [random.choice(["", "", "", " ", "  "]) for _ in range(2)]
    return blanks[0] + sign + whole + point + fraction + exponent + blanks[1]


def random_cell(random, odd):
    """A cell with a value; `odd` is the share of unusual spellings."""
    while True:
        number, decimals = random_digits(random)
        negative = random.random() < 0.2
        if random.random() < odd:
            cell = spelled(random, number, decimals, negative).encode()
        else:
            cell = plain(number, decimals, negative).encode()
        if is_value(cell):  # else out of bounds by one of the random lengths
            return cell


class Cells:
    """A stock of cells, to make wide rows quickly."""

    def __init__(self, random, odd):
        self.random = random
        self.stock = [random_cell(random, odd) for _ in range(300)]
        # A burst around one level, like real ones: sums and means share many digits. With 5 or 6
        # decimals, every tenth mean is a tie.
        level, decimals = random.randint(-200, 3000), random.choice([1, 3, 5, 6])
        self.level = [f"{level}.{random.randrange(10 ** decimals)}".encode() for _ in range(100)]

    def row(self, count):
        return self.random.choices(self.level if self.random.random() < 0.2 else self.stock, k=count)


# Rows and files

def spoil_cells(random, rows, share):
    """Makes some cells bad. Control characters appear only in wide rows, because a file with too
    many of them is not text."""
    for row in rows:
        for _ in range(1 + len(row) // 50):
            bad = random.choice(BAD_CELLS)
            if random.random() < share and (len(row) >= 10 or min(bad, default=32) >= 32):
                row[random.randrange(len(row))] = bad


def keep_a_number(rows):
    """The first non-empty row contains a number: with only words, it would be a header."""
    first = next((row for row in rows if any(cell.strip(b" ") for cell in row)), None)
    if first and not any(cell in OUT_OF_BOUNDS or is_value(cell) for cell in first):
        first[0] = b"1"


def spoil_rows(random, rows, one_cohort):
    """Makes rows too short or too long. The last one stays, because a blank one would not count as
    a row. In a drop of one cohort the first three determine the length, so at most one of them is
    spoilt."""
    spared = random.sample(range(3), 2) if one_cohort else []
    for number, row in enumerate(rows[:-1]):
        if random.random() < 0.3 and number not in spared and not (one_cohort and len(rows) < 3):
            if random.random() < 0.5:
                del row[random.randrange(len(row)):]
            else:
                row += [b"1"] * random.choice([1, 2, len(row)])


def file_bytes(random, rows, tidy):
    """The rows as a file, with everything that is accepted around them."""
    if tidy:
        return b"".join(b"\t".join(row) + b"\n" for row in rows)
    end = random.choice([b"\n", b"\n", b"\r\n"])
    mixed = random.random() < 0.1
    tab = random.choice([0, 0, 0, 0.5, 1])
    lines = []
    for row in rows:
        line = b"\t".join(row)
        # A tab after a missing last cell, or after a row of the wrong length, means something else.
        if row and row[-1].strip(b" ") and random.random() < tab:
            line += b"\t"
        lines.append(line + (random.choice([b"\n", b"\r\n"]) if mixed else end))
    data = (b"\xef\xbb\xbf" if random.random() < 0.15 else b"") + b"".join(lines)
    tail = random.random()
    if tail < 0.15:
        return data.rstrip(b"\r\n")
    if tail < 0.3:
        return data + b"".join(random.choice([b"\n", b"\r\n", b" \n", b"\t\n"])
                               for _ in range(random.randint(1, 3)))
    return data


def looks_numbered(row):
    """0 1 2 ... or 1 2 3 ..., as tools write a header."""
    return [cell.strip() for cell in row[1:3]] in ([b"1", b"2"], [b"2", b"3"])


def swap_marks(data):
    return data.translate(bytes.maketrans(b".,", b",."))


def swap_line_ends(data):
    return data.replace(b"\r\n", b"\n") if b"\r\n" in data else data.replace(b"\n", b"\r\n")


def marked(settings, data):
    """A file with the decimal mark of the settings."""
    return swap_marks(data) if settings.decimal == "comma" else data


def code_cell(random, code, odd):
    if random.random() >= odd:
        return str(code).encode()
    return random.choice([" {}", "{} ", "+{}", "0{}", "{}.0", "{}.", "{}e0"]).format(code).encode()


class Plan:
    """The plan of a case's drop, except for its cells."""

    def __init__(self, random, long=False):
        self.long = long
        self.settings = random_settings(random, long)
        self.readings = random.choice([1, 2, 3, 5, 8])
        if not long and random.random() < 0.1:  # a whole cohort, or one more reading
            self.settings.cohort_days = 1
            self.settings.interval_minutes, limit = random.choice([(1440, 1), (720, 2), (300, 5), (240, 6)])
            self.readings = limit + random.choice([0, 0, 1])
        self.seconds = random.choice([1, 1, 2, 3]) if self.settings.columns == "samples" else 1
        self.absent = set()
        if long:  # few sensors, but more than one window of each
            self.readings = random.randint(20, 60)
            self.absent = set(rules.NAMES) - {"PS1", "FS2", "TS3"}
            self.settings.allow_missing = True
        elif random.random() < 0.15:
            self.absent = set(random.sample(rules.NAMES, random.randint(1, 16)))
            self.settings.allow_missing = random.random() < 0.9
        self.odd = random.choice([0, 0.01, 0.3, 1])
        self.flaws = random.choice([None, None, None, "cells", "rows", "both"])
        if self.flaws:
            self.settings.quarantine = random.random() < 0.85
        else:
            self.settings.quarantine = random.random() < 0.1
        self.tidy = random.random() < 0.3
        self.without_profile = False
        self.wrong = random.choice(WRONGS) if random.random() < 0.12 else None
        if self.wrong == wrong_columns and self.settings.alignment == "column":
            self.wrong = None  # derrick: the old scripts' column c-1 exists, whatever the number of columns


def random_settings(random, long):
    settings = rules.Settings()
    settings.columns = random.choice(["cohorts", "cohorts", "samples", "wells"])
    settings.cohorts = 60 if long else random.choice([1, 2, 3, 3, 5, 11])
    settings.sample = random.choice(["first", "first", "mean", "mean", "min", "max", "last"])
    settings.alignment = random.choice(["second", "second", "second", "column"])
    settings.decimal = random.choice(["point", "point", "comma"])
    settings.open_end = random.choice(["allow", "allow", "allow", "refuse"])
    if settings.columns != "cohorts":
        settings.cohort = random.choice([1, 2, 7, 60, 61])
    settings.site = random.choice(["texas", "oslo", "a", "north-sea", "b.2_c"])
    settings.well = random.choice([1, 2, 9, 10, 99999])
    if random.random() < 0.5:
        settings.start = datetime.date(random.choice([1, 999, 1899, 2000, 2008, 2024, 2100]),
                                       random.choice([1, 2, 2, 3, 12]), random.randint(1, 28))
        settings.cohort_days = random.choice([1, 28, 92, 366])
        settings.interval_minutes = random.choice([1, 7, 60, 90, 240, 1440])
    return settings


def write_drop(random, plan, folder):
    """Writes the drop of the plan."""
    os.makedirs(folder)
    settings = plan.settings
    parts = 1 if settings.columns == "samples" else settings.cohorts
    names = FILE_NAMES if random.random() < 0.3 else FILE_NAMES[:1]
    cells = Cells(random, plan.odd)
    for name, rate in rules.SENSORS:
        if name in plan.absent:
            continue
        rows = [cells.row(rate * parts * plan.seconds) for _ in range(plan.readings)]
        while looks_numbered(rows[0]):
            rows[0] = cells.row(len(rows[0]))
        if plan.flaws in ("cells", "both"):
            spoil_cells(random, rows, random.choice([0, 0.05, 0.5]))
        if plan.flaws in ("rows", "both") and random.random() < 0.3:
            spoil_rows(random, rows, settings.columns == "samples" or settings.cohorts == 1)
        if plan.flaws:
            keep_a_number(rows)
        file_name = random.choice(names).format(name, name.lower())
        with open(os.path.join(folder, file_name), "wb") as file:
            file.write(marked(settings, file_bytes(random, rows, plan.tidy)))
    if not plan.without_profile:
        name = random.choice(names).format("profile", "PROFILE")
        write_profile(random, plan, os.path.join(folder, name))
    if random.random() < 0.2:
        for name in random.sample(PASSED_OVER, 3):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"not a sensor's\n")
    if plan.wrong:
        plan.wrong(random, folder)


def write_profile(random, plan, path):
    odd = random.choice([0, 0, 0.3])
    rows = [[code_cell(random, random.choice(list(codes)), odd) for _, codes in rules.CONDITIONS]
            for _ in range(plan.readings)]
    with open(path, "wb") as file:
        file.write(marked(plan.settings, file_bytes(random, rows, plan.tidy)))


def pack(random, folder):
    """The form of the drop: a folder, one with compressed files, a zip or a tar."""
    way = random.choice(["folder", "folder", "folder", "folder", "gz", "zip", "tar", "tar.gz"])
    packed = f"{folder}.{way}"
    if way == "folder" or os.path.exists(packed):
        return folder
    if way == "gz":
        shutil.copytree(folder, packed)
        for name in filter(rules.SENSOR_FILE.fullmatch, os.listdir(packed)):
            path = os.path.join(packed, name)
            with open(path, "rb") as file, gzip.open(path + ".gz", "wb", compresslevel=1) as out:
                out.write(file.read())
            os.remove(path)
        return packed
    names = random.sample(sorted(os.listdir(folder)), len(os.listdir(folder)))
    inside = random.choice(["", "drop/"])
    if way == "zip":
        with zipfile.ZipFile(packed, "w", random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as out:
            for name in names:
                out.write(os.path.join(folder, name), inside + name)
        return packed
    with tarfile.open(packed, "w:gz" if way == "tar.gz" else "w") as out:
        for name in names:
            out.add(os.path.join(folder, name), inside + name)
    return packed


# What makes a whole drop wrong with any settings

def edit(path, change):
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(change(data))


def any_sensor(random, folder):
    files = rules.find_files(folder)
    return random.choice([path for name, path in sorted(files.items()) if name != "PROFILE"])


def profile_of(folder):
    return rules.find_files(folder)["PROFILE"]


def wrong_empty(random, folder):
    edit(any_sensor(random, folder), lambda data: random.choice([b"", b"\n\n", b"\xef\xbb\xbf"]))


def wrong_twice(random, folder):
    path = any_sensor(random, folder)
    with open(path, "rb") as file:
        data = file.read()
    key = next(key for key, value in rules.find_files(folder).items() if value == path)
    with open(os.path.join(folder, f"{key}-1999.tsv"), "wb") as file:
        file.write(data)


def wrong_length(random, folder):
    def longer(data):
        return data.rstrip(b" \t\r\n") + b"\n1\n"
    edit(random.choice([any_sensor(random, folder), profile_of(folder)]), longer)


def wrong_header(random, folder):
    def headed(data):
        first, end, rest = data.partition(b"\n")
        count = first.count(b"\t") + 1
        header = b"\t".join(b"column_%d" % number for number in range(count))
        return header + end + rest
    edit(any_sensor(random, folder), headed)


def wrong_separator(random, folder):
    separator = random.choice([b";", b","])
    edit(profile_of(folder), lambda data: data.replace(b"\t", separator))


def wrong_columns(random, folder):
    def wider(data):
        return b"".join(b"7.5\t" + line + b"\n" for line in data.rstrip(b"\r\n\t ").split(b"\n"))
    edit(any_sensor(random, folder), wider)


def wrong_code(random, folder):
    code = random.choice([b"4", b"-1", b"3.5", b"x", b"", b"1e9"])

    def changed(data):
        rows = [line.split(b"\t") for line in data.split(b"\n")]
        rows[0][random.randrange(5)] = code
        return b"\n".join(b"\t".join(row) for row in rows)
    edit(profile_of(folder), changed)


def wrong_no_profile(_random, folder):
    os.remove(profile_of(folder))


def wrong_old_csv(random, folder):
    """A CSV of the old scripts: an index, a header of numbers, commas."""
    def changed(data):
        lines = data.rstrip(b"\r\n").split(b"\n")
        count = lines[0].count(b"\t") + 2
        rows = [b"," + b",".join(b"%d" % number for number in range(count))]
        rows += [b"%d," % number + line.replace(b"\t", b",") for number, line in enumerate(lines)]
        return b"\n".join(rows) + b"\n"
    edit(any_sensor(random, folder), changed)


def wrong_utf16(random, folder):
    edit(any_sensor(random, folder), lambda data: b"\xff\xfe" + b"\x00".join(
        data[index:index + 1] for index in range(len(data))) + b"\x00")


WRONGS = [wrong_empty, wrong_twice, wrong_length, wrong_header, wrong_separator, wrong_columns,
          wrong_code, wrong_no_profile, wrong_old_csv, wrong_utf16]

"""Runs derrick, and compares its exit codes, files and database with the oracle's."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess

import layouts
import rules

DERRICK = os.environ["DERRICK"]
DONE, USAGE, BAD_DATA, DATABASE, IN_QUARANTINE = 0, 2, 3, 4, 6
SHOWN_BYTES = 300


class Different(Exception):
    """derrick and the oracle differ."""


# Running derrick

class Workspace:
    """A workspace, and the settings of a case that are not in its derrick.ini."""

    def __init__(self, folder, log):
        self.folder = folder
        self.log = log
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("DERRICK_")}
        self.environment.pop("DERRICK", None)

    def run(self, *arguments):
        """Runs a command; returns its exit code and its stdout."""
        command = ["-C", self.folder, *arguments]
        done = subprocess.run([DERRICK, "-q", "--progress", "never", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment, check=False)
        self.log.append((command, done.returncode, done.stderr.decode(errors="replace")))
        return done.returncode, done.stdout

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def forget_quarantine(self):
        for name in os.listdir(self.path("quarantine")):
            os.remove(self.path("quarantine", name))

    def quarantined(self):
        """Returns the newest list of cells in quarantine, and removes it."""
        names = os.listdir(self.path("quarantine"))
        if len(names) != 1:
            raise Different(f"files in quarantine: {names}")
        with open(self.path("quarantine", names[0]), "rb") as file:
            lines = file.read().split(b"\n")
        os.remove(self.path("quarantine", names[0]))
        return [line.split(b"\t") for line in lines[1:-1]]


def keys_of(settings):
    """The keys of derrick.ini: value, and the key's own option if it has one."""
    return {"rig.site": (settings.site, None), "rig.well": (settings.well, None),
            "calendar.start": (settings.start.isoformat(), None),
            "calendar.cohort_days": (settings.cohort_days, None),
            "calendar.interval_minutes": (settings.interval_minutes, None),
            "input.columns": (settings.columns, "--columns"),
            "input.cohorts": (settings.cohorts, "--cohorts"),
            "input.sample": (settings.sample, "--sample"),
            "input.alignment": (settings.alignment, "--alignment"),
            "input.decimal": (settings.decimal, "--decimal"),
            "input.open_end": (settings.open_end, "--open-end")}


def hand_over(choose, settings, workspace):
    """Passes each setting to derrick in one of the possible ways. Returns the arguments."""
    arguments = []
    defaults = keys_of(rules.Settings())
    for key, (value, flag) in keys_of(settings).items():
        if value == defaults[key][0] and choose.random() < 0.5:
            continue
        way = choose.choice(["set", "ini", "environment", "flag"])
        if way == "flag" and flag:
            arguments += [flag, str(value)]
        elif way == "ini":
            section, name = key.split(".")
            edit_ini(workspace.path("derrick.ini"), section, name, value)
        elif way == "environment":
            workspace.environment["DERRICK_" + key.replace(".", "_").upper()] = str(value)
        else:
            arguments += ["--set", f"{key}={value}"]
    return arguments + flags_of(settings)


def all_arguments(settings, but_defaults=False):
    """Every setting by --set, which wins over derrick.ini and the environment; or only those that
    differ from the default."""
    arguments = []
    defaults = keys_of(rules.Settings())
    for key, (value, _) in keys_of(settings).items():
        if not but_defaults or value != defaults[key][0]:
            arguments += ["--set", f"{key}={value}"]
    return arguments + flags_of(settings)


def flags_of(settings):
    return ((["--quarantine"] if settings.quarantine else [])
            + (["--allow-missing"] if settings.allow_missing else []))


def edit_ini(path, section, name, value):
    with open(path, encoding="utf-8") as file:
        content = file.read()
    pattern = rf"(?ms)(^\[{section}\]$.*?^{name} =)[^\n]*"
    content, count = re.subn(pattern, rf"\g<1> {value}", content, count=1)
    assert count == 1, key_missing(section, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def key_missing(section, name):
    return f"derrick.ini has no {section}.{name}"


# Comparing

def shown(data):
    return data[:SHOWN_BYTES].decode(errors="backslashreplace")


def expect_same(what, expected, actual):
    if expected == actual:
        return
    lines, other = expected.split(b"\n"), actual.split(b"\n")
    for number, (line, seen) in enumerate(zip(lines, other), 1):
        if line != seen:
            cells = [f"column {index + 1}: '{shown(one)}' expected, '{shown(two)}' seen"
                     for index, (one, two) in enumerate(zip(line.split(b","), seen.split(b",")))
                     if one != two]
            raise Different(f"{what}: line {number}: " + "; ".join(cells[:3]))
    raise Different(f"{what}: {len(lines) - 1} lines expected, {len(other) - 1} seen")


def expect_code(what, expected, actual):
    """`expected` is a code, or a set of codes if the contract leaves it open."""
    if actual not in (expected if isinstance(expected, set) else {expected}):
        raise Different(f"{what}: exit code {expected} expected, {actual} seen")


def expect_files(what, expected, folder):
    names = sorted(os.listdir(folder))
    if names != sorted(expected):
        raise Different(f"{what}: files {sorted(expected)} expected, {names} seen")
    for name, content in expected.items():
        with open(os.path.join(folder, name), "rb") as file:
            expect_same(f"{what}: {name}", content, file.read())


def compare_layout(workspace, command, arguments, layout, readings, code):
    """One convert or export: its exit code, and its bytes."""
    what = " ".join([command, *layout])
    expected = layouts.files(layout, readings)
    if layout[1] == "sensors":
        out = workspace.path("out")
        seen, _ = workspace.run(command, *layout, *arguments, "-o", out)
        expect_code(what, code, seen)
        expect_files(what, expected, out)
        shutil.rmtree(out)
    else:
        seen, data = workspace.run(command, *layout, *arguments, "-o", "-")
        expect_code(what, code, seen)
        expect_same(what, expected[""], data)


def compare_quarantine(what, workspace, drop):
    """Every problem with its position; for cells also the text, if it needs no escapes."""
    expected, seen = [], []
    for name, line, column, offset, text in drop.problems:
        plain = text is not None and text.isascii() and text.decode().isprintable()
        expected.append([name, str(line), str(column or ""), str(offset),
                         text.decode() if plain else None])
    rows = workspace.quarantined()
    for number, cells in enumerate(rows):
        decoded = [cell.decode(errors="replace") for cell in cells[:5]]
        decoded[0] = decoded[0].removesuffix(".gz")
        if number < len(expected) and expected[number][4] is None:
            decoded[4] = None
        seen.append(decoded)
    if expected != seen:
        pairs = [pair for pair in zip(expected, seen) if pair[0] != pair[1]]
        raise Different(f"{what}: {len(expected)} in quarantine expected, {len(seen)} seen; "
                        f"first difference {pairs[:1]}")


def as_double(value):
    return None if value is None else float(value)


def expect_rows(what, expected, seen):
    if seen != expected:
        differing = [pair for pair in zip(expected, seen) if pair[0] != pair[1]]
        raise Different(f"{what}: {len(expected)} rows expected, {len(seen)} seen; "
                        f"first difference {differing[:1]}")


def compare_facts(database, readings):
    """The fact table: keys, times, the profile's codes, and each value as the nearest double."""
    seen = database.execute(f"""
        select w.rig_name, w.site, w.well_number, r.cohort, r.date_time, r.cumulative_minutes,
               {", ".join(f"p.{name}" for name, _ in rules.CONDITIONS)}, p.profile_row,
               {", ".join(f"r.{name}" for name in rules.NAMES)}
        from well_reading r join wells w on w.well_id = r.well_id
             join well_profile p on p.profile_id = r.well_profile
        order by w.site, w.well_number, r.cohort, r.reading""").fetchall()
    expect_rows("well_reading", [
        (reading.rig, reading.key[0], reading.key[1], reading.cohort, reading.date_time,
         reading.minutes, *reading.codes, reading.index + 1,
         *(as_double(reading.values[name]) for name in rules.NAMES)) for reading in readings], seen)


def rig_and_time(row):
    return row[:3]


def compare_views(database, readings):
    """oil_well_data, which is the historical CSV, and sensor_data, one row per value."""
    seen = database.execute(f"select {', '.join(layouts.HISTORICAL)} from oil_well_data").fetchall()
    expected = []
    for reading in readings:
        conditions = [float(cell) if index in (0, 2) else int(cell) if cell.isdigit() else cell
                      for index, cell in enumerate(layouts.described(reading.codes, True))]
        expected.append((reading.rig, reading.cohort, reading.date_time, reading.minutes, *conditions,
                         *(as_double(reading.values[name]) for name in rules.NAMES)))
    expect_rows("oil_well_data", sorted(expected, key=rig_and_time), sorted(seen, key=rig_and_time))
    seen = database.execute("""select well_number, cohort, date_time, cumulative_minutes, sensor_name,
                               sensor_value from sensor_data""").fetchall()
    expected = [(reading.key[1], reading.cohort, reading.date_time, reading.minutes, name,
                 as_double(reading.values[name])) for reading in readings for name in rules.NAMES]
    expect_rows("sensor_data", sorted(expected, key=str), sorted(seen, key=str))


def compare_database(workspace, readings, views=True):
    with contextlib.closing(sqlite3.connect(workspace.path("energymobile.db"))) as database:
        compare_facts(database, readings)
        if views:
            compare_views(database, readings)

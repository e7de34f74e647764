#!/usr/bin/env python3
"""Makes random drops, and compares what derrick makes of them with the rules told a second time.

    compare.py              ORACLE_CASES drops (60 by default) from ORACLE_SEED (1 by default)
    compare.py CASE...      only these, and their folders are kept, under ORACLE_KEEP
    compare.py --drop DIR   that drop, of 60 cohorts: every layout, every sample and alignment

For each case: `check`, `convert` in several layouts, `load` or `run`, what the database holds,
`export`, what is in quarantine, and then more drops for the same database. Bytes and exit codes must
be those of rules.py and layouts.py. DERRICK is the program. Prints TAP, one line a kind of case.
"""

import concurrent.futures
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import traceback

import drops
import layouts
import rules

DERRICK = os.environ["DERRICK"]
DONE, BAD_DATA, IN_QUARANTINE = 0, 3, 6
LONG_EVERY = 60  # of so many cases one is of files longer than derrick's windows
SHOWN_BYTES = 300
MESSAGES_SHOWN = 10


class Different(Exception):
    """derrick and the oracle differ."""


# Running derrick

class Workspace:
    """A workspace, and what is left of a case's settings once its derrick.ini holds some of them."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("DERRICK_")}
        self.environment.pop("DERRICK", None)
        self.log = []

    def run(self, *arguments):
        """Runs a command; returns its exit code and its stdout."""
        command = [DERRICK, "-C", self.folder, "-q", "--progress", "never", *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment, check=False)
        self.log.append((command, done.returncode, done.stderr.decode(errors="replace")))
        return done.returncode, done.stdout

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def quarantined(self):
        """The newest list of cells in quarantine, and takes it away."""
        names = os.listdir(self.path("quarantine"))
        if len(names) != 1:
            raise Different(f"files in quarantine: {names}")
        with open(self.path("quarantine", names[0]), "rb") as file:
            lines = file.read().split(b"\n")
        os.remove(self.path("quarantine", names[0]))
        return [line.split(b"\t") for line in lines[1:-1]]


def keys_of(settings):
    """derrick.ini's keys: value, and the flag of its own where it has one."""
    return {"rig.site": (settings.site, None), "rig.well": (settings.well, None),
            "calendar.start": (settings.start.isoformat(), None),
            "calendar.cohort_days": (settings.cohort_days, None),
            "calendar.interval_minutes": (settings.interval_minutes, None),
            "input.columns": (settings.columns, "--columns"),
            "input.cohorts": (settings.cohorts, "--cohorts"),
            "input.sample": (settings.sample, "--sample"),
            "input.alignment": (settings.alignment, "--alignment")}


def hand_over(choose, settings, workspace):
    """Gives the settings to derrick, each in one of the ways there are. Returns the arguments."""
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


def all_arguments(settings):
    """Every setting by --set, which wins over what derrick.ini and the environment still hold."""
    arguments = []
    for key, (value, _) in keys_of(settings).items():
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
    if expected != actual:
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
    """Every problem, with its place; of cells the text too, where it needs no escapes."""
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
    """oil_well_data, which is the historical CSV, and sensor_data, one row a value."""
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


def compare_database(workspace, readings):
    database = sqlite3.connect(workspace.path("energymobile.db"))
    try:
        compare_facts(database, readings)
        compare_views(database, readings)
    finally:
        database.close()


# A case

class Case:
    """One random drop, and what follows from it."""

    def __init__(self, seed, number, folder):
        self.choose = random.Random(f"{seed} {number}")
        self.plan = drops.Plan(self.choose, long=number % LONG_EVERY == LONG_EVERY - 1)
        self.settings = self.plan.settings
        self.folder = folder
        shutil.copytree(os.path.join(os.path.dirname(folder), "workspace"), os.path.join(folder, "ws"))
        self.workspace = Workspace(os.path.join(folder, "ws"))
        self.arguments = hand_over(self.choose, self.settings, self.workspace)
        self.arguments += ["--threads", str(self.choose.choice([1, 2, 3]))]
        self.command = self.choose.choice(["load", "load", "run"])
        self.database = rules.Database()
        self.drop_count = 0
        self.kind = self.settings.columns

    def write(self, plan):
        """A new drop: its folder."""
        self.drop_count += 1
        folder = os.path.join(self.folder, f"drop{self.drop_count}")
        drops.write_drop(self.choose, plan, folder)
        return folder

    def read(self, folder):
        """The oracle's reading of a drop, or None where it must be refused."""
        try:
            return rules.Drop(folder, self.settings, self.database.profile)
        except rules.Refused as reason:
            self.workspace.log.append(([f"oracle refuses {folder}"], reason, ""))
            return None

    def name_cohort(self, folder):
        """The cohort that a drop of one cohort is: named, or left to be the next one."""
        if self.settings.columns == "cohorts":
            return []
        if self.choose.random() < 0.5:
            self.settings.cohort = self.database.next_cohort(self.settings, folder)
            return []
        self.settings.cohort = self.choose.choice([1, 2, 7, 60, 61])
        return ["--cohort", str(self.settings.cohort)]

    def run(self):
        folder = self.write(self.plan)
        named = self.name_cohort(folder)
        drop = self.read(folder)
        if drop is None:
            self.kind += ", refused"
        elif drop.problems:
            self.kind += ", quarantine"
        packed = drops.pack(self.choose, folder)
        self.check(drop, packed, named)
        for layout in self.choose.sample(layouts.LAYOUTS, 3):
            self.convert(drop, packed, layout, named)
        self.load(drop, folder, packed, named, False)
        for _ in range(0 if drop is None or self.plan.long else self.choose.randrange(3)):
            self.choose.choice([self.same, self.resettled, self.other, self.other])(folder)

    def check(self, drop, packed, named):
        code = BAD_DATA if drop is None else IN_QUARANTINE if drop.problems else DONE
        seen, _ = self.workspace.run("check", *self.arguments, *named, packed)
        expect_code("check", code, seen)
        if os.listdir(self.workspace.path("quarantine")):
            raise Different("check: it wrote into quarantine")

    def convert(self, drop, packed, layout, named):
        if drop is None:
            seen, data = self.workspace.run("convert", *layout, *self.arguments, *named, "-o",
                                            self.workspace.path("refused"), packed)
            expect_code("convert", BAD_DATA, seen)
            if data or os.path.exists(self.workspace.path("refused")):
                raise Different("convert: a refused drop left output")
            return
        readings = drop.readings
        chosen = list(named)
        if self.settings.columns == "cohorts" and self.choose.random() < 0.2:
            first = self.choose.randint(1, self.settings.cohorts)
            last = self.choose.randint(first, self.settings.cohorts + 1)
            chosen = ["--cohort", f"{first}-{last}"]
            readings = [reading for reading in readings if first <= reading.cohort <= last]
        elif self.settings.columns == "wells" and self.choose.random() < 0.2:
            rig = self.choose.choice(readings).rig
            chosen += ["--rig", rig]
            readings = [reading for reading in readings if reading.rig == rig]
        compare_layout(self.workspace, "convert", [*self.arguments, *chosen, packed], layout, readings,
                       IN_QUARANTINE if drop.problems else DONE)
        if drop.problems:
            compare_quarantine("convert", self.workspace, drop)

    def load(self, drop, contents, packed, named, replace):
        """Loads by `load` or `run`, and looks at all that must follow."""
        loaded = self.database.load(drop, contents, self.settings, replace) if drop else None
        code = BAD_DATA if loaded is None else IN_QUARANTINE if loaded and drop.problems else DONE
        seen, _ = self.workspace.run(self.command, *self.arguments, *named,
                                     *(["--replace"] if replace else []), packed)
        expect_code(self.command, code, seen)
        if code == IN_QUARANTINE:
            compare_quarantine(self.command, self.workspace, drop)
        elif os.listdir(self.workspace.path("quarantine")):
            raise Different(f"{self.command}: a list in quarantine, but exit code {code}")
        self.compare_exports()

    def compare_exports(self):
        readings = self.database.readings()
        compare_database(self.workspace, readings)
        if not readings:
            return
        if self.command == "run":
            with open(self.workspace.path("aws_s3", "oil-well-data-all-historical.csv"), "rb") as file:
                expect_same("aws_s3", layouts.files(layouts.LAYOUTS[0], readings)[""], file.read())
        for layout in self.choose.sample(layouts.LAYOUTS, 2):
            compare_layout(self.workspace, "export", [], layout, readings, DONE)
        one = self.choose.choice(readings)
        some = [reading for reading in readings if reading.key[:3] == one.key[:3]]
        compare_layout(self.workspace, "export", ["--rig", one.rig, "--cohort", str(one.cohort)],
                       self.choose.choice(layouts.LAYOUTS), some, DONE)

    # What may come after the first drop

    def again(self, folder):
        """Loads a drop by the settings as they are now."""
        named = self.name_cohort(folder)
        self.arguments = all_arguments(self.settings)
        replace = self.choose.random() < 0.5
        self.load(self.read(folder), folder, drops.pack(self.choose, folder), named, replace)

    def same(self, folder):
        """The same drop, in another form: where the cohort is the same too, nothing is changed."""
        self.again(folder)

    def resettled(self, folder):
        """The same drop by other settings."""
        setting, values = self.choose.choice([
            ("sample", ["first", "mean", "min", "max", "last"]), ("alignment", ["second", "column"]),
            ("site", ["texas", "b.2_c"]), ("start", [self.settings.start.replace(year=2001)])])
        setattr(self.settings, setting, self.choose.choice(values))
        self.again(folder)

    def other(self, _folder):
        """Another drop, of the same rig or of another."""
        plan = drops.Plan(self.choose)
        plan.settings, plan.seconds = self.settings, self.plan.seconds
        plan.absent, plan.flaws, plan.wrong = self.plan.absent, None, None
        cohorts = self.settings.cohorts
        limit = -(-self.settings.cohort_days * 24 * 60 // self.settings.interval_minutes)
        plan.readings = min(plan.readings, limit)
        if self.choose.random() < 0.2:
            self.settings.site = self.choose.choice(["texas", "a"])
        if self.choose.random() < 0.2 and self.settings.columns != "samples":
            self.settings.cohorts = self.choose.choice([1, 2, 4])
        if self.choose.random() < 0.2 and self.settings.columns != "wells":
            self.settings.well = self.choose.choice([1, 2, 10])
        if self.choose.random() < 0.2:
            plan.without_profile = True
            plan.readings = len(self.database.profile)
        self.again(self.write(plan))
        self.settings.cohorts = cohorts  # the first drop may come once more


def run_case(seed, number, parent):
    """Returns the kind of case, and "" or what differs."""
    folder = os.path.join(parent, str(number))
    os.makedirs(folder)
    case = None
    try:
        case = Case(seed, number, folder)
        case.run()
        problem = ""
    except Different as difference:
        problem = str(difference)
    except Exception:  # pylint: disable=broad-except
        problem = traceback.format_exc()
    if problem and case:
        command, code, messages = case.workspace.log[-1]
        told = "\n".join(messages.splitlines()[:MESSAGES_SHOWN])
        problem += f"\nlast: {' '.join(command)}\nexit code {code}\n{told}"
    if not os.environ.get("ORACLE_KEEP"):
        shutil.rmtree(folder)
    return case.kind if case else "no case", problem


def make_workspace(folder):
    subprocess.run([DERRICK, "init", "-q", os.path.join(folder, "workspace")], check=True,
                   stdout=subprocess.DEVNULL)


def run_cases(seed, numbers, folder):
    kinds = {}
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {number: pool.submit(run_case, seed, number, folder) for number in numbers}
        for number, future in futures.items():
            kind, problem = future.result()
            kinds.setdefault(kind, []).append(number)
            if problem:
                kinds.setdefault("differ", []).append(kind)
                print(f"# case {number} of seed {seed}: {kind}")
                print("".join(f"#   {line}\n" for line in problem.splitlines()), end="", flush=True)
    differ = kinds.pop("differ", [])
    print(f"1..{len(kinds)}")
    for count, (kind, numbers) in enumerate(sorted(kinds.items()), 1):
        bad = differ.count(kind)
        print(f"{'not ok' if bad else 'ok'} {count} - {kind}: {len(numbers)} drops, {bad} differ")
    return 1 if differ else 0


# One drop, every rule

def samplings():
    """Settings of every sample and alignment, the drop as cohorts, wells or one cohort's samples."""
    for columns in ("cohorts", "wells", "samples"):
        for sample in ("first", "mean", "min", "max", "last"):
            if columns == "cohorts" or sample in ("first", "mean"):
                yield rules.Settings(columns=columns, sample=sample, cohort=1)
    yield rules.Settings(alignment="column")


def compare_rule(workspace, drop, settings, folder):
    """By one setting: convert in one layout or all of them, then load and export."""
    readings = drop.sampled(settings)
    arguments = hand_over(random.Random(0), settings, workspace)
    every = settings.columns == "cohorts" and settings.sample in ("first", "mean")
    chosen = layouts.LAYOUTS if every else layouts.LAYOUTS[:1]
    for layout in chosen:
        compare_layout(workspace, "convert", [*arguments, folder], layout, readings, DONE)
    seen, _ = workspace.run("load", *arguments, folder)
    expect_code("load", DONE, seen)
    compare_database(workspace, readings)
    for layout in chosen:
        compare_layout(workspace, "export", [], layout, readings, DONE)


def compare_drop(folder, scratch):
    drops_by_columns = {}
    failed = 0
    for number, settings in enumerate(samplings(), 1):
        columns = settings.columns
        if columns not in drops_by_columns:
            drops_by_columns[columns] = rules.Drop(folder, settings)
        name = f"{columns}, {settings.sample}, {settings.alignment}"
        workspace = Workspace(os.path.join(scratch, f"ws{number}"))
        shutil.copytree(os.path.join(scratch, "workspace"), workspace.folder)
        try:
            compare_rule(workspace, drops_by_columns[columns], settings, folder)
            print(f"ok {number} - {name}", flush=True)
        except Different as difference:
            failed += 1
            print(f"not ok {number} - {name}\n# {difference}\n# {workspace.log[-1]}", flush=True)
        shutil.rmtree(workspace.folder)
    print(f"1..{number}")
    return 1 if failed else 0


def main():
    if sys.argv[1:2] == ["--drop"]:
        with tempfile.TemporaryDirectory(prefix="derrick-oracle-") as scratch:
            make_workspace(scratch)
            return compare_drop(sys.argv[2], scratch)
    seed = int(os.environ.get("ORACLE_SEED") or 1)
    numbers = [int(argument) for argument in sys.argv[1:]]
    numbers = numbers or range(int(os.environ.get("ORACLE_CASES") or 60))
    keep = os.environ.get("ORACLE_KEEP")
    folder = tempfile.mkdtemp(prefix="derrick-oracle-", dir=keep)
    try:
        make_workspace(folder)
        return run_cases(seed, numbers, folder)
    finally:
        if not keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())

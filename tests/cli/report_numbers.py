"""Recomputes what a report says from the database alone, with SQL and the standard library, and reads
the daily values that the page's script gets by their documented encoding. Prints what differs."""
import html.parser
import json
import math
import re
import sqlite3
import statistics
import sys
from fractions import Fraction

page = open(sys.argv[1], encoding="utf-8").read()
db = sqlite3.connect(sys.argv[2])
COMPONENTS = ["cooler_condition", "valve_condition", "internal_pump_leakage", "hydraulic_accumulator_bar"]
LABELS = ["cooler", "valve", "pump", "accumulator"]
SENSORS = "PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE".split()
checked = 0


def check(what, shown, expected):
    global checked
    checked += 1
    if shown != expected:
        print(f"{what}: the page shows {shown}, SQL gives {expected}")


def scaled(value, decimals):
    """As an integer at these decimals, halves away from 0."""
    by = value * float(10 ** decimals)
    return int(math.floor(abs(by) + 0.5)) * (1 if by >= 0 else -1)


def shown(value, decimals):
    number = scaled(value, decimals)
    text = f"{abs(number) / 10 ** decimals:,.{decimals}f}"
    return ("−" if number < 0 else "") + text


def column(sensor, cohort):
    return [row[0] for row in db.execute(
        f"SELECT {sensor} FROM well_reading WHERE cohort = ? ORDER BY reading", (cohort,))]


# --- daily values
data = json.loads(re.search(r'class=data>(.*?)</script>', page, re.S)[1])
alphabet = [chr(c) for c in range(33, 127) if chr(c) not in '"&<\\']
codes = {c: i for i, c in enumerate(alphabet)}
assert len(alphabet) == 90


def decode(text):
    value, factor = 0, 1
    for character in text:
        code = codes[character]
        if code < 64:
            yield value + code * factor
            value, factor = 0, 1
        else:
            value += (code - 64) * factor
            factor *= 26


decimals = {s["n"]: s["d"] for s in data["sensors"]}
days_checked = missing_days = 0
for sensor in data["sensors"]:
    numbers = decode(sensor["v"])
    median = 0
    for cohort, first, days, profile, per_day in data["cohorts"]:
        values = {}
        for day, value in db.execute(
                f"SELECT CAST(julianday(date(date_time)) - 2440587.5 AS INTEGER), {sensor['n']} "
                "FROM well_reading WHERE cohort = ?", (cohort,)):
            if value is not None:
                values.setdefault(round(day) - data["start"] - first, []).append(value)
        for day in range(days):
            step = next(numbers)
            if step == 0:
                check(f"{sensor['n']} cohort {cohort} day {day}", None, values.get(day))
                missing_days += 1
                continue
            step -= 1
            median += -(step + 1) // 2 if step % 2 else step // 2
            low = median - next(numbers)
            high = median + next(numbers)
            of = values[day]
            d = sensor["d"]
            check(f"{sensor['n']} cohort {cohort} day {day}", (low, median, high),
                  (scaled(min(of), d), scaled(statistics.median(of), d), scaled(max(of), d)))
            days_checked += 1
    assert next(numbers, None) is None

# --- medians by cohort
cohorts = [c[0] for c in data["cohorts"]]
rows = re.search(r"<table class=md>.*?</table>", page, re.S)[0].split("<tr>")[2:]
names = [s for s in SENSORS if s in decimals]
assert len(rows) == len(cohorts)
for cohort, row in zip(cohorts, rows):
    cells = re.findall(r"<td>([^<]+)", row)[-len(names):]
    for sensor, cell in zip(names, cells):
        values = [v for v in column(sensor, cohort) if v is not None]
        check(f"median of {sensor} in cohort {cohort}", cell,
              shown(statistics.median(values), decimals[sensor]) if values else "–")


# --- eta squared, with exact fractions
def eta(values, labels):
    pairs = [(Fraction(repr(v)), label) for v, label in zip(values, labels) if v is not None]
    groups = {}
    for value, label in pairs:
        groups.setdefault(label, []).append(value)
    if len(groups) < 2:
        return None
    mean = sum(v for v, _ in pairs) / len(pairs)
    total = sum((v - mean) ** 2 for v, _ in pairs)
    if total == 0:
        return None
    between = sum(len(g) * (sum(g) / len(g) - mean) ** 2 for g in groups.values())
    return float(between / total)


def eta_text(value):
    if value is None:
        return "–"
    if value > 0.99:
        return "&gt;0.99"
    if 0 < value < 0.01:
        return "&lt;0.01"
    return shown(value, 2)


matrix = re.search(r"<table class=mx>.*?</table>", page, re.S)[0]
labels_of = {(condition, cohort): [row[0] for row in db.execute(
    f"SELECT p.{condition} FROM well_reading r JOIN well_profile p ON p.profile_id = r.well_profile "
    "WHERE r.cohort = ? ORDER BY r.reading", (cohort,))] for condition in COMPONENTS for cohort in cohorts}
for sensor in names:
    row = re.search(rf"<th scope=row><b>{sensor}</b>.*?</tr>", matrix, re.S)[0]
    cells = re.findall(r'<td class="e\d[^"]*">([^<]+)</td>', row)
    columns = {cohort: column(sensor, cohort) for cohort in cohorts}
    for i, condition in enumerate(COMPONENTS):
        found = [eta(columns[cohort], labels_of[condition, cohort]) for cohort in cohorts]
        found = [value for value in found if value is not None]
        check(f"best eta of {sensor} and {condition}", cells[2 * i], eta_text(max(found, default=None)))
        check(f"median eta of {sensor} and {condition}", cells[2 * i + 1],
              eta_text(statistics.median(found) if found else None))

# --- quality and reconciliation
for sensor in names:
    row = re.search(rf"<tr data-quality={sensor}>.*?</tr>", page, re.S)[0]
    cells = [c.replace(",", "") for c in re.findall(r"<td(?: class=zero)?>(?:<b>)?([\d,]+)", row)]
    values = [v for cohort in cohorts for v in column(sensor, cohort)]
    check(f"missing values of {sensor}", int(cells[0]), sum(v is None for v in values))
    check(f"exact zeros of {sensor}", int(cells[5]), sum(v == 0 for v in values))
    longest = 0
    for cohort in cohorts:
        run, before = 0, None
        for v in column(sensor, cohort):
            run = 0 if v is None else run + 1 if v == before else 1
            before = v
            longest = max(longest, run)
    check(f"longest constant of {sensor}", int(cells[4]), longest)
readings = db.execute("SELECT COUNT(*) FROM well_reading").fetchone()[0]
loaded = sum(db.execute("SELECT " + " + ".join(f"COUNT({s})" for s in SENSORS) + " FROM well_reading").fetchone())
drop = [c.replace(",", "") for c in re.findall(r"<td>([^<]+)", re.search(r"<tr data-drop=\d+>.*?</tr>", page, re.S)[0])]
check("balance of the drop", drop[2:6], [str(v) for v in (readings, readings * len(SENSORS), loaded,
                                                          readings * len(SENSORS) - loaded)])
check("verdict", drop[-1], "balanced")

# --- states
for c, condition in enumerate(COMPONENTS):
    figure = re.search(rf"<figure class=co data-condition={LABELS[c]}>.*?</figure>", page, re.S)[0]
    for code, share in re.findall(r"</th><td>(\d+)</td><td>([\d.]+)&nbsp;%", figure):
        part = sum(labels_of[condition, cohort].count(int(code)) for cohort in cohorts)
        check(f"share of {condition} {code}", share, f"{100 * part / readings:.1f}" if part < readings else "100")
    last = labels_of[condition, cohorts[-1]]
    run = next((i for i, label in enumerate(reversed(last)) if label != last[-1]), len(last))
    if run < len(last):
        check(f"present state of {condition}", re.search(r"the last ([\d,]+) reading", figure)[1], f"{run:,}")

print(f"{len(decimals)} sensors, {days_checked} days, {missing_days} without values; "
      f"{'every number' if checked > 100 else 'TOO FEW NUMBERS'} compared")

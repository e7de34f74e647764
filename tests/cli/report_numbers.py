"""Recomputes what a report says from the database alone, with SQL and the standard library, and reads
the daily values that the page's script gets by their documented encoding. Prints what differs."""
import html.parser
import itertools
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
    check(f"constant cohorts of {sensor}", int(cells[3]), sum(len(set(column(sensor, c))) == 1 for c in cohorts))
    check(f"values of {sensor} outside its range", int(cells[2]), 0)
quarantined = [int(re.search(rf"<tr data-quality={s}>.*?</td>.*?</td><td[^>]*>(?:<b>)?([\d,]+)", page, re.S)[1].replace(",", "")) for s in names]
check("quarantined values, all of what is missing", sum(quarantined), sum(v is None for s in names for c in cohorts for v in column(s, c)))
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
    for code, count in re.findall(r"</th><td>(\d+)</td><td>[^<]+</td><td>([\d,]+)</td>", figure):
        runs = [key for cohort in cohorts for key, _ in itertools.groupby(labels_of[condition, cohort])]
        check(f"stretches of {condition} {code}", count, f"{runs.count(int(code)):,}")
    if run < len(last):
        since = db.execute("SELECT date_time FROM well_reading WHERE cohort = ? AND reading = ?",
                           (cohorts[-1], len(last) - run + 1)).fetchone()[0]
        check(f"since when {condition}", re.search(r"since <time>([^<]+)", figure)[1], since[:16])
        check(f"present state of {condition}", re.search(r"the last ([\d,]+) reading", figure)[1], f"{run:,}")

# --- summary: how much is there
def share(part, whole):
    return "100" if part == whole else f"{min(max(scaled(100 * part / whole, 1), 1), 999) / 10:.1f}"


FULL = 2205  # readings of a whole cohort of 92 days, one an hour
numbers = dict(re.findall(r"<div(?: class=bad)?><dt>([^<]+)</dt><dd>(.*?)</dd>", page, re.S))
here = cohorts[-1] - cohorts[0] + 1
missing = readings * len(names) - loaded
check("readings", numbers["Readings"].split("<")[0], f"{readings:,}")
check("sensors", re.search(r"(\d+) sensors?<", numbers["Readings"])[1], str(len(names)))
check("complete", numbers["Complete"].split("&nbsp;")[0], share(loaded, here * FULL * len(names)))
check("cohorts and missing values", re.search(r"<small>(.*?)</small>", numbers["Complete"])[1],
      f"{len(cohorts)} of {here} cohorts, {missing:,} values missing")
first, last = db.execute("SELECT MIN(date_time), MAX(date_time) FROM well_reading").fetchone()
check("period", re.findall(r"<time>([^<]+)", numbers["Period"]), [first[:10], last[:10]])
findings = re.search(r"<h2 class=h3>What to look at</h2>(.*?)</ul>", page, re.S)[1].count("<li>")
check("findings", numbers["Worth a look"].split(" ")[0], str(findings))


# --- quantiles: charts of sensors and trends, box plots
def quantile(values, p):
    """Hyndman and Fan's type 7."""
    values = sorted(values)
    at = p * (len(values) - 1)
    below = int(at)
    return values[-1] if below + 1 >= len(values) else values[below] + (at - below) * (values[below + 1] - values[below])


def present(sensor, cohort, condition=None, code=None):
    return [v for v, label in zip(column(sensor, cohort), labels_of[condition or COMPONENTS[0], cohort])
            if v is not None and (code is None or label == code)]


for sensor in data["sensors"]:
    name, d = sensor["n"], sensor["d"]
    figure = re.search(rf"<figure class=sm data-s={sensor['i']}>.*?</figure>", page, re.S)[0]
    newest = present(name, cohorts[-1])
    check(f"newest cohort of {name}", re.findall(r"<p class=ro><b>([^<]+)</b> <span>([^<]+)</span>", figure)[0],
          (shown(quantile(newest, .5), d), f"{shown(quantile(newest, .05), d)} to {shown(quantile(newest, .95), d)}"))
    every = [v for cohort in cohorts for v in present(name, cohort)]
    check(f"extremes of {name}", re.search(rf"<desc id=r1-d{sensor['i']}>From ([^ ]+) to ([^ ]+) ", figure).groups(),
          (shown(min(every), d), shown(max(every), d)))
for name, best in (("SE", None), ("EPS1", None), ("CE", 100), ("CP", 100)):
    figure = re.search(rf"<figure class=tr data-trend={name}>.*?</figure>", page, re.S)[0]
    medians = [quantile(present(name, c, COMPONENTS[0], best), .5) for c in cohorts if present(name, c, COMPONENTS[0], best)]
    check(f"trend of {name}", re.search(r"<p class=big>([^<]+)", figure)[1], shown(medians[-1], decimals[name]))
    change = medians[-1] - medians[-2]
    said = re.search(r"<br>(same as|[^ ]+?)(?:&nbsp;| cohort)", figure)[1]
    check(f"change of {name}", said, "same as" if scaled(change, decimals[name]) == 0 else
          ("+" if change > 0 else "") + shown(change, decimals[name]))

STATES = {"cooler": {100: "full efficiency", 20: "reduced efficiency", 3: "close to total failure"},
          "valve": {100: "optimal switching", 90: "small lag", 80: "severe lag", 73: "close to total failure"},
          "pump": {0: "no leakage", 1: "weak leakage", 2: "severe leakage"},
          "accumulator": {130: "optimal pressure", 115: "slightly reduced pressure", 100: "severely reduced pressure",
                          90: "close to total failure"}}


# --- chance: the 95 % level of what 200 shuffles of whole stretches reach in their best cohort
def shuffled(count, seed):
    """Fisher and Yates with SplitMix64."""
    order, state = list(range(count)), seed
    for i in range(count, 1, -1):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        other = (z ^ z >> 31) % i
        order[i - 1], order[other] = order[other], order[i - 1]
    return order


def float_eta(values, labels):
    groups = {}
    for value, label in zip(values, labels):
        if value is not None:
            groups.setdefault(label, []).append(value)
    every = [v for g in groups.values() for v in g]
    if len(groups) < 2 or min(every) == max(every):
        return 0
    mean = math.fsum(every) / len(every)
    return (math.fsum(len(g) * (math.fsum(g) / len(g) - mean) ** 2 for g in groups.values()) /
            math.fsum((v - mean) ** 2 for v in every))


def chance(sensor, condition):
    reached = [0.0] * 200
    for cohort in cohorts:
        stretches = [(label, len(list(run))) for label, run in itertools.groupby(labels_of[condition, cohort])]
        if len(stretches) < 8:
            return None
        values = column(sensor, cohort)
        for i in range(200):
            labels = [label for at in shuffled(len(stretches), i) for label in [stretches[at][0]] * stretches[at][1]]
            reached[i] = max(reached[i], float_eta(values, labels))
    return sorted(reached)[190]


boxes = ranks = chances = 0
for condition, label in zip(COMPONENTS, LABELS):
    part = re.search(rf"<div class=ef data-effect={label}>.*?</table>", page, re.S)[0]
    for name, cohort, text in re.findall(r'data-box="\w+ (\w+)">.*?cohort (\d+)</figcaption>.*?<desc[^>]*>(.*?)\.</desc>', part, re.S):
        values = {code: present(name, int(cohort), condition, code) for code in STATES[label]}
        check(f"box plot of {name} and {label}", text, "; ".join(
            f"{word}: median " + ("–, middle half – to –" if not values[code] else
                                  f"{shown(quantile(values[code], .5), decimals[name])}, middle half "
                                  f"{shown(quantile(values[code], .25), decimals[name])} to {shown(quantile(values[code], .75), decimals[name])}")
            for code, word in STATES[label].items()))
        boxes += 1
    for row in re.findall(r"<tr><td>\d+</td>.*?</tr>", part, re.S):
        name = re.search(r"<b>(\w+)</b>", row)[1]
        said, best, cohort, _, by_chance = re.findall(r"<td(?: class=\w+)?>(?:<b>)?([^<]+)", row)[1:6]
        found = [(eta(column(name, c), labels_of[condition, c]) or 0, -c) for c in cohorts]
        check(f"best of {name} and {label}", (best, int(cohort)), (eta_text(max(found)[0]), -max(found)[1]))
        medians = {word: quantile(present(name, int(cohort), condition, code), .5) for code, word in STATES[label].items()
                   if present(name, int(cohort), condition, code)}
        reference = next(iter(medians.values()))
        state, by = max(((w, m - reference) for w, m in list(medians.items())[1:]), key=lambda pair: abs(pair[1]))
        unit = next(s["u"] for s in data["sensors"] if s["n"] == name)
        size = "the same" if scaled(by, decimals[name]) == 0 else (
            f"{shown(abs(by), decimals[name])}&nbsp;{'points' if unit == '%' else unit} {'higher' if by > 0 else 'lower'}")
        check(f"difference of {name} and {label}", said.split("; no more")[0], f"{state}: {size}")
        ranks += 1
        if ranks % 5 != 1:
            continue  # a shuffle takes this script long: the first of each condition
        level = chance(name, condition)
        check(f"chance of {name} and {label}", by_chance, "too few stretches" if level is None else eta_text(level))
        chances += level is not None

print(f"{boxes} box plots, {ranks} differences, {chances} levels of chance")
print(f"{len(decimals)} sensors, {days_checked} days, {missing_days} without values; "
      f"{'every number' if checked > 100 else 'TOO FEW NUMBERS'} compared")

# Each sample rule at 1, 10 and 100 Hz, for a whole drop and one cohort, compared with Python's
# decimals, on values that are difficult for binary floats: ties, cancellation, many digits.
. "$TESTS/cli/lib.sh"
new_traps
cat >check.py <<'END'
import csv, decimal
from decimal import Decimal
decimal.getcontext().prec = 60
rates = {"PS1": 100, "EPS1": 100, "FS1": 10, "FS2": 10, "TS1": 1, "VS1": 1, "PS6": 100}
names = {"PS1": "pressure_bar_1", "EPS1": "motor_power_w", "FS1": "volume_flow_min_1",
         "FS2": "volume_flow_min_2", "TS1": "temperature_1", "VS1": "vibration", "PS6": "pressure_bar_6"}
def mean(values):
    value = sum(values) / len(values)
    digits = max(0, 15 - max(0, value.adjusted() + 1))
    return value.quantize(Decimal(1).scaleb(-min(6, digits)), rounding=decimal.ROUND_HALF_EVEN)
rules = {"first": lambda v: v[0], "last": lambda v: v[-1], "min": min, "max": max, "mean": mean}
def text(value):
    value = format(value, "f")
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return "0" if value in ("-0", "") else value
def check(rule, columns, cohorts):
    rows = list(csv.DictReader(open(f"{columns}.{rule}.csv")))
    checked = 0
    for name, rate in rates.items():
        lines = [line.split("\t") for line in open(f"drop/{name}.txt").read().splitlines()]
        for cohort in range(cohorts):
            for reading, line in enumerate(lines):
                size = len(line) // cohorts
                assert columns == "samples" or size == rate
                burst = [Decimal(cell) for cell in line[cohort * size:(cohort + 1) * size]]
                got = rows[cohort * len(lines) + reading][names[name]]
                expected = text(rules[rule](burst))
                if got != expected:
                    print(name, cohort, reading, "is", got, "and should be", expected)
                checked += 1
    print(rule, columns, checked, "values")
for rule in rules:
    check(rule, "cohorts", 2)
    check(rule, "samples", 1)
END
spoil "hard values" "
    put PS1.txt 1 2 1e14; put PS1.txt 1 3 -1e14; put PS1.txt 1 4 0.000000000001; put PS1.txt 2 101 -0.0
    for i in \$(seq 100); do put PS6.txt 3 \$i 0.0000005; put EPS1.txt 2 \$i 99999999999.999; done
    for i in \$(seq 10); do put FS1.txt 1 \$i 0.1; put FS2.txt 2 \$((10 + i)) \$i; done
    put FS2.txt 3 1 0.000005; put FS2.txt 3 2 0.00001; put FS2.txt 3 3 -9.9e3; put TS1.txt 1 1 -273.15"
for rule in first last min max mean; do
    derrick convert drop --cohorts 2 --sample $rule -o cohorts.$rule.csv >/dev/null 2>&1
    derrick convert drop --columns samples --sample $rule --allow-out-of-range -o samples.$rule.csv >/dev/null 2>&1
done
python3 check.py
derrick convert drop --cohorts 2 -o default.csv >/dev/null 2>&1
expect_same default.csv cohorts.first.csv
for word in median First ''; do
    show derrick check drop --sample "$word"
done

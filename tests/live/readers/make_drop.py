"""A drop of 120 cohorts and few sensors, for all that a column of Parquet can hold: more distinct
values than a dictionary takes, few values, zeros of both signs, missing ones, and sensors that are
absent altogether."""

import pathlib
import sys

ROWS = 2205
COHORTS = 120


def write(folder, name, cell):
    with open(folder / f"{name}.txt", "w", encoding="ascii") as file:
        for row in range(ROWS):
            print("\t".join(cell(cohort, row) for cohort in range(COHORTS)), file=file)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir()
    write(folder, "TS1", lambda c, r: f"{(c * ROWS + r) / 1000:.3f}")  # all distinct: PLAIN
    write(folder, "TS2", lambda c, r: "bad" if c == 7 and r % 100 == 3 else f"{r % 40}")
    write(folder, "TS3", lambda c, r: "-0.0" if r % 2 else f"-{c + 1}.5")  # the greatest is 0
    write(folder, "TS4", lambda c, r: "0" if r % 2 else f"{c + 1}.25")  # the least is 0
    write(folder, "SE", lambda c, r: f"{c + 1}.5")  # one value per cohort: statistics leave out
    codes = [(3, 73, 0, 90, 0), (20, 80, 1, 100, 1), (100, 90, 2, 115, 0), (3, 100, 0, 130, 1)]
    with open(folder / "profile.txt", "w", encoding="ascii") as file:
        for row in range(ROWS):
            print("\t".join(map(str, codes[row // 7 % 4])), file=file)


main()

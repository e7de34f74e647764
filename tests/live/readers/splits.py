"""Reads split data: splits.py ALL.parquet FEATURES PARQUET SAGEMAKER BY_PUMP."""

import json
import pathlib
import sys

import pandas

from check import check

PARTS = ["train", "validation", "test"]
LABELS = ["cooler_condition", "valve_condition", "internal_pump_leakage", "hydraulic_accumulator_bar"]


def read(folder):
    return {part: pandas.read_parquet(folder / part / "part-0.parquet") for part in PARTS}


def check_rows(whole, parts, what):
    """Together they are all rows, in order within each part, with the same values."""
    together = pandas.concat(parts.values()).sort_values(["rig_name", "cohort", "reading"],
                                                          ignore_index=True)
    pandas.testing.assert_frame_equal(together, whole)
    for part, frame in parts.items():
        keys = list(zip(frame["rig_name"], frame["cohort"], frame["reading"]))
        check(keys == sorted(keys), "order of", part, "of", what)


def check_groups(parts, groups, what):
    """No group is in two parts."""
    owners = {}
    for part, frame in parts.items():
        for reading in set(frame["reading"]):
            owner = owners.setdefault(groups[reading], part)
            check(owner == part, "group", groups[reading], "of", what)


def check_shares(folder, parts, percents, slack):
    """split.json counts what is there, and each class has about its share in each part."""
    split = json.loads((folder / "split.json").read_text(encoding="utf-8"))
    total = sum(len(frame) for frame in parts.values())
    for part, percent in zip(PARTS, percents):
        described = split["parts"][part]
        check(described["rows"] == len(parts[part]) and described["percent"] == percent, "rows of", part)
        check([(folder / file).exists() for file in described["files"]] == [True], "files of", part)
        for label in LABELS:
            counts = {str(code): int(count) for code, count in parts[part][label].value_counts().items()}
            check(described["classes"][label] == counts, "classes of", label, "in", part)
            for code, count in counts.items():
                all_of_it = sum((frame[label] == int(code)).sum() for frame in parts.values())
                check(abs(count - all_of_it * percent / 100) <= slack * total, label, code, "in", part)


def runs_of(values):
    """Reading (from 1) to the number of its run."""
    numbers, number = {}, 0
    for place, value in enumerate(values):
        number += place == 0 or value != values[place - 1]
        numbers[place + 1] = number
    return numbers


def main():
    whole = pandas.read_parquet(sys.argv[1])
    features, parquet, sagemaker, by_pump = map(pathlib.Path, sys.argv[2:])
    first = whole[whole["cohort"] == 1]
    blocks = dict(zip(first["reading"], first["condition_block"]))
    parts = read(features)
    check_rows(whole, parts, "features")
    check_groups(parts, blocks, "features")
    check_shares(features, parts, [70, 15, 15], 0.02)
    for part in PARTS:
        # The same readings, as the other formats have them.
        frame = pandas.read_parquet(parquet / part / "part-0.parquet")
        reading = frame["cumulative_minutes"] // 60 + 1
        check(list(zip(frame["cohort"], reading)) ==
              list(zip(parts[part]["cohort"], parts[part]["reading"])), "readings of parquet", part)
        rows = pandas.read_csv(sagemaker / part / "part-0.csv", header=None)
        codes = sorted(whole["valve_condition"].unique())
        check(list(rows[0]) == [codes.index(code) for code in parts[part]["valve_condition"]],
              "labels of sagemaker", part)
        check(rows[1].tolist() == parts[part]["ps1__first"].tolist(), "PS1 of sagemaker", part)
    parts = read(by_pump)
    check_rows(whole, parts, "by pump")
    check_groups(parts, runs_of(list(first["internal_pump_leakage"])), "by pump")
    check(sorted(file.name for file in features.iterdir()) ==
          ["dictionary.csv", "split.json", "test", "train", "validation"], "files beside")
    print("splits: as promised")


main()

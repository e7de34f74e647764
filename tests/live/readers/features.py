"""Recomputes every feature from the text: features.py DROP COHORTS TABLE.parquet TABLE.csv."""

import json
import pathlib
import re
import sys

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet
import scipy.stats

from check import check, check_pages, check_statistics
from samples import CONDITIONS, RATES, START, blocks_of, read_text

SENSORS = ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "EPS1", "FS1", "FS2", "TS1", "TS2", "TS3", "TS4",
           "VS1", "CE", "CP", "SE"]
RATE_OF = {name: rate for rate, names in RATES.items() for name in names}
KEYS = ["rig_name", "cohort", "reading", "date_time", *CONDITIONS, "condition_block",
        "condition_combination"]


def slope_of(samples, rate):
    """Least squares of each row against time."""
    times = numpy.arange(samples.shape[1]) / rate
    centred = times - times.mean()
    # The first sample drops out, and what is left is smaller.
    return ((samples - samples[:, :1]) @ centred) / (centred @ centred)


def window(samples, rate):
    return {"mean": samples.mean(axis=1), "std": samples.std(axis=1), "slope": slope_of(samples, rate),
            "min": samples.min(axis=1), "max": samples.max(axis=1)}


def moment(function, samples):
    with numpy.errstate(all="ignore"):
        values = function(samples - samples[:, :1], axis=1)
    return numpy.where(samples.min(axis=1) == samples.max(axis=1), numpy.nan, values)


def features_of(samples, rate):
    """Name to values, of samples[reading][index]; NaN in a row makes its features NaN, but for the ends."""
    count = samples.shape[1]
    if count == 1:
        return {"value": samples[:, 0]}
    of_all = window(samples, rate)
    found = {"mean": of_all["mean"], "min": of_all["min"], "max": of_all["max"],
             "first": samples[:, 0], "last": samples[:, -1], "std": of_all["std"],
             "rms": numpy.sqrt((samples ** 2).mean(axis=1)), "slope": of_all["slope"],
             "skewness": moment(scipy.stats.skew, samples),
             "kurtosis": moment(scipy.stats.kurtosis, samples),
             "peak_to_peak": numpy.ptp(samples, axis=1),
             "total_variation": numpy.abs(numpy.diff(samples, axis=1)).sum(axis=1)}
    for segment in range(1, 11) if count >= 20 else ():
        part = samples[:, (segment - 1) * count // 10:segment * count // 10]
        found.update({f"s{segment:02}__{name}": values for name, values in window(part, rate).items()})
    return found


def combinations_of(profile):
    known = {}
    return [known.setdefault(tuple(codes[:4]), len(known) + 1) for codes in profile]


def expected_of(texts, profile, cohorts):
    """The whole table, in order."""
    readings = len(profile)
    start = pandas.Timestamp(START)
    columns = {"rig_name": ["texas-1"] * readings * cohorts,
               "cohort": numpy.repeat(numpy.arange(1, cohorts + 1), readings),
               "reading": numpy.tile(numpy.arange(1, readings + 1), cohorts)}
    columns["date_time"] = [start + pandas.Timedelta(days=92 * cohort, hours=reading)
                            for cohort in range(cohorts) for reading in range(readings)]
    for place, name in enumerate(CONDITIONS):
        columns[name] = numpy.tile([codes[place] for codes in profile], cohorts)
    columns["condition_block"] = numpy.tile(blocks_of(profile), cohorts)
    columns["condition_combination"] = numpy.tile(combinations_of(profile), cohorts)
    present = next(iter(texts))
    seconds = texts[present].shape[1] // cohorts // RATE_OF[present]
    for name in SENSORS:
        rate = RATE_OF[name]
        count = seconds * rate
        matrix = texts.get(name, numpy.full((readings, cohorts * count), numpy.nan))
        parts = [features_of(matrix[:, cohort * count:(cohort + 1) * count], rate)
                 for cohort in range(cohorts)]
        for feature in parts[0]:
            columns[f"{name.lower()}__{feature}"] = numpy.concatenate([part[feature] for part in parts])
    return columns


def check_close(name, found, expected, scale):
    """numpy adds binary numbers, derrick exact ones: equal but for numpy's rounding."""
    found = numpy.asarray(found, dtype=float)
    expected = numpy.asarray(expected, dtype=float)
    check((numpy.isnan(found) == numpy.isnan(expected)).all(), "NULLs of", name)
    exact = name.endswith(("__min", "__max", "__first", "__last", "__value"))
    bound = 0 if exact else scale
    both = ~numpy.isnan(found)
    check((numpy.abs(found - expected)[both] <= bound + 1e-9 * abs(expected[both])).all() if not exact
          else (found[both] == expected[both]).all(), "values of", name)


def check_table(frame, expected, what):
    check(list(frame.columns) == list(expected), "columns of", what)
    for name, values in expected.items():
        if name in KEYS:
            check(list(frame[name]) == list(values), name, "of", what)
        else:
            check_close(name, frame[name], values, 1e-9)


def check_dictionary(metadata, names):
    dictionary = json.loads(metadata[b"derrick.dictionary"])
    check([entry["name"] for entry in dictionary] == names, "names in the dictionary")
    roles = {entry["name"]: entry["role"] for entry in dictionary}
    check([roles[name] for name in KEYS] == ["key"] * 4 + ["label"] * 5 + ["group"] * 2, "roles of keys")
    check(all(roles[name] == "feature" for name in names if name not in KEYS), "roles of features")
    check(all(list(entry) == ["name", "sensor", "unit", "formula", "window", "role"]
              for entry in dictionary), "keys of the dictionary")
    # What SageMaker Feature Store and Athena allow.
    check(len(names) <= 2500 and all(re.fullmatch("[a-z0-9_]{1,64}", name) for name in names), "names")


def main():
    drop, cohorts, table, csv = (pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]),
                                 pathlib.Path(sys.argv[4]))
    texts = {name: read_text(drop / f"{name}.txt") for name in SENSORS if (drop / f"{name}.txt").exists()}
    with open(drop / "profile.txt", encoding="ascii") as file:
        profile = [[int(cell) for cell in line.split()] for line in file]
    expected = expected_of(texts, profile, cohorts)
    file = pyarrow.parquet.ParquetFile(table, page_checksum_verification=True)
    arrow = file.read()
    kinds = [pyarrow.string(), pyarrow.int32(), pyarrow.int32(), pyarrow.timestamp("us"),
             *[pyarrow.int32()] * 7]
    check(arrow.schema.types == kinds + [pyarrow.float64()] * (len(expected) - len(KEYS)), "types")
    check([field.nullable for field in arrow.schema] ==
          [False] * len(KEYS) + [True] * (len(expected) - len(KEYS)), "nullability")
    check_table(arrow.to_pandas(), expected, "Parquet")
    check_dictionary(arrow.schema.metadata, list(expected))
    check_statistics(file, arrow)
    check_pages(table)
    # The CSV has the same numbers, to the last bit.
    text = pandas.read_csv(csv, parse_dates=["date_time"], float_precision="round_trip")
    for name in expected:
        if name not in KEYS:
            check(numpy.array_equal(text[name].to_numpy(dtype=float), arrow[name].to_numpy(),
                                    equal_nan=True), name, "of the CSV")
        else:
            check(list(text[name]) == list(arrow.to_pandas()[name]), name, "of the CSV")
    rows = len(profile) * cohorts
    check(polars.read_parquet(table).shape == (rows, len(expected)), "polars")
    query = f"select count(*), count(ps1__mean) from '{table}'"
    check(duckdb.sql(query).fetchall()[0] == (rows, int((~numpy.isnan(expected["ps1__mean"])).sum())),
          "DuckDB")
    print(f"{table}: {rows} rows, {len(expected)} columns")


main()

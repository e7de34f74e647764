"""Compares the samples as Parquet with the text of the drop: samples.py DROP COHORTS FOLDER."""

import datetime
import hashlib
import json
import pathlib
import sys

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet

from check import check, check_pages, check_statistics

RATES = {100: ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "EPS1"], 10: ["FS1", "FS2"],
         1: ["TS1", "TS2", "TS3", "TS4", "VS1", "CE", "CP", "SE"]}
CONDITIONS = ["cooler_condition", "valve_condition", "internal_pump_leakage",
              "hydraulic_accumulator_bar", "stable_flag"]
START = datetime.datetime(2008, 3, 26)


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return numpy.nan


def read_text(path):
    """[reading][column], NaN where a cell is not a number, or a row is shorter or longer than the first."""
    with open(path, encoding="ascii") as file:
        rows = [[number(cell) for cell in line.split("\t")] for line in file]
    width = len(rows[0])
    return numpy.array([row if len(row) == width else [numpy.nan] * width for row in rows])


def blocks_of(profile):
    numbers = []
    for row, codes in enumerate(profile):
        new = row == 0 or codes[:4] != profile[row - 1][:4]
        numbers.append((numbers[-1] if numbers else 0) + new)
    return numbers


def check_file(path, rate, cohort, texts, profile, cohorts):
    file = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True)
    table = file.read()
    sensors = RATES[rate]
    check(table.column_names == ["reading", "sample", "date_time", *CONDITIONS, "condition_block",
                                 *[name.lower() for name in sensors]], "columns of", path)
    kinds = [pyarrow.int32(), pyarrow.int32(), pyarrow.timestamp("us"), *[pyarrow.int32()] * 6,
             *[pyarrow.float64()] * len(sensors)]
    check(table.schema.types == kinds, "types of", path)
    check([field.nullable for field in table.schema] == [False] * 9 + [True] * len(sensors),
          "nullability of", path)
    burst = next(texts[name].shape[1] // cohorts for name in sensors if name in texts)
    readings = len(profile)
    check(table.num_rows == readings * burst, "rows of", path)

    def repeated(values):
        return numpy.repeat(numpy.array(values), burst)

    expected = {"reading": repeated(range(1, readings + 1)),
                "sample": numpy.tile(numpy.arange(burst), readings),
                "condition_block": repeated(blocks_of(profile))}
    for place, name in enumerate(CONDITIONS):
        expected[name] = repeated([codes[place] for codes in profile])
    first = START + datetime.timedelta(days=92 * (cohort - 1))
    times = [numpy.datetime64(first + datetime.timedelta(hours=row), "us") for row in range(readings)]
    expected["date_time"] = repeated(times)
    for name, values in expected.items():
        check((table[name].to_numpy() == values).all(), name, "of", path)
    for name in sensors:
        found = table[name.lower()].to_numpy(zero_copy_only=False)
        if name in texts:
            values = texts[name][:, (cohort - 1) * burst:cohort * burst].reshape(-1)
        else:
            values = numpy.full(table.num_rows, numpy.nan)
        check(numpy.array_equal(found, values, equal_nan=True), name, "of", path)
        check(table[name.lower()].null_count == int(numpy.isnan(values).sum()), "NULLs of", name)
    check_statistics(file, table)
    metadata = table.schema.metadata
    dictionary = json.loads(metadata[b"derrick.dictionary"])
    check([entry["column"] for entry in dictionary] == table.column_names, "dictionary")
    check(metadata[b"derrick.sample_rule"] == b"first", "sample rule")
    check(metadata[b"derrick.samples_sha256"].decode() ==
          hash_of(path, file, [name.lower() for name in sensors if name in texts]), "hash of", path)
    check_groups(path, file, burst)


def hash_of(path, file, sensors):
    """SHA-256 over the column chunks of the sensors that were there, in the order of the file."""
    data = pathlib.Path(path).read_bytes()
    digest = hashlib.sha256()
    for number_of_group in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number_of_group)
        for place in range(group.num_columns):
            column = group.column(place)
            if column.path_in_schema in sensors:
                start = column.dictionary_page_offset if column.has_dictionary_page else None
                start = column.data_page_offset if start is None else start
                digest.update(data[start:start + column.total_compressed_size])
    return digest.hexdigest()


def check_groups(path, file, burst):
    """Row groups are whole readings, and a filter by reading reads those that have it."""
    count = file.metadata.num_row_groups
    for place in range(count):
        check(file.metadata.row_group(place).num_rows % burst == 0, "whole readings in", path)
    fragment = next(pyarrow.dataset.dataset(path).get_fragments())
    check(len(fragment.split_by_row_group(pyarrow.compute.field("reading") == 1)) == 1, "pruning")


def check_hive(folder, rate, rows):
    """The folders become columns, in every reader."""
    place = folder / f"samples_{rate}hz"
    name = RATES[rate][0].lower()
    found = pyarrow.parquet.read_table(place)
    check(found.num_rows == rows and {"rig_name", "cohort"} <= set(found.column_names), "pyarrow")
    frame = polars.scan_parquet(place, hive_partitioning=True).collect()
    check(frame.height == rows and {"rig_name", "cohort"} <= set(frame.columns), "polars")
    check(len(pandas.read_parquet(place)) == rows, "pandas")
    query = f"select count(*), count({name}), sum({name}), count(distinct cohort) from " \
            f"read_parquet('{place}/*/*/*.parquet', hive_partitioning = true)"
    row = duckdb.sql(query).fetchall()[0]
    check(row[0] == rows, "DuckDB's rows")
    check(row[1] == frame[name].count(), "DuckDB's NULLs")
    check(row[3] == frame["cohort"].n_unique(), "DuckDB's cohorts")


def main():
    drop, cohorts, folder = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    texts = {path.stem: read_text(path) for path in drop.glob("*.txt") if path.stem != "profile"}
    with open(drop / "profile.txt", encoding="ascii") as file:
        profile = [[int(cell) for cell in line.split()] for line in file]
    files = sorted(folder.glob("**/*.parquet"))
    rates = [rate for rate, names in RATES.items() if any(name in texts for name in names)]
    check(len(files) == len(rates) * cohorts, "number of files")
    check(not list(folder.glob("**/.*")), "temporary files")
    check_pages(files[0])
    for rate in rates:
        rows = 0
        for cohort in range(1, cohorts + 1):
            path = folder / f"samples_{rate}hz/rig_name=texas-1/cohort={cohort:02}/part-0.parquet"
            check_file(path, rate, cohort, texts, profile, cohorts)
            rows += pyarrow.parquet.read_metadata(path).num_rows
        check_hive(folder, rate, rows)


if __name__ == "__main__":
    main()

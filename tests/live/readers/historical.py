"""Compares the historical columns as Parquet with the same as CSV."""

import csv
import datetime
import json
import math
import sys

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet

from check import check, check_pages, check_statistics

TEXTS = {"rig_name", "cooler_description", "valve_description", "pump_description",
         "hydraulic_description", "flag_description"}
INTEGERS = {"cohort", "cumulative_minutes", "internal_pump_leakage", "hydraulic_accumulator_bar",
            "stable_flag"}
REQUIRED_DOUBLES = {"cooler_percentage", "valve_percentage"}


def arrow_type(name):
    if name in TEXTS:
        return pyarrow.string()
    if name in INTEGERS:
        return pyarrow.int32()
    return pyarrow.timestamp("us") if name == "date_time" else pyarrow.float64()


def read_csv(path):
    """The columns of the CSV, by Python's own csv and float."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = {}
    for name, cells in zip(rows[0], zip(*rows[1:])):
        if name == "date_time":
            columns[name] = [datetime.datetime.fromisoformat(cell) for cell in cells]
        else:
            kind = str if name in TEXTS else int if name in INTEGERS else float
            columns[name] = [kind(cell) if cell else None for cell in cells]
    return columns


def main():
    expected = read_csv(sys.argv[1])
    path = sys.argv[2]
    file = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True)
    table = file.read()
    check(table.column_names == list(expected), "names")
    for name, values in expected.items():
        field = table.schema.field(name)
        check(field.type == arrow_type(name), "type of", name, field.type)
        required = name in TEXTS | INTEGERS | REQUIRED_DOUBLES | {"date_time"}
        check(field.nullable != required, "nullability of", name)
        check(table[name].to_pylist() == values, "pyarrow's values of", name)
    check(not any(math.copysign(1, v) < 0 for v in expected["temperature_4"]), "sign of zero")

    # The others agree with pyarrow.
    frame = polars.read_parquet(path)
    check(frame.schema["date_time"] == polars.Datetime("us"), "polars' timestamps")
    for name, values in expected.items():
        check(frame[name].to_list() == values, "polars' values of", name)
    frame = pandas.read_parquet(path)
    check(str(frame["date_time"].dtype) == "datetime64[us]", "pandas' timestamps")
    check(str(frame["cohort"].dtype) == "int32", "pandas' integers")
    check(frame["pressure_bar_1"].isna().all(), "pandas' NULLs")
    for name, values in expected.items():
        found = [None if pandas.isna(value) else value for value in frame[name].tolist()]
        check(found == values, "pandas' values of", name)
    relation = duckdb.sql(f"select * from '{path}'")
    check("TIMESTAMP" == str(relation.types[2]), "DuckDB's timestamps")
    for place, values in enumerate(expected.values()):
        name = relation.columns[place]
        found = [row[0] for row in relation.project(f'"{name}"').fetchall()]
        check(found == values, "DuckDB's values of", name)

    check(file.metadata.created_by.startswith("derrick version "), "created_by")
    dictionary = json.loads(table.schema.metadata[b"derrick.dictionary"])
    check([entry["column"] for entry in dictionary] == list(expected), "dictionary")
    check(table.schema.metadata[b"derrick.sample_rule"] == b"first", "sample rule")
    check_pages(path)
    check_statistics(file, table)

    # 264,600 rows are two row groups, and a filter by cohort reads one of them.
    check(file.metadata.num_row_groups == 2, "row groups")
    fragment = next(pyarrow.dataset.dataset(path).get_fragments())
    left = fragment.split_by_row_group(pyarrow.compute.field("cohort") == 120)
    check(len(left) == 1, "pruning by cohort")
    left = fragment.split_by_row_group(pyarrow.compute.field("efficiency_factor_percent") < 3)
    check(len(left) == 1, "pruning by a double")
    left = fragment.split_by_row_group(pyarrow.compute.field("temperature_4") == 0.0)
    check(len(left) == 2, "zeros are not pruned")
    found = duckdb.sql(f"select count(*) from '{path}' where cohort = 120").fetchall()[0][0]
    check(found == 2205, "DuckDB's filter")
    found = polars.scan_parquet(path).filter(polars.col("temperature_3") == 0.0).collect().height
    check(found == 120 * 1102, "polars' filter on zeros")


main()

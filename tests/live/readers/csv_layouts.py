"""Reads CSV files by four readers, and compares values and types: csv_layouts.py FILE..."""

import csv
import datetime
import pathlib
import re
import sys

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.csv

from check import check

INTEGER = re.compile(r"-?\d+")
TIME = "%Y-%m-%d %H:%M:%S"


def parse_time(cell):
    try:
        return datetime.datetime.strptime(cell, TIME)
    except ValueError:
        return None


def kind_of(cells):
    """What a column is, by its text alone: None (no value at all), a time, int, float or str."""
    cells = [cell for cell in cells if cell]
    if not cells:
        return None
    if all(map(parse_time, cells)):
        return datetime.datetime
    if all(map(INTEGER.fullmatch, cells)):
        return int
    try:
        for cell in cells:
            float(cell)
        return float
    except ValueError:
        return str


def read_expected(path, header):
    """name -> (kind, values), by Python's own csv and float."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = rows.pop(0) if header else [f"column{place}" for place in range(len(rows[0]))]
    columns = {}
    for name, cells in zip(names, zip(*rows)):
        kind = kind_of(cells)
        parse = parse_time if kind is datetime.datetime else kind
        columns[name] = (kind, [parse(cell) if cell else None for cell in cells])
    return columns


# Each reader: (names, types as kinds, values by column).

def read_pyarrow(path, names, header):
    options = pyarrow.csv.ReadOptions(column_names=None if header else names)
    table = pyarrow.csv.read_csv(path, read_options=options)
    kinds = {"string": str, "int64": int, "double": float, "null": None, "timestamp[s]": datetime.datetime}
    return table.column_names, [kinds.get(str(field.type)) for field in table.schema], [
        [value or None if kinds.get(str(column.type)) is str else value for value in column.to_pylist()]
        for column in table.columns]


def read_pandas(path, names, header):
    times = [name for name in names if name in ("date_time", "Date")]  # pandas must know their names
    frame = pandas.read_csv(path, header=0 if header else None, names=None if header else names,
                            parse_dates=times)
    kinds = {"i": int, "f": float, "M": datetime.datetime}
    values = [[None if pandas.isna(value) else value for value in frame[name].tolist()] for name in frame]
    return list(frame), [kinds.get(frame[name].dtype.kind, str) for name in frame], values


def read_polars(path, names, header):
    frame = polars.read_csv(path, has_header=header, new_columns=None if header else names,
                            try_parse_dates=True, infer_schema_length=None)
    kinds = {polars.Int64: int, polars.Float64: float, polars.String: str}
    return frame.columns, [datetime.datetime if isinstance(kind, polars.Datetime) else kinds.get(type(kind))
                           for kind in frame.dtypes], [column.to_list() for column in frame]


def read_duckdb(path, names, header):
    relation = duckdb.read_csv(str(path), header=header, names=None if header else names, sample_size=-1)
    kinds = {"BIGINT": int, "DOUBLE": float, "VARCHAR": str, "TIMESTAMP": datetime.datetime}
    return relation.columns, [kinds.get(str(kind)) for kind in relation.types], list(
        map(list, zip(*relation.fetchall())))


READERS = {"pyarrow": read_pyarrow, "pandas": read_pandas, "polars": read_polars, "DuckDB": read_duckdb}


def main():
    missing = 0
    for path in map(pathlib.Path, sys.argv[1:]):
        header = "sagemaker" not in path.name
        expected = read_expected(path, header)
        for reader, read in READERS.items():
            names, kinds, columns = read(path, list(expected), header)
            check(len(columns) == len(expected), reader, path, "columns")
            for found, name, kind, values in zip(names, expected, kinds, columns):
                # The template has a column without a name, where each reader makes one up, and blanks at ends.
                check(found.strip() == name.strip() or not name, reader, path, "name", found)
                right_kind, right = expected[name]
                # pandas has no integer that may be missing, and a column without values no type.
                loose = right_kind is None or reader == "pandas" and None in right
                check(loose or kind is right_kind, reader, path, "type of", name, kind, right_kind)
                check(values == right, reader, path, "values of", name)
                missing += values.count(None)
    check(missing > 0, "the drop has missing values")


main()

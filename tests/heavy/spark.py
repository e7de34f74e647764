"""Spark reads Parquet and CSV by derrick as pyarrow and csv do: spark.py DATA."""

import csv
import math
import pathlib
import sys

import pyarrow.compute as compute
import pyarrow.parquet as parquet
from pyspark.sql import SparkSession, functions

TYPES = {"string": "string", "int32": "int", "double": "double", "timestamp[us]": "timestamp_ntz"}


def check(holds, *words):
    if not holds:
        sys.exit(" ".join(str(word) for word in words))


def facts_of(table, column):
    """Rows, NULLs, least and greatest value; for numbers also the sum."""
    values = table[column]
    least_greatest = compute.min_max(values).as_py()
    number = str(values.type) in ("int32", "double")
    return [len(values), values.null_count, least_greatest["min"], least_greatest["max"],
            compute.sum(values).as_py() if number else None]


def asked(column, kind):
    """The same of Spark."""
    name = functions.col(f"`{column}`")
    total = functions.sum(name) if kind in ("int", "double") else functions.lit(None)
    return [functions.count(functions.lit(1)), functions.count_if(name.isNull()), functions.min(name),
            functions.max(name), total]


def same(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-9)
    return left == right


def check_table(spark, path, what, folders=()):
    """All columns of a file or folder; `folders` are the columns that come from its path."""
    frame = spark.read.parquet(str(path))
    table = parquet.read_table(path, partitioning="hive" if folders else None)
    types = dict(frame.dtypes)
    for field in parquet.read_schema(next(path.rglob("*.parquet")) if path.is_dir() else path):
        check(types[field.name] == TYPES[str(field.type)], what, field.name, "is", types[field.name])
    check(set(types) == set(table.column_names), what, "has the columns", sorted(types))
    for column in folders:
        kind = "int32" if column == "cohort" else "string"
        table = table.set_column(table.column_names.index(column), column, table[column].cast(kind))
    for first in range(0, table.num_columns, 100):
        columns = table.column_names[first:first + 100]
        row = frame.agg(*[fact for column in columns for fact in asked(column, types[column])]).first()
        for index, column in enumerate(columns):
            got, want = list(row[5 * index:5 * index + 5]), facts_of(table, column)
            check(all(map(same, got, want)), what, column, "gives", got, "instead of", want)
    print(f"{what}: {table.num_rows} rows, {table.num_columns} columns")


def check_csv(spark, folder):
    """The line of docs/sagemaker.md over the folders of CSV files."""
    frame = spark.read.csv(str(folder), header=True, pathGlobFilter="oil-well-data-cohort-*.csv")
    rows = 0
    for path in folder.rglob("oil-well-data-cohort-*.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            rows += sum(1 for _ in csv.DictReader(file))
    check(frame.count() == rows > 0, "CSV has", frame.count(), "rows instead of", rows)
    print(f"CSV folders: {rows} rows")


def main():
    data = pathlib.Path(sys.argv[1])
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.ui.showConsoleProgress", "false")
             .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
             .config("spark.sql.debug.maxToStringFields", "2000").getOrCreate())
    check_table(spark, data / "oil.parquet", "historical")
    for rate in ("samples_1hz", "samples_10hz", "samples_100hz"):
        check_table(spark, data / rate, rate, ("rig_name", "cohort"))
    check_table(spark, data / "features.parquet", "features")
    for part in ("train", "validation", "test"):
        check_table(spark, data / "split" / part, part)
    # A filter on rows and on the columns of the path.
    frame = spark.read.parquet(str(data / "samples_100hz"))
    check(frame.where("cohort = 2 and reading <= 10").count() == 10 * 100, "a filter over samples")
    check_csv(spark, data / "csv")
    spark.stop()


main()

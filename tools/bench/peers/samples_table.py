"""Every sample of a history as Parquet: samples_table.py duckdb|polars|pyarrow DROP OUT

The same tables as `derrick convert --format samples`, with zstd level 3: one for each rate, one file for each
cohort. polars and pyarrow read one file at a time into an array, then write cohort by cohort; DuckDB does all
in SQL.
"""

import pathlib
import sys

import numpy

COHORTS = 60
GROUPS = {"samples_100hz": (100, ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "EPS1"]),
          "samples_10hz": (10, ["FS1", "FS2"]),
          "samples_1hz": (1, ["TS1", "TS2", "TS3", "TS4", "VS1", "CE", "CP", "SE"])}
CODES = ["cooler_condition", "valve_condition", "internal_pump_leakage", "hydraulic_accumulator_bar",
         "stable_flag"]
START, DAYS = "2008-03-26", 92


def target(out, table, cohort):
    path = out / table / "rig_name=texas-1" / f"cohort={cohort:02}"
    path.mkdir(parents=True, exist_ok=True)
    return path / "part-0.parquet"


def profile_of(drop):
    """The codes as columns, and the number of the condition block."""
    codes = numpy.loadtxt(drop / "profile.txt", dtype=numpy.int32, ndmin=2)
    new = numpy.ones(len(codes), dtype=bool)
    new[1:] = (codes[1:, :4] != codes[:-1, :4]).any(axis=1)
    return codes, numpy.cumsum(new).astype(numpy.int32)


def keys_of(drop, rate, cohort):
    """The columns beside the sensors, one row for each sample."""
    codes, block = profile_of(drop)
    rows = len(codes)
    start = numpy.datetime64(START, "us") + numpy.timedelta64(DAYS * cohort, "D")
    hours = start + numpy.arange(rows) * numpy.timedelta64(3600 * 10**6, "us")
    keys = {"reading": numpy.repeat(numpy.arange(1, rows + 1, dtype=numpy.int32), rate),
            "sample": numpy.tile(numpy.arange(rate, dtype=numpy.int32), rows),
            "date_time": numpy.repeat(hours, rate)}
    for index, name in enumerate(CODES):
        keys[name] = numpy.repeat(codes[:, index], rate)
    keys["condition_block"] = numpy.repeat(block, rate)
    return keys


def names_of(path):
    """A name for each column of a file."""
    with open(path, encoding="ascii") as file:
        return [str(place) for place in range(file.readline().count("\t") + 1)]


def in_arrays(drop, out, read, write):
    for table, (rate, sensors) in GROUPS.items():
        arrays = [read(drop / f"{sensor}.txt") for sensor in sensors]
        for cohort in range(COHORTS):
            columns = keys_of(drop, rate, cohort)
            for sensor, array in zip(sensors, arrays):
                columns[sensor.lower()] = array[:, cohort * rate:(cohort + 1) * rate].ravel()
            write(columns, target(out, table, cohort + 1))


def by_polars(drop, out):
    import polars

    def read(path):
        schema = {name: polars.Float64 for name in names_of(path)}
        return polars.read_csv(path, separator="\t", has_header=False, schema=schema).to_numpy()

    def write(columns, path):
        polars.DataFrame(columns).write_parquet(path, compression="zstd", compression_level=3)

    in_arrays(drop, out, read, write)


def by_pyarrow(drop, out):
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    def read(path):
        names = names_of(path)
        table = pyarrow.csv.read_csv(
            path, pyarrow.csv.ReadOptions(column_names=names, block_size=16 << 20),
            pyarrow.csv.ParseOptions(delimiter="\t"),
            pyarrow.csv.ConvertOptions(column_types={name: pyarrow.float64() for name in names}))
        return numpy.stack([column.to_numpy() for column in table.columns], axis=1)

    def write(columns, path):
        pyarrow.parquet.write_table(pyarrow.table(columns), path, compression="zstd", compression_level=3)

    in_arrays(drop, out, read, write)


def by_duckdb(drop, out):
    import duckdb
    lines = "read_csv('{}', header=false, delim='\x01', quote='', columns={{'line': 'varchar'}}, " \
            "max_line_size=4194304)"
    database = duckdb.connect()
    database.execute("set threads to 2; set preserve_insertion_order = true")
    codes, block = profile_of(drop)
    database.execute("create table profile as select * from (select unnest($1) reading, "
                     "unnest($2) condition_block)", [list(range(1, len(block) + 1)), block.tolist()])
    for index, name in enumerate(CODES):
        database.execute(f"alter table profile add column {name} integer")
        database.execute(f"update profile set {name} = ($1)[reading]", [codes[:, index].tolist()])
    for table, (rate, sensors) in GROUPS.items():
        for sensor in sensors:
            database.execute(f"create or replace table {sensor} as select unnest(cast(string_split(line, "
                             f"chr(9)) as double[])) as {sensor.lower()} from {lines.format(drop / (sensor + '.txt'))}")
        values = " positional join ".join(sensors)
        database.execute(
            f"create or replace table joined as select cast(n // {COHORTS * rate} + 1 as integer) as reading, "
            f"cast(n % {COHORTS * rate} // {rate} + 1 as integer) as cohort, cast(n % {rate} as integer) as sample, "
            f"* exclude n from (range(0, {len(block) * COHORTS * rate}) as numbers(n) positional join {values})")
        (out / table).mkdir(parents=True)
        columns = ", ".join(sensor.lower() for sensor in sensors)
        for cohort in range(1, COHORTS + 1):
            database.execute(
                f"copy (select joined.reading, sample, timestamp '{START}' + interval (({cohort} - 1) * {DAYS}) day "
                f"+ interval (joined.reading - 1) hour as date_time, {', '.join(CODES)}, condition_block, {columns} "
                f"from joined join profile using (reading) where cohort = {cohort} order by reading, sample) "
                f"to '{target(out, table, cohort)}' (format parquet, compression zstd, compression_level 3)")
        for sensor in sensors:
            database.execute(f"drop table {sensor}")


def main():
    engine, drop, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    {"duckdb": by_duckdb, "polars": by_polars, "pyarrow": by_pyarrow}[engine](drop, out)


main()

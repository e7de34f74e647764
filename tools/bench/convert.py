"""From text to CSV: the lower limit (reading the bytes), and other programs that make the same file."""

import os
import shutil
import sys

import drops
import find
from measure import Job, ratio

MEMORY_MB_MAX = 128


def check(bench, one, other):
    """A peer's file must hold the same rows and values, or its time means nothing."""
    bench.call(sys.executable, bench.peers / "same_csv.py", one, other)


def whole(bench, drop):
    """All files to the historical CSV."""
    size = drops.size(drop)
    out = bench.folder / "out"
    ours = out / "derrick.csv"
    files = drops.files(drop)
    wc = Job("wc -l, which counts lines", ["wc", "-l", *files], size)
    cat = Job("cat >/dev/null, which reads", ["cat", *files], size)
    derrick = Job("derrick convert", [bench.derrick, "-q", "convert", drop, "-o", ours], size)
    jobs = [wc, cat, derrick]
    written = []

    def peer(name, found, command, csv):
        if found.reason:
            bench.report.without(name, found.reason)
            return None
        jobs.append(Job(name, [*found.command, *command], size))
        written.append(out / csv)
        return jobs[-1]

    bench.report.title(f"17 sensors and the profile, {size / 1e6:.0f} MB, to one CSV (ratio to wc)")
    duckdb = peer("DuckDB", find.duckdb(bench), [drop, out / "duckdb.csv"], "duckdb.csv")
    peer("pandas, written for speed", find.pandas(),
         [bench.peers / "pandas_now.py", drop, out / "pandas.csv"], "pandas.csv")
    peer("awk", find.awk(), ["-v", f"drop={drop}", "-f", bench.peers / "join.awk",
                             "-v", f"csv={out / 'awk.csv'}"], "awk.csv")
    bench.alternate(jobs)
    for csv in written:
        check(bench, ours, csv)
    for job in jobs:
        bench.report.row("convert", job, None if job is wc else wc)
    bench.report.bound("convert/wc", ratio(derrick, wc), most=3)
    if duckdb:
        bench.report.bound("DuckDB/convert", ratio(duckdb, derrick), least=10)
    bench.report.bound("convert's memory", derrick.peak_kb() / 1024, most=MEMORY_MB_MAX, unit=" MB")


def one_sensor(bench, drop):
    """What the old scripts do for one sensor, compared with derrick for all sensors."""
    out = bench.folder / "out"
    sensor = drop / "PS1.txt"
    derrick = Job("derrick convert --format sensors, all 17",
                  [bench.derrick, "-q", "convert", drop, "--format", "sensors", "-o", out / "sensors"],
                  drops.size(drop))
    bench.report.title("one CSV per sensor (ratio to derrick, which does all 17 in this time)")
    jobs = [derrick]
    found = find.pandas()
    if found.reason:
        bench.report.without("pandas, as the old scripts", found.reason)
    else:
        csv = out / "scripts.csv"
        jobs.append(Job("pandas as the old scripts, PS1 alone",
                        [*found.command, bench.peers / "pandas_scripts.py", sensor, csv],
                        sensor.stat().st_size))
    bench.alternate(jobs)
    if len(jobs) > 1:
        check(bench, out / "sensors" / "PS1.csv", csv)
    for job in jobs:
        bench.report.row("sensors", job, None if job is derrick else derrick)


def run(bench):
    drop = drops.full(bench)
    out = bench.folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    whole(bench, drop)
    one_sensor(bench, drop)
    shutil.rmtree(out)

"""Every sample of the drop as Parquet, and features of bursts of 60 s, beside the programs that people use for it."""

import os
import shutil

import drops
import find
from measure import Job, ratio

CYCLES = 20  # that tsfresh and tsfel get: all 2205 would take half an hour
OTHERS = {"tsfresh": 7, "tsfel": 10}  # of derrick's 62 features of a sensor, those that they compute, too


def megabytes(path):
    files = path.rglob("*.parquet") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files) / 1e6


def samples(bench, drop, python):
    """96 million values. Each file of a peer must hold what ours does, or its time means nothing."""
    size = drops.size(drop)
    out = bench.folder / "out"

    def job(name, folder, command):
        return Job(name, command, size, before=lambda: shutil.rmtree(out / folder, ignore_errors=True))

    bench.report.title("every sample as Parquet, 96 million values, zstd level 3 (ratio to derrick)")
    derrick = job("derrick convert --format samples", "derrick",
                  [bench.derrick, "-q", "convert", drop, "--format", "samples", "-o", out / "derrick"])
    jobs = {"derrick": derrick}
    if python.reason:
        bench.report.without("DuckDB, polars, pyarrow", python.reason)
    else:
        for name in ("DuckDB", "polars", "pyarrow"):
            folder = name.lower()
            jobs[folder] = job(name, folder, [*python.command, bench.peers / "samples_table.py", folder,
                                              drop, out / folder])
    bench.alternate(jobs.values(), rounds=min(bench.rounds, 3))
    for folder, one in jobs.items():
        if one is not derrick:
            bench.call(*python.command, bench.peers / "same_samples.py", out / "derrick", out / folder)
        bench.report.row("samples", one, None if one is derrick else derrick)
        bench.report.figure("samples", f"  its files: {folder}", f"{megabytes(out / folder):9.1f} MB",
                            megabytes=megabytes(out / folder))
    bench.report.bound("samples", derrick.median(), most=2.5, unit=" s")
    bench.report.bound("samples' memory", derrick.peak_kb() / 1024, most=256, unit=" MB")
    for folder in ("duckdb", "polars"):
        if folder in jobs:
            bench.report.bound(f"{folder}/samples", ratio(jobs[folder], derrick), least=5)


def features(bench, drop, python):
    """The drop read as one cohort of 2205 cycles of 60 s."""
    out = bench.folder / "out"
    ours = out / "features.parquet"
    size = drops.size(drop)
    bench.report.title(f"features of 2205 cycles of 60 s (others: fewer features, {CYCLES} cycles)")
    derrick = Job("derrick convert --format features, 1054 columns",
                  [bench.derrick, "-q", "convert", drop, "--columns", "samples", "--cohort", "1", "--format",
                   "features", "-o", ours], size)
    jobs = {}
    if python.reason:
        bench.report.without("tsfresh, tsfel", python.reason)
    else:
        for name, count in OTHERS.items():
            jobs[name] = Job(f"{name}, {count} of 62 features, {CYCLES} cycles",
                             [*python.command, bench.peers / "features_table.py", name, drop, CYCLES, out / f"{name}.csv"],
                             seconds_of=lambda reported: reported["seconds"])
    bench.alternate([derrick, *jobs.values()], rounds=min(bench.rounds, 3))
    for name in jobs:
        bench.call(*python.command, bench.peers / "same_features.py", ours, out / f"{name}.csv")
    for job in (derrick, *jobs.values()):
        bench.report.row("features", job)
    bench.report.bound("features", derrick.median(), most=1.5, unit=" s")
    bench.report.bound("features' memory", derrick.peak_kb() / 1024, most=128, unit=" MB")
    if jobs:
        times = {name: ratio(job, derrick) * 2205 / CYCLES for name, job in jobs.items()}
        bench.report.bound("tsfresh/features, a cycle", times["tsfresh"], least=100)
        bench.report.figure("features", "  tsfel/features, a cycle", f"{times['tsfel']:9.1f} x", times=times["tsfel"])


def run(bench):
    drop = drops.full(bench)
    out = bench.folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    python = find.packages(bench)
    samples(bench, drop, python)
    features(bench, drop, python)
    shutil.rmtree(out)

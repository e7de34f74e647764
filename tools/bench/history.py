"""How export, and a run with one new cohort, grow with the history."""

import shutil

import drops
from measure import Job

COHORTS = (1, 15, 30, 60)


def take(bench, cohorts, new):
    """Measures a history of this many cohorts. Returns the two jobs."""
    drop = drops.full(bench) if cohorts == 60 else drops.sample(bench, f"history-{cohorts}",
                                                                "--cohorts", cohorts)
    kept = drops.workspace(bench, "history")
    used = bench.folder / "workspace"
    drops.link(drop, kept / "logs")
    number = ("--cohort", 1) if cohorts == 1 else ()  # one cohort alone may be any of them
    bench.call(bench.derrick, "-q", "-C", kept, "run", "--cohorts", cohorts, *number)
    for folder in (kept / "archive", kept / "logs"):  # the archived inputs, and the profile, which stayed
        shutil.rmtree(folder)
        folder.mkdir()

    def copy():
        shutil.rmtree(used, ignore_errors=True)
        shutil.copytree(kept, used)

    def copy_and_fill():
        copy()
        drops.link(new, used / "logs")

    csv = kept / "aws_s3" / "oil-well-data-all-historical.csv"
    export = Job(f"export of {cohorts} cohorts",
                 [bench.derrick, "-q", "-C", used, "export", "-o", used / "all.csv"],
                 csv.stat().st_size, copy)
    rerun = Job(f"run of a new cohort after {cohorts}",
                [bench.derrick, "-q", "-C", used, "run", "--columns", "samples"], drops.size(new),
                copy_and_fill)
    bench.alternate([export, rerun])
    shutil.rmtree(kept)
    shutil.rmtree(used)
    return export, rerun


def run(bench):
    new = drops.sample(bench, "new-cohort", "--cohorts", 1, "--seed", 2)
    bench.report.title("growth with the history, SQLite (ratio to the least; MB/s of the CSV, of the drop)")
    pairs = [take(bench, cohorts, new) for cohorts in COHORTS]
    for kind in range(2):
        for pair in pairs:
            bench.report.row("history", pair[kind], pairs[0][kind])

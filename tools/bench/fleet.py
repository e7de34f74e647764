"""A fleet: many sites with 60 wells each, a quarter of hourly readings; one command for each site, and one `run` for all.

A site's drop has its own SE.txt; the other sixteen files are the same for all, so that the fleet's 17
GB fit the machine. derrick reads and hashes every one of them all the same.
"""

import contextlib
import shutil
import sqlite3

import drops
from measure import Job, parse_report

SITES = (1, 4, 16, 31)


def make_sites(bench):
    """The drops of all sites, one folder each."""
    folder = bench.folder / "fleet"
    drop = drops.full(bench)
    if folder.is_dir():
        return folder
    bench.report.progress("making the fleet")
    part = bench.folder / "fleet.part"
    shutil.rmtree(part, ignore_errors=True)
    lines = (drop / "SE.txt").read_bytes().splitlines(keepends=True)
    for site in range(1, max(SITES) + 1):
        drops.link(drop, part / f"site{site:02}", without=("SE.txt",))
        # Rows in another order count as other contents.
        (part / f"site{site:02}" / "SE.txt").write_bytes(b"".join(lines[site:] + lines[:site]))
    part.rename(folder)
    return folder


class Sum:
    """A job of several commands, one after the other."""

    def __init__(self, name, jobs, size):
        self.name = name
        self.size = size * len(jobs)
        self.seconds_of = None
        self.samples = [{key: sum(job.samples[0][key] for job in jobs) for key in ("seconds", "cpu_s")}]
        self.samples[0]["peak_kb"] = max(job.peak_kb() for job in jobs)

    def median(self, of="seconds"):
        return self.samples[0][of]

    def peak_kb(self):
        return self.samples[0]["peak_kb"]


def last_steps_seconds(workspace):
    """How long the last run of the ledger took for its steps: of a fleet it exports and archives what the others loaded."""
    with contextlib.closing(sqlite3.connect(workspace / "energymobile.db")) as database:
        steps, = database.execute("SELECT steps FROM runs ORDER BY run_id DESC LIMIT 1").fetchone()
    return sum(parse_report(steps).values()) / 1000


def run_all(bench, sites, size):
    """All of it by one command, from logs/: load, export, archive.

    The archive hashes what other sites link to again, which it does not do with files of a site's own: a rename changes
    the times of all links."""
    workspace = drops.workspace(bench)
    for folder in sites:
        drops.link(folder, workspace / "logs" / folder.name)
    job = Job(f"run of {len(sites)} sites, without a report",
              [bench.derrick, "-q", "-C", workspace, "run", "--set", "input.columns=wells", "--set", "report.write=no"],
              size * len(sites))
    bench.alternate([job], 1)
    bench.report.row("fleet", job)
    seconds = job.median() - last_steps_seconds(workspace)
    bench.report.figure("fleet", "  of it until all is loaded", f"{seconds:9.3f}", seconds=seconds)
    bench.report.bound(f"load by one run, fleet of {len(sites)} sites", seconds, most=20, unit=" s")
    bench.report.bound("run's memory, fleet", job.peak_kb() / 1024, most=128, unit=" MB")
    shutil.rmtree(workspace)


def run(bench):
    sites = sorted(make_sites(bench).iterdir())
    size = drops.size(sites[0])
    workspace = drops.workspace(bench)
    csv = bench.folder / "site.csv"
    converts, loads = [], []
    bench.report.title("a fleet, 60 wells a site, once (ratio to one site)")
    for folder in sites:
        options = ["--set", f"rig.site={folder.name}", "--columns", "wells", folder]
        converts.append(Job(f"convert {folder.name}", [bench.derrick, "-q", "convert", "-o", csv, *options],
                            after=csv.unlink))
        loads.append(Job(f"load {folder.name}", [bench.derrick, "-q", "-C", workspace, "load", *options]))
        bench.alternate([converts[-1], loads[-1]], 1)
    for word, jobs, bound in (("convert", converts, 8), ("load", loads, None)):
        sums = [Sum(f"{word} {count} sites", jobs[:count], size) for count in SITES]
        for total in sums:
            bench.report.row("fleet", total, sums[0])
        if bound:
            bench.report.bound(f"{word}, fleet of {SITES[-1]} sites", sums[-1].median(), most=bound, unit=" s")
        bench.report.bound(f"{word}'s memory, fleet", sums[-1].peak_kb() / 1024, most=128, unit=" MB")
    export = Job("export of all of it", [bench.derrick, "-q", "-C", workspace, "export", "-o", csv])
    bench.alternate([export], 1)
    export.size = csv.stat().st_size
    bench.report.row("fleet", export)
    bench.report.bound("export's memory, fleet", export.peak_kb() / 1024, most=128, unit=" MB")
    csv.unlink()
    page = bench.folder / "fleet.html"
    report = Job("report on all of it", [bench.derrick, "-q", "-C", workspace, "report", "-o", page])
    bench.alternate([report], 1)
    bench.report.row("fleet", report)
    bench.report.bound("report's memory, fleet", report.peak_kb() / 1024, most=128, unit=" MB")
    bench.report.bound("report's size, fleet", page.stat().st_size / 1e6, most=1.5, unit=" MB")
    page.unlink()
    shutil.rmtree(workspace)
    run_all(bench, sites, size)

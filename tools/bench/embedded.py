"""The embedded database: the whole run, and the load compared with bare inserts and sqlite3's import."""

import csv
import shutil
import sqlite3

import drops
import find
from measure import Job, ratio


def whole_run(bench, drop):
    def fill():
        drops.link(drop, drops.workspace(bench) / "logs")

    command = [bench.derrick, "-q", "-C", bench.folder / "workspace", "run"]
    run = Job("derrick run", command, drops.size(drop), fill)
    bare = Job("without a report", command + ["--set", "report.write=no"], drops.size(drop), fill)
    bench.report.title("check, load into SQLite, export, archive, in a fresh workspace")
    bench.alternate([run, bare])
    bench.report.row("run", run)
    bench.report.row("run", bare, run)
    bench.report.bound("run, embedded", run.median(), most=1.8, unit=" s")
    bench.report.bound("run without a report", bare.median(), most=1.2, unit=" s")
    bench.report.bound("run's memory", run.peak_kb() / 1024, most=128, unit=" MB")
    shutil.rmtree(bench.folder / "workspace")


class Databases:
    """The databases for the loads. `empty` has the schema and the keys but no readings; `rows` is a
    CSV of the readings that `empty` had."""

    def __init__(self, bench, drop):
        self.empty = bench.folder / "empty.db"
        self.loaded = bench.folder / "loaded.db"
        self.rows = bench.folder / "rows.csv"
        self.empty.unlink(missing_ok=True)
        bench.call(bench.programs / "load_step", f"sqlite:{self.empty}", drop)
        database = sqlite3.connect(self.empty, isolation_level=None)
        with open(self.rows, "w", newline="") as file:
            csv.writer(file).writerows(database.execute("SELECT * FROM well_reading"))
        database.execute("DELETE FROM well_reading")
        database.execute("VACUUM")
        database.close()

    def fresh(self):
        self.loaded.unlink(missing_ok=True)

    def copy(self):
        shutil.copyfile(self.empty, self.loaded)

    def remove(self):
        for path in (self.empty, self.loaded, self.rows, self.loaded.with_suffix(".db.lock"),
                     self.empty.with_suffix(".db.lock")):
            path.unlink(missing_ok=True)


def from_memory(bench, drop, databases):
    """Parsed values to committed rows."""
    derrick = Job("derrick, rows and commit",
                  [bench.programs / "load_step", f"sqlite:{databases.loaded}", drop],
                  before=databases.fresh, seconds_of=lambda reported: reported["rows"] + reported["rest"])
    bare = Job("a bare loop of prepared INSERTs",
               [bench.programs / "bare_insert", databases.loaded, drop],
               before=databases.copy, seconds_of=lambda reported: reported["rows"] + reported["commit"])
    bench.report.title("132,300 parsed rows into SQLite (ratio to the bare loop)")
    bench.alternate([bare, derrick])
    bench.report.row("insert", bare)
    bench.report.row("insert", derrick, bare)
    read_back = [sample["reported"]["read_back"] for sample in derrick.samples]
    bench.report.line("  and to read every row back and compare it", sorted(read_back)[len(read_back) // 2])
    bench.report.bound("SQLite load/bare loop", ratio(derrick, bare), most=1.3)


def from_files(bench, drop, databases):
    """The whole load, from the drop; the peer gets ready-made rows."""
    size = drops.size(drop)
    derrick = Job("derrick load, from the drop",
                  [bench.derrick, "-q", "--db", f"sqlite:{databases.loaded}", "load", drop], size,
                  databases.fresh)
    jobs = [derrick]
    found = find.program("sqlite3")
    bench.report.title("a load into SQLite (ratio to derrick)")
    if found.reason:
        bench.report.without("sqlite3 .import", found.reason)
    else:
        jobs.append(Job("sqlite3 .import, ready-made rows",
                        [*found.command, databases.loaded, f".import --csv {databases.rows} well_reading"],
                        databases.rows.stat().st_size, databases.copy))
    bench.alternate(jobs)
    for job in jobs:
        bench.report.row("load", job, None if job is derrick else derrick)


def run(bench):
    drop = drops.full(bench)
    whole_run(bench, drop)
    databases = Databases(bench, drop)
    from_memory(bench, drop, databases)
    from_files(bench, drop, databases)
    databases.remove()

#!/usr/bin/python3
"""Runs with all exports (CSV, one CSV per cohort, Parquet, samples, features), killed at random while a real
server receives them: the next run ends with the same files, the same database and the same objects.

    test_kill_exports.py CALLS

CALLS is the program built from ../crash/calls.c, which kills derrick after a change of the disk.
KILL_TIMES says how many runs are killed (6), KILL_SEED which ones. Every third one is killed
twice.
"""
import contextlib
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys

from harness import Strict, check, client, environment, finish, scratch
from rig import DERRICK, PREFIX, Rig, copy_workspace

KILLS = int(os.environ.get("KILL_TIMES") or 6)
SEED = os.environ.get("KILL_SEED") or "1"
ALL = {"DERRICK_EXPORT_PARQUET": "yes", "DERRICK_EXPORT_SAMPLES": "parquet", "DERRICK_EXPORT_FEATURES": "parquet"}
FACTS = ("SELECT well_id, cohort, readings, hash FROM cohorts ORDER BY 1, 2",
         "SELECT * FROM well_reading ORDER BY 1, 2, 3",
         "SELECT content_hash, source, archived_at IS NULL FROM drops ORDER BY 1",
         "SELECT kind, target, layout, row_total, size_bytes, hash FROM publications "
         "WHERE layout NOT IN ('manifest', 'report') ORDER BY 1, 2")
SERVER = re.compile(r" at http://[0-9.:]+")
NUMBER = re.compile(r"-run\d+")


def files(rig):
    """sha256 by path of what people find, but for what names runs and times."""
    found = {}
    for folder in ("aws_s3", "archive", "logs", "profile", "quarantine"):
        for root, _, names in os.walk(rig.path(folder)):
            for name in names:
                path = os.path.join(root, name)
                if name in ("drop.json", "manifest.sha256", "DERRICK-REPORT.txt"):
                    continue
                with open(path, "rb") as file:
                    key = NUMBER.sub("-run", os.path.relpath(path, rig.folder))
                    found[key] = hashlib.sha256(file.read()).hexdigest()
    return found


def objects(server):
    """ETags by key of what is in the bucket, but for the manifest, which names a run."""
    pages = client(environment(server.endpoint), server.endpoint).get_paginator("list_objects_v2").paginate(
        Bucket="well-sensor-logs", Prefix=PREFIX)
    return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])
            if not entry["Key"].endswith("manifest.json")}


def facts(rig):
    """Rows of the database, but for the server's port and what names a run."""
    with contextlib.closing(sqlite3.connect(rig.path("energymobile.db"))) as base:
        return {(query, SERVER.sub("", str(row))) for query in FACTS for row in base.execute(query)}


def state(rig, server):
    return {"files": files(rig), "objects": objects(server), "database": facts(rig)}


def differences(expected, got):
    def items(what):
        return set(what.items()) if isinstance(what, dict) else what
    return "\n".join(f"{key}: {row}" for key in expected for row in items(expected[key]) ^ items(got[key]))


class Trial:
    """A workspace with two cohorts that are published, to which a third one is delivered."""

    def __init__(self, folder, calls, arguments):
        self.folder = folder
        self.calls = calls
        self.arguments = ["run", "--columns", "samples", *arguments]
        self.model = Rig(os.path.join(folder, "model"), cohorts=2)
        self.model.configure(partition="cohort")
        self.model.drop(cohorts=2, readings=30)

    @contextlib.contextmanager
    def prepared(self):
        with Strict(self.folder) as server:
            rig = copy_workspace(self.model, os.path.join(self.folder, "rig"),
                                 {**environment(server.endpoint), **ALL})
            first = rig.run("run")
            if first.exit != 0:
                raise RuntimeError(str(first))
            rig.drop(cohorts=1, readings=30, seed=3)
            try:
                yield rig, server
            finally:
                shutil.rmtree(rig.folder)

    def traced(self, rig, kill_at=0):
        """Exit code, and how many changes were made."""
        journal = os.path.join(self.folder, "journal")
        done = subprocess.run([self.calls, "-k", str(kill_at), "-o", journal, DERRICK, "-C", rig.folder,
                               *self.arguments], env=rig.env, capture_output=True, check=False, timeout=300)
        if done.returncode in (120, 121):
            raise RuntimeError(done.stderr.decode())
        with open(journal, "rb") as file:
            lines = file.read().splitlines()
        return done.returncode, int(lines[-1].split()[0]) if not kill_at else 0

    def play(self, chance, count):
        with self.prepared() as (rig, server):
            code, changes = self.traced(rig)
            expected = state(rig, server)
            check(f"{' '.join(self.arguments)}: {changes} changes of the disk, and all is there", code == 0 and
                  changes > 100 and not any(name.startswith("logs/") for name in expected["files"]), expected["files"])
        for number in range(1, count + 1):
            at = [chance.randint(1, changes) for _ in range(2 if number % 3 == 0 else 1)]
            with self.prepared() as (rig, server):
                codes = [self.traced(rig, place)[0] for place in at]
                # Threads make a few changes more or less each time: a run may end before a late one.
                killed = codes[0] == 137 or (codes[0] == 0 and at[0] > 0.95 * changes)
                done = rig.run(*self.arguments)
                got = state(rig, server)
                again = rig.run(*self.arguments)
                check(f"killed after change {' and '.join(map(str, at))}: the same end",
                      killed and done.exit == 0 and got == expected and again.exit == 0 and
                      state(rig, server) == expected, f"{codes} {done}\n{differences(expected, got)}")


def main():
    chance = random.Random(SEED)
    print(f"# KILL_TIMES={KILLS} KILL_SEED={SEED}")
    with scratch() as folder:
        for name, arguments in (("new", ()), ("replaced", ("--cohort", "2", "--replace"))):
            below = os.path.join(folder, name)
            os.mkdir(below)
            Trial(below, sys.argv[1], arguments).play(chance, KILLS - KILLS // 3 if name == "new" else KILLS // 3)
    finish()


if __name__ == "__main__":
    main()

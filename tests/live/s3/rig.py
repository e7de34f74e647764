"""A workspace for the end-to-end tests: the real program, its drops, and its observers."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess

from harness import environment

DERRICK = os.environ.get("DERRICK", "")
CSV = "oil-well-data-all-historical.csv"
DICTIONARY = "oil-well-data-all-historical.dictionary.csv"
MANIFEST = "manifest.json"
PREFIX = "pre/"
URL = "s3://well-sensor-logs/pre"


def cohort_key(number):
    return f"cohort={number:02}/oil-well-data-cohort-{number:02}.csv"


class Done:
    """The result of a command."""

    def __init__(self, code, out, err):
        self.exit = code
        self.out = out
        self.err = err

    def events(self):
        """The JSON lines of standard output, without what all of them have; fails on any other line."""
        common = ("time", "level", "run_id", "rig")
        return [{name: value for name, value in json.loads(line).items() if name not in common}
                for line in self.out.splitlines()]

    def event(self, name):
        return next((event for event in self.events() if event["event"] == name), {})

    def __str__(self):
        return f"exit {self.exit}\n{self.out}\n{self.err}"


class Rig:
    """A workspace in `folder`, its environment, and its commands."""

    def __init__(self, folder, server=None, *, cohorts=3, url=URL, **more):
        self.folder = folder
        self.env = environment(server.endpoint if server else None, home=os.path.dirname(folder), **more)
        done = self.run("init", folder, "-q", workspace=False)
        if done.exit != 0:
            raise RuntimeError(str(done))
        self.configure(cohorts=cohorts, url=url)

    def configure(self, cohorts=None, **s3):
        """Sets keys of [s3] in derrick.ini, and the number of cohorts in a file."""
        path = self.path("derrick.ini")
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        section = ""
        for at, line in enumerate(lines):
            section = line if line.startswith("[") else section
            name = line.split(" =")[0]
            if section == "[s3]" and name in s3:
                lines[at] = f"{name} = {s3[name]}"
            if section == "[input]" and name == "cohorts" and cohorts:
                lines[at] = f"cohorts = {cohorts}"
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def words(self, *words, workspace=True):
        return [DERRICK, *(["-C", self.folder] if workspace else []), *words]

    def run(self, *words, workspace=True, **more):
        """Runs a command to its end. more: environment variables; None removes one."""
        done = subprocess.run(self.words(*words, workspace=workspace), env=self.changed(more), text=True,
                              capture_output=True, timeout=300, check=False, cwd=os.path.dirname(self.folder))
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *words, output=subprocess.DEVNULL, **options):
        """Starts a command."""
        return subprocess.Popen(self.words(*words), env=self.env, stdout=output, stderr=output,
                                cwd=os.path.dirname(self.folder), **options)

    def changed(self, more):
        env = {**self.env, **more}
        return {name: value for name, value in env.items() if value is not None}

    def drop(self, *, readings=20, cohorts=3, seed=1, into="logs"):
        """A drop of sample data in logs/, or in another folder."""
        done = self.run("sample", self.path(into), "--readings", str(readings), "--cohorts", str(cohorts),
                        "--seed", str(seed), "-q", workspace=False)
        if done.exit != 0:
            raise RuntimeError(str(done))
        return self.path(into)

    def unload(self, cohort):
        """Removes a cohort from the database, rows and ledger, as if its drop had become another
        cohort."""
        with contextlib.closing(sqlite3.connect(self.path("energymobile.db"))) as base, base:
            for table in ("sensor_quality", "well_reading", "cohorts"):
                base.execute(f"DELETE FROM {table} WHERE cohort = ?", (cohort,))
            base.execute("UPDATE schema_info SET generation = generation + 1")

    def inputs(self):
        """The contents of logs/."""
        return sorted(name for name in os.listdir(self.path("logs")) if name != "DERRICK-REPORT.txt")

    def archived(self):
        """The folders of the archive."""
        return sorted(os.listdir(self.path("archive")))

    def exported(self, name=CSV):
        return self.path("aws_s3", name)


def copy_workspace(source, target, env):
    """A second workspace in the state of the first. Exports are linked: derrick never writes into them."""
    shutil.copytree(source.folder, target, ignore=shutil.ignore_patterns("aws_s3"))
    shutil.copytree(source.path("aws_s3"), os.path.join(target, "aws_s3"), copy_function=os.link)
    rig = object.__new__(Rig)
    rig.folder = target
    rig.env = {**source.env, **env}
    return rig

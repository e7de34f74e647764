#!/usr/bin/python3
"""The real program from a drop to the bucket, and back out of it with the AWS CLI.

Every test has its own workspace and strict server; the server's log shows what was sent.
"""
import contextlib
import csv
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import sys

from harness import (MIB, Strict, aws, check, client, environment, finish, matches, read_back, same_file,
                     scratch, wait_for, write_file)
from rig import CSV, DICTIONARY, MANIFEST, PREFIX, Rig, cohort_key

BARE = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}


class Stage:
    """A server, a workspace, and the requests between them."""

    def __init__(self, folder, name, *arguments, rules=None, cohorts=3, url=None, **more):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.server = Strict(self.folder, *arguments, rules=rules)
        self.rig = Rig(os.path.join(self.folder, "rig"), self.server, cohorts=cohorts,
                       **({"url": url} if url is not None else {}), **more)
        self.seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.__exit__()
        shutil.rmtree(self.folder)

    def news(self):
        """derrick's requests to the server since the last call."""
        entries = self.server.log()[self.seen:]
        self.seen += len(entries)
        return [entry for entry in entries if entry["headers"].get("user-agent") == "derrick"]

    def sent(self):
        """The keys that were written since the last call, without the prefix."""
        return [entry["key"][len(PREFIX):] for entry in self.news() if entry["status"] == 200 and
                entry["operation"] in ("PutObject", "CompleteMultipartUpload")]

    def env(self):
        return environment(self.server.endpoint)

    def holds(self, *names):
        """Whether an independent client reads the files of aws_s3/ from these objects."""
        return all(read_back(self.env(), self.server.endpoint, name, self.rig.exported(name))
                   for name in names)

    def put(self, key, path):
        """An upload by another client."""
        with open(path, "rb") as file:
            client(self.env(), self.server.endpoint).put_object(
                Bucket="well-sensor-logs", Key=PREFIX + key, Body=file.read())


def is_json(text):
    try:
        return all(isinstance(json.loads(line), dict) for line in text.splitlines())
    except ValueError:
        return False


# --- the whole way ------------------------------------------------------------------------------

def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def manifest_errors(folder):
    """Errors in what manifest.json says about the files beside it; one line each."""
    errors = []
    with open(os.path.join(folder, MANIFEST), encoding="utf-8") as file:
        manifest = json.load(file)
    named = {entry["key"] for entry in manifest["files"]}
    there = {os.path.relpath(os.path.join(root, name), folder)
             for root, _, names in os.walk(folder) for name in names}
    if named | {MANIFEST} != there:
        errors.append(f"it names {sorted(named)}, and {sorted(there)} are there")
    for entry in manifest["files"]:
        path = os.path.join(folder, entry["key"])
        if path.endswith(".parquet"):  # test_readers.sh counts the rows
            if (entry["sha256"], entry["size_bytes"]) != (sha256(path), os.path.getsize(path)):
                errors.append(f"{entry} is something else")
            continue
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        found = (sha256(path), os.path.getsize(path), len(rows) - 1)
        if (entry["sha256"], entry["size_bytes"], entry["rows"]) != found:
            errors.append(f"{entry} is {found}")
        if entry["kind"] in ("historical", "cohort", "site") and rows[0] != [c["name"] for c in manifest["columns"]]:
            errors.append(f"{entry['key']} has other columns: {rows[0]}")
        if entry["kind"] == "dictionary" and [row[0] for row in rows[1:]] != \
                [c["name"] for c in manifest["columns"]]:
            errors.append("the dictionary has other columns")
        if entry["kind"] == "cohort" and {row[1] for row in rows[1:]} != {str(entry["cohort"])}:
            errors.append(f"{entry['key']} has other cohorts")
    historical = next(entry for entry in manifest["files"] if entry["kind"] == "historical")
    if sum(cohort["readings"] for cohort in manifest["cohorts"]) != historical["rows"]:
        errors.append("the cohorts' readings are not the rows")
    return errors


def whole_way(folder):
    # The sixth request is the manifest's PUT, the last of all.
    rules = [{"request": 6, "fault": {"kind": "hold", "when": "before"}}]
    with Stage(folder, "whole", rules=rules) as stage:
        rig = stage.rig
        rig.drop()
        names = rig.inputs()
        out = os.path.join(stage.folder, "out")
        with open(out, "wb") as file:
            process = rig.start("run", "--json", output=file)
        wait_for(lambda: stage.server.held() or process.poll() is not None)
        check("while the manifest travels, nothing is archived yet", stage.server.held() and
              len(names) == 18 and rig.inputs() == names and not rig.archived(), rig.inputs())
        stage.server.release()
        code = process.wait(60)
        with open(out, encoding="utf-8") as file:
            text = file.read()
        check("run: exit 0, and each line is JSON", code == 0 and is_json(text), text)
        check("run: the inputs are in the archive now", rig.inputs() == [] and len(rig.archived()) == 1,
              f"{rig.inputs()} {rig.archived()}")
        down = os.path.join(stage.folder, "down")
        copied = aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
                     "s3://well-sensor-logs/pre/", down)
        check("the AWS CLI copies it back", copied.returncode == 0, copied.stderr)
        check("the CSV, byte for byte", same_file(rig.exported(), os.path.join(down, CSV)))
        check("the dictionary, byte for byte", same_file(rig.exported(DICTIONARY), os.path.join(down, DICTIONARY)))
        errors = manifest_errors(down)
        check("manifest.json is true: names, hashes, sizes, rows, columns, cohorts", not errors, "\n".join(errors))
        head = client(stage.env(), stage.server.endpoint).head_object(Bucket="well-sensor-logs", Key=PREFIX + CSV)
        with open(rig.path(".derrick-workspace"), encoding="utf-8") as file:
            workspace = file.read().strip()
        check("the CSV has its type, run, rows, workspace and sha256", head["ContentType"] == "text/csv" and
              head["Metadata"] == {"run": "1", "rows": "60", "workspace": workspace,
                                   "sha256": sha256(rig.exported())}, head)
        stage.news()
        again = rig.run("run")
        check("a second run sends nothing, not even a question", again.exit == 0 and
              "nothing new" in again.out and not stage.news(), again)
        asked = rig.run("upload", "--json")
        check("upload looks, and sends nothing", asked.exit == 0 and not stage.sent() and
              asked.event("upload")["skipped"] == 3 and asked.event("upload")["bytes_sent"] == 0, asked)


# --- the report -----------------------------------------------------------------------------------

def report(folder):
    with Stage(folder, "report") as stage:
        rig = stage.rig
        publish = ("--set", "report.publish=yes")
        rig.drop()
        done = rig.run("run")
        check("report: nobody asked for it on S3", done.exit == 0 and "report.html" not in stage.sent(), done)
        page = rig.path("report.html")
        done = rig.run("upload", *publish)
        check("report.publish: an upload sends it, too", done.exit == 0 and "report.html" in stage.sent(), done)
        rig.run("run")
        stage.news()
        done = rig.run("run", *publish)
        check("report.publish: a run sends it, and only it", done.exit == 0 and stage.sent() == ["report.html"], done)
        check("report: an independent client reads the page", read_back(
            stage.env(), stage.server.endpoint, "report.html", page))
        head = client(stage.env(), stage.server.endpoint).head_object(
            Bucket="well-sensor-logs", Key=PREFIX + "report.html")
        check("report: it has the type of a page", head["ContentType"] == "text/html; charset=utf-8", head)
        done = rig.run("run", *publish)
        check("report: a second run makes no request", done.exit == 0 and not stage.news(), done)
        os.remove(page)
        done = rig.run("run")
        check("report: no longer published, it goes from S3 and stays here", done.exit == 0 and
              os.path.exists(page) and "removed 's3://well-sensor-logs/pre/report.html'" in done.err and
              not stage.sent(), done)
        done = rig.run("run")
        check("report: and that once", done.exit == 0 and not stage.news(), done)
        rig.run("run", *publish)
        stage.put("report.html", rig.path("derrick.ini"))
        with open(page, "ab") as file:
            file.write(b" ")
        with contextlib.closing(sqlite3.connect(rig.path("energymobile.db"))) as database, database:
            database.execute("UPDATE publications SET hash = ? WHERE layout = 'report' AND target LIKE 's3:%'",
                             ("0" * 64,))
        done = rig.run("run", *publish)
        check("report: what somebody else put there stays, with a warning, and the run is done",
              done.exit == 0 and "the report was not published" in done.err, done)


# --- without credentials, and later ---------------------------------------------------------------

def stopped(folder):
    with Stage(folder, "stopped") as stage:
        rig = stage.rig
        rig.drop()
        names = rig.inputs()
        done = rig.run("run", DERRICK_TEST_STOP="upload")
        check("Ctrl-C during the upload: what is loaded is safe, and nothing is archived",
              done.exit == -signal.SIGINT and rig.inputs() == names and
              "stopped; what was loaded is safe, run again to finish" in done.err, done)
        done = rig.run("upload", DERRICK_TEST_STOP="upload")
        check("and in a command that loads nothing", done.exit == -signal.SIGINT and
              "derrick: stopped; run again" in done.err, done)
        done = rig.run("run")
        check("the next run finishes", done.exit == 0 and rig.inputs() == [] and stage.holds(CSV), done)


def no_credentials(folder):
    with Stage(folder, "none") as stage:
        rig = stage.rig
        rig.drop()
        names = rig.inputs()
        parses = '"step":"read"'
        first = rig.run("run", "--json", "--progress", "always", **BARE)
        check("the first run parses every sensor file", parses in first.out, first)
        check("no credentials: a clear message and exit 5", first.exit == 5 and is_json(first.out) and
              matches("no credentials for S3 anywhere.*AWS_ACCESS_KEY_ID", first.out), first)
        check("no credentials: loaded and exported all the same", first.event("load")["readings"] == 60 and
              first.event("export")["rows"] == 60, first)
        check("no credentials: nothing is archived, nothing was asked of the server",
              rig.inputs() == names and not rig.archived() and not stage.news(), rig.inputs())
        status = rig.run("status", **BARE)
        check("status says so", status.exit == 0 and
              "not up to date; no credentials for S3 anywhere" in status.out and
              "credentials from" not in status.out, status)
        reported = rig.run("status", "--json", **BARE).event("s3")
        check("status --json says so", reported["credentials"] is None and "no credentials" in reported["problem"] and
              reported["current"] is False, reported)
        archive = rig.run("archive")
        check("archive alone refuses until it is uploaded", archive.exit == 5 and
              "not on S3 yet" in archive.err and rig.inputs() == names, archive)
        second = rig.run("run", "--json", "--progress", "always")
        check("with credentials the next run finishes, and parses nothing again", second.exit == 0 and
              parses not in second.out and "resuming from there" in second.out and
              not second.event("load").get("readings"), second)
        check("it uploads and archives", stage.holds(CSV, DICTIONARY) and rig.inputs() == [] and
              second.event("archive")["drops"] == 1, second)


def a_year_later(folder):
    with Stage(folder, "later", url="") as stage:
        rig = stage.rig
        rig.drop()
        first = rig.run("run")
        check("no S3: reported, and the run continues", first.exit == 0 and "S3 is not configured" in first.err and
              len(rig.archived()) == 1 and not stage.news(), first)
        check("upload alone says what to set", matches("S3 is not configured.*url = s3://", rig.run("upload").err))
        rig.configure(url="s3://well-sensor-logs/pre")
        later = rig.run("run")
        check("S3 set later: the next run uploads what stands", later.exit == 0 and
              stage.sent() == [CSV, DICTIONARY, MANIFEST] and stage.holds(CSV, DICTIONARY), later)
        rig.configure(partition="cohort")
        parted = rig.run("run")
        check("partitions set later still: the next run uploads them", parted.exit == 0 and
              stage.sent() == [cohort_key(1), cohort_key(2), cohort_key(3), MANIFEST], parted)
        with Strict(stage.folder) as other:
            moved = rig.run("run", AWS_ENDPOINT_URL_S3=other.endpoint)
            check("another server: the next run brings all of it there", moved.exit == 0 and
                  other.count("PutObject", 200) == 6, moved)
        home = rig.run("run")
        check("back at the first one there is nothing to do", "nothing new" in home.out and not stage.news(), home)


# --- cohort by cohort -----------------------------------------------------------------------------

def partitions(folder):
    with Stage(folder, "parts") as stage:
        rig = stage.rig
        rig.configure(partition="cohort")
        rig.drop()
        first = rig.run("run")
        check("partitions: the first run uploads all", first.exit == 0 and stage.sent() ==
              [CSV, DICTIONARY, cohort_key(1), cohort_key(2), cohort_key(3), MANIFEST], first)
        for cohort in (4, 5):
            rig.drop(cohorts=1, seed=cohort)
            reported = ("--cohort", str(cohort)) if cohort == 4 else ()
            done = rig.run("run", "--columns", "samples", *reported)
            check(f"cohort {cohort}: only it, the CSV and the manifest travel", done.exit == 0 and
                  stage.sent() == [CSV, cohort_key(cohort), MANIFEST] and rig.inputs() == [], done)
        rig.drop(cohorts=1, seed=99)
        refused = rig.run("run", "--columns", "samples", "--cohort", "2")
        check("other contents for a cohort that is loaded: refused, nothing sent", refused.exit == 3 and
              not stage.news(), refused)
        replaced = rig.run("run", "--columns", "samples", "--cohort", "2", "--replace")
        check("--replace of one cohort sends only that one, the CSV and the manifest", replaced.exit == 0 and
              stage.sent() == [CSV, cohort_key(2), MANIFEST], replaced)
        down = os.path.join(stage.folder, "down")
        aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
            "s3://well-sensor-logs/pre/", down)
        errors = manifest_errors(down)
        check("the manifest is true for all of it", not errors, "\n".join(errors))
        with open(os.path.join(down, CSV), encoding="utf-8") as file:
            whole = file.readlines()
        pieces = []
        for cohort in range(1, 6):
            with open(os.path.join(down, cohort_key(cohort)), encoding="utf-8") as file:
                pieces += file.readlines()[1:]
        check("the partitions, one after the other, are the historical CSV", whole[1:] == pieces)
        theirs(stage)


def theirs(stage):
    """run --replace concerns the drop: it does not allow derrick to overwrite another client's
    object."""
    rig = stage.rig
    note = write_file(os.path.join(stage.folder, "note"), 100)
    stage.put(cohort_key(3), note)
    stage.news()
    rig.drop(cohorts=1, seed=77)
    done = rig.run("run", "--columns", "samples", "--cohort", "3", "--replace")
    check("run --replace leaves somebody else's object alone", done.exit == 5 and
          matches(f"somebody changed 's3://.*{cohort_key(3)}'.*someone-else", done.err) and
          read_back(stage.env(), stage.server.endpoint, cohort_key(3), note) and
          len(rig.inputs()) > 0, done)


PARQUET = "oil-well-data-all-historical.parquet"


def parquet_key(cohort):
    return f"parquet/rig_name=texas-1/cohort={cohort:02}/part-0.parquet"


def parquet(folder):
    """The history, and each cohort of the rig, as Parquet: apart from the CSVs, and only what is new."""
    with Stage(folder, "parquet") as stage:
        rig = stage.rig
        rig.configure(partition="cohort")
        rig.drop()
        first = rig.run("run")
        check("without Parquet first", first.exit == 0 and PARQUET not in stage.sent(), first)
        on = rig.run("run", DERRICK_EXPORT_PARQUET="yes")
        check("Parquet switched on: the next run uploads it", on.exit == 0 and stage.sent() ==
              [PARQUET, *map(parquet_key, (1, 2, 3)), MANIFEST], on)
        again = rig.run("run", DERRICK_EXPORT_PARQUET="yes")
        check("Parquet: nothing new", "nothing new" in again.out and not stage.news(), again)
        rig.drop(cohorts=1, seed=4)
        done = rig.run("run", "--columns", "samples", DERRICK_EXPORT_PARQUET="yes")
        check("a new cohort: its parts travel, and what holds all cohorts", done.exit == 0 and stage.sent() ==
              [CSV, cohort_key(4), PARQUET, parquet_key(4), MANIFEST], done)
        down = os.path.join(stage.folder, "down")
        aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
            "s3://well-sensor-logs/pre/", down)
        errors = manifest_errors(down)
        check("the manifest is true for all of it", not errors, "\n".join(errors))
        plan = rig.run("run", "--dry-run")
        check("a dry run names what would be removed from S3", not stage.news() and
              plan.out.count("would remove: 's3://") == 5 and parquet_key(4) in plan.out and PARQUET in plan.out, plan)
        off = rig.run("run")
        check("switched off: Parquet is removed, here and there", off.exit == 0 and in_bucket(stage) ==
              sorted([*BASE, *map(cohort_key, (1, 2, 3, 4))]) and
              not any(name.endswith("parquet") for name in os.listdir(rig.path("aws_s3"))), off)


# --- samples and features --------------------------------------------------------------------------

BURSTS = {"DERRICK_EXPORT_SAMPLES": "parquet", "DERRICK_EXPORT_FEATURES": "parquet"}
RATES = ("samples_100hz", "samples_10hz", "samples_1hz")


def burst_keys(*cohorts, of=("features", *RATES), rig="texas-1"):
    return sorted(f"{table}/rig_name={rig}/cohort={cohort:02}/part-0.parquet" for table in of for cohort in cohorts)


def is_manifest_true(stage):
    down = os.path.join(stage.folder, "down")
    shutil.rmtree(down, ignore_errors=True)
    aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
        "s3://well-sensor-logs/pre/", down)
    errors = manifest_errors(down)
    return check("the manifest is true for all of it", not errors, "\n".join(errors))


def bursts(folder):
    """Samples and features of each cohort: only new cohorts travel."""
    with Stage(folder, "bursts") as stage:
        rig = stage.rig
        rig.drop()
        first = rig.run("run", **BURSTS)
        sent = stage.sent()
        check("samples and features of each cohort are sent, the manifest last", first.exit == 0 and
              sorted(sent) == sorted([CSV, DICTIONARY, MANIFEST, *burst_keys(1, 2, 3)]) and sent[-1] == MANIFEST and
              stage.holds(*burst_keys(1, 2, 3)) and rig.archived(), first)
        is_manifest_true(stage)
        again = rig.run("run", **BURSTS)
        check("nothing new makes no request", "nothing new" in again.out and not stage.news(), again)
        rig.drop(cohorts=1, seed=4)
        done = rig.run("run", "--columns", "samples", **BURSTS)
        check("of a new cohort only its own files travel", done.exit == 0 and
              sorted(stage.sent()) == sorted([CSV, MANIFEST, *burst_keys(4)]), done)
        is_manifest_true(stage)
        rig.drop(cohorts=1, seed=5)
        done = rig.run("run", "--columns", "samples", "--cohort", "2", "--replace", **BURSTS)
        check("of a replaced cohort, too", done.exit == 0 and
              sorted(stage.sent()) == sorted([CSV, MANIFEST, *burst_keys(2)]) and stage.holds(*burst_keys(2)), done)
        plan = rig.run("run", "--dry-run", DERRICK_EXPORT_SAMPLES="parquet")
        check("a dry run names the features that would be removed", not stage.news() and
              plan.out.count("would remove: 's3://") == 4 and burst_keys(4, of=["features"])[0] in plan.out, plan)
        off = rig.run("run", DERRICK_EXPORT_SAMPLES="parquet")
        check("features switched off are removed, here and there", off.exit == 0 and in_bucket(stage) ==
              sorted([*BASE, *burst_keys(1, 2, 3, 4, of=RATES)]) and not os.path.exists(rig.exported("features")), off)
        is_manifest_true(stage)
        stage.news()
        later = rig.run("run", **BURSTS)
        check("switched on again, a note counts the cohorts without them", later.exit == 0 and
              "4 cohorts have no features" in later.err and burst_keys(1, of=["features"])[0] not in in_bucket(stage),
              later)
        commands = [line.split("'")[3].split()[1:] for line in rig.run("status", **BURSTS).out.splitlines()
                    if line.startswith("no features")]
        made = rig.run(*commands[0], **BURSTS)
        check("the command that status names makes and sends them, and nothing else", made.exit == 0 and
              len(commands) == 4 and stage.sent() == [*burst_keys(1, of=["features"]), MANIFEST], f"{commands}\n{made}")
        for command in commands[1:]:
            rig.run(*command, **BURSTS)
        status = rig.run("status", "--json", **BURSTS)
        check("then all are there", in_bucket(stage) == sorted([*BASE, *burst_keys(1, 2, 3, 4)]) and
              status.event("s3")["current"] is True and not status.event("lacking"), status)


def bursts_damaged(folder):
    """A file that is gone stays on S3, and in the manifest; one that was edited before it was sent is not
    sent, and nothing is archived until it is made again."""
    with Stage(folder, "damaged") as stage:
        rig = stage.rig
        rig.drop(cohorts=3)
        edited = burst_keys(2, of=["features"])[0]
        stopped = rig.run("run", DERRICK_S3_ENDPOINT="http://127.0.0.1:1", **BURSTS)
        with open(rig.exported(edited), "r+b") as file:
            file.write(b"x")
        refused = rig.run("run", **BURSTS)
        check("an edited file is named and not sent, and nothing is archived", stopped.exit == 5 and refused.exit == 1
              and edited in refused.err and "delete it" in refused.err and edited not in in_bucket(stage)
              and rig.inputs() and not rig.archived(), refused)
        os.remove(rig.exported(edited))
        done = rig.run("run", **BURSTS)
        check("once it is deleted, the next run makes it from the drop, and finishes", done.exit == 0 and
              stage.holds(*burst_keys(1, 2, 3)) and not rig.inputs() and rig.archived(), done)
        before = in_bucket(stage)
        gone = burst_keys(1, of=["features"])[0]
        os.remove(rig.exported(gone))
        stage.news()
        rig.drop(cohorts=1, seed=4)
        done = rig.run("run", "--columns", "samples", **BURSTS)
        check("a file that is gone stays on S3", done.exit == 0 and in_bucket(stage) ==
              sorted([*before, *burst_keys(4)]) and gone not in stage.sent(), done)
        is_manifest_true(stage)
        rig.unload(1)
        done = rig.run("run", **BURSTS)
        check("those of an unloaded cohort go, here and there", done.exit == 0 and
              in_bucket(stage) == sorted([*BASE, *burst_keys(2, 3, 4)]) and
              not os.path.exists(rig.exported(burst_keys(1)[1])), done)


def bursts_shared(folder):
    """Two workspaces of one database at one place: neither removes the other's."""
    with Stage(folder, "shared", cohorts=1) as stage:
        rig = stage.rig
        rig.drop(cohorts=1)
        url = "sqlite:" + rig.path("energymobile.db")
        rig.run("run", "--columns", "samples", **BURSTS)
        other = Rig(os.path.join(stage.folder, "other"), stage.server, cohorts=1, DERRICK_DATABASE_URL=url,
                    DERRICK_RIG_SITE="ohio")
        other.drop(cohorts=1, seed=2)
        done = other.run("run", "--columns", "samples", **BURSTS)
        both = sorted([*BASE, *burst_keys(1), *burst_keys(1, rig="ohio-1")])
        check("the other workspace adds its own", done.exit == 0 and in_bucket(stage) == both, done)
        is_manifest_true(stage)
        stage.news()
        done = rig.run("run", "--columns", "samples", **BURSTS)
        check("and the first one finds all of it current", done.exit == 0 and in_bucket(stage) == both and
              "removed" not in done.err and not [key for key in stage.sent() if "part-0" in key], done)
        off = rig.run("upload")
        check("switched off there, only its own go", off.exit == 0 and
              in_bucket(stage) == sorted([*BASE, *burst_keys(1, rig="ohio-1")]), off)
        is_manifest_true(stage)


# --- what is no longer part of it ------------------------------------------------------------------

def forget(rig, key):
    """As after restoring an older database, which does not know this upload."""
    with contextlib.closing(sqlite3.connect(rig.path("energymobile.db"))) as base, base:
        base.execute("DELETE FROM publications WHERE target LIKE ?", ("%" + key,))


def in_bucket(stage):
    """The keys in the bucket, without the prefix."""
    pages = client(stage.env(), stage.server.endpoint).get_paginator("list_objects_v2").paginate(
        Bucket="well-sensor-logs", Prefix=PREFIX)
    return sorted(entry["Key"][len(PREFIX):] for page in pages for entry in page.get("Contents", []))


def parted(stage, cohorts=3):
    """A rig with one CSV per cohort, uploaded and archived."""
    rig = stage.rig
    rig.configure(partition="cohort")
    rig.drop(cohorts=cohorts)
    done = rig.run("run")
    check("the first run uploads one CSV per cohort", done.exit == 0 and
          set(map(cohort_key, range(1, cohorts + 1))) <= set(in_bucket(stage)), done)
    stage.news()
    return rig


def is_up_to_date(rig):
    return rig.run("status", "--json").event("s3")["current"] is True


BASE = [CSV, DICTIONARY, MANIFEST]


def moved(folder):
    with Stage(folder, "moved", "--page", "2") as stage:
        rig = parted(stage)
        rig.unload(3)
        check("a cohort that is gone makes the upload stale", not is_up_to_date(rig))
        done = rig.run("run", "--json")
        news = [entry["operation"] + " " + entry["key"] for entry in stage.news()
                if entry["operation"] in ("PutObject", "DeleteObject")]
        check("its object is removed, after the manifest that does not name it any more", done.exit == 0 and
              news == [f"PutObject {PREFIX}{CSV}", f"PutObject {PREFIX}{MANIFEST}",
                       f"DeleteObject {PREFIX}{cohort_key(3)}"] and
              done.event("upload")["removed"] == 1 and
              in_bucket(stage) == sorted([*BASE, cohort_key(1), cohort_key(2)]), f"{news} {done}")
        check("and so is its file", not os.path.exists(rig.exported("cohort=03")) and
              os.path.exists(rig.exported(cohort_key(2))) and
              done.out.count("which is no longer part of the export") == 2, done)
        down = os.path.join(stage.folder, "down")
        aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
            "s3://well-sensor-logs/pre/", down)
        errors = manifest_errors(down)
        check("the manifest is true", not errors and is_up_to_date(rig), "\n".join(errors))
        again = rig.run("run")
        check("then there is nothing to do", "nothing new" in again.out and not stage.news(), again)
        # More objects than fit on a page of the list, and an object with a name that is not
        # derrick's.
        rig.drop(cohorts=6, seed=9)
        rig.run("run", "--set", "input.cohorts=6", "--replace")
        note = write_file(os.path.join(stage.folder, "note"), 100)
        stage.put("cohort=05/notes.txt", note)
        for cohort in (2, 4, 5, 6):
            rig.unload(cohort)
        done = rig.run("run")
        check("several at once, and none of anybody else's", done.exit == 0 and in_bucket(stage) ==
              sorted([*BASE, cohort_key(1), cohort_key(3), "cohort=05/notes.txt"]) and is_up_to_date(rig),
              f"{in_bucket(stage)} {done}")


def unloaded(folder):
    """`unload`: what was published of the cohorts goes; a failed removal is left to the next run."""
    with Stage(folder, "unloaded") as stage:
        rig = parted(stage)
        stage.put("theirs.txt", rig.path("derrick.ini"))
        plans = [rig.run("unload", "--cohort", "2", "--dry-run"), rig.run("upload", "--dry-run"),
                 rig.run("run", "--set", "s3.partition=none", "--dry-run")]
        check("dry runs make no request, and say what would be sent and removed", not stage.news() and
              [plan.exit for plan in plans] == [0, 0, 0] and "the same is done in 's3://" in plans[0].out and
              "nothing would be done" in plans[1].out and "would send: 's3://well-sensor-logs/pre'" in plans[2].out and
              plans[2].out.count("would remove: 's3://") == 3, plans)
        one = rig.run("unload", "--cohort", "2", "--yes", "--json")
        news = [entry["operation"] + " " + entry["key"] for entry in stage.news()
                if entry["operation"] in ("PutObject", "DeleteObject")]
        check("unload: the export and its manifest are put, then the cohort's object is removed", one.exit == 0 and
              news[-3:] == [f"PutObject {PREFIX}{CSV}", f"PutObject {PREFIX}{MANIFEST}",
                            f"DeleteObject {PREFIX}{cohort_key(2)}"] and is_up_to_date(rig) and
              one.event("upload")["removed"] == 1 and
              in_bucket(stage) == sorted([*BASE, cohort_key(1), cohort_key(3), "theirs.txt"]), f"{news} {one}")
        cut = rig.run("unload", "--cohort", "1-3", "--yes", AWS_ENDPOINT_URL_S3="http://127.0.0.1:9",
                      AWS_MAX_ATTEMPTS="1")
        check("unload of all, and no server: exit code 5, and the cohorts are gone", cut.exit == 5 and
              "nothing is loaded yet" in rig.run("status").out, cut)
        check("what is left on S3 is out of date", not is_up_to_date(rig) and
              "S3 is out of date" in rig.run("status", "--check").out and
              "derrick_upload_current 0" in rig.run("status", "--prometheus").out, rig.run("status", "--check"))
        done = rig.run("run")
        check("the next run removes all that derrick published, and nothing else", done.exit == 0 and
              in_bucket(stage) == ["theirs.txt"] and not os.path.exists(rig.exported(CSV)), done)
        check("then S3 is up to date, with nothing", is_up_to_date(rig) and
              "derrick_upload_current 1" in rig.run("status", "--prometheus").out)
        rig.drop(cohorts=3)
        back = rig.run("run")
        check("the same drop again: all of it is back", back.exit == 0 and is_up_to_date(rig) and in_bucket(stage) ==
              sorted([*BASE, *map(cohort_key, (1, 2, 3)), "theirs.txt"]), back)


def forged(folder):
    """A row of the ledger that names an object of somebody else, as Parquet that derrick put there, with its
    ETag: the object stays."""
    with Stage(folder, "forged") as stage:
        rig = parted(stage)
        note = write_file(os.path.join(stage.folder, "note"), 100)
        for key, layout in (("notes/results.csv", "parquet"), ("notes/results.csv", "parquet-cohort"),
                            ("parquet/rig_name=texas-1/cohort=03/part-1.parquet", "parquet-cohort"),
                            ("parquet/rig_name=texas-1/cohort=3/part-0.parquet", "parquet-cohort")):
            stage.put(key, note)
            etag = client(stage.env(), stage.server.endpoint).head_object(
                Bucket="well-sensor-logs", Key=PREFIX + key)["ETag"]
            with contextlib.closing(sqlite3.connect(rig.path("energymobile.db"))) as base, base:
                base.execute("CREATE TEMP TABLE forged AS SELECT * FROM publications "
                             "WHERE kind = 'upload' AND target LIKE '%cohort-01.csv'")
                base.execute("UPDATE forged SET publication_id = 4711, layout = ?, etag = ?, target_hash = ?, "
                             "target = replace(target, ?, ?)", (layout, etag, "0" * 64, cohort_key(1), key))
                base.execute("INSERT INTO publications SELECT * FROM forged")
            done = rig.run("upload", "--replace")
            check(f"a forged row, {layout} {key}: exit 4, the row named, the object stays", done.exit == 4 and
                  "publication_id 4711: target is " in done.err and key in in_bucket(stage), done)
            with contextlib.closing(sqlite3.connect(rig.path("energymobile.db"))) as base, base:
                base.execute("DELETE FROM publications WHERE publication_id = 4711")


def switched_off(folder):
    with Stage(folder, "off") as stage:
        rig = parted(stage)
        rig.configure(partition="none")
        done = rig.run("run")
        check("s3.partition switched off: the CSVs of the cohorts are removed, here and there", done.exit == 0 and
              in_bucket(stage) == sorted(BASE) and not [name for name in os.listdir(rig.path("aws_s3"))
                                                        if name.startswith("cohort=")] and is_up_to_date(rig), done)
        rig.configure(partition="cohort")
        back = rig.run("run")
        check("and on again: they are back", back.exit == 0 and cohort_key(3) in in_bucket(stage) and
              is_up_to_date(rig), back)


def site_key(site):
    return f"site={site}/oil-well-data-site-{site}.csv"


def sites(folder):
    """s3.partition = site: a CSV for each site of a fleet."""
    with Stage(folder, "sites") as stage:
        rig = stage.rig
        rig.configure(partition="site")
        for number, site in enumerate(("alpha", "beta", "gamma.2"), 1):
            rig.drop(seed=number, into=f"logs/{site}")
        done = rig.run("run", "--columns", "wells")
        keys = [site_key(site) for site in ("alpha", "beta", "gamma.2")]
        check("the first run uploads one CSV per site", done.exit == 0 and
              in_bucket(stage) == sorted([*BASE, *keys]) and stage.holds(*keys), done)
        for site, key in zip(("alpha", "beta", "gamma.2"), keys):
            out = os.path.join(stage.folder, "site.csv")
            rig.run("export", "--site", site, "-o", out)
            check(f"{site}: what 'export --site' writes", sha256(out) == sha256(rig.exported(key)))
        stage.news()
        rig.drop(seed=7, into="logs/beta")
        plan = rig.run("run", "--columns", "wells", "--dry-run")
        check("a dry run counts its file", matches("would send: .*, 4 files", plan.out), plan)
        done = rig.run("run", "--columns", "wells")
        check("the next quarter of one site: only its file travels besides the common ones", done.exit == 0 and
              stage.sent() == [CSV, keys[1], MANIFEST] and is_up_to_date(rig), done)
        down = os.path.join(stage.folder, "down")
        aws(stage.env(), stage.server.endpoint, "s3", "cp", "--recursive", "--no-progress",
            "s3://well-sensor-logs/pre/", down)
        errors = manifest_errors(down)
        with open(os.path.join(down, MANIFEST), encoding="utf-8") as file:
            named = {entry.get("site"): entry["rows"] for entry in json.load(file)["files"] if entry["kind"] == "site"}
        check("the manifest names the sites", not errors and named == {"alpha": 60, "beta": 120, "gamma.2": 60},
              f"{errors} {named}")
        for well in (1, 2, 3):
            done = rig.run("unload", "--rig", f"gamma.2-{well}", "--cohort", "1", "--yes")
        check("a site that is unloaded goes, here and there", done.exit == 0 and
              in_bucket(stage) == sorted([*BASE, *keys[:2]]) and not os.path.exists(rig.exported("site=gamma.2")) and
              is_up_to_date(rig), done)
        rig.configure(partition="none")
        plan = rig.run("run", "--dry-run")
        done = rig.run("run")
        check("switched off: all go", done.exit == 0 and in_bucket(stage) == sorted(BASE) and is_up_to_date(rig) and
              not [name for name in os.listdir(rig.path("aws_s3")) if name.startswith("site=")], done)
        check("as the dry run says", matches("would remove: .*site=alpha/", plan.out), plan)


def not_removed(rig, stage, done, why, hint):
    """The run names each object that stays, with reason and remedy, and never says that all is up
    to date."""
    return check(f"{why}: named, exit 5, and not up to date", done.exit == 5 and
                 matches(f"warning: 's3://well-sensor-logs/{PREFIX}{cohort_key(3)}' is no longer part of the "
                         f"export, but was not removed: .*{why}", done.err) and
                 matches(f"the bucket has objects that are no longer in the export: .*{cohort_key(3)}.*{hint}",
                         done.err) and cohort_key(3) in in_bucket(stage) and not is_up_to_date(rig), done)


def kept_back(folder):
    with Stage(folder, "denied", "--deny", "DeleteObject") as stage:
        rig = parted(stage)
        rig.unload(3)
        rig.drop(cohorts=1, seed=7)
        names = rig.inputs()
        reported = ("--columns", "samples", "--cohort", "2")
        done = rig.run("run", *reported, "--replace")
        not_removed(rig, stage, done, "AccessDenied", "s3:DeleteObject")
        check("what was loaded stays in logs/", rig.inputs() == names and len(rig.archived()) == 1, rig.inputs())
        not_removed(rig, stage, rig.run("run", *reported), "AccessDenied", "s3:DeleteObject")
        not_removed(rig, stage, rig.run("upload"), "AccessDenied", "s3:DeleteObject")
        status = rig.run("status")
        check("status shows which it was", "not up to date" in status.out and cohort_key(3) in status.out, status)
    with Stage(folder, "changed") as stage:
        rig = parted(stage)
        rig.unload(3)
        note = write_file(os.path.join(stage.folder, "note"), 100)
        stage.put(cohort_key(3), note)
        not_removed(rig, stage, rig.run("run"), "someone changed it", "move")
        check("it is theirs still", read_back(stage.env(), stage.server.endpoint, cohort_key(3), note))
        not_removed(rig, stage, rig.run("upload", "--replace"), "someone changed it", "move")
        client(stage.env(), stage.server.endpoint).delete_object(Bucket="well-sensor-logs",
                                                                 Key=PREFIX + cohort_key(3))
        done = rig.run("run")
        check("moved away: the next run has it up to date", done.exit == 0 and is_up_to_date(rig), done)
    with Stage(folder, "restored") as stage:
        rig = parted(stage)
        forget(rig, cohort_key(3))
        check("an object that the database does not know yet of nobody looked at", is_up_to_date(rig))
        rig.unload(3)
        not_removed(rig, stage, rig.run("run"), "this database does not know", "move")
        # A later check contradicts a generation that counted as uploaded.
    with Stage(folder, "later") as stage:
        rig = stage.rig
        rig.drop()
        rig.run("run")
        stage.put(cohort_key(3), write_file(os.path.join(stage.folder, "note"), 100))
        check("as far as the ledger knows all is there", is_up_to_date(rig))
        not_removed(rig, stage, rig.run("upload"), "this database does not know", "move")


def other_servers(folder):
    """The bucket can't be listed or read, or its server implements If-Match differently."""
    for name, words in (("unlisted", ("--deny", "ListObjectsV2")),
                        ("unread", ("--deny", "HeadObject", "--deny", "GetObject")),
                        ("bare", ("--without", "conditions")), ("quotes", ("--without", "quotes"))):
        with Stage(folder, name, *words) as stage:
            rig = parted_blind(stage)
            rig.unload(3)
            done = rig.run("run")
            deleted = [entry["key"] for entry in stage.news()
                       if entry["operation"] == "DeleteObject" and entry["status"] == 204]
            check(f"{' '.join(words)}: removed all the same", done.exit == 0 and
                  deleted == [PREFIX + cohort_key(3)] and is_up_to_date(rig), f"{deleted} {done}")


def parted_blind(stage):
    rig = stage.rig
    rig.configure(partition="cohort")
    rig.drop()
    rig.run("run")
    stage.news()
    return rig


def edited_file(folder):
    with Stage(folder, "mine") as stage:
        rig = parted(stage)
        rig.unload(3)
        edit(rig.exported(cohort_key(3)))
        done = rig.run("run")
        check("a file of a cohort that is gone, and was edited, stays with a warning", done.exit == 0 and
              os.path.exists(rig.exported(cohort_key(3))) and cohort_key(3) not in in_bucket(stage) and
              matches(f"warning: 'aws_s3/{cohort_key(3)}' is no longer part of the export and differs "
                      "from what derrick wrote", done.err), done)


# --- refusals -----------------------------------------------------------------------------------

def refusals(folder):
    with Stage(folder, "refusals") as stage:
        rig = stage.rig
        rig.drop()
        names = rig.inputs()
        wrong = rig.run("run", AWS_SECRET_ACCESS_KEY="wrong")
        check("a wrong secret: the server's own words, the object, exit 5", wrong.exit == 5 and
              matches(f"s3://well-sensor-logs/pre/{CSV}': SignatureDoesNotMatch: The request signature we "
                      ".*HTTP 403.*hint", wrong.err), wrong)
        lost = rig.run("run", "--set", "s3.url=s3://no-such-bucket")
        check("a wrong bucket: NoSuchBucket, and what to do", lost.exit == 5 and
              matches("s3://no-such-bucket/.*NoSuchBucket.*HTTP 404.*derrick init --bucket", lost.err), lost)
        nobody = rig.run("run", AWS_ACCESS_KEY_ID="NOBODY")
        check("an unknown key", nobody.exit == 5 and "InvalidAccessKeyId" in nobody.err, nobody)
        away = rig.run("run", AWS_ENDPOINT_URL_S3="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
        check("no server there", away.exit == 5 and "127.0.0.1:9" in away.err, away)
        plain = rig.run("run", AWS_ENDPOINT_URL_S3="http://s3.example.com")
        check("unencrypted HTTP to a remote server is refused", plain.exit == 2 and "insecure_http" in plain.err, plain)
        check("after all of these the inputs are where they were", rig.inputs() == names and not rig.archived() and
              not stage.sent())
        conflict(stage, names)


def conflict(stage, names):
    rig = stage.rig
    note = write_file(os.path.join(stage.folder, "note"), 100)
    stage.put(CSV, note)
    stage.news()
    first = rig.run("run")
    check("an object that is not derrick's: exit 5, who, when, how large", first.exit == 5 and
          matches(r"exists already, and derrick did not upload it: it has 100 bytes, ETag .*written .* by "
                  "someone-else.*move it away", first.err), first)
    check("it stays, and so do the inputs", rig.inputs() == names and not stage.sent() and
          read_back(stage.env(), stage.server.endpoint, CSV, note))
    forced = rig.run("upload", "--replace")
    check("upload --replace overwrites it", forced.exit == 0 and
          stage.sent() == [CSV, DICTIONARY, MANIFEST] and stage.holds(CSV), forced)
    done = rig.run("run")
    news = stage.news()
    check("and the next run archives, without another word to the server", done.exit == 0 and
          rig.inputs() == [] and not news, f"{rig.inputs()} {news} {done}")
    stage.put(DICTIONARY, note)
    changed = rig.run("upload")
    check("what somebody changed later is reported, and stays", changed.exit == 5 and
          matches(f"somebody changed 's3://well-sensor-logs/pre/{DICTIONARY}' after derrick uploaded it",
                  changed.err), changed)
    client(stage.env(), stage.server.endpoint).delete_object(Bucket="well-sensor-logs", Key=PREFIX + DICTIONARY)
    stage.news()
    again = rig.run("upload")
    check("what somebody deleted is put again, and reported", again.exit == 0 and
          "does not exist any more; uploading it again" in again.err and stage.sent() == [DICTIONARY], again)


def write_only(folder):
    """The permissions in docs/s3.md allow no reading. Amazon then refuses If-Match, and the list
    must be enough."""
    with Stage(folder, "write", "--deny", "HeadObject", "--deny", "GetObject") as stage:
        rig = stage.rig
        rig.drop()
        first = rig.run("run")
        check("a role that may only write: the first run", first.exit == 0 and
              stage.sent() == [CSV, DICTIONARY, MANIFEST], first)
        rig.drop(cohorts=1, seed=4)
        second = rig.run("run", "--columns", "samples")
        news = stage.news()
        puts = [entry for entry in news if entry["operation"] == "PutObject" and entry["status"] == 200]
        check("and the second replaces what the first one put", second.exit == 0 and
              [entry["key"] for entry in puts] == [PREFIX + CSV, PREFIX + MANIFEST] and
              puts[0]["headers"]["x-amz-content-sha256"] == sha256(rig.exported()), second)
        refused = [entry["key"] for entry in news if entry["status"] == 403 and entry["operation"] == "PutObject"]
        check("after one refusal of If-Match, no more", refused == [PREFIX + CSV], refused)
        stage.put(CSV, write_file(os.path.join(stage.folder, "note"), 100))
        stage.news()
        changed = rig.run("upload")
        check("what somebody changed stays all the same", changed.exit == 5 and not stage.sent() and
              matches("somebody changed .*it has 100 bytes", changed.err), changed)


def rebuilt(folder):
    """A database made again from the archive knows no upload. The metadata of the objects says whose they are."""
    def rebuild(rig):
        os.remove(rig.path("energymobile.db"))
        return rig.run("init", "--rebuild")

    with Stage(folder, "rebuilt") as stage:
        rig = parted(stage)
        lost = rebuild(rig)
        check("a rebuild says what S3 may need", lost.exit == 0 and "derrick upload --replace" in lost.err, lost)
        done = rig.run("run")
        check("the next run replaces what this workspace put there", done.exit == 0 and
              stage.sent() == [MANIFEST] and is_up_to_date(rig), done)
        rebuild(rig)
        rig.drop(cohorts=1, seed=4)
        done = rig.run("run", "--columns", "samples")
        check("a delivery right after a rebuild is archived", done.exit == 0 and not rig.inputs() and
              is_up_to_date(rig) and stage.holds(CSV, cohort_key(4)), done)
        rebuild(rig)
        note = write_file(os.path.join(stage.folder, "note"), 100)
        stage.put(MANIFEST, note)
        stage.news()
        done = rig.run("run")
        check("what somebody else put there stays", done.exit == 5 and MANIFEST not in stage.sent() and
              read_back(stage.env(), stage.server.endpoint, MANIFEST, note), done)
        rig.run("upload", "--replace")
        rig.run("upload", note)
        os.remove(rig.path("energymobile.db"))
        rig.run("init", "--new-database")
        rig.drop(cohorts=3, seed=9)
        stage.news()
        done = rig.run("run")
        check("a new database replaces nothing", done.exit == 5 and not stage.sent() and
              rig.inputs(), done)
    with Stage(folder, "rebuilt-file") as stage:
        rig = parted(stage)
        note = write_file(os.path.join(stage.folder, "note"), 100)
        rig.run("upload", note)
        rebuild(rig)
        write_file(note, 200)
        stage.news()
        done = rig.run("upload", note)
        check("a file that a user named stays", done.exit == 5 and not stage.sent(), done)
    with Stage(folder, "rebuilt-blind", "--deny", "HeadObject", "--deny", "GetObject") as stage:
        rig = parted(stage)
        rebuild(rig)
        done = rig.run("run")
        check("where metadata can't be read: exit 5", done.exit == 5 and not stage.sent(), done)
        replaced = rig.run("upload", "--replace")
        rig.drop(cohorts=1, seed=4)
        done = rig.run("run", "--columns", "samples")
        check("and after upload --replace, runs continue", replaced.exit == 0 and done.exit == 0 and
              not rig.inputs(), done)


# --- edited files -------------------------------------------------------------------------------

def edit(path):
    """Saved like a spreadsheet program would: another letter, the same size."""
    with open(path, "r+b") as file:
        file.seek(5)
        file.write(b"X")


def edits(folder):
    names = [CSV, DICTIONARY, cohort_key(2)]
    with Stage(folder, "edits") as stage, Strict(stage.folder) as other:
        rig = stage.rig
        rig.configure(partition="cohort")
        rig.drop()
        rig.run("run")
        whole = {name: sha256(rig.exported(name)) for name in names}
        stage.news()
        for name in names:
            edit(rig.exported(name))
        done = rig.run("run")
        check("an edited CSV is exported again, and no reason to send anything", done.exit == 0 and
              done.err.count("differs from what was exported: exporting it again") == 1 and
              sha256(rig.exported()) == whole[CSV] and not stage.news(), done)
        for name in names:
            edit(rig.exported(name))
        done = rig.run("run", AWS_ENDPOINT_URL_S3=other.endpoint)
        check("files that were edited are exported again for another bucket, and reported", done.exit == 0 and
              done.err.count("differs from what was exported: exporting it again") == 2 and
              other.count("PutObject", 200) == 6, done)
        for name in names:
            check(f"'{name}' is there as it was exported", sha256(rig.exported(name)) == whole[name] and
                  read_back(stage.env(), other.endpoint, name, rig.exported(name)))


# --- other files, the bucket ----------------------------------------------------------------------

def files(folder):
    with Stage(folder, "files") as stage:
        rig = stage.rig
        one = write_file(os.path.join(stage.folder, "report.csv"), 1000, seed=1)
        two = write_file(os.path.join(stage.folder, "ü b+c.bin"), 17 * MIB, seed=2)
        done = rig.run("upload", "report.csv", two, "--json")
        check("upload FILE...: each under its own name", done.exit == 0 and
              done.events() == [{"event": "upload", "url": "s3://well-sensor-logs/pre", "sent": 2, "skipped": 0, "removed": 0,
                                 "bytes_sent": 1000 + 17 * MIB}] and
              read_back(stage.env(), stage.server.endpoint, "report.csv", one) and
              read_back(stage.env(), stage.server.endpoint, "ü b+c.bin", two), done)
        types = {entry["key"]: entry["headers"].get("content-type") for entry in stage.news()
                 if entry["operation"] in ("PutObject", "CreateMultipartUpload")}
        check("with the type of its name", types == {"pre/report.csv": "text/csv",
                                                    "pre/ü b+c.bin": "application/octet-stream"}, types)
        again = rig.run("upload", one, two)
        check("again: nothing is sent", again.exit == 0 and "0 sent, 2 already there" in again.out and
              not stage.sent(), again)
        write_file(one, 1001, seed=3)
        newer = rig.run("upload", one)
        check("its next version takes its place", newer.exit == 0 and stage.sent() == ["report.csv"], newer)
        twin = os.path.join(stage.folder, "twin")
        os.mkdir(twin)
        shutil.copy(one, twin)
        both = rig.run("upload", one, os.path.join(twin, "report.csv"))
        check("two files of one name are refused before anything is sent", both.exit == 2 and
              "would be the same object" in both.err and not stage.news(), both)
        gone = rig.run("upload", os.path.join(stage.folder, "no-such-file"), "--json")
        check("a file that is not there", gone.exit == 1 and is_json(gone.out) and "no-such-file" in gone.out, gone)
        own_names(stage)


def own_names(stage):
    """The object with the export's name in the bucket is the export."""
    rig = stage.rig
    rig.drop()
    rig.run("run")
    stage.news()
    same = rig.run("upload", rig.exported())
    check("upload of the export's own file: it is there already", same.exit == 0 and not stage.sent(), same)
    twin = write_file(os.path.join(stage.folder, CSV), 500)
    other = rig.run("upload", twin, "--replace")
    check("another file of the export's name is refused", other.exit == 2 and
          matches(f"{CSV}' is derrick's own export.*give the file another name", other.err) and
          stage.holds(CSV) and not stage.sent(), other)
    status = rig.run("status", "--json").event("s3")
    check("and all is up to date as before", status["current"] is True, status)


def bucket(folder):
    with Stage(folder, "bucket", "--foreign", "taken") as stage:
        rig = stage.rig
        rig.configure(url="s3://new-bucket/pre")
        first = rig.run("init", "--bucket")
        check("init --bucket: made, closed, encrypted", first.exit == 0 and
              "bucket of 's3://new-bucket/pre': made, public access blocked, encrypted" in first.out, first)
        other = client(stage.env(), stage.server.endpoint)
        block = other.get_public_access_block(Bucket="new-bucket")["PublicAccessBlockConfiguration"]
        check("as another client sees it", list(block.values()) == [True] * 4, block)
        crypt = other.get_bucket_encryption(Bucket="new-bucket")
        rule = crypt["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        check("and its encryption", rule["SSEAlgorithm"] == "AES256", crypt)
        rig.drop()
        done = rig.run("run")

        def is_filled():
            return read_back(stage.env(), stage.server.endpoint, CSV, rig.exported(), bucket="new-bucket")

        check("a run fills it", done.exit == 0 and is_filled(), done)
        again = rig.run("init", "--bucket", "--json")
        check("a second time does no harm", again.exit == 0 and again.event("bucket")["created"] is False and
              again.event("bucket")["public_blocked"] is True and again.event("init")["new"] is False and
              is_filled(), again)
        taken = rig.run("init", "--bucket", "--set", "s3.url=s3://taken")
        check("a name that is somebody else's: exit 5", taken.exit == 5 and
              matches("BucketAlreadyExists.*choose another bucket", taken.err), taken)


def doctor(folder):
    def findings(done, part):
        return [(event["result"], event["message"]) for event in done.events() if event["event"] == "finding" and
                event["part"] == part]

    with Stage(folder, "doctor") as stage:
        done = stage.rig.run("doctor", "--json")
        check("doctor puts an object, reads it and deletes it", done.exit == 0 and
              [kind for kind, _ in findings(done, "s3")] == ["ok"], done)
        left = client(stage.env(), stage.server.endpoint).list_objects_v2(Bucket="well-sensor-logs")
        check("nothing stays", left["KeyCount"] == 0, left)
        wrong = stage.rig.run("doctor", "--json", AWS_SECRET_ACCESS_KEY="wrong")
        check("a wrong secret: exit 7", wrong.exit == 7 and
              [kind for kind, _ in findings(wrong, "s3")] == ["problem"], wrong)
    with Stage(folder, "doctor-kept", "--deny", "DeleteObject") as stage:
        for _ in range(2):
            done = stage.rig.run("doctor", "--json")
            check("may not delete: a note", done.exit == 0 and
                  [kind for kind, _ in findings(done, "s3")] == ["ok", "note"], done)
    with Stage(folder, "doctor-read-only", "--deny", "PutObject") as stage:
        done = stage.rig.run("doctor", "--json")
        check("may not put: exit 7", done.exit == 7 and
              [kind for kind, _ in findings(done, "s3")] == ["problem"], done)
    # From 15 minutes on, S3 refuses what is signed with this machine's time.
    for offset, word in (("-600", "600 seconds ahead of"), ("3600", "behind"), ("-86400", "ahead of")):
        with Stage(folder, "doctor-clock" + offset, "--clock-offset", offset) as stage:
            done = stage.rig.run("doctor", "--json")
            check(f"a server's clock that is {offset} seconds off: exit 7", done.exit == 7 and
                  any(kind == "problem" and word in text for kind, text in findings(done, "clock")), done)


def main():
    with scratch() as folder:
        for test in (whole_way, report, stopped, no_credentials, a_year_later, partitions, parquet, bursts,
                     bursts_damaged, bursts_shared, moved, unloaded, forged, switched_off, sites, kept_back, other_servers,
                     edited_file, refusals, write_only, rebuilt, edits, files, bucket, doctor):
            if not sys.argv[1:] or test.__name__ in sys.argv[1:]:
                test(folder)
    finish()


if __name__ == "__main__":
    main()

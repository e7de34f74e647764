"""The real program against moto, a server that others wrote: from a drop to the bucket, multipart included, and all
exports.

Needs the packages of tests/requirements.txt: moto serves, boto3 reads back.
"""
import collections
import contextlib
import os
import re
import subprocess
import sys

import boto3
from pyarrow import dataset, fs

from harness import KEY_ID, SECRET, check, finish, same_file, scratch
from rig import CSV, DICTIONARY, MANIFEST, PREFIX, Rig, cohort_key

BUCKET = "well-sensor-logs"


class Moto:
    """moto's server on a free port of 127.0.0.1."""

    def __init__(self, folder):
        self.log = open(os.path.join(folder, "moto.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                                        stdout=self.log, stderr=subprocess.PIPE, text=True, cwd=folder)
        self.endpoint = None
        for line in self.process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.endpoint = found.group()
                break
        # The requests that it logs must not fill the pipe.
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=self.log)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.drain.wait()
        self.log.close()


def read(client, key, path):
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    client.download_file(BUCKET, PREFIX + key, path)
    return path


def whole_way(folder, server):
    client = boto3.client("s3", endpoint_url=server.endpoint, aws_access_key_id=KEY_ID,
                          aws_secret_access_key=SECRET, region_name="us-east-1")
    rig = Rig(os.path.join(folder, "rig"), server, cohorts=3)
    rig.configure(partition="cohort")
    made = rig.run("init", "--bucket")
    check("init makes the bucket", made.exit == 0 and "made" in made.out, made)
    rig.drop()
    done = rig.run("run")
    check("a run uploads and archives", done.exit == 0 and rig.inputs() == [] and len(rig.archived()) == 1, done)
    down = os.path.join(folder, "down")
    for key in (CSV, DICTIONARY, cohort_key(1)):
        check(f"{key} has the same bytes", same_file(rig.exported(key), read(client, key, down)))
    keys = {item["Key"] for item in client.list_objects_v2(Bucket=BUCKET)["Contents"]}
    check("the manifest is there", PREFIX + MANIFEST in keys, keys)
    again = rig.run("upload", "--json").event("upload")
    check("a second upload sends nothing", again.get("sent") == 0 and again.get("skipped", 0) > 0, again)


EXPORTS = {"DERRICK_EXPORT_PARQUET": "yes", "DERRICK_EXPORT_SAMPLES": "parquet", "DERRICK_EXPORT_FEATURES": "parquet"}
HISTORY = "oil-well-data-all-historical.parquet"
TABLES = ("parquet", "samples_100hz", "samples_10hz", "samples_1hz", "features")


def keys_of(*cohorts):
    """The files of some cohorts: a CSV, and a file of each table below the names that Hive gives its folders."""
    return {cohort_key(cohort) for cohort in cohorts} | {
        f"{table}/rig_name=texas-1/cohort={cohort:02}/part-0.parquet" for cohort in cohorts for table in TABLES}


def versions(client):
    """How often each key of the bucket was put."""
    counts = collections.Counter()
    for page in client.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=PREFIX):
        counts.update(item["Key"].removeprefix(PREFIX) for item in page.get("Versions", []))
    return counts


def exports(folder, server):
    """All exports: files of cohorts, of which only the new ones travel; pyarrow reads a table from the bucket."""
    client = boto3.client("s3", endpoint_url=server.endpoint, aws_access_key_id=KEY_ID,
                          aws_secret_access_key=SECRET, region_name="us-east-1")
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    client.delete_objects(Bucket=BUCKET, Delete={"Objects": [
        {"Key": item["Key"]} for item in client.list_objects_v2(Bucket=BUCKET)["Contents"]]})
    rig = Rig(os.path.join(folder, "exports"), server, cohorts=3, **EXPORTS)
    rig.configure(partition="cohort")
    before = versions(client)
    rig.drop()
    done = rig.run("run")
    first = versions(client) - before
    whole = {CSV, DICTIONARY, HISTORY, MANIFEST}
    check("a run sends each file once", done.exit == 0 and first == dict.fromkeys(whole | keys_of(1, 2, 3), 1),
          f"{done}\n{first}")
    down = os.path.join(folder, "down")
    for key in sorted(keys_of(1, 2, 3) | {HISTORY}):
        check(f"{key} has the same bytes", same_file(rig.exported(key), read(client, key, down)))
    rig.drop(cohorts=1, seed=2)
    done = rig.run("run", "--columns", "samples")
    new = versions(client) - before - first
    check("of a new cohort only its own files travel, and what has all cohorts", done.exit == 0 and
          new == dict.fromkeys({CSV, HISTORY, MANIFEST} | keys_of(4), 1), f"{done}\n{new}")
    again = rig.run("run")
    check("nothing new sends nothing", again.exit == 0 and "nothing new" in again.out and
          versions(client) == before + first + new, again)
    bucket = fs.S3FileSystem(endpoint_override=server.endpoint, access_key=KEY_ID, secret_key=SECRET, region="us-east-1")
    for rate in (100, 10, 1):
        table = dataset.dataset(f"{BUCKET}/{PREFIX}samples_{rate}hz", filesystem=bucket, partitioning="hive").to_table()
        check(f"pyarrow reads 4 cohorts of {rate} Hz", table.num_rows == 4 * 20 * rate and
              set(table["cohort"].to_pylist()) == {1, 2, 3, 4} and set(table["rig_name"].to_pylist()) == {"texas-1"},
              table.num_rows)


def multipart(folder, server):
    client = boto3.client("s3", endpoint_url=server.endpoint, aws_access_key_id=KEY_ID,
                          aws_secret_access_key=SECRET, region_name="us-east-1")
    rig = Rig(os.path.join(folder, "large"), server, cohorts=3)
    path = os.path.join(folder, "large.bin")
    with open(path, "wb") as file:
        file.write(os.urandom(20 << 20))
    done = rig.run("upload", path)
    check("a large file travels in parts", done.exit == 0, done)
    head = client.head_object(Bucket=BUCKET, Key=PREFIX + "large.bin")
    check("moto put it together from parts", head["ETag"].strip('"').endswith("-3"), head)
    check("and has the same bytes", same_file(path, read(client, "large.bin", os.path.join(folder, "down"))))
    left = client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
    check("no upload is left", not left, left)
    again = rig.run("upload", path, "--json").event("upload")
    check("a second time it is skipped", again.get("sent") == 0 and again.get("skipped") == 1, again)


def main():
    with scratch() as folder:
        server = Moto(folder)
        try:
            whole_way(folder, server)
            multipart(folder, server)
            exports(folder, server)
        finally:
            server.stop()
    finish()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The same against Ceph's radosgw, a real S3 server that derrick's makers did not write.

Needs Debian's radosgw, ceph-mon, ceph-osd and ceph-common.
"""
import copy
import os
import subprocess
import time
import urllib.parse

from harness import (HERE, MIB, Narrow, aws, check, client, drive, environment, finish, matches, read_back, scratch,
                     wait_for, write_file)
from rig import CSV, DICTIONARY, MANIFEST, Rig, cohort_key

SCRIPT = os.path.join(HERE, "radosgw.sh")
BUCKET = "well-sensor-logs"


def environment_rgw(endpoint, **more):
    return environment(endpoint, **{"AWS_ACCESS_KEY_ID": "derricktestkey",
                                    "AWS_SECRET_ACCESS_KEY": "derricktestsecret", **more})


def plain(folder, endpoint, env):
    made = aws(env, endpoint, "s3api", "create-bucket", "--bucket", BUCKET)
    check("the AWS CLI makes a bucket", made.returncode == 0, made.stderr)
    wrong = drive({**env, "AWS_SECRET_ACCESS_KEY": "wrong"}, "put", "k", SCRIPT)
    check("a wrong secret is refused", wrong.exit == 5 and "SignatureDoesNotMatch" in wrong.err, wrong)
    for name, size in (("small.csv", 12345), ("empty.csv", 0), ("ü/a b+c%&=.csv", 1000), ("big.csv", 40 * MIB + 1)):
        path = write_file(os.path.join(folder, "file"), size)
        result = drive(env, "run=r1", "content_type=text/csv", "put", name, path)
        check(f"put '{name}', {size} bytes", result.exit == 0 and result["skipped"] == "0", result)
        check(f"another client reads '{name}' back, byte for byte", read_back(env, endpoint, name, path))
        again = drive(env, "put", name, path)
        check(f"again: skipped '{name}'", again.exit == 0 and again["skipped"] == "1", again)
        head = drive(env, "head", name)
        check(f"metadata of '{name}'", head["run"] == "r1" and head["sha256"] == result["sha256"], head)


def replacing(folder, endpoint, env):
    for name, size in (("r-small", 1000), ("r-big", 20 * MIB)):
        one = write_file(os.path.join(folder, "one"), size, seed=1)
        two = write_file(os.path.join(folder, "two"), size, seed=2)
        first = drive(env, "put", name, one)
        conflict = drive(env, "put", name, two)
        check(f"'{name}': someone else's object stays", first.exit == 0 and conflict.exit == 5 and
              matches("move it away", conflict.err) and read_back(env, endpoint, name, one), conflict)
        second = drive(env, f"known_etag={first['etag']}", "put", name, two)
        check(f"'{name}': the ledger's own is replaced", second.exit == 0 and
              read_back(env, endpoint, name, two), second)


def make_rig(folder, env):
    rig = Rig(os.path.join(folder, "rig"), url="s3://well-sensor-logs/run")
    rig.env = env
    rig.configure(partition="cohort")
    return rig


def running(folder, endpoint, env):
    """The real program, a drop, and one more cohort."""
    rig = make_rig(folder, env)
    rig.drop()
    wrong = rig.run("run", AWS_SECRET_ACCESS_KEY="wrong")
    check("run with a wrong secret: refused, nothing archived", wrong.exit == 5 and
          "SignatureDoesNotMatch" in wrong.err and len(rig.inputs()) == 18, wrong)
    first = rig.run("run", "--json")
    check("run: all of it is sent, the inputs are archived", first.exit == 0 and
          first.event("upload")["sent"] == 6 and rig.inputs() == [], first)
    rig.drop(cohorts=1, seed=4)
    second = rig.run("run", "--json", "--columns", "samples")
    check("a cohort more: three objects travel", second.exit == 0 and
          second.event("upload")["sent"] == 3 and second.event("upload")["skipped"] == 4, second)
    down = os.path.join(folder, "down")
    copied = aws(env, endpoint, "s3", "cp", "--recursive", "--no-progress", f"s3://{BUCKET}/run/", down)
    names = sorted(os.path.relpath(os.path.join(root, name), down) for root, _, files in os.walk(down)
                   for name in files)
    check("the AWS CLI copies them back, and no others", copied.returncode == 0 and names ==
          sorted([CSV, DICTIONARY, MANIFEST, *(cohort_key(cohort) for cohort in (1, 2, 3, 4))]), f"{names} {copied}")
    for name in (CSV, DICTIONARY, cohort_key(4)):
        check(f"'{name}', byte for byte", subprocess.run(
            ["cmp", rig.exported(name), os.path.join(down, name)], check=False).returncode == 0)
    client(env, endpoint).put_object(Bucket=BUCKET, Key=f"run/{CSV}", Body=b"mine")
    changed = rig.run("upload")
    check("what somebody changed is reported, and stays", changed.exit == 5 and
          matches("somebody changed.*it has 4 bytes", changed.err), changed)
    forced = rig.run("upload", "--replace")
    check("upload --replace", forced.exit == 0 and
          read_back(env, endpoint, CSV, rig.exported(), prefix="run/"), forced)
    return rig


def resuming(folder, endpoint, env, rig):
    """Killed during an upload. The test asks the server for its parts, before and after."""
    path = write_file(os.path.join(folder, "resume.csv"), 256 * MIB)
    other = client(env, endpoint)

    def parts():
        uploads = other.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
        if not uploads:
            return []
        which = {"Key": uploads[0]["Key"], "UploadId": uploads[0]["UploadId"]}
        return other.list_parts(Bucket=BUCKET, **which).get("Parts", [])

    with Narrow(urllib.parse.urlsplit(endpoint).port, 128 * MIB) as way:
        half = copy.copy(rig)
        half.env = {**rig.env, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{way.port}"}
        process = half.start("upload", path)
        wait_for(lambda: way.full.is_set() or process.poll() is not None)
        process.kill()
        process.wait()
        wait_for(way.over)
    there = len(parts())
    done = rig.run("upload", path, "--json")
    check(f"killed after {there} of 32 parts: the other {32 - there} travel", 8 <= there <= 16 and done.exit == 0 and
          f"the server has {there} of 32 parts" in done.out and
          done.event("upload")["bytes_sent"] == (32 - there) * 8 * MIB, done)
    check("byte for byte", read_back(env, endpoint, "resume.csv", path, prefix="run/"))
    check("no unfinished upload is left", not other.list_multipart_uploads(Bucket=BUCKET).get("Uploads"))


def buckets(env):
    result = drive(env, "url=s3://made-by-derrick", "bucket")
    check("a bucket is made; what this server does not know is reported", result.exit == 0 and
          result["created"] == "1" and result["public_blocked"] == "1", result)


def main():
    with scratch() as folder:
        rgw = os.path.join(folder, "radosgw")
        started = time.time()
        try:
            up = subprocess.run([SCRIPT, "start", rgw], capture_output=True, text=True, timeout=180, check=False)
            if not check(f"radosgw starts ({time.time() - started:.0f} s)", up.returncode == 0, up.stderr):
                finish()
            endpoint = up.stdout.strip()
            env = environment_rgw(endpoint)
            plain(folder, endpoint, env)
            replacing(folder, endpoint, env)
            resuming(folder, endpoint, env, running(folder, endpoint, env))
            buckets(env)
        finally:
            subprocess.run([SCRIPT, "stop", rgw], check=False)
    finish()


if __name__ == "__main__":
    main()

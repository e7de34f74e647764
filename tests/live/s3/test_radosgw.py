#!/usr/bin/python3
"""The same against Ceph's radosgw, a real S3 server that derrick's makers did not write.

Needs Debian's radosgw, ceph-mon, ceph-osd and ceph-common; without them it says so and is skipped.
"""
import os
import shutil
import subprocess
import sys
import time

from harness import (AWS, HERE, MIB, aws, check, drive, environment, finish, kill, matches, read_back, scratch,
                     start, write_file)

SCRIPT = os.path.join(HERE, "radosgw.sh")


def environment_rgw(endpoint, **more):
    return environment(endpoint, **{"AWS_ACCESS_KEY_ID": "derricktestkey",
                                    "AWS_SECRET_ACCESS_KEY": "derricktestsecret", **more})


def plain(folder, endpoint, env):
    made = aws(env, endpoint, "s3api", "create-bucket", "--bucket", "well-sensor-logs")
    check("the AWS CLI makes a bucket", made.returncode == 0, made.stderr)
    wrong = drive({**env, "AWS_SECRET_ACCESS_KEY": "wrong"}, "put", "k", SCRIPT)
    check("a wrong secret is refused", wrong.exit == 5 and "SignatureDoesNotMatch" in wrong.err, wrong)
    for name, size in (("small.csv", 12345), ("empty.csv", 0), ("ü/a b+c%&=.csv", 1000), ("big.csv", 40 * MIB + 1)):
        path = write_file(os.path.join(folder, "file"), size)
        result = drive(env, "run=r1", "content_type=text/csv", "put", name, path)
        check(f"put '{name}', {size} bytes", result.exit == 0 and result["skipped"] == "0", result)
        check(f"the AWS CLI reads '{name}' back, byte for byte", read_back(env, endpoint, name, path, folder))
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
              matches("--replace", conflict.err) and read_back(env, endpoint, name, one, folder), conflict)
        second = drive(env, f"known_etag={first['etag']}", "put", name, two)
        check(f"'{name}': the ledger's own is replaced", second.exit == 0 and
              read_back(env, endpoint, name, two, folder), second)


def resuming(folder, endpoint, env):
    path = write_file(os.path.join(folder, "resume"), 400 * MIB)
    client = start(env, "put", "resume.csv", path)
    parts = 0
    for _ in range(600):
        uploads = aws(env, endpoint, "s3api", "list-multipart-uploads", "--bucket", "well-sensor-logs",
                      "--query", "Uploads[?Key=='pre/resume.csv'].UploadId", "--output", "text")
        upload = uploads.stdout.split()
        if upload and upload[0] != "None":
            break
        time.sleep(0.02)
    kill(client)
    time.sleep(1)
    listed = aws(env, endpoint, "s3api", "list-parts", "--bucket", "well-sensor-logs", "--key", "pre/resume.csv",
                 "--upload-id", upload[0] if upload else "", "--query", "length(Parts)", "--output", "text")
    parts = int(listed.stdout.strip() or 0) if listed.returncode == 0 else 0
    result = drive(env, "put", "resume.csv", path)
    check(f"killed after {parts} of 50 parts: the other {50 - parts} travel", 0 < parts < 50 and result.exit == 0 and
          result["parts_reused"] == str(parts) and result["parts_sent"] == str(50 - parts), f"{listed} {result}")
    check("byte for byte", read_back(env, endpoint, "resume.csv", path, folder))
    left = aws(env, endpoint, "s3api", "list-multipart-uploads", "--bucket", "well-sensor-logs", "--query",
               "length(Uploads || `[]`)", "--output", "text")
    check("no unfinished upload is left", left.stdout.strip() == "0", left)


def buckets(env):
    result = drive(env, "url=s3://made-by-derrick", "bucket")
    check("a bucket is made; what this server does not know is told", result.exit == 0 and
          result["created"] == "1" and result["public_blocked"] == "1", result)


def main():
    if not all(shutil.which(name) for name in ("radosgw", "ceph-mon", "ceph-osd", "ceph", AWS)):
        print("ok 1 # SKIP radosgw, ceph-mon, ceph-osd or ceph-common is not installed")
        sys.exit(0)
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
            resuming(folder, endpoint, env)
            buckets(env)
        finally:
            subprocess.run([SCRIPT, "stop", rgw], check=False)
    finish()


if __name__ == "__main__":
    main()

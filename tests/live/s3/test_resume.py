#!/usr/bin/python3
"""What an upload that was cut short can be taken up by, and by what it can't.

The server stops at a request, the client is killed there, and a second one runs to its end. Every
boundary of a whole run is in test_kill.py.
"""
import os

from harness import (MIB, Strict, check, client, drive, environment, finish, kill, read_back, scratch, start,
                     wait_for, write_file)

SIZE = 33 * MIB + 5  # five parts
PARTS = 5


def cut_short(server, env, *words):
    """Starts to upload a file, and is killed at the held request."""
    others = server.connections()
    process = start(env, "threads=1", *words)
    wait_for(server.held)
    kill(process)
    server.release()
    wait_for(lambda: server.connections() <= others)


def hold(request):
    return [{"request": request, "fault": {"kind": "hold", "when": "before"}}]


def other_contents(folder):
    """An upload with another file's parts is useless: it is aborted, not mixed in."""
    one = write_file(os.path.join(folder, "one"), SIZE, seed=1)
    two = write_file(os.path.join(folder, "two"), SIZE, seed=2)
    with Strict(folder, rules=hold(7)) as server:
        env = environment(server.endpoint)
        cut_short(server, env, "put", "big.csv", one)
        result = drive(env, "put", "big.csv", two)
        check("parts of another content are not used, and its upload is aborted", result.exit == 0 and
              result["parts_reused"] == "0" and result["parts_sent"] == str(PARTS) and
              server.count("AbortMultipartUpload", 204) == 1 and
              read_back(env, server.endpoint, "big.csv", two), result)


def same_beginning(folder):
    """The file grew, and its first parts are the same: bytes may be reused, metadata must be
    right."""
    one = write_file(os.path.join(folder, "one"), SIZE)
    two = os.path.join(folder, "two")
    with open(one, "rb") as source, open(two, "wb") as target:
        target.write(source.read())
        target.write(b"more\n" * 1000)
    with Strict(folder, rules=hold(7)) as server:
        env = environment(server.endpoint)
        cut_short(server, env, "put", "big.csv", one)
        result = drive(env, "put", "big.csv", two)
        head = drive(env, "head", "big.csv")
        check("a file that grew since: the object and its sha256 are the new file's", result.exit == 0 and
              head["sha256"] == result["sha256"] and
              read_back(env, server.endpoint, "big.csv", two), f"{result} {head}")


def other_part_size(folder):
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, rules=hold(7)) as server:
        env = environment(server.endpoint)
        cut_short(server, env, f"part_size={6 * MIB}", "put", "big.csv", path)
        result = drive(env, "put", "big.csv", path)
        check("parts of a size that was set before are used all the same", result.exit == 0 and
              result.number("parts_reused") >= 1 and
              read_back(env, server.endpoint, "big.csv", path), result)


def with_kms(folder):
    """With KMS the ETag proves nothing; the checksums of the parts do."""
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, rules=hold(7)) as server:
        env = environment(server.endpoint)
        cut_short(server, env, "sse=aws:kms", "put", "big.csv", path)
        result = drive(env, "sse=aws:kms", "put", "big.csv", path)
        check("with KMS the checksums tell which parts are there", result.exit == 0 and
              result.number("parts_reused") >= 1 and
              read_back(env, server.endpoint, "big.csv", path), result)


def orphans(folder):
    """Lists in small pages, three orphans of this key, and one of another key, which stays."""
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, "--page", "2", rules=hold(11)) as server:
        env = environment(server.endpoint)
        other = client(env, server.endpoint)
        for key in ("big.csv", "big.csv", "big.csv", "big.csv.bak"):
            other.create_multipart_upload(Bucket="well-sensor-logs", Key=f"pre/{key}")
        cut_short(server, env, "put", "big.csv", path)
        result = drive(env, "put", "big.csv", path)
        left = [upload["Key"] for upload in other.list_multipart_uploads(Bucket="well-sensor-logs")["Uploads"]]
        check("orphans of the key are aborted, its neighbour's are not", result.exit == 0 and
              left == ["pre/big.csv.bak"] and read_back(env, server.endpoint, "big.csv", path),
              f"{left} {result}")


def main():
    with scratch() as folder:
        other_contents(folder)
        same_beginning(folder)
        other_part_size(folder)
        with_kms(folder)
        orphans(folder)
    finish()


if __name__ == "__main__":
    main()

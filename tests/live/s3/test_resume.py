#!/usr/bin/python3
"""Killed at every request boundary, the next run finishes, and no part travels twice.

The server stops at request N, before its work or after it; the client is killed there, and a second
one runs to its end.
"""
import json
import os
import sys
import time

from harness import (MIB, Strict, aws, check, drive, environment, finish, kill, read_back, scratch, start,
                     write_file)

SIZE = 33 * MIB + 5  # five parts
PARTS = 5


def held_rules(folder, number, when):
    path = os.path.join(folder, f"hold-{number}-{when}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"rules": [{"request": number, "fault": {"kind": "hold", "when": when}}]}, file)
    return path


def wait_for(condition, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return False


def kill_at(folder, path, number, when, words):
    """Kills the client at request `number`. Returns None where it has fewer requests."""
    with Strict(folder, faults=held_rules(folder, number, when)) as server:
        env = environment(server.endpoint)
        client = start(env, "threads=2", *words, "put", "big.csv", path)
        held = wait_for(lambda: os.path.exists(server.path("held")) or client.poll() is not None) and \
            os.path.exists(server.path("held"))
        if not held:
            client.wait()
            return None
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        # What was under way comes to its end first, as on a server far away.
        wait_for(lambda: len(server.log()) >= number, 10)
        time.sleep(0.05)
        before = len(server.log())
        done = {entry["part"] for entry in server.log() if entry["operation"] == "UploadPart"
                and entry["status"] == 200}
        complete = server.count("CompleteMultipartUpload", 200) > 0
        result = drive(env, "threads=2", *words, "put", "big.csv", path)
        sent = [entry["part"] for entry in server.log()[before:] if entry["operation"] == "UploadPart"]
        twice = sorted(set(sent) & done)
        begun = server.count("CreateMultipartUpload", 200)
        ended = server.count("CompleteMultipartUpload", 200) + server.count("AbortMultipartUpload", 204)
        name = f"killed {when} request {number}"
        fine = result.exit == 0 and not twice and begun == ended and \
            (sorted(sent) == sorted(set(range(1, PARTS + 1)) - done) or complete) and \
            read_back(env, server.endpoint, "big.csv", path, folder)
        check(f"{name}: the next run sends {sent or 'nothing'}, and nothing of an upload is left", fine,
              f"before: {done} sent twice: {twice} begun {begun} ended {ended}\n{result}")
        return True


def boundaries(folder):
    path = write_file(os.path.join(folder, "big"), SIZE)
    for number in range(1, 40):
        if not any([kill_at(folder, path, number, when, []) for when in ("before", "after")]):
            break
    check("every request was a boundary", number > PARTS + 4, number)


def put_boundaries(folder):
    path = write_file(os.path.join(folder, "small"), 1000)
    for number in range(1, 10):
        for when in ("before", "after"):
            with Strict(folder, faults=held_rules(folder, number, when)) as server:
                env = environment(server.endpoint)
                client = start(env, "put", "small.csv", path)
                wait_for(lambda: os.path.exists(server.path("held")) or client.poll() is not None)
                if not os.path.exists(server.path("held")):
                    client.wait()
                    return
                kill(client)
                open(server.path("release"), "w", encoding="utf-8").close()
                time.sleep(0.1)
                result = drive(env, "put", "small.csv", path)
                check(f"one PUT, killed {when} request {number}: the next run finishes", result.exit == 0 and
                      read_back(env, server.endpoint, "small.csv", path, folder), result)


def other_contents(folder):
    """An upload of another file's parts is no help: it is aborted, not mixed in."""
    one = write_file(os.path.join(folder, "one"), SIZE, seed=1)
    two = write_file(os.path.join(folder, "two"), SIZE, seed=2)
    with Strict(folder, faults=held_rules(folder, 7, "before")) as server:
        env = environment(server.endpoint)
        client = start(env, "threads=1", "put", "big.csv", one)
        wait_for(lambda: os.path.exists(server.path("held")))
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        time.sleep(0.1)
        result = drive(env, "put", "big.csv", two)
        check("parts of another content are not used, and its upload is aborted", result.exit == 0 and
              result["parts_reused"] == "0" and result["parts_sent"] == str(PARTS) and
              server.count("AbortMultipartUpload", 204) == 1 and
              read_back(env, server.endpoint, "big.csv", two, folder), result)


def same_beginning(folder):
    """Its first parts are the same, the file grew: bytes may be used again, metadata may not be wrong."""
    one = write_file(os.path.join(folder, "one"), SIZE)
    two = os.path.join(folder, "two")
    with open(one, "rb") as source, open(two, "wb") as target:
        target.write(source.read())
        target.write(b"more\n" * 1000)
    with Strict(folder, faults=held_rules(folder, 7, "before")) as server:
        env = environment(server.endpoint)
        client = start(env, "threads=1", "put", "big.csv", one)
        wait_for(lambda: os.path.exists(server.path("held")))
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        time.sleep(0.1)
        result = drive(env, "put", "big.csv", two)
        head = drive(env, "head", "big.csv")
        check("a file that grew since: the object and its sha256 are the new file's", result.exit == 0 and
              head["sha256"] == result["sha256"] and
              read_back(env, server.endpoint, "big.csv", two, folder), f"{result} {head}")


def other_part_size(folder):
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, faults=held_rules(folder, 7, "before")) as server:
        env = environment(server.endpoint)
        client = start(env, "threads=1", f"part_size={6 * MIB}", "put", "big.csv", path)
        wait_for(lambda: os.path.exists(server.path("held")))
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        time.sleep(0.1)
        result = drive(env, "put", "big.csv", path)
        check("parts of a size that was set before are used all the same", result.exit == 0 and
              result.number("parts_reused") >= 1 and
              read_back(env, server.endpoint, "big.csv", path, folder), result)


def with_kms(folder):
    """With KMS an ETag says nothing: the parts' checksums do."""
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, faults=held_rules(folder, 7, "before")) as server:
        env = environment(server.endpoint)
        client = start(env, "threads=1", "sse=aws:kms", "put", "big.csv", path)
        wait_for(lambda: os.path.exists(server.path("held")))
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        time.sleep(0.1)
        result = drive(env, "sse=aws:kms", "put", "big.csv", path)
        check("with KMS the checksums tell which parts are there", result.exit == 0 and
              result.number("parts_reused") >= 1 and
              read_back(env, server.endpoint, "big.csv", path, folder), result)


def orphans(folder):
    """Lists in small pages, three orphans of this key and one of a neighbour's, which is let be."""
    path = write_file(os.path.join(folder, "big"), SIZE)
    with Strict(folder, "--page", "2", faults=held_rules(folder, 11, "before")) as server:
        env = environment(server.endpoint)
        for key in ("big.csv", "big.csv", "big.csv", "big.csv.bak"):
            made = aws(env, server.endpoint, "s3api", "create-multipart-upload", "--bucket", "well-sensor-logs",
                       "--key", f"pre/{key}")
            check(f"an orphan of {key}", made.returncode == 0, made.stderr)
        client = start(env, "threads=1", "put", "big.csv", path)
        wait_for(lambda: os.path.exists(server.path("held")))
        kill(client)
        open(server.path("release"), "w", encoding="utf-8").close()
        time.sleep(0.1)
        result = drive(env, "put", "big.csv", path)
        left = aws(env, server.endpoint, "s3api", "list-multipart-uploads", "--bucket", "well-sensor-logs",
                   "--query", "Uploads[].Key", "--output", "text")
        check("orphans of the key are aborted, its neighbour's are not", result.exit == 0 and
              left.stdout.split() == ["pre/big.csv.bak"] and
              read_back(env, server.endpoint, "big.csv", path, folder), f"{left.stdout}{left.stderr}{result}")


def large(folder, size):
    """1 GB, killed half-way, resumed: only the missing parts travel, in little memory."""
    path = os.path.join(folder, "large")
    with open(path, "wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    parts = (size + 8 * MIB - 1) // (8 * MIB)
    with Strict(folder) as server:
        env = environment(server.endpoint)
        client = start(env, "put", "large.csv", path)
        wait_for(lambda: os.path.exists(server.path("log")) and server.count("UploadPart", 200) >= parts // 2, 120)
        kill(client)
        time.sleep(0.5)
        before = len(server.log())
        done = {entry["part"] for entry in server.log() if entry["operation"] == "UploadPart"
                and entry["status"] == 200}
        result = drive(env, "put", "large.csv", path, timeout=300)
        sent = [entry["part"] for entry in server.log()[before:] if entry["operation"] == "UploadPart"]
        sent_bytes = sum(entry["bytes"] for entry in server.log()[before:] if entry["operation"] == "UploadPart")
        check(f"{size // MIB} MiB, killed after {len(done)} of {parts} parts: exactly the other {len(sent)} travel",
              result.exit == 0 and sorted(sent) == sorted(set(range(1, parts + 1)) - done) and
              len(done) >= parts // 2 and sent_bytes <= size - len(done) * 8 * MIB + 8 * MIB, result)
        check(f"peak memory {result.number('peak_kb') // 1024} MiB is under 128 MB",
              0 < result.number("peak_kb") * 1024 < 128_000_000, result)
        check("byte for byte as the AWS CLI reads it", read_back(env, server.endpoint, "large.csv", path, folder))


def main():
    size = int(sys.argv[1]) * MIB if len(sys.argv) > 1 else 1024 * MIB
    with scratch() as folder:
        put_boundaries(folder)
        boundaries(folder)
        other_contents(folder)
        same_beginning(folder)
        other_part_size(folder)
        with_kms(folder)
        orphans(folder)
        large(folder, size)
    finish()


if __name__ == "__main__":
    main()

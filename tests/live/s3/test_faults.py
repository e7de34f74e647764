#!/usr/bin/python3
"""Each file in faults/ is a case: what the server does, and the expected result."""
import glob
import json
import multiprocessing
import os
import sys

from harness import HERE, Strict, check, drive, environment, finish, matches, read_back, scratch, write_file


def uploads_left(server):
    """Started minus completed and aborted uploads; the client can't end an upload whose first
    answer was lost."""
    begun = {entry["upload"] for entry in server.log() if entry["operation"] == "UploadPart"}
    ended = {entry["upload"] for entry in server.log()
             if entry["operation"] == "AbortMultipartUpload" and entry["status"] == 204}
    # A Complete whose answer was lost, or that failed within a 200, may have succeeded: a 404 shows
    # that the upload is gone.
    for entry in server.log():
        if entry["operation"] == "CompleteMultipartUpload" and (
                entry["code"] in ("", "NoSuchUpload", "(truncated)")):
            ended.add(entry["upload"])
    return len(begun - ended)


def wrongs(case, result, server, env, path):
    """Deviations from the case; one line each."""
    expect = case["expect"]
    found = []
    if result.exit != expect["exit"]:
        found.append(f"exit {result.exit} in place of {expect['exit']}")
    for name in ("error", "notice"):
        if name in expect and not matches(expect[name], result.err):
            found.append(f"no {name} like {expect[name]!r}")
    if "skipped" in expect and result["skipped"] != str(expect["skipped"]):
        found.append(f"skipped={result['skipped']}")
    if "seconds_max" in expect and result.seconds > expect["seconds_max"]:
        found.append(f"took {result.seconds:.1f} s")
    for operation, count in expect.get("requests", {}).items():
        if server.count(operation) != count:
            found.append(f"{server.count(operation)} x {operation} in place of {count}")
    if "uploads_left" in expect and uploads_left(server) != expect["uploads_left"]:
        found.append(f"{uploads_left(server)} uploads left")
    # If the independent client can't read: the server accepted the signed bytes.
    if expect.get("stored") and server.count("PutObject", 200) != 1:
        found.append("nothing was stored")
    if "object" in expect:
        there = read_back(env, server.endpoint, "object.csv", path) if expect["object"] else \
            any(entry["operation"] in ("PutObject", "CompleteMultipartUpload") and entry["status"] == 200
                and not entry["code"] for entry in server.log())
        if there != expect["object"]:
            found.append("the object is not the file" if expect["object"] else "there is an object")
    return found


def run(path_of_case):
    """Returns the name of a case, and its failures."""
    with scratch() as folder:
        return run_in(path_of_case, folder)


def run_in(path_of_case, folder):
    with open(path_of_case, encoding="utf-8") as file:
        case = json.load(file)
    path = write_file(os.path.join(folder, "object.csv"), case["size"])
    with Strict(folder, *case.get("server", []), faults=path_of_case) as server:
        env = environment(server.endpoint, **case.get("environment", {}))
        result = drive(env, *case.get("client", []), "put", "object.csv", path)
        # The independent client has a correct clock, the right region, and no faults.
        reader = environment(server.endpoint, AWS_REGION=next(
            (case["server"][at + 1] for at, word in enumerate(case.get("server", []))
             if word == "--region"), "us-east-1"))
        found = wrongs(case, result, server, reader, path)
        name = os.path.basename(path_of_case)[:-len(".json")]
        return f"{name}: {case['about']}", "\n".join(found) + f"\n{result}" if found else ""


def main():
    names = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "faults", "*.json")))
    # A case mostly waits: several run in parallel, in separate processes.
    with multiprocessing.get_context("fork").Pool(6) as pool:
        for name, wrong in pool.imap(run, names):
            check(name, not wrong, wrong)
    finish()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""derrick killed at every request boundary: the next run finishes, and sends nothing twice.

The server stops at request N, before its work or after it; derrick is killed there (kill -9), and a
second one runs to its end. First a small run with partitions, then one whose CSV travels in parts, and
where it is the server that dies; then a file of 1 GB, killed half-way.
"""
import os
import shutil
import sys

from harness import MIB, Strict, check, environment, finish, free_port, read_back, scratch, wait_for
from rig import CSV, DICTIONARY, MANIFEST, PREFIX, Rig, cohort_key, copy_workspace

PART = 8 * MIB
# Five objects are checked and uploaded, and the bucket is listed for cohorts that are no longer
# published.
SMALL_REQUESTS = 11


def killed(rig, server, *words):
    """Starts a command and kills it at the request that the server holds. False: it makes fewer
    requests."""
    process = rig.start(*words)
    wait_for(lambda: server.held() or process.poll() is not None)
    held = server.held()
    process.kill()
    process.wait()
    server.release()
    # Current requests end first, as on a distant server.
    wait_for(lambda: server.connections() == 0)
    return held


def hold(number, when):
    return [{"request": number, "fault": {"kind": "hold", "when": when}}]


def all_there(server, rig, names):
    env = environment(server.endpoint)
    return all(read_back(env, server.endpoint, name, rig.exported(name)) for name in names)


def every_boundary(run):
    """Calls run(number, when) until there is no such request any more. Returns the last number."""
    number = 1
    while all([run(number, when) for when in ("before", "after")]):
        number += 1
    return number - 1


# --- objects in one piece -----------------------------------------------------------------------

def small(folder):
    """Each object is uploaded exactly once, whatever happens; nothing is archived before the last
    one."""
    names = [CSV, DICTIONARY, cohort_key(1), cohort_key(2)]
    model = Rig(os.path.join(folder, "model"), cohorts=2)
    model.configure(partition="cohort")
    model.drop(cohorts=2)

    def run(number, when):
        with Strict(folder, rules=hold(number, when)) as server:
            rig = copy_workspace(model, os.path.join(folder, "rig"), environment(server.endpoint))
            held = killed(rig, server, "run")
            if held:
                waiting = len(rig.inputs())
                done = rig.run("run", "--json")
                puts = sorted(entry["key"][len(PREFIX):] for entry in server.log()
                              if entry["operation"] == "PutObject" and entry["status"] == 200)
                check(f"a run killed {when} request {number}: the next one finishes, each object is put once",
                      done.exit == 0 and waiting == 18 and rig.inputs() == [] and len(rig.archived()) == 1 and
                      puts == sorted(names + [MANIFEST]) and not done.event("load").get("readings") and
                      all_there(server, rig, names), f"{waiting} in logs/, {puts}\n{done}")
            shutil.rmtree(rig.folder)
            return held

    count = every_boundary(run)
    check("every request of the run was a boundary", count == SMALL_REQUESTS, count)


def removing(folder):
    """A cohort is gone: its object is removed once the manifest no longer names it, whatever
    happens."""
    model = Rig(os.path.join(folder, "parted"), cohorts=2)
    model.configure(partition="cohort")
    model.drop(cohorts=2)

    def run(number, when):
        with Strict(folder, rules=hold(SMALL_REQUESTS + number, when)) as server:
            rig = copy_workspace(model, os.path.join(folder, "rig"), environment(server.endpoint))
            rig.run("run")
            rig.unload(2)
            held = killed(rig, server, "run")
            if held:
                first = rig.run("status", "--json").event("s3")["current"]
                done = rig.run("run")
                status = rig.run("status", "--json").event("s3")["current"]
                steps = [entry["operation"] + " " + entry["key"][len(PREFIX):] for entry in server.log()
                         if entry["operation"] in ("PutObject", "DeleteObject")][5:]
                check(f"a run that removes a cohort killed {when} request {number}: the next one finishes",
                      done.exit == 0 and not first and status and
                      all_there(server, rig, [CSV, cohort_key(1)]) and
                      f"DeleteObject {cohort_key(2)}" == steps[-1] and
                      f"PutObject {MANIFEST}" in steps and not os.path.exists(rig.exported("cohort=02")),
                      f"{first} {status} {steps}\n{done}")
            shutil.rmtree(rig.folder)
            return held

    count = every_boundary(run)
    check("every request of it was a boundary", count >= 6, count)


# --- a CSV in parts -----------------------------------------------------------------------------

def make_long_drop(rig):
    with open(rig.path("logs", "SE.txt"), "w", encoding="ascii") as file:
        for reading in range(2000):
            file.write("\t".join(f"{reading % 100}.{cohort:03}{reading // 100:02}" for cohort in range(60)) + "\n")
    with open(rig.path("profile", "profile.txt"), "w", encoding="ascii") as file:
        file.write("3\t90\t1\t115\t0\n" * 2000)


def long_rows(folder):
    """A workspace whose CSV is long although its drop is small: only sensors with one value per second."""
    rig = Rig(os.path.join(folder, "long"), cohorts=60, url="")
    make_long_drop(rig)
    done = rig.run("run", "--allow-missing", "-q")
    if done.exit != 0:
        raise RuntimeError(str(done))
    rig.configure(url="s3://well-sensor-logs/pre")
    return rig


def in_parts(folder):
    model = long_rows(folder)
    size = os.path.getsize(model.exported())
    parts = (size + PART - 1) // PART

    def run(number, when):
        with Strict(folder, rules=hold(number, when)) as server:
            rig = copy_workspace(model, os.path.join(folder, "rig"), environment(server.endpoint))
            held = killed(rig, server, "run") and number <= parts + 5
            if held:
                before = server.log()
                done = rig.run("run", "--json")
                judge_parts(f"a run killed {when} request {number}", before, server, done, parts,
                            all_there(server, rig, [CSV]))
            shutil.rmtree(rig.folder)
            return held

    # HEAD, the list of uploads, Create, the parts, Complete, HEAD: then come the small ones.
    count = every_boundary(run)
    check(f"every request of an upload in {parts} parts was a boundary", parts >= 3 and count == parts + 5, count)


def judge_parts(what, before, server, done, parts, same):
    """Only missing parts are sent, no upload remains, and the object equals the file."""
    there = {entry["part"] for entry in before if entry["operation"] == "UploadPart" and entry["status"] == 200}
    complete = any(entry["operation"] == "CompleteMultipartUpload" and entry["status"] == 200 for entry in before)
    sent = sorted(entry["part"] for entry in server.log()[len(before):] if entry["operation"] == "UploadPart")
    due = [] if complete else sorted(set(range(1, parts + 1)) - there)
    begun = server.count("CreateMultipartUpload", 200)
    ended = server.count("CompleteMultipartUpload", 200) + server.count("AbortMultipartUpload", 204)
    check(f"{what}: the next one sends {sent or 'no part'}, and no upload is left",
          done.exit == 0 and sent == due and begun == ended and same,
          f"same {same}, there {there}, due {due}, begun {begun}, ended {ended}\n{done}")


# --- the server dies ----------------------------------------------------------------------------

def server_dies(folder):
    """During a part; the server restarts at its old address, without its old data."""
    rules = [{"operation": "UploadPart", "part": 2, "fault": {"kind": "hold", "when": "before"}}]
    with Strict(folder, "--port", free_port(), rules=rules) as server:
        rig = Rig(os.path.join(folder, "dies"), server, cohorts=60, AWS_MAX_ATTEMPTS="2")
        make_long_drop(rig)
        waiting = rig.inputs()
        with open(os.path.join(folder, "out"), "wb") as out:
            process = rig.start("run", "--allow-missing", "--json", output=out)
            wait_for(lambda: server.held() or process.poll() is not None)
            held = server.held()
    code = process.wait(60)
    with open(os.path.join(folder, "out"), encoding="utf-8") as file:
        error = file.read()
    check("the server dies in mid-upload: reported with its address, exit 5, nothing archived", held and code == 5 and
          f"127.0.0.1:{server.port}" in error and rig.inputs() == waiting and not rig.archived(), f"{code} {error}")
    with Strict(folder, "--port", str(server.port)) as server:
        done = rig.run("run", "--allow-missing", "--json")
        check("when it is back, the next run finishes without parsing anything again", done.exit == 0 and
              all_there(server, rig, [CSV, DICTIONARY]) and rig.inputs() == [] and
              not done.event("load").get("readings"), done)


# --- 1 GB ---------------------------------------------------------------------------------------

def sparse_file(path, size):
    """A sparse file with the number of each MiB at its beginning."""
    with open(path, "wb") as file:
        for number in range(size // MIB):
            file.seek(number * MIB)
            file.write(b"%08d" % number)
        file.truncate(size)
    return path


def finish_measured(process):
    """Waits for a child process. Returns its exit code and its peak memory in bytes."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


def large(folder, size):
    path = sparse_file(os.path.join(folder, "large.csv"), size)
    parts = (size + PART - 1) // PART
    # Half of the parts pass; the others are held until the client is dead.
    rules = [{"operation": "UploadPart", "skip": parts // 2, "times": parts,
              "fault": {"kind": "hold", "when": "before"}}]
    with Strict(folder, rules=rules) as server:
        rig = Rig(os.path.join(folder, "rig"), server)
        process = rig.start("upload", path)
        wait_for(lambda: server.count("UploadPart", 200) >= parts // 2 or process.poll() is not None)
        process.kill()
        process.wait()
        server.release()
        wait_for(lambda: server.connections() == 0)
        before = server.log()
        there = {entry["part"] for entry in before if entry["operation"] == "UploadPart" and entry["status"] == 200}
        with open(os.path.join(folder, "large.out"), "w+", encoding="utf-8") as output:
            code, peak = finish_measured(rig.start("upload", path, output=output))
            output.seek(0)
            reported = output.read()
        sent = [entry for entry in server.log()[len(before):] if entry["operation"] == "UploadPart"]
        numbers = sorted(entry["part"] for entry in sent)
        check(f"{size // MIB} MiB, killed after {len(there)} of {parts} parts: exactly the other {len(sent)} travel",
              code == 0 and len(there) == parts // 2 and numbers == sorted(set(range(1, parts + 1)) - there) and
              sum(entry["bytes"] for entry in sent) == size - len(there) * PART, f"exit {code}, {numbers}\n{reported}")
        check(f"peak memory {peak // MIB} MiB is under 128 MB", 0 < peak < 128_000_000)
        check("byte for byte", read_back(rig.env, server.endpoint, "large.csv", path))


def main():
    size = int(sys.argv[1]) * MIB if len(sys.argv) > 1 else 1024 * MIB
    with scratch() as folder:
        small(folder)
        removing(folder)
        in_parts(folder)
        server_dies(folder)
        large(folder, size)
    finish()


if __name__ == "__main__":
    main()

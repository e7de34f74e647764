#!/usr/bin/env python3
"""Makes random cases, and compares derrick with a second implementation of the rules.

    compare.py              ORACLE_CASES cases (120 by default) from ORACLE_SEED (1 by default)
    compare.py CASE...      only these, and their folders are kept, under ORACLE_KEEP
    compare.py --drop DIR   that drop, of 60 cohorts: every layout, every sample and alignment

Every second case is one drop with cells of every kind (cases.py); the others are sequences of
deliveries into one database (story.py, steps.py). Exit codes, tables and bytes must equal those of
rules.py, database.py, quality.py and layouts.py. DERRICK is the program. Prints TAP, one line per
kind of case.
"""

import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback

import built
import layouts
import rules
from cases import Case
from empty import Empty
from program import (DERRICK, DONE, Different, Workspace, compare_database, compare_layout, expect_code,
                     hand_over)
from story import Story

MESSAGES_SHOWN = 10
COMMANDS_SHOWN = 12


# Cases

def kind_of(number):
    """Every other case is a story."""
    if number % 2:
        return Story
    return Empty if number % 12 == 10 and built.has("empty") else Case


def run_case(seed, number, parent):
    """Returns the kinds of steps of the case in order, and "" or what differs."""
    folder = os.path.join(parent, str(number))
    os.makedirs(folder)
    case = None
    try:
        case = kind_of(number)(seed, number, folder)
        case.run_all()
        problem = ""
    except Different as difference:
        problem = str(difference)
    except Exception:  # pylint: disable=broad-except
        problem = traceback.format_exc()
    if problem and case:
        problem += "\n" + reported(case.log).replace(folder + "/", "")
    if not os.environ.get("ORACLE_KEEP"):
        shutil.rmtree(folder)
    return case.kinds if case else ["no case"], problem


def reported(log):
    """The commands of a case, and derrick's output for the last one."""
    lines = [f"[{code}] derrick {' '.join(command)}" if command else f"oracle: {code}"
             for command, code, _ in log]
    messages = log[-1][2].splitlines()[:MESSAGES_SHOWN] if log else []
    return "\n".join(lines[-COMMANDS_SHOWN:] + messages)


def make_workspace(folder):
    """The workspace that all cases copy, without its identity."""
    path = os.path.join(folder, "workspace")
    subprocess.run([DERRICK, "init", "-q", path], check=True, stdout=subprocess.DEVNULL)
    os.remove(os.path.join(path, ".derrick-workspace"))


def run_cases(seed, numbers, folder):
    counts, differ = collections.Counter(), collections.Counter()
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {number: pool.submit(run_case, seed, number, folder) for number in numbers}
        for number, future in futures.items():
            kinds, problem = future.result()
            counts.update(kinds)
            if problem:
                differ[kinds[-1]] += 1
                print(f"# case {number} of seed {seed}: {kinds[-1]}")
                print("".join(f"#   {line}\n" for line in problem.splitlines()), end="", flush=True)
    print(f"1..{len(counts)}")
    for count, (kind, times) in enumerate(sorted(counts.items()), 1):
        print(f"{'not ok' if differ[kind] else 'ok'} {count} - {kind}: {times} drops, {differ[kind]} differ")
    return 1 if differ else 0


# One drop, every rule

def samplings():
    """Settings of every sample and alignment, the drop as cohorts, wells or one cohort's samples."""
    for columns in ("cohorts", "wells", "samples"):
        for sample in ("first", "mean", "min", "max", "last"):
            if columns == "cohorts" or sample in ("first", "mean"):
                yield rules.Settings(columns=columns, sample=sample, cohort=1)
    yield rules.Settings(columns="cohorts", alignment="column")


def compare_rule(workspace, drop, settings, folder):
    """With one setting: convert in one layout or all of them, then load and export."""
    readings = drop.sampled(settings)
    arguments = hand_over(random.Random(0), settings, workspace)
    every = settings.columns == "cohorts" and settings.sample in ("first", "mean")
    chosen = layouts.LAYOUTS if every else layouts.LAYOUTS[:1]
    for layout in chosen:
        compare_layout(workspace, "convert", [*arguments, folder], layout, readings, DONE)
    seen, _ = workspace.run("load", *arguments, folder)
    expect_code("load", DONE, seen)
    compare_database(workspace, readings)
    for layout in chosen:
        compare_layout(workspace, "export", [], layout, readings, DONE)


def compare_drop(folder, scratch):
    drops_by_columns = {}
    failed = 0
    for number, settings in enumerate(samplings(), 1):
        columns = settings.columns
        if columns not in drops_by_columns:
            drops_by_columns[columns] = rules.Drop(folder, settings)
        name = f"{columns}, {settings.sample}, {settings.alignment}"
        workspace = Workspace(os.path.join(scratch, f"ws{number}"), [])
        shutil.copytree(os.path.join(scratch, "workspace"), workspace.folder)
        try:
            compare_rule(workspace, drops_by_columns[columns], settings, folder)
            print(f"ok {number} - {name}", flush=True)
        except Different as difference:
            failed += 1
            print(f"not ok {number} - {name}\n# {difference}\n# {workspace.log[-1]}", flush=True)
        shutil.rmtree(workspace.folder)
    print(f"1..{number}")
    return 1 if failed else 0


def in_memory():
    """A file system in memory, if there is one: other tests cover syncing."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main():
    if sys.argv[1:2] == ["--drop"]:
        with tempfile.TemporaryDirectory(prefix="derrick-oracle-") as scratch:
            make_workspace(scratch)
            return compare_drop(sys.argv[2], scratch)
    seed = int(os.environ.get("ORACLE_SEED") or 1)
    numbers = [int(argument) for argument in sys.argv[1:]]
    numbers = numbers or range(int(os.environ.get("ORACLE_CASES") or 120))
    keep = os.environ.get("ORACLE_KEEP")
    folder = tempfile.mkdtemp(prefix="derrick-oracle-", dir=keep or in_memory())
    try:
        make_workspace(folder)
        return run_cases(seed, numbers, folder)
    finally:
        if not keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())

"""Interrupted runs: crash.py kill|cut CALLS FOLDER [SCENARIO...]

kill    by SIGKILL, right after a change of the disk
cut     by a power cut, which leaves what the model in disk.py allows: during the run, during the run after
        a killed one, and during the run after another power cut

CALLS is the program built from calls.c. Each scenario of scenarios.py (SCENARIO is a number, from 1) plays
in FOLDER, which should be on a disk that syncs instantly: the test is about the order of the calls. It
checks everything that a power cut may leave, and tries the next run from some of it: once from each state
of the ledger, and then evenly distributed. With DERRICK_CRASH_TIMES=10 it tries ten times as often, also
after a kill. Prints TAP.
"""

import concurrent.futures
import copy
import itertools
import os
import re
import shutil
import sqlite3
import sys
import tempfile

import disk
import scenarios
from judge import Broken, Judge

TIMES = int(os.environ.get("DERRICK_CRASH_TIMES") or 1)
KILLS = 12  # of a scenario
EVERY = max(1, 120 // TIMES)  # of the states that a cut may leave, one in so many is tried
FAILURES_MAX = 5  # reported of a scenario


class Place:
    """The disk, with the workspace on it."""

    def __init__(self, folder):
        self.folder = folder
        self.disk = f"{folder}/disk"
        self.ws = f"{self.disk}/ws"
        os.mkdir(self.disk)

    def read(self):
        return disk.Disk(self.disk).tree()

    def write(self, tree):
        shutil.rmtree(self.disk)
        os.mkdir(self.disk)
        tree.write(self.disk)


class Stage:
    """What a scenario needs to be played."""

    def __init__(self, scenario, calls, folder):
        self.scenario = scenario
        self.calls = calls
        self.place = Place(folder)
        env = {}
        if scenario.poor:
            env["LD_PRELOAD"] = f"{folder}/poor.so"
            source = f"{os.path.dirname(os.path.abspath(__file__))}/poor.c"
            scenarios.succeed(["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", env["LD_PRELOAD"], source,
                               *(f"-D{word}" for word in scenario.poor)])
        if not scenario.new:
            scenarios.succeed([scenarios.DERRICK, "init", self.place.ws])
            if scenario.before:
                scenario.before(self.place.ws)
        self.judge = Judge(scenario, self.place, env)
        self.env = env

    def set(self):
        """Delivers the drop; if the workspace is new, there is nothing yet."""
        self.place.write(self.judge.bare)
        if not self.scenario.new:
            self.judge.deliver()

    def trace(self, command, kill_at=0):
        """The calls of a command, which may be killed."""
        journal = f"{self.place.folder}/journal"
        code, said = scenarios.call([self.calls, "-k", str(kill_at), "-o", journal, *command], self.env)
        if code in (120, 121):
            raise RuntimeError(said)
        return disk.read_journal(journal)


def turns(calls):
    """Indices of calls after which a new kind of thing begins: all but those between two writes."""
    return [index for index, call in enumerate(calls)
            if call.kind != "write" or calls[index + 1:] and calls[index + 1].kind != "write"]


def failure_of(look, *arguments):
    """A broken promise, or None."""
    try:
        look(*arguments)
    except (Broken, sqlite3.Error) as broken:
        return str(broken)
    return None


# --- kill ----------------------------------------------------------------------------------------


def kill(stage):
    """Yields (what was done, broken promise or None)."""
    command = stage.scenario.run(stage.place.ws)
    stage.set()
    calls = stage.trace(command)
    points = [calls[index] for index in turns(calls) if calls[index].kind != "sync"]
    count = min(len(points), KILLS * TIMES)
    for call in [points[index * len(points) // count] for index in range(count)]:
        stage.set()
        stage.trace(command, call.number)
        yield f"killed after {call}", failure_of(stage.judge.judge)


# --- power cut -----------------------------------------------------------------------------------


class Recording:
    """The calls of the scenario from the disk as it is. With `kill_at`, those of a run that is killed there,
    and of the next one, of which alone it is asked what a cut may leave."""

    def __init__(self, stage, kill_at=0):
        self.stage = stage
        self.disk = disk.Disk(stage.place.disk)
        self.calls = stage.trace(stage.scenario.run(stage.place.ws), kill_at) if kill_at else []
        self.start = len(self.calls)
        for command in stage.scenario.commands(stage.place.ws):
            self.calls += stage.trace(command)
        real, model = stage.place.read(), copy.deepcopy(self.disk)
        for call in self.calls:
            model.follow(call)
        if model.tree().key() != real.key():
            raise RuntimeError(f"the model went astray: {model.tree().key() ^ real.key()}")

    def states(self, fresh):
        """Yields what a cut may leave: in words, as a tree, and whether the drop may be lost: one that is
        `fresh`, never synced by who delivered it, until the run begins to move it."""
        now = copy.deepcopy(self.disk)
        cuts = set(turns(self.calls))
        if fresh and not self.stage.scenario.new:
            now.unsettle(f"ws/{name}" for name in self.stage.judge.inputs)
        for index, call in enumerate(self.calls):
            now.follow(call)
            if index < self.start or index not in cuts:
                continue
            fresh = fresh and not self.stage.judge.moves(now.tree())
            # After a sync less may be lost than before.
            for word, tree in itertools.islice(now.trees(index), 1 if call.kind == "sync" else None):
                yield f"cut after {index}, {call}, {word}{', may be lost' if fresh else ''}", tree, fresh

    def kills(self):
        """The changes after which a killed run leaves to the next what only memory knows: those of names,
        from where the archive begins, if one does. Of one sensor, since each goes the same way."""
        kinds = [call.kind for call in self.calls]
        begins = kinds.index("mkdir") if "mkdir" in kinds else 0
        return [call.number for call in self.calls[begins:]
                if call.kind in ("mkdir", "rename", "link", "unlink")
                and not re.search("-journal|PS1", str(call))]


def cut(stage):
    """Yields (what was done, broken promise or None)."""
    seen = set()
    ledgers = set()  # of which each was tried once
    held = []  # what was left when all went well

    def play(recording, what="", delivered_fresh=False):
        count = EVERY // 2
        for word, tree, fresh in recording.states(delivered_fresh):
            key = hash(tree.key())
            if {(key, fresh), (key, False)} & seen:  # what holds for an old drop does for a fresh one
                continue
            seen.add((key, fresh))
            broken = failure_of(stage.judge.look, tree, fresh)
            if broken:
                yield what + word, broken
                continue
            count += 1
            ledger = stage.judge.look_up(tree)
            if count % EVERY == 0 or ledger not in ledgers:
                ledgers.add(ledger)
                stage.place.write(tree)
                broken = failure_of(stage.judge.judge, fresh)
                yield what + word, broken
                if not broken:
                    held.append((what + word, tree, fresh))

    stage.set()
    first = Recording(stage)
    yield from play(first, delivered_fresh=True)
    if stage.scenario.new:
        return
    yield from play(first)
    step = len(held) // TIMES + 1
    left = held[(step - 1) // 2::step]
    for number in first.kills():
        stage.set()
        yield from play(Recording(stage, number), f"killed after change {number}, then ")
    for word, tree, fresh in left:
        stage.place.write(tree)
        if fresh:
            stage.judge.deliver()
        yield from play(Recording(stage), word + ", then ")


# --- all -----------------------------------------------------------------------------------------


def play(how, number, calls, folder):
    with tempfile.TemporaryDirectory(dir=folder) as below:
        stage = Stage(scenarios.SCENARIOS[number - 1], calls, below)
        return list({"kill": kill, "cut": cut}[how](stage))


def main():
    how, calls, folder = sys.argv[1:4]
    chosen = [int(word) for word in sys.argv[4:]]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [(number, scenario.name, pool.submit(play, how, number, calls, folder))
                for number, scenario in enumerate(scenarios.SCENARIOS, 1)
                if number in (chosen or [number]) and not (how == "kill" and scenario.new)]
        for number, name, job in jobs:
            points = job.result()
            failures = [f"{what}: {broken}" for what, broken in points if broken]
            print(f"{'not ' if failures else ''}ok {number} - {name}, at {len(points)} points", flush=True)
            for failure in failures[:FAILURES_MAX]:
                print("    " + failure.replace("\n", "\n    "), flush=True)


if __name__ == "__main__":
    main()

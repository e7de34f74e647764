"""Runs commands and measures them. The jobs take turns, so other load on the machine affects all of
them."""

import os
import pathlib
import re
import statistics
import subprocess
import sys

NOISE_MAX = 2000  # characters of a failed command's last output


class Job:
    """A job to compare.

    command     the command; its standard output is discarded unless seconds_of is set
    size        bytes of input that it reads; 0: not meaningful
    before      called before each run; its time does not count
    after       called after each run
    stdin       text for the command
    seconds_of  a function from the command's report ("rows 0.61 commit 0.2" as a dict) to the seconds
                that count, if those are not all of the command's
    """

    def __init__(self, name, command, size=0, before=None, after=None, stdin="", seconds_of=None,
                 env=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.size = size
        self.before = before
        self.after = after
        self.stdin = stdin
        self.seconds_of = seconds_of
        self.env = env
        self.samples = []

    def median(self, of="seconds"):
        return statistics.median(sample[of] for sample in self.samples)

    def peak_kb(self):
        return max(sample["peak_kb"] for sample in self.samples)


def ratio(job, base):
    """Median of the ratios of neighbouring runs."""
    return statistics.median(one["seconds"] / other["seconds"]
                             for one, other in zip(job.samples, base.samples))


def parse_report(text):
    return {name: float(value) for name, value in re.findall(r"(\w+) ([0-9.]+)", text)}


class Bench:
    """What every group needs: the programs, the folder, the report, and how to measure."""

    def __init__(self, root, programs, folder, rounds, report):
        self.root = pathlib.Path(root)
        self.here = self.root / "tools" / "bench"
        self.peers = self.here / "peers"
        self.derrick = programs / "derrick"
        self.programs = programs / "tools" / "bench"
        self.folder = folder.resolve()
        self.rounds = rounds
        self.report = report
        folder.mkdir(parents=True, exist_ok=True)

    def call(self, *command):
        """Runs a command without measuring it. Returns its output; a failure ends the bench."""
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment())
        if done.returncode != 0:
            sys.exit(f"bench: '{command[0]}' failed:\n{done.stderr[-NOISE_MAX:]}")
        return done.stdout

    def once(self, job):
        """One run of a job."""
        if job.before:
            job.before()
        os.sync()
        reader, writer = os.pipe()
        command = [str(self.programs / "timed"), str(writer), *job.command]
        done = subprocess.run(command, input=job.stdin, stdout=subprocess.PIPE if job.seconds_of else
                              subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=(writer,),
                              text=True, cwd=self.folder, env=environment(job.env))
        os.close(writer)
        with os.fdopen(reader) as pipe:
            numbers = pipe.read().split()
        if done.returncode != 0:
            sys.exit(f"bench: {job.name} failed:\n{done.stderr[-NOISE_MAX:]}")
        wall_us, cpu_us, peak_kb = (int(number) for number in numbers)
        sample = {"seconds": wall_us / 1e6, "cpu_s": cpu_us / 1e6, "peak_kb": peak_kb}
        if job.seconds_of:
            sample["reported"] = parse_report(done.stdout)
            sample["seconds"] = job.seconds_of(sample["reported"])
        job.samples.append(sample)
        if job.after:
            job.after()

    def alternate(self, jobs, rounds=None):
        """Runs all jobs in turn, for a number of rounds."""
        for number in range(rounds or self.rounds):
            for job in jobs:
                self.report.progress(f"{job.name}, round {number + 1}")
                self.once(job)
        self.report.progress("")


def environment(more=None):
    """The caller's environment, without variables that would affect derrick or a peer."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("AWS_", "DERRICK_", "MYSQL_", "RCLONE_"))}
    env.update(LC_ALL="C", TZ="UTC", PYTHONDONTWRITEBYTECODE="1", **(more or {}))
    return env

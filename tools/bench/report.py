"""The table, the bounds, and results.json."""

import datetime
import json
import os
import platform
import sys
import time

import measure

WIDTH = 46
SYNCED_BYTES = 32 * 1024 * 1024


def processor():
    """The processor's name and the number of processors."""
    name = platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    name = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    return f"{len(os.sched_getaffinity(0))} x {name}"


def disk(folder):
    """Seconds that the folder's disk takes to store 32 MB, and one page."""
    path = folder / "synced"
    times = []
    with open(path, "wb") as file:
        for size in (SYNCED_BYTES, 4096):
            os.sync()
            start = time.monotonic()
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
            times.append(time.monotonic() - start)
    os.unlink(path)
    return times


class Report:
    def __init__(self, folder, rounds):
        self.folder = folder
        self.rounds = rounds
        self.rows = []
        self.bounds = []
        self.facts = {}
        self.left_out = []

    def progress(self, text):
        """Shows what runs now, on a terminal."""
        if sys.stderr.isatty():
            print(f"\r\033[K{text[:79]}", end="", file=sys.stderr, flush=True)

    def head(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        many, one = disk(self.folder)
        self.facts = {
            "date": datetime.date.today().isoformat(),
            "processor": processor(),
            "load": os.getloadavg()[0],
            "rounds": self.rounds,
            "sync_32_mb_s": many,
            "sync_page_s": one,
        }
        print(f"{self.facts['date']}, {self.facts['processor']}, load {self.facts['load']:.1f}, "
              f"rounds: {self.rounds}")
        print(f"disk: 32 MB are synced in {many:.3f} s, a page in {one * 1000:.1f} ms")
        print(f"\n{'':{WIDTH}}  seconds      cpu    ratio  peak MB     MB/s")

    def title(self, text):
        print(text, flush=True)

    def row(self, group, job, base=None, peak=True, name=None):
        """A job's line. base: the job that it is compared with."""
        seconds = job.median()
        ratio = measure.ratio(job, base) if base else None
        rate = job.size / seconds / 1e6 if job.size else None
        cpu = job.median("cpu_s") if not job.seconds_of else None
        peak_mb = job.peak_kb() / 1024 if peak else None
        self.rows.append({"group": group, "name": name or job.name, "seconds": seconds,
                          "cpu_s": cpu, "ratio": ratio, "peak_mb": peak_mb, "mb_per_s": rate,
                          "samples": job.samples})
        self.line(name or job.name, seconds, cpu, ratio, peak_mb, rate)

    def line(self, name, seconds, cpu=None, ratio=None, peak_mb=None, rate=None):
        fields = ((seconds, "9.3f"), (cpu, "9.3f"), (ratio, "9.2f"), (peak_mb, "9.1f"), (rate, "9.0f"))
        print(f"  {name:{WIDTH - 2}}" +
              "".join(" " * 9 if value is None else f"{value:{form}}" for value, form in fields),
              flush=True)

    def figure(self, group, name, text, **values):
        """A line that belongs to no job."""
        self.rows.append({"group": group, "name": name, **values})
        print(f"  {name:{WIDTH - 2}}{text}", flush=True)

    def without(self, name, reason):
        """A missing peer."""
        self.left_out.append({"name": name, "reason": reason})
        print(f"  {name:{WIDTH - 2}}  left out: {reason}", flush=True)

    def bound(self, name, value, most=None, least=None, unit=""):
        """A bound of the design. Printed at the end."""
        good = (most is None or value <= most) and (least is None or value >= least)
        said = f"bound {most:g}{unit}" if least is None else f"bound at least {least:g}{unit}"
        self.bounds.append({"name": name, "value": value, "most": most, "least": least,
                            "unit": unit.strip(), "ok": good})
        self.bounds[-1]["text"] = f"{name} {value:.4g}{unit} ({said}) {'ok' if good else 'MISSED'}"

    def close(self):
        """Prints the bounds and writes the file. Returns the exit code."""
        print()
        for bound in self.bounds:
            print(bound["text"])
        path = self.folder / "results.json"
        with open(path, "w") as file:
            json.dump({**self.facts, "rows": self.rows, "bounds": self.bounds,
                       "left_out": self.left_out}, file, indent=1)
        print(f"\nall of it: {os.path.relpath(path)}")
        return 0 if all(bound["ok"] for bound in self.bounds) else 1

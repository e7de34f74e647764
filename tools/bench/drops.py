"""The data: drops that `derrick sample` makes, kept in the bench's folder."""

import os
import shutil


def sample(bench, name, *options):
    """The folder of a drop; creates it if it is missing, and reads it once to cache it."""
    folder = bench.folder / name
    if not folder.is_dir():
        bench.report.progress(f"making {name}")
        part = bench.folder / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        bench.call(bench.derrick, "-q", "sample", part, *options)
        part.rename(folder)
        bench.report.progress("")
    for path in files(folder):
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
    return folder


def full(bench):
    """The historical drop: 17 files, 60 cohorts."""
    return sample(bench, "drop")


def files(folder):
    return sorted(folder.glob("*.txt"))


def size(folder):
    return sum(path.stat().st_size for path in files(folder))


def link(folder, into, without=()):
    """The drop's files again, as hard links: the same bytes, already cached and on disk."""
    into.mkdir(parents=True, exist_ok=True)
    for path in files(folder):
        if path.name not in without:
            os.link(path, into / path.name)


def workspace(bench, name="workspace"):
    """A fresh workspace."""
    folder = bench.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    bench.call(bench.derrick, "-q", "init", folder)
    return folder

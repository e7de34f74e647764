"""Finds the peers: each is a command, or the reason why it is missing."""

import functools
import hashlib
import shutil
import subprocess
import sys

DUCKDB = "@duckdb/node-api@1.5.6-r.1"


class Found:
    def __init__(self, command=None, reason=None):
        self.command = command
        self.reason = reason


def program(*names):
    """The first of these programs that is installed."""
    for name in names:
        path = shutil.which(name)
        if path:
            return Found([path])
    return Found(reason=f"no {names[0]} here")


def awk():
    """mawk is the fastest one."""
    return program("mawk", "awk")


@functools.cache
def pandas():
    """A Python with pandas: the system's, if this one has no pandas."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import pandas"], stderr=subprocess.DEVNULL).returncode == 0:
                return Found([python])
        except OSError:
            pass
    return Found(reason="no Python here has pandas (Debian: python3-pandas)")


@functools.cache
def duckdb(bench):
    """DuckDB for Node.js, installed into the bench's folder."""
    modules = bench.folder / "npm"
    if not shutil.which("node"):
        return Found(reason="no node here")
    if not (modules / "node_modules" / "@duckdb").is_dir():
        if not shutil.which("npm"):
            return Found(reason="no npm here to install it with")
        bench.report.progress("installing DuckDB")
        done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save",
                               "--prefix", modules, DUCKDB], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        bench.report.progress("")
        if done.returncode != 0:
            return Found(reason=f"npm can't install {DUCKDB}")
    return Found(["node", bench.peers / "duckdb.mjs", modules])


@functools.cache
def packages(bench):
    """A Python with peers/requirements.txt, in a virtual environment of the bench's folder."""
    wanted = bench.peers / "requirements.txt"
    folder = bench.folder / f"python-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if not complete.exists():
        bench.report.progress("installing DuckDB, polars, pyarrow, tsfresh and tsfel")
        shutil.rmtree(folder, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", folder],
                        [python, "-m", "pip", "install", "-q", "--no-deps", "-r", wanted]):
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if done.returncode != 0:
                return Found(reason=f"can't install {wanted.name} of peers/ from PyPI")
        complete.touch()
        bench.report.progress("")
    return Found([str(python)])

"""What the S3 live tests share: servers, the driver, and checks that print `ok` and `not ok`."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DRIVER = os.environ.get("S3_DRIVER", "")
# Debian's own: a pip-installed one may come first in PATH.
AWS = "/usr/bin/aws"
KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MIB = 1024 * 1024

passed = 0
failed = 0


def check(name, condition, detail=""):
    """One test line. Returns the condition."""
    global passed, failed
    if condition:
        passed += 1
        print(f"ok {passed + failed} - {name}", flush=True)
    else:
        failed += 1
        print(f"not ok {passed + failed} - {name}", flush=True)
        for line in str(detail).splitlines()[:40]:
            print(f"#   {line}", flush=True)
    return bool(condition)


def finish():
    print(f"1..{passed + failed}", flush=True)
    sys.exit(1 if failed or not passed else 0)


@contextlib.contextmanager
def scratch():
    """A folder in /tmp (or TMPDIR) that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="derrick-s3-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_file(path, size, seed=0):
    """A file of `size` bytes that are not all alike, the same for the same seed."""
    block = bytes((index * 7 + index // 251 + seed * 13) % 256 for index in range(65537))
    with open(path, "wb") as file:
        left = size
        number = 0
        while left > 0:
            piece = (number.to_bytes(8, "big") + block)[:left]
            file.write(piece)
            left -= len(piece)
            number += 1
    return path


class Strict:
    """The strict server, in a folder of its own below `folder`."""

    def __init__(self, folder, *arguments, faults=None):
        self.folder = tempfile.mkdtemp(prefix="server-", dir=folder)
        command = [sys.executable, os.path.join(HERE, "strict_server.py"), "--folder", self.folder,
                   "--bucket", "well-sensor-logs", *arguments]
        if faults:
            command += ["--faults", faults]
        self.process = subprocess.Popen(command)
        deadline = time.time() + 20
        while not os.path.exists(self.path("port")):
            if time.time() > deadline or self.process.poll() is not None:
                raise RuntimeError("the strict server does not start")
            time.sleep(0.01)
        with open(self.path("port"), encoding="utf-8") as file:
            self.port = int(file.read())
        self.endpoint = f"{'https' if '--tls' in arguments else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return [json.loads(line) for line in file.read().splitlines()]

    def count(self, operation, status=None):
        return sum(1 for entry in self.log() if entry["operation"] == operation
                   and (status is None or entry["status"] == status))

    def path(self, name):
        return os.path.join(self.folder, name)


def environment(endpoint=None, home="/nonexistent", **more):
    """An environment without any of the caller's own AWS settings. None takes a variable out."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    kept.update({"HOME": home, "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
                 "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET})
    if endpoint:
        kept["AWS_ENDPOINT_URL_S3"] = endpoint
    for name, value in more.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return kept


class Result:
    def __init__(self, process, seconds):
        self.exit = process.returncode
        self.out = process.stdout
        self.err = process.stderr
        self.seconds = seconds
        self.values = dict(line.split("=", 1) for line in self.out.splitlines() if "=" in line)

    def __getitem__(self, name):
        return self.values.get(name, "")

    def number(self, name):
        return int(self.values.get(name) or -1)

    def __str__(self):
        return f"exit {self.exit}\n{self.out}\n{self.err}"


def drive(env, *words, timeout=120):
    """Runs the driver to its end."""
    start_time = time.time()
    process = subprocess.run([DRIVER, "url=s3://well-sensor-logs/pre", "backoff_ms=10", *words], env=env,
                             capture_output=True, text=True, timeout=timeout, check=False)
    return Result(process, time.time() - start_time)


def start(env, *words):
    """Starts the driver, with its output dropped."""
    return subprocess.Popen([DRIVER, "url=s3://well-sensor-logs/pre", "backoff_ms=10", *words], env=env,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def aws(env, endpoint, *words, timeout=120):
    """Runs Debian's AWS CLI."""
    return subprocess.run([AWS, "--endpoint-url", endpoint, *words], capture_output=True, text=True,
                          env={**env, "AWS_DEFAULT_REGION": env["AWS_REGION"], "AWS_PAGER": ""},
                          timeout=timeout, check=False)


def same_file(one, other):
    return os.path.exists(other) and subprocess.run(["cmp", "-s", one, other], check=False).returncode == 0


def read_back(env, endpoint, key, path, folder):
    """Whether the object is the file, byte for byte, as an independent client reads it."""
    copy = os.path.join(folder, "read-back")
    if os.path.exists(copy):
        os.unlink(copy)
    process = aws(env, endpoint, "s3", "cp", f"s3://well-sensor-logs/pre/{key}", copy, "--no-progress")
    return process.returncode == 0 and same_file(path, copy)


def matches(pattern, text):
    return re.search(pattern, text, re.DOTALL) is not None

"""Shared by the S3 live tests: servers, the driver, and checks that print `ok` and `not ok`."""
import contextlib
import functools
import importlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import strict_server

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
    """A folder in /tmp (or TMPDIR) that is removed afterwards."""
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
    """The strict server, in its own folder below `folder`. It is a fork of this process, because
    that starts faster. `rules`: faults, as in a file of faults."""

    def __init__(self, folder, *arguments, faults=None, rules=None, bucket="well-sensor-logs"):
        self.folder = tempfile.mkdtemp(prefix="server-", dir=folder)
        words = ["--folder", self.folder, "--bucket", bucket, *arguments]
        if rules:
            faults = self.path("faults.json")
            with open(faults, "w", encoding="utf-8") as file:
                json.dump({"rules": rules}, file)
        if faults:
            words += ["--faults", faults]
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self.serve(words)
        deadline = time.time() + 120
        while not os.path.exists(self.path("port")):
            if time.time() > deadline:
                raise RuntimeError("the strict server does not start")
            time.sleep(0.002)
        with open(self.path("port"), encoding="utf-8") as file:
            self.port = int(file.read())
        self.endpoint = f"{'https' if '--tls' in arguments else 'http'}://127.0.0.1:{self.port}"

    @staticmethod
    def serve(words):
        """The child's life."""
        try:
            strict_server.main(words)
        finally:
            os._exit(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def held(self):
        """Whether a request is held up by a fault of kind "hold"."""
        return os.path.exists(self.path("held"))

    def connections(self):
        """The number of connections; each one is a thread. Those of a killed client end when their
        current requests end."""
        return len(os.listdir(f"/proc/{self.pid}/task")) - 1

    def release(self):
        """Releases the held request."""
        open(self.path("release"), "w", encoding="utf-8").close()

    def log(self):
        """The requests so far. A line that is just being written counts when it is whole."""
        try:
            with open(self.path("log"), encoding="utf-8") as file:
                return [json.loads(line) for line in file.read().split("\n")[:-1]]
        except FileNotFoundError:
            return []

    def count(self, operation, status=None):
        return sum(1 for entry in self.log() if entry["operation"] == operation
                   and (status is None or entry["status"] == status))

    def path(self, name):
        return os.path.join(self.folder, name)


class Narrow:
    """A connection to a server on 127.0.0.1 that passes this many bytes, and then no more: the rest
    waits until the client ends. For a server that can't be stopped."""

    def __init__(self, target, size):
        self.target = target
        self.left = size
        self.lock = threading.Lock()
        self.full = threading.Event()
        self.answers = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self.answers.append(threading.Thread(target=self.carry, args=(server, client, False), daemon=True))
            self.answers[-1].start()
            threading.Thread(target=self.carry, args=(client, server, True), daemon=True).start()

    def passes(self, size):
        with self.lock:
            self.left -= size
            return self.left >= 0

    def carry(self, source, sink, counted):
        """Bytes one way, until an end of it closes."""
        try:
            while data := source.recv(65536):
                if not counted or self.passes(len(data)):
                    sink.sendall(data)
                else:
                    self.full.set()
        except OSError:
            pass
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def over(self):
        """Whether the server has ended every connection, and so every request."""
        return not any(thread.is_alive() for thread in self.answers)


def environment(endpoint=None, home="/nonexistent", **more):
    """An environment without the caller's AWS settings. None removes a variable."""
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


def drive(env, *words, timeout=300):
    """Runs the driver to its end."""
    start_time = time.time()
    process = subprocess.run([DRIVER, "url=s3://well-sensor-logs/pre", "backoff_ms=10", *words], env=env,
                             capture_output=True, text=True, timeout=timeout, check=False)
    return Result(process, time.time() - start_time)


def start(env, *words):
    """Starts the driver and discards its output."""
    return subprocess.Popen([DRIVER, "url=s3://well-sensor-logs/pre", "backoff_ms=10", *words], env=env,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(condition, seconds=300):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return True
        time.sleep(0.002)
    return False


def free_port():
    """A port that is free now, and stays free for a server that restarts."""
    return subprocess.run([os.path.join(HERE, "..", "free_ports.py")], capture_output=True, text=True,
                          check=True).stdout.strip()


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def aws(env, endpoint, *words, timeout=300):
    """Runs Debian's AWS CLI."""
    return subprocess.run([AWS, "--endpoint-url", endpoint, *words], capture_output=True, text=True,
                          env={**env, "AWS_DEFAULT_REGION": env["AWS_REGION"], "AWS_PAGER": ""},
                          timeout=timeout, check=False)


def same_file(one, other):
    return os.path.exists(other) and subprocess.run(["cmp", "-s", one, other], check=False).returncode == 0


def botocore(name):
    """A module of the AWS CLI's library, in the location of its version."""
    try:
        return importlib.import_module(f"awscli.botocore.{name}")
    except ImportError:
        return importlib.import_module(f"botocore.{name}")


@functools.lru_cache(maxsize=None)
def session():
    """Reads the models of services once, and none of the caller's AWS files."""
    made = botocore("session").Session()
    made.set_config_variable("config_file", "/nonexistent")
    made.set_config_variable("credentials_file", "/nonexistent")
    return made


def client(env, endpoint):
    """The AWS CLI's library in this process: an independent client without startup cost."""
    config = botocore("config").Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
    return session().create_client(
        "s3", endpoint_url=endpoint, region_name=env["AWS_REGION"], config=config,
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=env.get("AWS_SESSION_TOKEN"))


def read_back(env, endpoint, key, path, bucket="well-sensor-logs", prefix="pre/"):
    """Whether an independent client reads exactly the bytes of the file from the object."""
    try:
        body = client(env, endpoint).get_object(Bucket=bucket, Key=prefix + key)["Body"]
        return same_bytes(body, path)
    except Exception as problem:  # of any kind: it can't be read
        print(f"#   reading '{key}' back: {problem}", flush=True)
        return False


def same_object(server, key, path, bucket="well-sensor-logs"):
    """The same without a client, from a server with public objects (--public)."""
    with urllib.request.urlopen(f"{server.endpoint}/{bucket}/{urllib.parse.quote(key)}") as body:
        return same_bytes(body, path)


def same_bytes(body, path):
    """Whether a stream has exactly the contents of the file."""
    with open(path, "rb") as file:
        while True:
            piece = body.read(MIB)
            if piece != file.read(len(piece) or 1):
                return False
            if not piece:
                return True


def matches(pattern, text):
    return re.search(pattern, text, re.DOTALL) is not None

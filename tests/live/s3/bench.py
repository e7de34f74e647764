#!/usr/bin/python3
"""Throughput against `aws s3 cp` and rclone: the same file to the same local server, in one run.

    bench.py [MIB] [ENDPOINT]

The best of three for each; without an endpoint the strict server is started. Credentials are the
strict server's, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY with an endpoint.
"""
import contextlib
import os
import shutil
import subprocess
import sys
import time

from harness import AWS, MIB, Strict, drive, environment, scratch


def best(action, rounds=3):
    times = []
    for number in range(rounds):
        start = time.time()
        if action(number) != 0:
            return None
        times.append(time.time() - start)
    return min(times)


def run(command, env):
    return subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False).returncode


def measure(folder, endpoint, env, size):
    path = os.path.join(folder, "file")
    with open(path, "wb") as file:
        for _ in range(size):
            file.write(os.urandom(MIB))
    hashed = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]
    bucket = "well-sensor-logs"
    results = {
        "derrick": best(lambda n: drive(env, f"sha256={hashed}", "put", f"derrick-{n}", path).exit),
        "aws s3 cp": best(lambda n: run([AWS, "--endpoint-url", endpoint, "s3", "cp", path,
                                         f"s3://{bucket}/pre/aws-{n}", "--no-progress"], env)),
    }
    if shutil.which("rclone"):
        remote = f":s3,provider=Ceph,env_auth=true,endpoint='{endpoint}',force_path_style=true,no_check_bucket=true:"
        results["rclone"] = best(lambda n: run(["rclone", "--config", "/dev/null", "copyto", path,
                                                f"{remote}{bucket}/pre/rclone-{n}"], env))
    for name, seconds in results.items():
        if seconds is None:
            print(f"{name:10} failed")
            continue
        ratio = seconds / results["derrick"] if results["derrick"] else 0
        print(f"{name:10} {seconds:6.2f} s  {size / seconds:7.0f} MiB/s  {ratio:5.2f} x derrick's time")
    others = [seconds for name, seconds in results.items() if name != "derrick" and seconds]
    return 0 if results["derrick"] and others and results["derrick"] <= min(others) else 1


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with scratch() as folder, contextlib.ExitStack() as stack:
        if len(sys.argv) > 2:
            endpoint = sys.argv[2]
            env = environment(endpoint, AWS_ACCESS_KEY_ID=os.environ["AWS_ACCESS_KEY_ID"],
                              AWS_SECRET_ACCESS_KEY=os.environ["AWS_SECRET_ACCESS_KEY"])
        else:
            endpoint = stack.enter_context(Strict(folder)).endpoint
            env = environment(endpoint)
        env.update({"AWS_DEFAULT_REGION": "us-east-1", "HOME": folder})
        sys.exit(measure(folder, endpoint, env, size))


if __name__ == "__main__":
    main()

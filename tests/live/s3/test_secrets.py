#!/usr/bin/python3
"""No secret in any output, or in any request except its signature.

Each way of giving keys, each way of failing; then every byte that came out is searched. What the program
leaves on disk and in memory is searched by test_keys.py.
"""
import os

from harness import Strict, check, drive, environment, finish, scratch, write_file

SECRET = "Se3cretKeyThatNobodyMaySee/0123456789+abc"
TOKEN = "T0kenThatNobodyMaySee" + "x" * 900


def leaks(text):
    return SECRET in text or TOKEN[:40] in text


def outputs(folder):
    path = write_file(os.path.join(folder, "file"), 17 * 1024 * 1024)
    keys = {"AWS_ACCESS_KEY_ID": "LEAKTEST", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    home = os.path.join(folder, "home")
    os.makedirs(os.path.join(home, ".aws"))
    with open(os.path.join(home, ".aws", "credentials"), "w", encoding="utf-8") as file:
        file.write(f"[default]\naws_access_key_id = LEAKTEST\naws_secret_access_key = {SECRET}\n"
                   f"aws_session_token = {TOKEN}\n[broken\nx = {SECRET}\n")
    program = os.path.join(folder, "process")
    with open(program, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\necho 'SecretAccessKey {SECRET}' >&2\necho '{{\"SecretAccessKey\": \"{SECRET}\"'\nexit 1\n")
    os.chmod(program, 0o755)
    process_home = os.path.join(folder, "process-home")
    os.makedirs(os.path.join(process_home, ".aws"))
    with open(os.path.join(process_home, ".aws", "config"), "w", encoding="utf-8") as file:
        file.write(f"[default]\ncredential_process = {program}\n")
    bare = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    with Strict(folder, "--key", f"LEAKTEST:{SECRET}:{TOKEN}") as server:
        env = environment(server.endpoint, **keys)
        cases = {
            "a put": drive(env, "progress=yes", "put", "k", path),
            "a conflict": drive(env, "put", "k", program),
            "a wrong token": drive({**env, "AWS_SESSION_TOKEN": TOKEN + "y"}, "put", "k2", path),
            "a wrong secret": drive({**env, "AWS_SECRET_ACCESS_KEY": SECRET + "y"}, "put", "k2", path),
            "no server": drive({**env, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "attempts=2", "put", "k", path),
            "a proxy with a password": drive({**env, "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
                                              "https_proxy": f"http://user:{SECRET[:20]}@127.0.0.1:9"},
                                             "attempts=1", "put", "k", path),
            "an endpoint with a password": drive({**env, "AWS_ENDPOINT_URL_S3": f"http://u:{SECRET[:30]}@localhost"},
                                                 "put", "k", path),
            "a broken credentials file": drive(environment(server.endpoint, home, **bare), "put", "k", path),
            "a credential_process that fails": drive(environment(server.endpoint, process_home, **bare), "open"),
            "the source": drive(env, "source"),
        }
        for name, result in cases.items():
            text = result.out + result.err
            check(f"no secret in the output of {name}", text and not leaks(text) and SECRET[:20] not in text,
                  "(not shown)")
        with open(server.path("log"), encoding="utf-8") as file:
            check("the secret itself never travels", SECRET not in file.read())


def main():
    with scratch() as folder:
        outputs(folder)
    finish()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The strict server against Debian's AWS CLI: right keys, wrong keys, and what derrick writes."""
import os

from harness import (KEY_ID, MIB, SECRET, Strict, aws, check, drive, environment, finish, read_back,
                     same_file, scratch, write_file)


def copies(folder):
    path = write_file(os.path.join(folder, "big"), 20 * MIB + 3)
    small = write_file(os.path.join(folder, "small"), 12345)
    with Strict(folder) as server:
        env = environment(server.endpoint)
        for name, file in (("small", small), ("big", path), ("a b+c%d ü/ä&=.csv", small)):
            done = aws(env, server.endpoint, "s3", "cp", file, f"s3://well-sensor-logs/pre/{name}",
                       "--no-progress")
            check(f"the AWS CLI uploads '{name}'", done.returncode == 0, done.stderr)
            check(f"and reads it back: '{name}'", read_back(env, server.endpoint, name, file))
            result = drive(env, "put", name, file)
            check(f"derrick sees that it is there already: '{name}'",
                  result.exit == 0 and result["skipped"] == "1", result)
        for name, file in (("mine/small", small), ("mine/big", path), ("mine/ü + % & = ?#.csv", small),
                           ("mine/..", small), ("mine/a//b", small)):
            result = drive(env, "put", name, file)
            check(f"derrick puts '{name}'", result.exit == 0 and result["skipped"] == "0", result)
            if ".." not in name:
                check(f"the AWS CLI reads '{name}'", read_back(env, server.endpoint, name, file))
        listing = aws(env, server.endpoint, "s3", "ls", "--recursive", "s3://well-sensor-logs/")
        check("the AWS CLI lists them", listing.returncode == 0 and "mine/ü + % & = ?#.csv" in listing.stdout,
              listing.stdout + listing.stderr)
        sent = [entry for entry in server.log() if entry["key"] == "pre/mine/ü + % & = ?#.csv"]
        check("the key is the one that was meant, to the letter", len(sent) > 0)


def wrong_keys(folder):
    small = write_file(os.path.join(folder, "small"), 100)
    copy = os.path.join(folder, "copy")
    with Strict(folder, "--key", f"{KEY_ID}:{SECRET}", "--key", "TEMPORARY:secret2:token3") as server:
        for who, env, code in (
                ("a wrong secret", environment(AWS_SECRET_ACCESS_KEY="wrong"), "SignatureDoesNotMatch"),
                ("an unknown key", environment(AWS_ACCESS_KEY_ID="NOBODY"), "InvalidAccessKeyId"),
                ("a wrong token", environment(AWS_ACCESS_KEY_ID="TEMPORARY", AWS_SECRET_ACCESS_KEY="secret2",
                                              AWS_SESSION_TOKEN="no"), "InvalidToken")):
            done = aws(env, server.endpoint, "s3api", "list-objects-v2", "--bucket", "well-sensor-logs")
            check(f"the server refuses the AWS CLI with {who}",
                  done.returncode != 0 and code in done.stderr, done.stderr)
            result = drive({**env, "AWS_ENDPOINT_URL_S3": server.endpoint}, "put", "k", small)
            check(f"and derrick with {who}, in the same words", result.exit == 5 and code in result.err, result)
        env = environment(server.endpoint, AWS_ACCESS_KEY_ID="TEMPORARY", AWS_SECRET_ACCESS_KEY="secret2",
                          AWS_SESSION_TOKEN="token3")
        result = drive(env, "put", "k", small)
        check("temporary keys with their token are taken", result.exit == 0, result)
        done = aws(env, server.endpoint, "s3", "cp", "s3://well-sensor-logs/pre/k", copy)
        check("and read by the AWS CLI", done.returncode == 0 and same_file(small, copy), done.stderr)


def main():
    with scratch() as folder:
        copies(folder)
        wrong_keys(folder)
    finish()


if __name__ == "__main__":
    main()

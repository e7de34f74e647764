#!/usr/bin/python3
"""Objects: skipping, replacing, conflicts, attributes, addresses, TLS, credentials, the bucket."""
import os
import stat
import subprocess
import sys
import threading
import time

from harness import (KEY_ID, MIB, SECRET, Strict, check, client, drive, environment, finish, matches, read_back,
                     scratch, wait_for, write_file)

ZERO_ETAG = '"00000000000000000000000000000000"'


def replacing(folder, size, what):
    one = write_file(os.path.join(folder, "one"), size, seed=1)
    two = write_file(os.path.join(folder, "two"), size, seed=2)
    three = write_file(os.path.join(folder, "three"), size + 1, seed=3)
    with Strict(folder, "--versions") as server:
        env = environment(server.endpoint)
        first = drive(env, "run=r1", "content_type=text/csv", "put", "k", one)
        check(f"{what}: a first put", first.exit == 0 and first["skipped"] == "0" and first["version_id"], first)
        head = drive(env, "head", "k")
        check(f"{what}: its metadata is there", head["run"] == "r1" and head["sha256"] == first["sha256"] and
              head["etag"] == first["etag"] and head.number("size") == size, head)
        again = drive(env, f"known_etag={first['etag']}", f"known_sha256={first['sha256']}",
                      f"sha256={first['sha256']}", "put", "k", one)
        check(f"{what}: the same again sends nothing", again["skipped"] == "1" and again["bytes_sent"] == "0" and
              again["etag"] == first["etag"], again)
        lost = drive(env, "put", "k", one)
        check(f"{what}: the same again without a ledger neither", lost["skipped"] == "1", lost)
        other = drive(env, "put", "k", two)
        check(f"{what}: another file where the ledger knows of none is a conflict",
              other.exit == 5 and matches("exists already, and derrick did not upload it.*run r1.*move it away",
                                          other.err), other)
        old = drive(env, f"known_etag={ZERO_ETAG}", "put", "k", two)
        check(f"{what}: an object that is not the ledger's is reported with who wrote it, and stays",
              old.exit == 5 and matches("somebody changed 's3://well-sensor-logs/pre/k'.*someone-else", old.err),
              old)
        check(f"{what}: still the first one", read_back(env, server.endpoint, "k", one))
        second = drive(env, f"known_etag={first['etag']}", "put", "k", two)
        check(f"{what}: the ledger's own object is replaced", second.exit == 0 and second["skipped"] == "0" and
              read_back(env, server.endpoint, "k", two), second)
        forced = drive(env, "replace=yes", "put", "k", three)
        check(f"{what}: replace=yes replaces anything", forced.exit == 0 and
              read_back(env, server.endpoint, "k", three), forced)
        client(env, server.endpoint).delete_object(Bucket="well-sensor-logs", Key="pre/k")
        gone = drive(env, f"known_etag={forced['etag']}", f"known_sha256={forced['sha256']}", "put", "k", three)
        check(f"{what}: what someone deleted is put again", gone.exit == 0 and gone["skipped"] == "0" and
              "does not exist any more" in gone.err, gone)
        conditions = [(entry["headers"].get("if-match"), entry["headers"].get("if-none-match"))
                      for entry in server.log() if entry["status"] == 200 and
                      entry["operation"] in ("PutObject", "CompleteMultipartUpload")]
        check(f"{what}: every write carried its condition", conditions == [
            (None, "*"), (first["etag"], None), (second["etag"], None), (None, "*")], conditions)


def changed_file(folder):
    for size in (1000, 17 * MIB):
        path = write_file(os.path.join(folder, "edited"), size)
        with Strict(folder) as server:
            result = drive(environment(server.endpoint), "sha256=" + "0" * 64, "put", "k", path)
            objects = server.count("PutObject", 200) + server.count("CompleteMultipartUpload", 200)
            left = server.count("CreateMultipartUpload", 200) - server.count("AbortMultipartUpload", 204)
            check(f"a file of {size} bytes that was edited since its export is not published",
                  result.exit == 3 and "changed after it was written" in result.err and objects == 0 and
                  left == 0, result)


def race(folder):
    """Another client uploads an object between our check and our write."""
    path = write_file(os.path.join(folder, "mine"), 1000, seed=1)
    theirs = write_file(os.path.join(folder, "theirs"), 1000, seed=2)
    rules = [{"operation": "PutObject", "fault": {"kind": "hold", "when": "before"}}]
    with Strict(folder, rules=rules) as server:
        env = environment(server.endpoint)
        results = []
        thread = threading.Thread(target=lambda: results.append(drive(env, "put", "k", path)))
        thread.start()
        wait_for(server.held)
        with open(theirs, "rb") as file:
            client(env, server.endpoint).put_object(Bucket="well-sensor-logs", Key="pre/k", Body=file.read())
        server.release()
        thread.join()
        check("whoever comes between look and write is not overwritten", results[0].exit == 5 and
              read_back(env, server.endpoint, "k", theirs), results[0])


def attributes(folder):
    for size in (1000, 17 * MIB):
        path = write_file(os.path.join(folder, "file"), size)
        with Strict(folder) as server:
            env = environment(server.endpoint)
            result = drive(env, "sse=aws:kms", "kms_key_id=alias/rig", "storage_class=STANDARD_IA",
                           "content_type=text/csv", "run=r9", "put", "k", path)
            again = drive(env, f"known_etag={result['etag']}", "put", "k", path)
            reported = next(entry["headers"] for entry in server.log()
                        if entry["operation"] in ("PutObject", "CreateMultipartUpload"))
            check(f"KMS, storage class, type and metadata travel ({size} bytes)", result.exit == 0 and
                  reported.get("x-amz-server-side-encryption") == "aws:kms" and
                  reported.get("x-amz-server-side-encryption-aws-kms-key-id") == "alias/rig" and
                  reported.get("x-amz-storage-class") == "STANDARD_IA" and reported.get("content-type") == "text/csv" and
                  reported.get("x-amz-meta-run") == "r9" and reported.get("x-amz-meta-sha256") == result["sha256"], reported)
            check(f"and are skipped by their sha256 the next time ({size} bytes)", again["skipped"] == "1", again)
            plain = drive(env, "sse=AES256", "put", "plain", path)
            check(f"AES256 ({size} bytes)", plain.exit == 0, plain)
            before = drive(env, "put", "later", path)
            later = drive(env, "sse=AES256", f"known_etag={before['etag']}", "put", "later", path)
            again = drive(env, "sse=AES256", f"known_etag={later['etag']}", "put", "later", path)
            check(f"encryption that was switched on later: the object is put once more ({size} bytes)",
                  [done["skipped"] for done in (before, later, again)] == ["0", "0", "1"], f"{later} {again}")
        with Strict(folder, "--without", "encryption") as server:
            env = environment(server.endpoint)
            for wish in ("AES256", "aws:kms"):
                for _ in range(2):
                    lost = drive(env, f"sse={wish}", "put", "k", path)
                    check(f"a server that ignores {wish}: an error ({size} bytes)", lost.exit == 5 and
                          f"without the encryption of s3.sse = {wish}" in lost.err and "s3.sse = none" in lost.err, lost)
    with Strict(folder) as server:
        env = environment(server.endpoint, AWS_REQUEST_CHECKSUM_CALCULATION="when_required")
        path = write_file(os.path.join(folder, "file"), 17 * MIB)
        result = drive(env, "put", "k", path)
        check("AWS_REQUEST_CHECKSUM_CALCULATION=when_required sends no checksum headers", result.exit == 0 and
              not any(name.startswith("x-amz-checksum") for entry in server.log() for name in entry["headers"]),
              result)


def addresses(folder):
    path = write_file(os.path.join(folder, "file"), 17 * MIB)
    with Strict(folder) as server:
        endpoint = f"http://localhost:{server.port}"
        result = drive(environment(endpoint), "addressing=virtual", "put", "k", path)
        hosts = {entry["headers"]["host"] for entry in server.log()}
        check("virtual-host addresses", result.exit == 0 and
              hosts == {f"well-sensor-logs.localhost:{server.port}"}, f"{hosts} {result}")
    with Strict(folder, "--path", "/gateway") as server:
        result = drive(environment(server.endpoint + "/gateway/"), "put", "a b/ü.csv", path)
        check("an endpoint with a path", result.exit == 0 and
              server.count("CompleteMultipartUpload", 200) == 1, result)
    refused = drive(environment("http://example.com"), "put", "k", path)
    check("unencrypted HTTP to a remote server is refused", refused.exit == 2 and "insecure_http = allow" in refused.err,
          refused)


def tls(folder):
    path = write_file(os.path.join(folder, "file"), 1000)
    pair = [os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")]
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", pair[0],
                           "-keyout", pair[1]], capture_output=True, check=False)
    if not check("a certificate for the test", made.returncode == 0, made.stderr):
        return
    with Strict(folder, "--tls", *pair) as server:
        blind = drive(environment(server.endpoint), "put", "k", path)
        check("a certificate that nobody vouches for is refused", blind.exit == 5 and
              "AWS_CA_BUNDLE" in blind.err, blind)
        result = drive(environment(server.endpoint, AWS_CA_BUNDLE=pair[0]), "put", "k", path)
        check("and taken with AWS_CA_BUNDLE", result.exit == 0, result)


def write_home(folder, config="", credentials=""):
    home = os.path.join(folder, "home")
    os.makedirs(os.path.join(home, ".aws"), exist_ok=True)
    for name, text in (("config", config), ("credentials", credentials)):
        with open(os.path.join(home, ".aws", name), "w", encoding="utf-8") as file:
            file.write(text)
    return home


def write_program(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def credentials(folder):
    path = write_file(os.path.join(folder, "file"), 1000)
    bare = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    token = "t" * 1500
    with Strict(folder, "--key", f"{KEY_ID}:{SECRET}", "--key", f"LONG:secret:{token}",
                "--key", "FRESH:secret2:token2") as server:
        none = drive(environment(server.endpoint, **bare), "put", "k", path)
        check("without credentials: a clear message and exit 5", none.exit == 5 and
              matches("no credentials for S3 anywhere.*AWS_ACCESS_KEY_ID", none.err) and not server.log()
              if os.path.exists(server.path("log")) else False, none)
        home = write_home(folder, "[profile rig]\nregion = us-east-1\n",
                          f"# keys\n[rig]\naws_access_key_id = LONG\naws_secret_access_key=secret\n"
                          f"aws_session_token = {token}\n")
        env = environment(server.endpoint, home, AWS_PROFILE="rig", **bare)
        result = drive(env, "put", "profile", path)
        check("a profile with a token of 1500 bytes", result.exit == 0, result)
        check("status names it", drive(env, "source")["source"] == "profile 'rig' of ~/.aws/credentials")
        both = drive(environment(server.endpoint, home, AWS_PROFILE="rig"), "open")
        check("the environment's keys win", both["source"] == "environment", both)
        wrong = drive(environment(server.endpoint, home, AWS_PROFILE="no-such", **bare), "open")
        check("a profile that is nowhere is reported", wrong.exit == 5 and "no profile 'no-such'" in wrong.err, wrong)
        counter = os.path.join(folder, "runs")
        program = write_program(
            os.path.join(folder, "fetch keys"),
            f"echo x >> '{counter}'\n"
            f'echo \'{{"Version": 1, "AccessKeyId": "FRESH", "SecretAccessKey": "secret2", '
            f'"SessionToken": "token2", "Expiration": "{iso(3600)}"}}\'\n')
        home = write_home(folder, f"[default]\ncredential_process = \"{program}\" --for 'derrick'\n")
        env = environment(server.endpoint, home, **bare)
        result = drive(env, "put", "process", path)
        check("credential_process, with a blank in its name", result.exit == 0 and
              os.path.getsize(counter) == 2, result)
        failing = write_program(os.path.join(folder, "fail"), "echo 'no network to the vault' >&2; exit 3\n")
        home = write_home(folder, f"[default]\ncredential_process = {failing}\n")
        result = drive(environment(server.endpoint, home, **bare), "open")
        check("one that fails is reported with what it says", result.exit == 5 and
              matches("exit code 3: no network to the vault", result.err), result)
        imds(folder, server, path, bare)
    expiring(folder, path, bare)


def expiring(folder, path, bare):
    """Keys that the server reports as expired are renewed once, during an upload."""
    rules = [{"operation": "PutObject", "fault": {
        "kind": "status", "status": 400, "code": "ExpiredToken", "message": "over"}}]
    program = write_program(
        os.path.join(folder, "rotate"),
        f"if [ -e '{folder}/rotated' ]; then n=2; else n=1; fi; touch '{folder}/rotated'\n"
        'echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"ROT$n\\", \\"SecretAccessKey\\": \\"s$n\\", '
        '\\"SessionToken\\": \\"t$n\\"}"\n')
    home = write_home(folder, f"[default]\ncredential_process = {program}\n")
    with Strict(folder, "--key", "ROT1:s1:t1", "--key", "ROT2:s2:t2", rules=rules) as server:
        result = drive(environment(server.endpoint, home, **bare), "put", "k", path)
        used = [entry["access_key"] for entry in server.log() if entry["operation"] == "PutObject"]
        check("keys that expired are fetched again, and the upload continues", result.exit == 0 and
              used[-1] == "ROT2", f"{used} {result}")


IMDS = '''
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, text, status=200):
        self.send_response(status); self.send_header("Content-Length", str(len(text)))
        self.end_headers(); self.wfile.write(text.encode())
    def do_PUT(self):
        fine = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        self.answer("TOKEN" if fine else "", 200 if fine else 400)
    def do_GET(self):
        if self.headers["X-aws-ec2-metadata-token"] != "TOKEN":
            self.answer("", 401)
        elif self.path == "/latest/meta-data/iam/security-credentials/":
            self.answer("the-role")
        elif self.path == "/latest/meta-data/iam/security-credentials/the-role":
            self.answer('{"Code": "Success", "AccessKeyId": "FRESH", "SecretAccessKey": "secret2", "Token": "token2", "Expiration": "2099-01-01T00:00:00Z"}')
        else:
            self.answer("", 404)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
'''


def imds(folder, server, path, bare):
    home = write_home(folder)
    with subprocess.Popen([sys.executable, "-c", IMDS], stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip()
        env = environment(server.endpoint, home, AWS_EC2_METADATA_DISABLED=None,
                          AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{port}", **bare)
        result = drive(env, "put", "imds", path)
        opened = drive(env, "open")
        process.terminate()
        check("the instance's metadata, version 2, last of all", result.exit == 0 and
              opened["source"] == "instance metadata", f"{result} {opened}")


def buckets(folder):
    with Strict(folder, "--foreign", "taken") as server:
        env = environment(server.endpoint)
        result = drive(env, "url=s3://new-bucket", "bucket")
        check("a bucket is created, closed to the public, encrypted", result.exit == 0 and
              result["created"] + result["public_blocked"] + result["encrypted"] == "111", result)
        other = client(env, server.endpoint)
        block = other.get_public_access_block(Bucket="new-bucket")["PublicAccessBlockConfiguration"]
        check("as another client sees it", list(block.values()) == [True] * 4, block)
        crypt = other.get_bucket_encryption(Bucket="new-bucket")
        check("and its encryption", "AES256" in str(crypt), crypt)
        again = drive(env, "url=s3://new-bucket", "bucket")
        check("a second time changes nothing", again.exit == 0 and again["created"] == "0", again)
        taken = drive(env, "url=s3://taken", "bucket")
        check("a name that belongs to someone else", taken.exit == 5 and "choose another bucket" in taken.err, taken)
    with Strict(folder, "--region", "eu-west-1") as server:
        env = environment(server.endpoint, AWS_REGION="eu-west-1")
        result = drive(env, "url=s3://new-bucket", "bucket")
        check("in a region with its LocationConstraint", result.exit == 0 and result["created"] == "1", result)
    with Strict(folder, "--unknown", "PutPublicAccessBlock", "--unknown", "PutBucketEncryption") as server:
        result = drive(environment(server.endpoint), "url=s3://new-bucket", "bucket")
        check("a server that knows neither: reported, no failure", result.exit == 0 and
              result["public_blocked"] == "0" and "do it there by other means" in result.err, result)


def quoted_conditions(folder):
    one = write_file(os.path.join(folder, "one"), 1000, seed=1)
    two = write_file(os.path.join(folder, "two"), 1000, seed=2)
    with Strict(folder, "--without", "quotes") as server:
        env = environment(server.endpoint)
        first = drive(env, "put", "k", one)
        second = drive(env, f"known_etag={first['etag']}", "put", "k", two)
        check("an ETag that the server gave without quotes in its comparison still replaces",
              second.exit == 0 and read_back(env, server.endpoint, "k", two), second)


def main():
    with scratch() as folder:
        replacing(folder, 1000, "one PUT")
        replacing(folder, 17 * MIB, "in parts")
        changed_file(folder)
        race(folder)
        quoted_conditions(folder)
        attributes(folder)
        addresses(folder)
        tls(folder)
        credentials(folder)
        buckets(folder)
    finish()


if __name__ == "__main__":
    main()

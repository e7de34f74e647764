#!/usr/bin/python3
"""Where the real program finds its keys, and that it does not leak them.

Each source of AWS's chain uploads once and is named by `status`; then every byte that derrick wrote, its
command line, its core file and its memory are searched for the secret.
"""
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys

from harness import KEY_ID, MIB, SECRET, Strict, check, finish, matches, scratch, wait_for, write_file
from rig import Rig

BARE = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
HIDDEN = "Se3cretKeyThatNobodyMaySee/0123456789+abc"
TOKEN = "T0kenThatNobodyMaySee" + "x" * 900
PASSWORD = "PasswordOfTheDatabaseThatNobodyMaySee"


def write_home(folder, config="", credentials=""):
    """A home with the files of AWS's tools."""
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


# --- sources ------------------------------------------------------------------------------------

def sources(folder):
    """Each source has its own keys, so the server's log shows which ones were used."""
    keys = [f"{KEY_ID}:{SECRET}", "FILE:s1:t1", "PROFILE:s2", "CONFIG:s3", "PROCESS:s4:t4"]
    words = [word for key in keys for word in ("--key", key)]
    runs = os.path.join(folder, "runs")
    program = write_program(os.path.join(folder, "fetch keys"), f"echo x >>'{runs}'\n"
                            'echo \'{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s4", '
                            '"SessionToken": "t4", "Expiration": "2099-01-01T00:00:00Z"}\'\n')
    home = write_home(folder, "[profile config]\nregion = us-east-1\naws_access_key_id = CONFIG\n"
                      "aws_secret_access_key = s3\n"
                      f"[profile process]\ncredential_process = \"{program}\" --for derrick\n"
                      "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n",
                      "[default]\naws_access_key_id = FILE\naws_secret_access_key = s1\n"
                      "aws_session_token = t1\n[rig]\naws_access_key_id = PROFILE\naws_secret_access_key = s2\n")
    elsewhere = os.path.join(folder, "elsewhere")
    shutil.copy(os.path.join(home, ".aws", "credentials"), elsewhere)
    cases = [
        ("environment", KEY_ID, {}),
        ("profile 'default' of ~/.aws/credentials", "FILE", {**BARE, "HOME": home}),
        ("profile 'rig' of ~/.aws/credentials", "PROFILE", {**BARE, "HOME": home, "AWS_PROFILE": "rig"}),
        ("profile 'config' of ~/.aws/config", "CONFIG", {**BARE, "HOME": home, "AWS_PROFILE": "config"}),
        ("credential_process of profile 'process'", "PROCESS", {**BARE, "HOME": home, "AWS_PROFILE": "process"}),
        ("profile 'rig' of ~/elsewhere", "PROFILE",
         {**BARE, "AWS_SHARED_CREDENTIALS_FILE": elsewhere, "AWS_PROFILE": "rig"}),
        ("profile 'config' of ~/home/.aws/config", "CONFIG",
         {**BARE, "AWS_CONFIG_FILE": f"{home}/.aws/config", "AWS_PROFILE": "config"}),
    ]
    with Strict(folder, *words) as server:
        rig = Rig(os.path.join(folder, "rig"), server)
        for number, (source, key_id, env) in enumerate(cases):
            path = write_file(os.path.join(folder, f"file{number}"), 100)
            reported = rig.run("status", **env)
            ran_before = os.path.exists(runs)
            done = rig.run("upload", path, **env)
            used = {entry["access_key"] for entry in server.log() if entry["key"].endswith(f"/file{number}")}
            check(f"{source}: named by status, used by upload", reported.exit == 0 and
                  f"credentials from {source}, up to date" in reported.out and done.exit == 0 and
                  used == {key_id} and not (key_id == "PROCESS" and ran_before), f"{used} {reported} {done}")
        reported = rig.run("status", **BARE, HOME=home, AWS_PROFILE="role")
        done = rig.run("upload", path, **BARE, HOME=home, AWS_PROFILE="role")
        check("a profile with a role: what to do instead", done.exit == 5 and
              matches("role_arn.*credential_process = aws configure export-credentials", done.err) and
              "role_arn" in reported.out, f"{reported} {done}")
        done = rig.run("upload", path, **BARE, HOME=home, AWS_PROFILE="no-such")
        check("a profile that is nowhere", done.exit == 5 and "no-such" in done.err, done)
        done = rig.run("upload", path, AWS_SECRET_ACCESS_KEY=None)
        check("half a pair in the environment", done.exit == 5 and "not AWS_SECRET_ACCESS_KEY" in done.err, done)


# The metadata of a machine with a role; it records each request.
METADATA = r'''
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        with open(sys.argv[1], "a") as file: file.write(self.path + "\n")
        body = {"/latest/api/token": b"token", "/latest/meta-data/iam/security-credentials/": b"role"}.get(
            self.path, b'{"AccessKeyId": "MACHINE", "SecretAccessKey": "s9", "Token": "t9", "Expiration": "2099-01-01T00:00:00Z"}')
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_PUT = answer
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
'''


def unusable(folder):
    """Credentials that are configured but unusable: an error that names them. Neither other keys
    nor the machine's role write anything."""
    asked = os.path.join(folder, "asked")
    raw = "aws_access_key_id = RAW\naws_secret_access_key = s8\n"
    home = write_home(folder, "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n" +
                      "[profile sso]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n" + raw +
                      "[profile pod]\nweb_identity_token_file = /t\nrole_arn = arn\n" + raw +
                      "[profile login]\nlogin_session = arn\n" + raw +
                      "[profile fails]\ncredential_process = false\n" + raw +
                      "[profile bare]\nregion = us-east-1\n" +
                      "[profile hint]\ncredential_process = aws configure export-credentials --profile bare\n",
                      f"[default]\n{raw}[role]\n{raw}")
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn"}
    container = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", "AWS_PROFILE": "bare"}
    cases = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": web,
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": container,
        "profile 'role' of ~/.aws/config sets role_arn": {"AWS_PROFILE": "role"},
        "profile 'sso' of ~/.aws/config sets sso_session": {"AWS_PROFILE": "sso"},
        "profile 'pod' of ~/.aws/config sets web_identity_token_file": {"AWS_PROFILE": "pod"},
        "profile 'login' of ~/.aws/config sets login_session": {"AWS_PROFILE": "login"},
        "the keys from the environment expired": {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s",
                                                  "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"},
        "AWS_SHARED_CREDENTIALS_FILE": {"AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/file"},
    }
    with Strict(folder, "--key", "RAW:s8", "--key", "MACHINE:s9:t9") as server, subprocess.Popen(
            [sys.executable, "-c", METADATA, asked], stdout=subprocess.PIPE, text=True) as metadata:
        address = f"http://127.0.0.1:{metadata.stdout.readline().strip()}"
        machine = {**BARE, "HOME": home, "AWS_EC2_METADATA_DISABLED": None,
                   "AWS_EC2_METADATA_SERVICE_ENDPOINT": address}
        rig = Rig(os.path.join(folder, "unusable"), server)
        path = write_file(os.path.join(folder, "unusable.bin"), 100)
        for words, env in cases.items():
            reported = rig.run("status", **{**machine, **env})
            done = rig.run("upload", path, **{**machine, **env})
            check(f"{words}: an error, the same in status", done.exit == 5 and words in done.err and
                  reported.exit == 0 and words in reported.out and not server.log(), f"{reported} {done}")
        done = rig.run("upload", path, **machine, AWS_PROFILE="fails")
        check("a process that fails: an error", done.exit == 5 and "exit code 1" in done.err, done)
        check("and nobody asked for the machine's role", not os.path.exists(asked) and not server.log(), server.log())
        done = rig.run("upload", path, **machine, AWS_PROFILE="bare")
        used = {entry["access_key"] for entry in server.log()}
        check("which is used where nothing is configured", done.exit == 0 and used == {"MACHINE"}, f"{used} {done}")
        with open(os.path.join(home, ".aws", "config"), "a", encoding="utf-8") as file:
            file.write(f"[profile anywhere]\nec2_metadata_service_endpoint = {address}\n")
        os.remove(asked)
        done = rig.run("upload", write_file(path, 102), **{**machine, "AWS_EC2_METADATA_SERVICE_ENDPOINT": None},
                       AWS_PROFILE="anywhere")
        check("the metadata is where the profile says", done.exit == 0 and os.path.exists(asked), done)
        os.remove(asked)
        done = rig.run("upload", write_file(path, 101), **machine, AWS_PROFILE="hint",
                       AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{address}/container", PATH="/usr/bin:/bin")
        with open(asked, encoding="ascii") as file:
            paths = file.read().split()
        check("the hint works: a process lets the AWS CLI get the container's keys",
              done.exit == 0 and paths == ["/container"], f"{paths} {done}")
        metadata.terminate()


def settings_of_profiles(folder):
    """The profile's endpoint and region work like the environment's."""
    with Strict(folder, "--region", "eu-west-1") as server:
        home = write_home(folder, "[profile site]\nregion = eu-west-1\nservices = local\n"
                          f"[services local]\ns3 =\n  endpoint_url = {server.endpoint}\n",
                          f"[site]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
        rig = Rig(os.path.join(folder, "site"))
        rig.drop()
        done = rig.run("run", **BARE, HOME=home, AWS_PROFILE="site", AWS_REGION=None)
        check("endpoint and region of a profile", done.exit == 0 and server.count("PutObject", 200) == 3, done)


# --- secrets ------------------------------------------------------------------------------------

def found_in(folder):
    """Files below the folder that contain the secret or the token, completely or in part."""
    wanted = (HIDDEN[:24].encode(), TOKEN[:40].encode())
    names = []
    for root, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(root, name), "rb") as file:
                data = file.read()
            if any(text in data for text in wanted):
                names.append(os.path.join(root, name))
    return names


def written(folder):
    """Everything that runs leave behind: outputs, database, configuration, archive, quarantine."""
    keys = {"AWS_ACCESS_KEY_ID": "LEAK", "AWS_SECRET_ACCESS_KEY": HIDDEN, "AWS_SESSION_TOKEN": TOKEN}
    with Strict(folder, "--key", f"LEAK:{HIDDEN}:{TOKEN}") as server:
        rig = Rig(os.path.join(folder, "leak"), server, **keys)
        rig.drop()
        with open(rig.path("logs", "TS1.txt"), "r+b") as file:
            file.write(b"x")  # for the quarantine
        outputs = {
            "a wrong secret": (5, rig.run("run", "-v", "--quarantine", AWS_SECRET_ACCESS_KEY=HIDDEN[:24] + "y")),
            "a wrong token": (5, rig.run("run", "-v", "--quarantine", AWS_SESSION_TOKEN=TOKEN[:50])),
            "a run": (0, rig.run("run", "-v", "--quarantine", "--progress", "always")),
            "a status": (0, rig.run("status", "--json")),
            "a bucket": (0, rig.run("init", "--bucket", "--json")),
            "an endpoint with a password": (2, rig.run(
                "upload", AWS_ENDPOINT_URL_S3=f"http://u:{HIDDEN[:24]}@localhost")),
            "a proxy with a password": (5, rig.run(
                "upload", AWS_ENDPOINT_URL_S3="https://s3.example.com", AWS_MAX_ATTEMPTS="1",
                https_proxy=f"http://u:{HIDDEN[:24]}@127.0.0.1:9")),
        }
        for name, (code, done) in outputs.items():
            text = done.out + done.err
            check(f"no secret in the output of {name}", done.exit == code and text and
                  HIDDEN[:24] not in text and TOKEN[:40] not in text, f"exit {done.exit} (output not shown)")
        check("there is something to search: database, quarantine, archive",
              os.path.getsize(rig.path("energymobile.db")) > 0 and os.listdir(rig.path("quarantine")) and
              rig.archived())
        leaks = found_in(rig.folder) + found_in(server.folder)
        check("no secret in the workspace, its database and archive, nor in what the server got", not leaks, leaks)


def hold_parts(folder, rig_name, **more):
    """A server that holds every part, and a workspace with a file to upload there."""
    rules = [{"operation": "UploadPart", "times": 99, "fault": {"kind": "hold", "when": "before"}}]
    server = Strict(folder, "--key", f"LEAK:{HIDDEN}:{TOKEN}", "--key", f"PLAIN:{HIDDEN}", rules=rules)
    return server, Rig(os.path.join(folder, rig_name), server, **more)


def core_would_be_written(folder):
    """Whether this machine writes core files into the current folder at all."""
    probe = os.path.join(folder, "probe")
    os.mkdir(probe)
    process = subprocess.Popen(["sleep", "60"], cwd=probe, preexec_fn=allow_cores)
    process.send_signal(signal.SIGABRT)
    process.wait()
    return bool(os.listdir(probe))


def allow_cores():
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def core_file(folder):
    """Aborted during an upload, with keys in the environment, while core files are allowed."""
    path = write_file(os.path.join(folder, "big"), 17 * MIB)
    server, rig = hold_parts(folder, "core", AWS_ACCESS_KEY_ID="LEAK", AWS_SECRET_ACCESS_KEY=HIDDEN,
                             AWS_SESSION_TOKEN=TOKEN)
    place = os.path.join(folder, "cores")
    os.mkdir(place)
    with server:
        process = subprocess.Popen(rig.words("upload", path, "--progress", "always"), env=rig.env, cwd=rig.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=allow_cores)
        wait_for(lambda: server.held() or process.poll() is not None)
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            line = file.read()
        check("no secret in /proc/<pid>/cmdline while it uploads", b"upload" in line and
              HIDDEN[:24].encode() not in line and TOKEN[:40].encode() not in line)
        process.send_signal(signal.SIGABRT)
        process.wait()
        ended = process.returncode == -signal.SIGABRT
        server.release()
    cores = [name for name in os.listdir(rig.folder) if name.startswith("core")]
    says = "" if core_would_be_written(folder) else " (this machine writes none anyway)"
    check(f"aborted in mid-upload with core files allowed: none is left{says}", ended and not cores and
          not found_in(rig.folder), cores)


def memory(folder):
    """The contents of a core file, if one could be written: every page that is not excluded. The
    keys come from a profile, because the environment belongs to the process. Needs root."""
    home = write_home(folder, "", f"[default]\naws_access_key_id = PLAIN\naws_secret_access_key = {HIDDEN}\n")
    path = write_file(os.path.join(folder, "big"), 17 * MIB)
    server, rig = hold_parts(folder, "memory", **BARE)
    rig.env["HOME"] = home
    rig.env["DERRICK_DB_PASSWORD"] = PASSWORD
    with server:
        process = rig.start("upload", path)
        wait_for(lambda: server.held() or process.poll() is not None)
        try:
            for name, secret in ("key", HIDDEN), ("database's password", PASSWORD):
                shown, hidden = search_memory(process.pid, secret.encode())
                check(f"mid-upload the {name} is in memory that core files leave out, and nowhere else",
                      hidden > 0 and shown == 0, f"{shown} times where it may not be, {hidden} where it may")
        except PermissionError:
            print("# not even root may look into the memory of another process here")
        process.kill()
        process.wait()
        server.release()


def search_memory(pid, wanted):
    """How often the bytes occur in pages that a core file contains, and in excluded ones ("dd")."""
    counts = {False: 0, True: 0}
    with open(f"/proc/{pid}/smaps", encoding="ascii", errors="replace") as file:
        areas = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (r\S+) .*?^VmFlags:(.*?)$", file.read(), re.M | re.S)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for first, last, _, flags in areas:
            try:
                file.seek(int(first, 16))
                data = file.read(int(last, 16) - int(first, 16))
            except (OSError, OverflowError, ValueError, MemoryError):
                continue  # the kernel's own pages, and a sanitizer's
            counts[" dd" in flags] += data.count(wanted)
    return counts[False], counts[True]


def main():
    with scratch() as folder:
        sources(folder)
        unusable(folder)
        settings_of_profiles(folder)
        written(folder)
        core_file(folder)
        if os.geteuid() == 0:
            memory(folder)
        else:
            print("# only root may look into the memory of a process that allows no core files")
    finish()


if __name__ == "__main__":
    main()

# derrick shows progress only if stderr is a terminal, or on request. It uses one line, and clears
# it before other output. With --json each progress report is an object.
. "$TESTS/cli/lib.sh"
needs python3
python3 -c 'import os; os.openpty()' 2>/dev/null || skip "no pseudo-terminal to be had here"
sample drop 400 4
derrick check drop --cohorts 4 2>&1 >/dev/null | wc -c
derrick check drop --cohorts 4 --progress auto 2>&1 >/dev/null | wc -c
derrick check drop --cohorts 4 --progress never 2>&1 >/dev/null | wc -c
derrick check drop --cohorts 4 --progress always >out.txt 2>err.txt
cat out.txt
python3 - <<'END'
import re
text = open("err.txt", newline="").read()
# Each report begins by clearing the line, and the last thing written clears it.
assert text.startswith("\r\x1b[K") and text.endswith("\r\x1b[K"), repr(text[-40:])
drawings = [part for part in text.split("\r\x1b[K") if part]
assert drawings and all("\n" not in part for part in drawings), drawings
assert all(re.match(r"read\s+\d+ %  [\d.]+ [kM]?B of [\d.]+ [kM]?B", part) for part in drawings), drawings
END
derrick check drop --cohorts 4 --progress always --json 2>&1 | python3 -c '
import json, sys
events = [event for event in map(json.loads, sys.stdin) if event["event"] == "progress"]
assert all(0 <= event["done"] <= event["total"] for event in events)
# One report when a step begins and one when it ends; the time is too short for more.
print(events[0]["step"], events[-1]["done"] == events[-1]["total"], len(events) < 10)'
# What is counted is named once: "1 of 4 cohorts".
new_workspace ws 4
derrick -q -C ws load "$PWD/drop" >/dev/null 2>&1
derrick -C ws check --database --progress always 2>&1 | tr -d '\033' | tr '\r' '\n' | grep -o 'compare .* 0 of 4 cohorts'
# Progress does not overwrite an error.
sed -i '300s/^[^\t]*/x/' drop/TS1.txt
derrick check drop --cohorts 4 --progress always 2>&1 | tr -d '\033' | tr '\r' '\n' | grep -c '^\[Kderrick: error: drop/TS1.txt, line 300, column 1'
show derrick check drop --progress sometimes
show derrick check drop --progress
# On a terminal it appears without a request.
python3 - <<'END'
import os, pty, subprocess
leader, follower = pty.openpty()
subprocess.run([os.environ["DERRICK"], "convert", "drop", "--quarantine", "--cohorts", "4", "-o", "out.csv"],
               stderr=follower, stdout=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"})
os.close(follower)
text = b""
while True:
    try:
        chunk = os.read(leader, 4096)
    except OSError:
        break
    if not chunk:
        break
    text += chunk
print("drawn on a terminal:", b"\r\x1b[K" in text)
END

# Ctrl-C says what is true at that moment, as text or as an event, and the next run starts over. In a watch
# the first one waits for the run in progress, the second one does not.
. "$TESTS/cli/lib.sh"
needs python3 sqlite3
new_workspace w 20
sample w/logs 1500 20
cat >interrupt.py <<'PY'
"""Interrupts a command once it reads, and again when it has said that it will stop: interrupt.py TIMES COMMAND..."""
import json, signal, subprocess, sys
times = int(sys.argv[1])
command = subprocess.Popen(sys.argv[2:] + ["--json", "--progress", "always"], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
for line in command.stdout:
    event = json.loads(line)
    if event["event"] == "progress":
        assert event["step"] == "read", event
        command.send_signal(signal.SIGINT)
        break
if times == 2:
    print(command.stderr.readline().rstrip())
    command.send_signal(signal.SIGINT)
for line in command.stdout:
    event = json.loads(line)
    if event["event"] == "stopped":
        print(event["level"], event["run_id"], event["rig"], event["message"])
print("ended by SIGINT" if command.wait() == -signal.SIGINT else command.returncode)
PY
python3 interrupt.py 1 "$DERRICK" -C w run
expect_nothing_loaded w
python3 interrupt.py 2 "$DERRICK" -C w watch --once --settle 0 --interval 0
expect_nothing_loaded w
derrick -C w run 2>/dev/null | head -1

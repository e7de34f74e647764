# A run that was killed is recorded as running until the next one begins. status asks the workspace's lock
# instead, and writes nothing.
. "$TESTS/cli/lib.sh"
needs python3 flock
new_workspace . 20
sample logs 1500 20
cat >kill.py <<'PY'
"""Kills a command once it reads: kill.py COMMAND..."""
import json, subprocess, sys
command = subprocess.Popen(sys.argv[1:] + ["--json", "--progress", "always"], stdout=subprocess.PIPE, text=True)
for line in command.stdout:
    if json.loads(line)["event"] == "progress":
        command.kill()
        break
command.wait()
PY
python3 kill.py "$DERRICK" run
last_run() {
    "$@" | grep -A1 -E 'last runs|"event":"run"' | steady
}
sha256sum energymobile.db .derrick.lock .derrick-workspace >before.txt
last_run derrick status
last_run derrick status --json
# With another process that holds the lock, the run is in progress.
last_run flock .derrick.lock "$DERRICK" status
sha256sum --quiet -c before.txt
derrick run -q >/dev/null
last_run derrick status
derrick status | grep -c interrupted

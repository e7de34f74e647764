# derrick waits for a database that another program has locked, and then reports a database failure;
# the next run finds it unlocked.
. "$TESTS/cli/lib.sh"
needs python3
new_workspace . 2
sample logs 2 2
cat >hold.py <<'PY'
import sqlite3, sys
held = sqlite3.connect("energymobile.db", isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
PY
coproc HOLDER { exec python3 hold.py; }
read -r -u "${HOLDER[0]}" _
show derrick run
ls logs | wc -l
holder=$HOLDER_PID
echo >&"${HOLDER[1]}"
wait "$holder"
show derrick run | steady

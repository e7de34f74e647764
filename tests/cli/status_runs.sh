# `status --runs` shows who ran what, when, where and why, how long each step took and what was wrong
# with the drop. A run that could not reach the database is recorded by the next one that can.
. "$TESTS/cli/lib.sh"
needs sqlite3
exec 2>&1
new_workspace . 2
history() {
    derrick status --runs "$@" | steady | sed -E "s/by [^ ]+ on [^ ]+, derrick [^ ]+/by USER on HOST, derrick VERSION/
        s/[0-9]+\.[0-9] s/N s/g; s/\"(user|host|version)\":\"[^\"]+\"/\"\1\":\"TEXT\"/g
        s/\"seconds\":[0-9.e-]+/\"seconds\":N/g; s/\"ended\":\"[^\"]+\"/\"ended\":\"NOW\"/g"
}
sample logs 3 2
sed -i '2s/^[^\t]*/x/; 3s/$/\t1/' logs/TS1.txt
expect_exit 3 derrick -q run >/dev/null 2>&1
rm logs/*
sample logs 3 2
derrick -q run >/dev/null
derrick -q unload --cohort 2 --yes --reason "wrong wells" >/dev/null
history
echo "- the newest alone"
history 1
history 2 --json
history --runs=1
expect_exit 2 derrick status --runs none
expect_exit 2 derrick status --runs 0
expect_exit 2 derrick status --runs --check

echo "- a database that can't be opened"
mv energymobile.db kept.db
head -c 8192 /dev/zero | tr '\0' x >energymobile.db
for command in run run load; do
    expect_exit 4 derrick -q $command >/dev/null 2>&1
done
cut -f3,4,8 .derrick-missed-runs
metric() { derrick status --prometheus | grep -E '^derrick_(up|problems|last_run_failed|last_run_exit_code) '; }
export DERRICK_TEST_NOW="2008-07-01 12:00:00"
expect_exit 4 derrick status --check >/dev/null 2>&1
metric
mv kept.db energymobile.db
echo "- once it can be opened, and before a run records them"
derrick status --check | sed -E 's/[0-9-]{10} [0-9:]{8} UTC/NOW UTC/' || equals 7 "${PIPESTATUS[0]}"
derrick status | steady | grep recorded
metric
derrick -q run
derrick status --check
metric
ls .derrick-missed-runs 2>/dev/null || echo recorded
history 3
echo "- more problems than the ledger keeps"
sample logs 40 2
sed -i 's/^[^\t]*/x/' logs/TS1.txt
expect_exit 3 derrick -q run >/dev/null 2>&1
sqlite3 energymobile.db "SELECT problem_total, (SELECT COUNT(*) FROM run_problems p WHERE p.run_id = runs.run_id)
    FROM runs ORDER BY run_id DESC LIMIT 1"
history 1 | tail -2

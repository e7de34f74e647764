# timeout: 60
# A second run is rejected and names the process that holds the lock; a lock on the database works
# across workspaces.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 1
derrick sample -q w/logs --readings 2 --cohorts 1 >/dev/null
cp -r w other
rm -r other/logs other/.derrick.lock
mkdir other/logs

# The first run waits for a writer to end, so it runs for as long as the test needs.
coproc writer { sqlite3 w/energymobile.db; }
echo 'BEGIN IMMEDIATE; SELECT 1;' >&"${writer[1]}"
read -r _ <&"${writer[0]}"
"$DERRICK" -q -C w run >first.txt 2>&1 &
first=$!
until [ -s w/.derrick.lock ] && [ -s w/energymobile.db.lock ]; do sleep 0.02; done

name_first() {
    sed "s/process $first\b/process FIRST/"
}
show derrick -C w run | name_first
show derrick -C w load | name_first
show derrick -C w init | name_first
show derrick -C other --db "sqlite:$PWD/w/energymobile.db" run | name_first
show derrick -C w check

echo 'COMMIT;' >&"${writer[1]}"
wait "$first"
steady <first.txt
show derrick -C w run

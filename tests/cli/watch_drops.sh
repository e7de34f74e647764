# watch runs a drop once nothing in it changes any more, and not before; it runs several archives
# one after the other, and ends cleanly on request.
# timeout: 60
. "$TESTS/cli/lib.sh"
needs zip sqlite3
new_workspace w 1
sample drop 2 1

# wait_for COMMAND...: repeats the command until it succeeds.
wait_for() {
    local tries=0
    until "$@" 2>/dev/null; do
        [ $((tries += 1)) -le 500 ] || fail "waited in vain for: $*"
        sleep 0.02
    done
}
archived() {
    [ -e w/archive/*-run"$1"/manifest.sha256 ]
}
idle() { # the run that archived it has ended
    [ "$(sqlite3 -cmd '.timeout 5000' w/energymobile.db 'SELECT count(*) FROM runs WHERE ended IS NULL')" = 0 ]
}
"$DERRICK" -C w watch --interval 0 --settle 2 --columns samples >out.txt 2>err.txt &
watch=$!
trap 'kill $watch 2>/dev/null || true' EXIT
wait_for grep -q watching err.txt

# The drop arrives in pieces, with pauses: each piece restarts the wait.
for sensor in PS FS TS; do
    cp drop/"$sensor"* w/logs
    sleep 0.3
done
sqlite3 -cmd '.timeout 5000' w/energymobile.db 'SELECT count(*) FROM runs'
cp drop/[!PFT]* w/logs
wait_for archived 1
wait_for idle

sample second 2 1 2
sample third 2 1 3
(cd second && zip -q ../b.zip -- *)
(cd third && zip -q ../c.zip -- *)
mv b.zip c.zip w/logs
wait_for archived 2
wait_for archived 3
wait_for idle
kill -TERM "$watch"
code=0
wait "$watch" || code=$?
trap - EXIT
echo "exit code $code"
steady <out.txt
echo == stderr
steady <err.txt
find w/logs -type f
sqlite3 -cmd '.timeout 5000' w/energymobile.db "SELECT run_id, command, state, exit_code FROM runs ORDER BY 1"

# watch reports a drop that fails, and continues: it waits until the drop is fixed. --once ends
# after the first success. Wrong arguments are refused at once.
# timeout: 60
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 1
sample drop 2 1
cp drop/* w/logs
sed -i '1s/^[^\t]*/NaN/' w/logs/TS1.txt
"$DERRICK" -C w watch --interval 0 --settle 0 --once >out.txt 2>err.txt &
watch=$!
trap 'kill $watch 2>/dev/null || true' EXIT
until grep -qs 'until it changes' err.txt; do sleep 0.02; done
sleep 0.3
sqlite3 -cmd '.timeout 5000' w/energymobile.db 'SELECT command, state, exit_code, message FROM runs'
cp drop/TS1.txt w/fixed.txt
mv w/fixed.txt w/logs/TS1.txt
code=0
wait "$watch" || code=$?
trap - EXIT
echo "exit code $code"
steady <out.txt
echo == stderr
steady <err.txt

# A folder without any part of a drop causes no run and does not end watch.
echo words >w/logs/description.txt
echo words >w/logs/transfer.log
"$DERRICK" -C w watch --interval 0 --settle 0 --once 2>err.txt &
watch=$!
trap 'kill $watch 2>/dev/null || true' EXIT
until grep -qs watching err.txt; do sleep 0.02; done
sleep 0.5
kill -INT "$watch" # bash starts it deaf to this one: derrick listens all the same
wait "$watch" || echo "exit code $?"
trap - EXIT
cat err.txt
sqlite3 w/energymobile.db 'SELECT count(*) FROM runs'
for option in --settle=x --settle=-1 --settle=86401 --interval= --interval=1.5; do
    show derrick -C w watch "$option"
done

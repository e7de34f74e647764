# [notify] command: when it runs, what it gets, and that it changes nothing: neither the exit code nor the
# run, and it inherits no secret.
. "$TESTS/cli/lib.sh"
needs jq
mkdir bin
ln -s "$DERRICK" bin/derrick
export PATH="$PWD/bin:$PATH"
new_workspace w 2
sample drop 3 2
export DERRICK_TEST_NOW="2008-10-01 02:31:00"
got() { # what the command got last
    [ ! -e got.json ] || jq -c '[.event, .reason, .subject, .exit_code, .command, .run_id, (.problems | length), .text[0:30]]' got.json
    rm -f got.json
}
notify="cat >$PWD/got.json"
run() { show derrick -C w -q "$@" --set notify.command="$notify" | steady; got; }

echo "- failure"
cp drop/* w/logs
sed -i '2s/^[^\t]*/x/' w/logs/TS1.txt
run run
sed -i '2s/^x/40/' w/logs/TS1.txt
echo "- nothing new, and success by default: no message"
run run
run run
cp w/archive/*-run2/[A-Zp]*.txt drop
echo "- success, where it is configured"
cp drop/* w/logs
run run --set notify.on=success
echo "- and then no failure"
run run --set notify.on=success --db mysql://127.0.0.1:9/energymobile
echo "- no lock is left to wait for, and the run is in the ledger"
cp drop/* w/logs
notify="derrick load -q >&2; derrick status --json | jq -c 'select(.event == \"run\") | [.run, .state]' >&2"
run run --set notify.on=success
echo "- all that was printed, and what -q hides"
notify="jq -c '.events[] | [.event, .message // .drop]' | grep -v progress | sort -u >&2"
cp drop/* w/logs
run run --set notify.on=success
echo "- no secrets"
notify="env | grep -E 'AWS|PASSWORD|PWD=|KEPT' | grep -v ^PWD >&2 || true"
cp drop/* w/logs
DERRICK_DB_PASSWORD=p AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=s AWS_SESSION_TOKEN=t MYSQL_PWD=m KEPT=k AWS_PROFILE=kept \
    run run --set notify.on=success
echo "- a command that fails, one that is missing, one that reads nothing"
for notify in "exit 3" "/nonexistent/tool" "true" 'kill -9 $$'; do
    cp drop/* w/logs
    run run --set notify.on=success
done
echo "- quarantine"
cp drop/* w/logs
sed -i '2s/^[^\t]*/x/' w/logs/TS1.txt
notify="cat >$PWD/got.json"
run run --quarantine --replace
echo "- other commands notify nobody"
notify="cat >$PWD/got.json"
run load "$PWD/none"
echo "- doctor tests it"
show derrick -C w doctor --set notify.command="$notify" | grep '  *notify:'
got
show derrick -C w doctor --set notify.command="exit 3" | grep -A1 '  *notify:'
show derrick -C w doctor | grep '  *notify:'
echo "- wrong settings"
show derrick -C w status --set notify.on=failure,never

echo "- watch: a cohort that is late, once, also after a restart"
watch() { # until it has looked, and said so
    : >err.txt
    "$DERRICK" -C w watch --interval 0 --set notify.command="$notify" >/dev/null 2>err.txt &
    until grep -q watching err.txt; do sleep 0.05; done
    until [ -z "${1:-}" ] || [ -e got.json ]; do sleep 0.05; done
    sleep 0.3
    kill -TERM $!
    wait $! || echo "exit code $?"
    cat err.txt
    got
}
watch
export DERRICK_TEST_NOW="2009-01-11 02:31:00"
watch late
cat w/.derrick-late
watch
echo "- of several sites, once: also after one of them has delivered"
rm -r w
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
export DERRICK_TEST_NOW="2008-10-11 02:31:00"
for site in alpha beta gamma; do
    cp -r drop w/logs/$site
done
derrick -C w -q run >/dev/null 2>&1
watch late
sample w/logs/beta 3 2 7
derrick -C w -q run >/dev/null 2>&1
watch
cat w/.derrick-late

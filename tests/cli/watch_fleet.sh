# watch and a fleet: a bad site has its report, its notification and its metrics, while the others are loaded; it is
# read again when it changes, and not before. (tests/unit/test_settle.c: which sites have settled.)
# timeout: 240
. "$TESTS/cli/lib.sh"
needs sqlite3 jq
export DERRICK_TEST_NOW="2009-07-01 02:31:00"
for seed in 1 2 3; do
    sample d$seed 2 2 $seed
    rm d$seed/profile.txt
done
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >w/logs/profile.txt
# wait_for COMMAND...: repeats the command until it succeeds.
wait_for() {
    local tries=0
    until "$@" >/dev/null 2>&1; do
        [ $((tries += 1)) -le 4000 ] || fail "waited in vain for: $*; $(cat err.txt)"
        sleep 0.02
    done
}
sql() {
    sqlite3 -cmd '.timeout 10000' -separator ' ' w/energymobile.db "$1"
}
said() { # TIMES TEXT
    [ "$(grep -c "$2" err.txt)" -ge "$1" ]
}
idle() {
    [ "$(sql 'SELECT count(*) FROM runs WHERE ended IS NULL')" = 0 ]
}
arrive() { # SEED SITE, under the final name at once
    cp -r d"$1" w/part-"$2"
    mv w/part-"$2" w/logs/"$2"
}
sites() {
    sql 'SELECT site, count(*) FROM cohorts JOIN wells USING (well_id) GROUP BY 1'
}
arrive 1 alpha
sed -i '1s/^[^\t]*/x/' d2/TS1.txt
arrive 2 beta
"$DERRICK" -C w watch --interval 0 --settle 0 --set notify.command="cat >$PWD/n.part && mv $PWD/n.part $PWD/n.json" \
    --set notify.on=failure,success >out.txt 2>err.txt &
watch=$!
trap 'kill $watch 2>/dev/null || true' EXIT
echo "- one bad site, one good one"
wait_for said 1 "not trying site 'beta' again until its files in 'logs' change"
wait_for test -e n.json
sites
jq -c '[.reason, .subject, .exit_code, (.problems | map(.message)), (.text | split("\n") | map(select(test("^[A-Z]{4}"))))]' n.json
sed -n 3p w/logs/alpha/DERRICK-REPORT.txt
sed -n 3,6p w/logs/beta/DERRICK-REPORT.txt
ls w/logs/profile.txt
wait_for idle
derrick -C w status --prometheus | grep -E '^derrick_(last_run_exit_code|waiting_files|last_run_ok|cohorts)' || true
show derrick -C w status --check
echo "- a third site comes: the bad one is not read again"
rm n.json
arrive 3 gamma
wait_for test -e n.json
wait_for idle
sites
jq -c '[.reason, .exit_code]' n.json
grep -c "not a number" err.txt
echo "- and is not forgotten"
derrick -C w status | grep waiting
derrick -C w status --prometheus | grep -E '^derrick_(problems|last_run_failed|refused_deliveries)'
show derrick -C w status --check
echo "- corrected"
rm n.json
sed -i '1s/^x/1.5/' w/logs/beta/TS1.txt
wait_for test -e n.json
wait_for idle
sites
jq -c '[.reason, .exit_code]' n.json
find w/logs w/profile -name 'profile.txt'
kill -TERM $watch
wait $watch || echo "exit code $?"
trap - EXIT

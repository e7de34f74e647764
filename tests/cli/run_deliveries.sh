# Several deliveries in logs/: one run takes all, in the natural order of their names. One that fails keeps
# back the later ones of its rig; --cohort states which quarter a drop is.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
export DERRICK_TEST_NOW="2009-07-01 02:31:00"
for quarter in 1 2 3 4; do
    sample d$quarter 2 1 $quarter
    rm d$quarter/profile.txt
done
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >profile.txt
fresh() {
    rm -rf w
    new_workspace w 1
    cp profile.txt w/logs
}
deliver() { # QUARTER FOLDER
    mkdir -p "w/logs/$2"
    cp d"$1"/* "w/logs/$2"
}
loaded() { # which drop each cohort is of
    sqlite3 w/energymobile.db "SELECT c.cohort, d.source FROM cohorts c JOIN drops d USING (drop_id) ORDER BY 1"
}
verdicts() {
    find w/logs -name 'DERRICK-REPORT.txt' | sort | while read -r file; do
        echo "${file#w/}: $(sed -n 3p "$file")"
    done
}
echo "- in order, with what is in logs/ itself first, and archives"
fresh
deliver 3 q10
deliver 2 q9
deliver 1 .
(cd d4 && zip -q ../w/logs/q11.zip -- *)
show derrick -C w status | grep waiting
show derrick -C w run | steady
loaded
verdicts
show derrick -C w run

echo "- one is refused: the later ones wait, and the status shows it"
fresh
deliver 1 q2
deliver 2 q9
deliver 3 q10
rm w/logs/q9/TS1.txt
show derrick -C w check | head -n 4
show derrick -C w run --dry-run
show derrick -C w run | steady
loaded
verdicts
sed -n '/^What/,$p' w/logs/q10/DERRICK-REPORT.txt
sqlite3 w/energymobile.db 'SELECT run_id, command, state, exit_code, message FROM runs'
show derrick -C w status --check
echo "- one of those that wait, by its name alone: it would get the dates of the refused one"
show derrick -C w -q run "$PWD/w/logs/q10" | steady
show derrick -C w -q load logs/q10 --dry-run | steady
sed -n '3,/^$/p' w/logs/q10/DERRICK-REPORT.txt
ln -s logs w/share
show derrick -C w -q load share/q10 | steady
loaded
echo "- one of those that wait, by its number"
show derrick -C w run --cohort 3 --gap "$PWD/w/logs/q10" | steady
echo "- the refused one is not forgotten"
show derrick -C w status | grep waiting
show derrick -C w status --check
echo "- corrected"
cp d2/TS1.txt w/logs/q9
show derrick -C w -q run --cohort 2 | steady
loaded
show derrick -C w status --check

echo "- by its name: the first one, one after what is loaded and not archived yet, one of another rig"
fresh
deliver 1 q1
deliver 2 q2
deliver 3 q3
deliver 4 q4
cp profile.txt w/logs/q4
derrick -C w -q load logs/q1 >/dev/null
show derrick -C w -q load logs/q2 | steady
show derrick -C w -q load logs/q4 --set rig.well=2 | steady
loaded

echo "- one that is still in transfer, before others and after them"
fresh
mkdir w/logs/q2
touch w/logs/q2/PS1.txt.part
deliver 1 q9
expect_exit 3 derrick -C w -q run 2>&1
verdicts
rm -r w/logs/q2
mkdir w/logs/q10
touch w/logs/q10/PS1.txt.part
deliver 2 q9b
show derrick -C w -q run | steady
loaded

echo "- an archive in transfer"
fresh
(cd d1 && zip -q ../w/logs/b.zip -- *)
touch w/logs/a.zip.part
deliver 2 q9
expect_exit 3 derrick -C w -q run 2>&1

echo "- quarantine in one of them"
fresh
deliver 1 q1
deliver 2 q2
sed -i '2s/^[^\t]*/x/' w/logs/q1/TS1.txt
expect_exit 6 derrick -C w -q run --quarantine >/dev/null 2>&1
loaded
verdicts

echo "- one message for all of them"
fresh
deliver 1 q1
deliver 2 q2
deliver 3 q3
rm w/logs/q2/TS1.txt
expect_exit 3 derrick -C w -q run --set notify.command="cat >$PWD/n.json" >/dev/null 2>&1
needs jq
jq -c '[.reason, .exit_code, (.problems | map(.message)), (.text | split("\n") | map(select(test("^[A-Z]{4}"))))]' n.json

echo "- --replace and --cohort are for one of them: the second would replace the first, or get its dates"
fresh
deliver 1 .
derrick -C w -q run >/dev/null
deliver 2 q2
deliver 3 q3
show derrick -C w -q run --cohort 1 --replace
rm w/logs/q2/TS1.txt
show derrick -C w -q run --cohort 2
loaded
show derrick -C w -q run --cohort 1 --replace logs/q3 | steady
loaded

echo "- S3 fails after the load: nothing says to move away what is loaded, in later runs either"
fresh
deliver 1 q1
deliver 2 q2
for run in 1 2; do
    expect_exit 5 env AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_MAX_ATTEMPTS=1 "$DERRICK" -C w -q run \
        --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:9 --set s3.region=eu-west-1 >out.txt 2>&1
    grep -A1 deliveries out.txt
    verdicts
done
sed -n '3,$p' w/logs/q2/DERRICK-REPORT.txt
derrick -C w -q run >/dev/null
loaded
verdicts

echo "- loaded before, one by one: the run of the first one archives them all"
fresh
rm w/logs/profile.txt
for quarter in 1 2 3; do
    deliver $quarter q$quarter
    cp profile.txt w/logs/q$quarter
done
derrick -C w -q load logs/q1 >/dev/null
derrick -C w -q load logs/q2 >/dev/null
show derrick -C w run | steady
loaded

echo "- two that share a profile in logs/: both archives have it, so that a rebuild reads them"
fresh
deliver 1 q1
deliver 2 q2
derrick -C w -q load logs/q1 >/dev/null
derrick -C w -q load logs/q2 >/dev/null
derrick -C w -q run >/dev/null
ls w/archive/*/profile.txt | wc -l
rm w/energymobile.db
derrick -C w init --rebuild 2>&1 | grep rebuilt

echo "- watch takes them, too, and SIGTERM stops it between two of them"
fresh
deliver 1 q1
deliver 2 q2
deliver 3 q3
"$DERRICK" -C w watch --interval 0 --settle 0 --set notify.command=true >out.txt 2>err.txt &
watch=$!
until [ -e w/archive/*-run1/manifest.sha256 ]; do sleep 0.005; done
kill -TERM $watch
wait $watch || echo "exit code $?"
sqlite3 w/energymobile.db "SELECT DISTINCT state FROM runs"
[ "$(loaded | wc -l)" -ge 1 ] || fail "nothing is loaded"
derrick -C w -q run >/dev/null
sqlite3 w/energymobile.db "SELECT cohort, round(sum(PS1)) FROM well_reading GROUP BY 1"

# Files in logs/ that change between the load and the archiving. Drops that share files get all of them in the
# archive, and a rebuild succeeds; what can't be archived any more is named at once, and a rebuild restores all
# else.
. "$TESTS/cli/lib.sh"
needs sqlite3 python3
begin() { # NAME [ZSTD]
    echo "== $1"
    rm -rf ws
    new_workspace ws 3
    [ -z "${2:-}" ] || sed -i 's/^compress = .*/compress = zstd/' ws/derrick.ini
    sample ws/logs 5 3
}
rebuild() { # a rebuild brings the export back, to the byte, and runs continue
    cp ws/aws_s3/oil-well-data-all-historical.csv before.csv
    rm ws/energymobile.db
    show derrick -C ws init --rebuild 2>&1 | steady | sed 's/before-[0-9-]*/before-DAY/' | grep -v "^workspace\|^next"
    derrick -C ws export -o - | cmp - before.csv || true
    show derrick -C ws run
}
cohorts() { # whose they are
    sqlite3 ws/energymobile.db "SELECT c.cohort, c.drop_id FROM cohorts c ORDER BY 1" | paste -sd' '
}

begin "a file is edited in place, and the drop replaces the one before"
derrick -C ws load -q >/dev/null
sed -i '1s/^[0-9.]*/44.321/' ws/logs/TS1.txt
show derrick -C ws run --replace 2>&1 | steady
cat ws/archive/*/manifest.sha256 | grep -c "  PS1.txt"
cohorts
rebuild
cohorts

begin "a file gets other line ends"
derrick -C ws load -q >/dev/null
sed -i 's/$/\r/' ws/logs/TS1.txt
show derrick -C ws run 2>&1 | steady
rebuild

for zstd in "" zstd; do
    begin "cohorts of one history are loaded one by one${zstd:+, and compressed}" $zstd
    for cohort in 1 2 3; do derrick -C ws load -q --cohort $cohort >/dev/null; done
    show derrick -C ws run 2>&1 | steady
    cat ws/archive/*/manifest.sha256 | grep -c "  PS1.txt"
    rebuild
done

begin "the same of a zip"
(cd ws/logs && python3 -m zipfile -c history.zip ./*.txt && rm ./*.txt)
for cohort in 1 2; do derrick -C ws load -q --cohort $cohort >/dev/null; done
show derrick -C ws run --cohort 2 2>&1 | steady
rebuild

begin "a file is taken away, and another drop has some of the cohorts"
derrick -C ws load -q >/dev/null
rm ws/logs/TS1.txt
show derrick -C ws archive 2>&1 | steady
sample ws/logs 5 3
sed -i '1s/^[0-9.]*/44.321/' ws/logs/TS2.txt
show derrick -C ws run --replace --cohort 1 2>&1 | tail -n 1 | steady
rebuild

begin "a file is taken away, and nothing else has its values"
derrick -C ws load -q --cohort 1-2 >/dev/null
rm ws/logs/TS1.txt
derrick -C ws archive -q >/dev/null 2>/dev/null
sample other 5 3 2
cp other/* ws/logs
derrick -C ws run -q --cohort 3 >/dev/null 2>/dev/null
rebuild
cohorts
show derrick -C ws init --rebuild 2>&1 | steady | sed 's/before-[0-9-]*/before-DAY/' | grep -v "^workspace\|^next"
sample ws/logs 5 3
rm ws/logs/profile.txt
show derrick -C ws run --cohort 1-2 2>&1 | tail -n 4 | steady

begin "a file is taken away, and its archived copy is damaged: runs continue"
derrick -C ws run -q >/dev/null
cp ws/archive/*/*.txt ws/logs
derrick -C ws load -q --set rig.well=2 >/dev/null 2>&1
echo 1 >>"$(echo ws/archive/*/TS1.txt)"
rm ws/logs/*.txt
show derrick -C ws archive 2>&1 | grep -v "^\$" | steady
cat ws/archive/*/manifest.sha256 | grep -c "  TS[12].txt"
show derrick -C ws run 2>&1 | tail -n 1

#!/usr/bin/env bash
# timeout: 1800
# `unload` is killed by SIGKILL after each change of the disk, for one cohort and for all. Nothing is
# lost: the cohorts are all there or all gone, the archive has every file, and the next run finishes
# the export. If the kill came before the commit, unloading again has the same result. A rebuild that is killed at
# even distances leaves out what was unloaded: also the well of a first drop that a second one holds, too.
. "$TESTS/cli/lib.sh"
needs cc sqlite3
cc -O1 -D_GNU_SOURCE -o calls "$TESTS/live/crash/calls.c"
code=0
./calls -o journal "$DERRICK" init probe >out 2>&1 || code=$?
[ "$code" -ne 120 ] || skip "processes can't be traced here"

new_workspace whole 1
sed -i 's/^parquet = .*/parquet = yes/' whole/derrick.ini
for cohort in 1 2 3; do
    sample whole/logs 3 1 "$cohort"
    derrick -C whole -q run --allow-missing >/dev/null 2>&1
done

state() { # what must be the same, however often the unload was killed
    sqlite3 ws/energymobile.db "SELECT well_id, cohort, reading, PS1, SE FROM well_reading ORDER BY 1, 2, 3;
        SELECT well_id, cohort, drop_id, hash FROM cohorts ORDER BY 1, 2;
        SELECT well_id, cohort, sensor_name, value_sum FROM sensor_quality ORDER BY 1, 2, 3;
        SELECT cohort, drop_id, noted_at NOT NULL FROM unloaded ORDER BY 1, 2;
        SELECT drop_id, unloaded_by IS NULL, archived_at IS NULL FROM drops ORDER BY 1;
        SELECT target, layout, row_total, hash FROM publications WHERE layout <> 'report' ORDER BY 1;
        PRAGMA integrity_check; PRAGMA foreign_key_check"
    (cd ws && find aws_s3 archive logs -type f ! -name unloaded.json -exec sha256sum {} + | sort -k2)
    (cd ws && grep -H '"cohort"' archive/*/unloaded.json || true)
}

killed_everywhere() { # COHORTS
    local number=0 code committed=0
    rm -rf ws && cp -r whole ws
    derrick -C ws -q unload --cohort "$1" --yes >/dev/null 2>&1
    state >expected.txt
    while :; do
        number=$((number + 1))
        rm -rf ws && cp -r whole ws
        code=0
        ./calls -k "$number" "$DERRICK" -C ws -q unload --cohort "$1" --yes >out.txt 2>&1 || code=$?
        [ "$code" -ne 0 ] || break
        [ "$code" -eq 137 ] || fail "after change $number it ends with $code: $(cat out.txt)"
        derrick -C ws -q run >run.txt 2>&1 || fail "after change $number: $(cat run.txt)"
        if state | cmp -s - expected.txt; then
            committed=$((committed + 1))
        else
            [ "$(sqlite3 ws/energymobile.db 'SELECT COUNT(*) FROM unloaded')" = 0 ] ||
                fail "after change $number: $(state | diff expected.txt -)"
            derrick -C ws -q unload --cohort "$1" --yes >run.txt 2>&1 || fail "again: $(cat run.txt)"
            state | diff expected.txt - || fail "after change $number and again"
        fi
    done
    state | diff expected.txt -
    [ "$committed" -gt 5 ] && [ $((number - committed)) -gt 5 ] ||
        fail "$number changes, $committed of them after the commit"
    echo "$((number - 1)) changes of the disk, $committed after the commit"
}

echo "one cohort of three: $(killed_everywhere 2)"
echo "all of them: $(killed_everywhere 1-3)"

rebuilt() {
    sqlite3 ws/energymobile.db "SELECT rig_name, cohort, drop_id FROM cohorts JOIN wells USING (well_id) ORDER BY 1, 2;
        SELECT drop_id, archive_folder, archived_at IS NULL FROM drops ORDER BY 1;
        SELECT drop_id, cohort, well_id, run_id FROM unloaded ORDER BY 1, 2, 3;
        PRAGMA integrity_check; PRAGMA foreign_key_check"
}
rebuilds_killed() {
    local all number code killed=0
    rm -rf ws && cp -r whole ws
    ./calls -o journal "$DERRICK" -C ws -q init --rebuild >out.txt 2>&1
    rebuilt >expected.txt
    [ "$(sqlite3 ws/energymobile.db "SELECT rig_name FROM cohorts JOIN wells USING (well_id)")" = texas-2 ] ||
        fail "other wells: $(cat expected.txt)"
    all=$(tail -n 1 journal | cut -d' ' -f1)
    for ((number = 1; number <= all; number += all / 50 + 1)); do
        rm -rf ws && cp -r whole ws
        code=0
        ./calls -k "$number" "$DERRICK" -C ws -q init --rebuild >out.txt 2>&1 || code=$?
        [ "$code" -eq 137 ] || break # it made fewer changes than the first one
        derrick -C ws -q init --rebuild >run.txt 2>&1 || fail "after change $number: $(cat run.txt)"
        rebuilt | diff expected.txt - || fail "after change $number"
        killed=$((killed + 1))
    done
    [ "$killed" -gt 20 ] || fail "it was killed only $killed times"
}
rm -r whole
new_workspace whole 2
sed -i 's/^columns = .*/columns = wells/' whole/derrick.ini
sample site 2 2
for unloaded in texas-2 texas-1; do
    cp site/* whole/logs
    derrick -C whole -q run >/dev/null 2>&1
    derrick -C whole -q unload --rig $unloaded --cohort 1 --yes >/dev/null 2>&1
done
rm whole/energymobile.db
rebuilds_killed
echo "rebuilds leave it out"

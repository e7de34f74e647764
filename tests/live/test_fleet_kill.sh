#!/usr/bin/env bash
# timeout: 1800
# A run of a fleet is killed by SIGKILL after changes of the disk, at even distances. Nothing is lost, and the next run
# ends the same: one site has a bad file, one a profile of its own, two share the fleet's. Then the bad site is
# corrected, and that run is killed in the same way.
. "$TESTS/cli/lib.sh"
needs cc sqlite3
cc -O1 -D_GNU_SOURCE -o calls "$TESTS/live/crash/calls.c"
code=0
./calls -o journal "$DERRICK" init probe >out 2>&1 || code=$?
[ "$code" -ne 120 ] || skip "processes can't be traced here"
KILLS=$((40 * ${DERRICK_CRASH_TIMES:-1}))
unset DERRICK_CRASH_TIMES

new_workspace whole 2
sed -i 's/^columns = .*/columns = wells/' whole/derrick.ini
deliver() { # SEED SITE
    sample whole/logs/"$2" 2 2 "$1"
    rm whole/logs/"$2"/profile.txt
    find whole/logs/"$2" -type f ! -name PS1.txt ! -name TS1.txt -delete
}
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >fleet.txt
printf '20\t73\t1\t100\t1\n3\t90\t0\t115\t0\n' >own.txt
cp fleet.txt whole/logs/profile.txt
deliver 1 alpha
deliver 2 beta
cp fleet.txt whole/logs/beta/profile.txt
derrick -C whole -q run --allow-missing >/dev/null 2>&1
sed -i 's/^3/20/' fleet.txt
cp fleet.txt whole/logs/profile.txt
deliver 3 alpha
deliver 4 beta
cp own.txt whole/logs/beta/profile.txt
deliver 5 gamma
deliver 6 delta
cp whole/logs/delta/TS1.txt good.txt
echo x >whole/logs/delta/TS1.txt

state() { # what must be the same, however often a run was killed
    sqlite3 ws/energymobile.db "SELECT site, well_number, cohort, reading, PS1, TS1, well_profile FROM well_reading
            JOIN wells USING (well_id) ORDER BY 1, 2, 3, 4;
        SELECT w.site, w.well_number, c.cohort, c.drop_id, c.hash, c.profile_set FROM cohorts c JOIN wells w USING (well_id)
            ORDER BY 1, 2, 3;
        SELECT drop_id, source, duplicate_of, archived_at IS NULL FROM drops ORDER BY 1;
        SELECT drop_id, file, path, hash, stored_name FROM files ORDER BY 1, 2;
        SELECT target, layout, row_total, hash FROM publications WHERE layout <> 'report' ORDER BY 1;
        PRAGMA integrity_check; PRAGMA foreign_key_check"
    (cd ws && find aws_s3 profile logs -type f ! -name DERRICK-REPORT.txt -exec sha256sum {} + | sort -k2)
    # Folders of the archive are named by run.
    (cd ws/archive && find . -type f ! -name drop.json ! -name manifest.sha256 -exec sha256sum {} + | sed 's|\./[^/]*/||' | sort)
}
# Every file that was delivered is there.
lost() { # FILE: hashes
    (cd ws && find logs archive profile -type f -exec sha256sum {} +) | cut -c1-64 | sort -u >there.txt
    comm -23 "$1" there.txt
}
run_is() { # EXIT_CODE COMMAND...
    local expected=$1 code=0
    shift
    "$@" >run.txt 2>&1 || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $(cat run.txt)"
}

killed_everywhere() { # EXIT_CODE of a run that is not killed, and of the next one
    local all step number=1 killed=0 code
    (cd whole && find logs -type f ! -name DERRICK-REPORT.txt -exec sha256sum {} +) | cut -c1-64 | sort -u >inputs.txt
    rm -rf ws && cp -r whole ws
    run_is "$1" ./calls -o journal "$DERRICK" -C ws -q run --allow-missing
    state >expected.txt
    all=$(tail -n 1 journal | cut -d' ' -f1)
    step=$((all / KILLS + 1))
    while [ "$number" -le "$all" ]; do
        rm -rf ws && cp -r whole ws
        code=0
        ./calls -k "$number" "$DERRICK" -C ws -q run --allow-missing >out.txt 2>&1 || code=$?
        [ "$code" -eq 137 ] || break # it made fewer changes than the first one
        [ -z "$(lost inputs.txt)" ] || fail "after change $number a file is lost: $(lost inputs.txt)"
        run_is "$1" "$DERRICK" -C ws -q run --allow-missing
        state | diff expected.txt - || fail "after change $number"
        for folder in ws/archive/*; do
            (cd "$folder" && sha256sum --quiet -c manifest.sha256) || fail "after change $number, $folder"
        done
        killed=$((killed + 1))
        number=$((number + step))
    done
    [ "$killed" -ge $((KILLS / 2)) ] || fail "it was killed only $killed times"
}

killed_everywhere 3
grep -q 'logs/delta/TS1.txt' expected.txt && grep -q 'logs/profile.txt$' expected.txt || fail "the bad site has moved"
echo "with a bad site: nothing is lost, and the next run ends the same"
rm -rf whole && cp -r ws whole
cp good.txt whole/logs/delta/TS1.txt
killed_everywhere 0
! grep -q ' logs/' expected.txt || fail "something is still in logs/: $(grep ' logs/' expected.txt)"
grep -q "$(sha256sum <own.txt | cut -c1-64)  profile/beta/profile.txt" expected.txt || fail "beta's profile"
grep -q "$(sha256sum <fleet.txt | cut -c1-64)  profile/profile.txt" expected.txt || fail "the fleet's profile"
echo "corrected: the same"

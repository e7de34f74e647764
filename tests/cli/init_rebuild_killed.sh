# A rebuild that is killed repeatedly, at any moment, is resumed by the next one and has the same
# result. Meanwhile no other command uses the database.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
for seed in 1 2 3 4 5 6; do
    sample logs 300 2 $seed
    derrick run -q --replace >/dev/null 2>&1
    [ $((seed % 3)) -ne 0 ] || { sample logs 300 2 $seed && derrick run -q >/dev/null 2>&1; }
done
state() {
    sqlite3 energymobile.db "SELECT well_id, cohort, hash FROM cohorts ORDER BY 1, 2;
        SELECT archive_folder, source, content_hash, duplicate_of IS NULL, replaced_by IS NULL, archived_at IS NULL
        FROM drops ORDER BY drop_id; PRAGMA integrity_check; PRAGMA foreign_key_check"
}
state >before.txt
cp aws_s3/oil-well-data-all-historical.csv before.csv
(cd archive && find . -type f | sort | xargs sha256sum) >archive.sha
rm energymobile.db
killed=0
refused=0
for delay in 0.01 0.02 0.03 0.05 0.07 0.09 0.02 0.12 0.04 0.15 0.06 0.1; do
    code=0
    # In its own shell, which does not report the kill.
    bash -c 'timeout -s KILL $1 "$DERRICK" init --rebuild >out.txt 2>&1; exit $?' bash $delay 2>/dev/null || code=$?
    case $code in 0) ;; 137) killed=$((killed + 1)) ;; *) cat out.txt ;; esac
    code=0
    derrick status >out.txt 2>&1 || code=$?
    case $code in 0) ;; 4) refused=$((refused + 1)) ;; *) cat out.txt ;; esac
    cmp before.csv aws_s3/oil-well-data-all-historical.csv
done
[ $killed -gt 0 ] && [ $refused -gt 0 ] || fail "$killed killed, $refused refused"
show derrick init --rebuild 2>&1 | grep -c '^rebuilt: \|the same bytes as before$'
state | diff before.txt -
cmp before.csv aws_s3/oil-well-data-all-historical.csv
(cd archive && find . -type f | sort | xargs sha256sum) | cmp - archive.sha
show derrick run

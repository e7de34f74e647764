# Where a value came from: drop, run, file, hash, line, columns and the cells, read again from the archive in
# each of its forms, by each sample rule; what differs is said, with exit code 7.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
t() { show derrick -C ws trace "$@" | steady | sed -E 's/sha256 [0-9a-f]{64}/sha256 HASH/; s/on [0-9-]{10} [0-9:]{8}/on NOW/'; }
fresh() { # OPTION...: loads a history of three cohorts with bad cells
    rm -rf ws
    new_workspace ws 3
    sample ws/logs 6 3
    put ws/logs/PS1.txt 4 101 n/a
    sed -i -E '5s/\t[^\t]*$//' ws/logs/TS2.txt
    rm ws/logs/SE.txt
    expect_exit 6 derrick -q -C ws run --quarantine --allow-missing "$@" >/dev/null 2>&1
}
fresh
echo "== a reading, by number and by time"
t texas-1 2 4
derrick -C ws trace texas-1 2 4 | tail -n +2 >one
derrick -C ws trace texas-1 "2008-06-26 03:00:00" | tail -n +2 | cmp - one
(cd ws/archive/* && sha256sum FS1.txt) | cut -d ' ' -f 1 >hash
derrick -C ws trace texas-1 2 4 FS1 | grep -qF "$(cat hash)"
echo "== one value; JSON"
t texas-1 3 5 TS2
derrick -C ws --json trace texas-1 1 1 FS1 | steady | sed -E 's/"sha256":"[0-9a-f]{64}"/"sha256":"HASH"/'
echo "== a corrected cell"
derrick -C ws quarantine list --cohort 2 | sed '2s/$/150/' >fixed.tsv
derrick -q -C ws quarantine apply fixed.tsv >/dev/null 2>&1
t texas-1 2 4 PS1
echo "== somebody changed the database"
sqlite3 -cmd "PRAGMA trusted_schema = ON" ws/energymobile.db "UPDATE well_reading SET FS1 = 9.5 WHERE cohort = 3 AND reading = 6"
t texas-1 3 6 FS1
echo "== or a file of the archive, or removed it"
cp -r ws/archive kept
echo 1 >>"$(echo ws/archive/*/FS2.txt)"
rm ws/archive/*/VS1.txt
t texas-1 1 6 FS2
t texas-1 1 6 VS1
t texas-1 1 6 PS2
for rule in last mean min max; do
    echo "== sample = $rule"
    fresh --sample $rule
    t texas-1 2 5 PS1 | tail -n 3
done
for form in zip tar tar.gz zst wells samples outside; do
    echo "== $form"
    rm -rf ws drop
    new_workspace ws 3
    sample drop 6 3
    options=()
    case $form in
    zip) (cd drop && zip -q ../ws/logs/drop.zip -- *.txt) ;;
    tar) tar -C drop -cf ws/logs/drop.tar . ;;
    tar.gz) tar -C drop -czf ws/logs/drop.tar.gz . ;;
    zst) sed -i 's/^compress = .*/compress = zstd/' ws/derrick.ini && cp drop/* ws/logs ;;
    wells | samples) options=(--columns $form --cohort 1) && cp drop/* ws/logs ;;
    outside) options=("$PWD/drop") ;;
    esac
    derrick -q -C ws run "${options[@]}" >/dev/null 2>&1
    case $form in
    wells) t texas-2 1 5 PS1 | tail -n 3 ;;
    samples) t texas-1 1 5 PS1 | tail -n 3 ;;
    *) t texas-1 2 5 PS1 | tail -n 3 ;;
    esac
    rig=texas-1
    for reading in 1 6; do
        derrick -C ws trace $rig 1 $reading >/dev/null || fail "$form: reading $reading: exit code $?"
    done
done
echo "== not archived yet"
rm -rf ws
new_workspace ws 3
sample ws/logs 6 3
derrick -q -C ws load >/dev/null 2>&1
t texas-1 2 5 PS1 | tail -n 3
echo "== what is not there"
for words in "" "texas-1" "texas-1 2" "texas 2 5" "texas-2 2 5" "texas-1 9 5" "texas-1 2 7" "texas-1 x 5" "texas-1 2 0" \
    "texas-1 2 5 PS9" "texas-1 2 5 PS1 6" "texas-1 2007-01-01"; do
    show derrick -C ws trace $words
done

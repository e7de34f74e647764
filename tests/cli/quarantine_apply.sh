# Corrected cells become values, by every sample rule; all or nothing; old and new values are kept; the drop is
# still known as loaded; the next run exports again; a rebuild from the archive loads them again.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
spoilt() { # FOLDER: three cohorts with bad cells
    sample "$1" 6 3
    put "$1/PS1.txt" 4 101 n/a # cohort 2, its first sample
    put "$1/PS1.txt" 4 104 1,5 # the same burst
    put "$1/PS1.txt" 5 299 --  # cohort 3, not the first and not the last
    put "$1/TS1.txt" 3 3 bad
}
values() { # LIST [LINE=VALUE...]: the open cells, with values by row of the list
    derrick -C ws quarantine list | awk -F '\t' -v OFS='\t' -v fixes="${*:2}" '
        BEGIN { n = split(fixes, list, " "); for (i = 1; i <= n; i++) { split(list[i], f, "="); v[f[1]] = f[2] } }
        NR in v { $11 = v[NR] } { print }' >"$1"
}
query() { sqlite3 ws/energymobile.db "$@"; }
fresh() { # [OPTION...]: loads the spoilt drop
    rm -rf ws drop
    new_workspace ws 3
    spoilt ws/logs
    expect_exit 6 derrick -q -C ws run --quarantine "$@" >/dev/null 2>&1
}
holds() { # the database is as the ledger says, and the export is what the database holds
    derrick -C ws check --database | grep -q "no problems" || fail "check --database"
    derrick -C ws -q run >/dev/null 2>&1 || fail "run"
    derrick -C ws -q export -o - | cmp - ws/aws_s3/oil-well-data-all-historical.csv
}
sample good 6 3
for rule in first last mean min max; do
    echo "== sample = $rule"
    fresh --sample $rule
    # The values of the good drop: then all of the export is that of the good drop.
    derrick convert good --cohorts 3 --sample $rule -o good.csv >/dev/null 2>&1
    values fixed.tsv 2="$(sed -n 4p good/PS1.txt | cut -f 101)" 3="$(sed -n 4p good/PS1.txt | cut -f 104)" \
        4="$(sed -n 5p good/PS1.txt | cut -f 299)" 5="$(sed -n 3p good/TS1.txt | cut -f 3)"
    show derrick -C ws quarantine apply fixed.tsv | grep -v note:
    holds
    expect_same good.csv ws/aws_s3/oil-well-data-all-historical.csv
    derrick -C ws status --check | grep -c quarantine || true
done
echo "== kept: cell, value before and after, by whom"
fresh
values fixed.tsv 2=1.25 5=2.5e1
show derrick -C ws quarantine list --reason x
show derrick -C ws quarantine apply fixed.tsv --reason "read again" | grep -v note:
query "SELECT reason FROM runs WHERE command = 'quarantine' ORDER BY run_id DESC LIMIT 1"
query "SELECT k.run_id, k.drop_id, file, line, file_column, value, old_value, new_value, r.command,
    r.user_name IS NOT NULL AND r.host IS NOT NULL, kept_at IS NOT NULL
    FROM corrections k JOIN runs r ON r.run_id = k.run_id ORDER BY file, line, file_column"
query "SELECT cohort, sensor_name, value_count, missing_count, quarantined_count FROM sensor_quality
    WHERE missing_count > 0"
cat ws/archive/*/corrections.tsv
(cd ws/archive/* && sha256sum --quiet -c manifest.sha256)
echo "== once more, and another value"
show derrick -C ws quarantine apply fixed.tsv | grep -v note:
sed -i 's/1\.25$/1.5/' fixed.tsv
show derrick -C ws quarantine apply fixed.tsv | grep -v note:
query "SELECT run_id, value, old_value, new_value FROM corrections WHERE file_column = 101"
holds
echo "== the same drop again"
spoilt drop
show derrick -C ws -q load --quarantine "$PWD/drop"
show derrick -C ws -q load --quarantine --replace "$PWD/drop"
query "SELECT COUNT(*) FROM quarantine WHERE value IS NOT NULL"
echo "== a rebuild"
cp ws/aws_s3/oil-well-data-all-historical.csv before.csv
mv ws/energymobile.db lost.db
show derrick -C ws init --rebuild | grep -E "rebuilt|corrected|same bytes" | steady
expect_same before.csv ws/aws_s3/oil-well-data-all-historical.csv
holds
derrick -C ws init --rebuild >again.out 2>&1 || fail "$(cat again.out)"
echo "== all or nothing"
values fixed.tsv 2=7.5
cp ws/energymobile.db before.db
header='rig	cohort	sensor	line	column	value'
printf '%s\n' "$header" "texas-1	3	PS1	5	299	7" "texas-1	3	PS1	5	298	7" \
    "texas-1	9	PS1	5	299	7" "texas-2	3	PS1	5	299	7" "texas	3	PS1	5	299	7" "texas-1	3	PS9	5	299	7" \
    "texas-1	x	PS1	5	299	7" "texas-1	3	PS1	0	299	7" "texas-1	3	PS1	5	299	1,5" "texas-1	3	PS1	5	299	8" \
    "texas-1	3	PS1	5	299		7" "" "			" >bad.tsv
show expect_exit 3 derrick -C ws quarantine apply bad.tsv | steady
equals 0 "$(query "SELECT COUNT(*) FROM quarantine WHERE value = '7'")"
printf '%s\n' "$header" "texas-1	3	PS1	5	299	7" "texas-1	3	PS1	5	299	8" >twice.tsv
show expect_exit 3 derrick -C ws quarantine apply twice.tsv
# The reading is for people, but a row that contradicts itself is refused.
printf '%s\n' "$header	reading" "texas-1	3	PS1	5	299	7	4" >reading.tsv
show expect_exit 3 derrick -C ws quarantine apply reading.tsv
# One of the two is the value that the cell has.
sed '3d; s/7$/7.25/' twice.tsv >once.tsv
show derrick -C ws quarantine apply once.tsv
sed -i 's/7$/7.25/' twice.tsv
show expect_exit 3 derrick -C ws quarantine apply twice.tsv
for header in "" "line\tcolumn" "line\tcolumn\tvalue" "line\tline\tvalue" "cell\tvalue"; do
    printf "$header\n1\t2\t3\n" >bad.tsv
    show expect_exit 3 derrick -C ws quarantine apply bad.tsv
done
: >bad.tsv
show expect_exit 3 derrick -C ws quarantine apply bad.tsv
echo "== a list of quarantine/, as a spreadsheet writes it"
fresh
awk -F '\t' -v OFS='\t' '{ print $0, NR == 1 ? "value" : NR == 5 ? "\"21.5\"" : "" }' ws/quarantine/run1.tsv |
    sed '1s/^/\xef\xbb\xbf/; s/$/\r/' >run1.tsv
show derrick -C ws quarantine apply run1.tsv | grep -v note:
mv run1.tsv list.tsv
show derrick -C ws quarantine apply list.tsv | grep -v note:
show derrick -C ws quarantine apply list.tsv --run 1 | grep -v note:
show derrick -C ws quarantine apply list.tsv --run 7 | grep -v note:
query "SELECT reading, TS1 FROM well_reading WHERE cohort = 3 AND reading = 3"
echo "== a drop that is not archived; a burst that can't be read again"
rm -rf ws
new_workspace ws 3
spoilt ws/logs
expect_exit 6 derrick -q -C ws load --quarantine --sample mean >/dev/null 2>&1
values fixed.tsv 4=1
show derrick -C ws quarantine apply fixed.tsv
derrick -q -C ws archive >/dev/null 2>&1
echo 1 >>"$(echo ws/archive/*/PS1.txt)"
show derrick -C ws quarantine apply fixed.tsv | steady
echo "== a mean whose other samples stay missing: of a row with a column too many, and of two bad cells"
rm -rf ws
new_workspace ws 3
sample ws/logs 6 3
sed -i '4s/$/\t5/' ws/logs/PS1.txt
put ws/logs/PS2.txt 5 1 x
put ws/logs/PS2.txt 5 2 x
expect_exit 6 derrick -q -C ws run --quarantine --sample mean >/dev/null 2>&1
values fixed.tsv 2=150 3=150 4=150 5=150
show derrick -C ws quarantine apply fixed.tsv
values fixed.tsv 2=150
show derrick -C ws quarantine apply fixed.tsv
echo "== the drop in a zip, compressed files, wells, one cohort"
for form in zip zst wells samples; do
    rm -rf ws drop
    new_workspace ws 3
    sed -i 's/^sample = .*/sample = mean/' ws/derrick.ini
    spoilt drop
    case $form in
    zip) (cd drop && zip -q ../ws/logs/drop.zip -- *.txt) ;;
    zst) sed -i 's/^compress = .*/compress = zstd/' ws/derrick.ini && cp drop/* ws/logs ;;
    wells | samples) sed -i "s/^columns = .*/columns = $form/" ws/derrick.ini && cp drop/* ws/logs ;;
    esac
    case $form in
    zip | zst) options=(--columns cohorts --cohorts 3) ;;
    wells | samples) options=(--columns $form --cohorts 3 --cohort 1) ;;
    esac
    expect_exit 6 derrick -q -C ws run "${options[@]}" --quarantine >/dev/null 2>&1
    values fixed.tsv 2="$(sed -n 4p good/PS1.txt | cut -f 101)" 3="$(sed -n 4p good/PS1.txt | cut -f 104)" \
        4="$(sed -n 5p good/PS1.txt | cut -f 299)" 5="$(sed -n 3p good/TS1.txt | cut -f 3)"
    show derrick -C ws quarantine apply fixed.tsv | grep -v note:
    holds
    derrick -C ws -q export -o got.csv >/dev/null
    derrick convert good "${options[@]}" --sample mean -o want.csv >/dev/null 2>&1
    expect_same want.csv got.csv
done

# With input.decimal = comma, logs with a decimal comma give the same values, rows and exports as those with a
# point, whatever the columns, the sample rule or the packing; a point is then an error. A drop keeps the mark that
# it was read with: trace, quarantine, a rebuild and a repeated delivery use it, whatever is set later.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip gzip
with_commas() { # DROP: a copy of it with decimal commas, `comma`
    rm -rf comma
    cp -r "$1" comma
    sed -i 's/\./,/g' comma/[A-Z]*.txt
}
sample drop 6 3
with_commas drop
echo "== the same values"
for columns in cohorts wells "samples --cohort 1"; do
    for rule in first last mean min max; do
        options=(--cohorts 3 --columns $columns --sample "$rule")
        [ "${columns%% *}" = samples ] || options+=(--cohort 1)
        derrick convert drop "${options[@]}" -o point.csv >/dev/null 2>&1
        derrick convert comma "${options[@]}" --decimal comma -o comma.csv >/dev/null 2>&1
        expect_same comma.csv point.csv
    done
done
for format in samples features; do
    derrick convert drop --cohorts 3 --format $format -o point.$format >/dev/null 2>&1 ||
        derrick convert drop --cohorts 3 --format $format -o point.$format.parquet >/dev/null
    derrick convert comma --cohorts 3 --decimal comma --format $format -o comma.$format >/dev/null 2>&1 ||
        derrick convert comma --cohorts 3 --decimal comma --format $format -o comma.$format.parquet >/dev/null
done
diff -r point.samples comma.samples
expect_same comma.features.parquet point.features.parquet
derrick convert drop --cohorts 3 -o point.csv >/dev/null
(cd comma && zip -q ../comma.zip -- *.txt && tar -czf ../comma.tar.gz -- *.txt)
cp -r comma packed
gzip packed/*.txt
for form in comma.zip comma.tar.gz packed; do
    DERRICK_INPUT_DECIMAL=comma derrick convert $form --cohorts 3 -o comma.csv >/dev/null
    expect_same comma.csv point.csv
done
echo "== every form of a number"
spoil_commas() { # CODE [OPTION...]: checks a spoilt copy of the drop with decimal commas
    rm -rf spoilt
    cp -r comma spoilt
    (cd spoilt && eval "$1")
    show derrick check spoilt --cohorts 3 --decimal comma "${@:2}" | sed '/^ *sensor/,$d'
}
spoil_commas "put TS1.txt 2 2 3,5e1; put TS1.txt 2 3 +0035,50; put TS1.txt 3 1 ,5e2; put TS1.txt 3 2 35,; put SE.txt 1 1 ' 50,5 '"
for text in 1.5 -1.5e3 .5 1.234,5 1,234.5 1,2,3 1.234.567 '"1,5"' '"1.5"' 1,5x 1,#IND; do
    spoil_commas "put TS1.txt 2 2 '$text'"
done
spoil_commas "put profile.txt 2 1 20,0; put profile.txt 3 1 20.0"
spoil_commas "sed -i '1s/.*/1,5e1\t35,e0\t1,5e1/' TS1.txt"
spoil_commas "sed -i '1s/.*/1.5e1\t1.5e1\t1.5e1/' TS1.txt"
echo "== a delivery"
traced() { show derrick -C ws trace "$@" | steady | sed -E 's/sha256 [0-9a-f]{64}/sha256 HASH/'; }
new_workspace ws 3
sed -i 's/^decimal = .*/decimal = comma/' ws/derrick.ini
cp comma/* ws/logs
put ws/logs/PS1.txt 4 101 1.5
put ws/logs/TS1.txt 3 3 2,5x
show derrick -C ws run --quarantine | grep -v note: | sed '/^archived/d' | steady
cut -f 1-3,5- ws/quarantine/*.tsv
derrick -C ws quarantine list | cut -f 1-10
derrick -C ws quarantine list | awk -F '\t' -v OFS='\t' 'NR == 2 { $11 = "152,25" } { print }' >fixed.tsv
show derrick -C ws quarantine apply fixed.tsv
sed -i 's/152,25$/152.25/' fixed.tsv
show derrick -C ws quarantine apply fixed.tsv | grep -v note:
# The mark that is set now does not matter to what is loaded.
sed -i 's/^decimal = .*/decimal = point/' ws/derrick.ini
traced texas-1 1 4 PS1 | tail -n 2
traced texas-1 2 4 PS1 | tail -n 4
traced texas-1 3 3 TS1 | tail -n 2
sqlite3 ws/energymobile.db "SELECT settings FROM drops"
grep -h '"settings"' ws/archive/*/drop.json
derrick -q -C ws run
derrick -C ws -q export -o before.csv
rm ws/energymobile.db
derrick -q -C ws init --rebuild 2>&1 | grep -v note: | steady || true
derrick -C ws -q export -o after.csv
expect_same after.csv before.csv
sqlite3 ws/energymobile.db "SELECT settings FROM drops"
traced texas-1 2 4 PS1 | tail -n 4
echo "== the same cells with a point are the same drop; the same text with another mark is not"
rm -rf ws
new_workspace ws 3
cp comma/* ws/logs
show derrick -C ws run --decimal comma | tail -n 1 | steady
cp drop/* ws/logs
show derrick -C ws run | grep -E '^already|^archived' | steady
cp -r drop other
put other/PS3.txt 2 5 7.77
show derrick -C ws load "$PWD/other"
rm -rf ws other
new_workspace ws 3
cp -r drop other
sed -i 's/\.[0-9]*//g' other/[A-Z]*.txt
put other/TS1.txt 2 2 35,5
show derrick -C ws load "$PWD/other" --quarantine
show derrick -C ws load "$PWD/other" --quarantine | tail -n 1
show derrick -C ws load "$PWD/other" --decimal comma

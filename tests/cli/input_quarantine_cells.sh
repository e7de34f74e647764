# --quarantine makes bad cells missing and changes nothing else: NULL in the database, empty in
# every CSV, and each listed with its position. A bad cell that is not sampled makes no value
# missing.
. "$TESTS/cli/lib.sh"
new_traps
spoil "cells" "put TS1.txt 2 2 NaN; put TS1.txt 3 1 ''; put PS1.txt 1 101 'x'; put PS2.txt 3 7 1,5
    put FS1.txt 1 1 '2\xb0'; put SE.txt 1 2 '\x00'; put CE.txt 1 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    put CP.txt 2 1 '\x1b\\\\\"=1,2;'"
show derrick -C ws load "$PWD/drop" --quarantine
cat ws/quarantine/run1.tsv
sqlite3 ws/energymobile.db "SELECT cohort, reading, TS1, PS1, PS2, FS1, SE, CE, CP FROM well_reading"
sqlite3 ws/energymobile.db "SELECT COUNT(*), COUNT(sensor_value) FROM sensor_data; SELECT state, exit_code FROM runs"
derrick -C ws export -q -o "$PWD/exported.csv" >/dev/null
show derrick convert drop --cohorts 2 --quarantine -o converted.csv 2>&1 | sed 's/convert-[^.]*/convert-ID/'
expect_same exported.csv converted.csv
cmp quarantine/convert-*.tsv ws/quarantine/run1.tsv
cut -d, -f2,3,15,16,22,24,29-31 exported.csv
# Except for the cells that are now empty, nothing differs.
paste -d '\n' good.csv exported.csv | awk -F, '
    NR % 2 { split($0, whole); next }
    { for (i = 1; i <= NF; i++) if ($i != "" && $i != whole[i]) print "differs: " $i }'
for format in template sensors sagemaker; do
    label=
    [ $format = sagemaker ] && label="--label valve"
    derrick convert drop -q --cohorts 2 --quarantine --format $format $label -o out >/dev/null 2>&1 || true
    case $format in
    template) sed -n 6p out | cut -d, -f3-19 ;;
    sensors) cat out/TS1.csv ;;
    sagemaker) sed -n 5p out ;;
    esac
    rm -r out
done
show derrick check drop --cohorts 2 --quarantine
# The same drop again is nothing new; and a refused drop leaves no list.
show derrick -C ws load "$PWD/drop" --quarantine
cp -r drop other
put other/TS1.txt 1 1 1
show derrick -C ws load "$PWD/other" --quarantine 2>&1 | tail -3
ls ws/quarantine
# If the load fails for another reason, the list stays: after a lost connection, the commit may have
# succeeded.
sqlite3 ws/energymobile.db "CREATE TRIGGER no BEFORE INSERT ON well_reading BEGIN SELECT RAISE(ABORT, 'no'); END"
sed -i 's/^well = 1/well = 2/' ws/derrick.ini
show derrick -C ws load "$PWD/other" --quarantine 2>&1 | tail -3
ls ws/quarantine

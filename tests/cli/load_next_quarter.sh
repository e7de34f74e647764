# The ordinary next quarter needs no options, in a folder or in any archive. It is the same drop
# with explicit columns. With nothing loaded, and for convert, it needs a number.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
new_workspace w 3
sample history 4 3
for quarter in 4 5 6 7 8; do
    sample q$quarter 4 1 $quarter
done
cohorts() {
    sqlite3 w/energymobile.db 'SELECT cohort, count(*), burst_seconds FROM well_reading
        JOIN cohorts USING (well_id, cohort) GROUP BY cohort' | paste -sd' '
}
show derrick -C w run "$PWD/q4"
show derrick convert q4 -o q4.csv
show derrick convert q4 --cohort 4 -o q4.csv
show derrick check q4 | head -n 2
derrick -C w load "$PWD/history" >/dev/null
show derrick -C w load "$PWD/q4"
derrick -C w export -q --cohort 4 -o - | cmp - q4.csv
show derrick -C w load "$PWD/q4" --columns samples
tar --sort=name -C q5 -czf q5.tar.gz .
(cd q6 && zip -qr ../q6.zip .)
gzip q7/*.txt
tar -C q8 -cf q8.tar .
for drop in q5.tar.gz q6.zip q7 q8.tar; do
    show derrick -C w load "$PWD/$drop"
done
cohorts

echo "== cohorts = 1 is never a history"
show derrick -C w load "$PWD/q4" --cohorts 1
show derrick -C w load "$PWD/history" --cohorts 1

echo "== neither shape"
sample two 4 2 9
sample thirty 4 30 9
cp -r q4 mixed
cp history/TS1.txt mixed
show derrick -C w load "$PWD/two"
show derrick -C w load "$PWD/thirty"
show derrick -C w load "$PWD/mixed"
(cd two && zip -qr ../two.zip .)
tar --sort=name -C two -czf two.tar.gz .
for drop in two.zip two.tar.gz; do
    show derrick -C w load "$PWD/$drop"
done

echo "== a length of burst that is not this rig's"
show derrick -C w load "$PWD/history" --columns samples
show derrick -C w load "$PWD/history" --columns samples --cohort 9 --replace
new_workspace long 3
show derrick -C long load "$PWD/two" --columns samples
show derrick -C long load "$PWD/history"
sample next 4 2 10
show derrick -C long load "$PWD/next"
show derrick -C long load "$PWD/q4"

echo "== an older derrick.ini"
sed -i 's/^columns = .*/columns = cohorts/' w/derrick.ini
show derrick -C w load "$PWD/next"
rm -r next && sample next 4 1 10
show derrick -C w load "$PWD/next" | head -n 3
show derrick -C w load "$PWD/next" --columns auto
cohorts

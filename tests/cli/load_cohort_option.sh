# --cohort numbers a drop of one cohort, and selects cohorts of a history.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 4
sample history 2 4
sample quarter 2 1 7
cohorts() {
    sqlite3 energymobile.db 'SELECT cohort, count(*) FROM well_reading GROUP BY cohort' | paste -sd' '
}

echo "== a history"
show derrick check history | head -n 2
show derrick check history --cohort 2-3 | head -n 2
show derrick load history --cohort 2-3
cohorts
show derrick load history --cohort 5-9
show derrick load history --cohort 3-9
cohorts
show derrick load history
cohorts
derrick export -o - | cmp - <(derrick convert history -o -)

echo "== an interrupted run has not archived yet: the other cohorts are loaded all the same"
mkdir w && new_workspace w 4
cp history/* w/logs
derrick -C w load --cohort 1-2 >/dev/null
show derrick -C w run --cohort 2 | steady
cp history/* w/logs
derrick -C w load --cohort 3 >/dev/null
show derrick -C w run | steady
derrick -C w export -o - | cmp - <(derrick convert history -o -)

echo "== one cohort"
show derrick load quarter --cohort 5-6
show derrick load quarter --columns samples --cohort 5-6
show derrick convert quarter --cohort 5-6 -o x.csv
show derrick load quarter --cohort x
show derrick check quarter --cohort 9 | head -n 2
show derrick load quarter --cohort 5
cohorts

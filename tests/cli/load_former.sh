# A drop of one cohort whose contents the ledger knows as another number, because they were replaced or unloaded, is
# never the next cohort without a word. Settings that changed since the newest cohort was loaded are announced.
. "$TESTS/cli/lib.sh"
needs sqlite3
quarter() { # NAME SEED: a quarter of values that are no other's
    rm -rf "$1"
    sample "$1" 6 1 "$2"
}
loaded() {
    sqlite3 ws/energymobile.db "SELECT cohort, round(sum(PS1), 2) FROM well_reading GROUP BY cohort" | tr '\n' ' '
    echo
}
for seed in 1 2 3 4 5 6; do quarter q$seed $seed; done
new_workspace ws 1
for seed in 1 2 3; do derrick -q -C ws load "$PWD/q$seed"; done

echo "== replaced by another version, which comes again"
derrick -q -C ws load "$PWD/q4" --cohort 3 --replace
loaded
show derrick -C ws load "$PWD/q3"
loaded
echo "== either hint is a way out"
cp -r ws other
rm other/.derrick-workspace
show derrick -C other load "$PWD/q3" --cohort 4 | grep -v '^derrick: note'
show derrick -C ws load "$PWD/q3" --cohort 3 --replace | grep -v '^derrick: note'
loaded

echo "== unloaded, and another quarter takes its number"
derrick -q -C ws unload --cohort 3 --yes
show derrick -C ws load "$PWD/q5"
show derrick -C ws load "$PWD/q3"
loaded
echo "== unloaded, and loaded again"
derrick -q -C ws unload --cohort 3 --yes
show derrick -C ws load "$PWD/q5"
loaded

echo "== settings that changed"
for change in calendar.start=2018-04-26 calendar.cohort_days=90 calendar.interval_minutes=30; do
    cp -r ws changed && rm changed/.derrick-workspace
    show derrick -C changed load "$PWD/q6" --set $change
    rm -r changed
done
show derrick -C ws load "$PWD/q6" --sample max

echo "== the older version of a corrected quarter comes again"
quarter q7 7
cp -r q7 corrected
awk -v OFS='\t' 'NR == 2 { $1 += 0.5 } 1' q7/CE.txt >corrected/CE.txt
derrick -q -C ws load "$PWD/q7" >/dev/null 2>&1
show derrick -C ws load "$PWD/corrected"
derrick -q -C ws load "$PWD/corrected" --cohort 5 --replace
show derrick -C ws load "$PWD/q7"
show derrick -C ws load "$PWD/q7" --cohort 5 --replace
show derrick -C ws load "$PWD/corrected"

# What was unloaded stays out of a rebuild: also of the archive of another workspace on the same database, where
# the drop was a duplicate, and of a folder that was elsewhere during the unload. Each gets its note from the
# next run that finds it.
. "$TESTS/cli/lib.sh"
needs sqlite3
for w in 1 2; do
    new_workspace $w 1
    sed -i "s|^url = sqlite.*|url = sqlite:$PWD/shared.db|" $w/derrick.ini
done
for cohort in 1 2; do
    sample drop$cohort 3 1 $cohort
    for w in 1 2; do
        cp drop$cohort/* $w/logs
        derrick -q -C $w run >/dev/null 2>&1
    done
done
cohorts() { sqlite3 "$1" "SELECT cohort FROM cohorts ORDER BY cohort" | paste -sd ' '; }
noted() { grep -l '"cohort": 2' "$1"/archive/*/unloaded.json | sed -E 's/[0-9-]{10}-run/DAY-run/'; }
echo "- the other workspace's folder gets its note from its next run"
derrick -q -C 1 unload --cohort 2 --yes >/dev/null 2>&1
derrick -q -C 2 run >/dev/null
noted 1
noted 2
mv shared.db lost.db
derrick -C 2 init --rebuild 2>&1 | grep -E "rebuilt|left out" | steady
cohorts shared.db
echo "- a folder that was away gets it when it is back, also if the note is older or damaged"
rm shared.db
mv lost.db shared.db
rm -r 2 shared.db-journal 2>/dev/null || true
cp drop2/* 1/logs
derrick -q -C 1 run >/dev/null 2>&1
mv 1/archive/*-run1 away
derrick -q -C 1 unload --cohort 1-2 --yes >/dev/null 2>&1
mv away "$(echo 1/archive/*-run3 | sed 's/run3/run1/')"
echo '{' >"$(echo 1/archive/*-run3)/unloaded.json"
derrick -q -C 1 run >/dev/null 2>&1 || true
noted 1
grep -l '"cohort": 1' 1/archive/*/unloaded.json | sed -E 's/[0-9-]{10}-run/DAY-run/'
rm shared.db
derrick -C 1 init --rebuild 2>&1 | grep -E "rebuilt|left out" | steady
cohorts shared.db
# A drop that was delivered again loaded what was unloaded of the first one. What is unloaded later of that one is in
# the second drop, too.
again() { # a rebuild ends the same
    derrick -q -C w run >/dev/null 2>&1
    sqlite3 w/energymobile.db "$state" >before.txt
    rm w/energymobile.db
    derrick -C w init --rebuild 2>&1 | grep -E "rebuilt|left out|not the one" | steady
    sqlite3 w/energymobile.db "$state" | diff before.txt -
    paste -sd ' ' before.txt
}
state="SELECT rig_name || '/' || cohort || ' of drop ' || drop_id FROM cohorts JOIN wells USING (well_id) ORDER BY 1"
echo "- of a history that was delivered again"
new_workspace w 3
sample history 2 3
cp history/* w/logs
derrick -q -C w run >/dev/null 2>&1
derrick -q -C w unload --cohort 1 --yes >/dev/null 2>&1
derrick -q -C w unload --cohort 3 --yes >/dev/null 2>&1
cp history/* w/logs
derrick -q -C w run >/dev/null 2>&1
derrick -q -C w unload --cohort 2 --yes >/dev/null 2>&1
again
echo "- of one well of two, and then loaded a third time"
rm -r w
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
sample site 2 2
for unloaded in texas-2 texas-1; do
    cp site/* w/logs
    derrick -q -C w run >/dev/null 2>&1
    derrick -q -C w unload --rig $unloaded --cohort 1 --yes >/dev/null 2>&1
done
again
cp site/* w/logs
again

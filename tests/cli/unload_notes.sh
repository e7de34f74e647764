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

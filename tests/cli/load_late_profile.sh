# A profile that arrives after its quarter was loaded with the older one: the hint says how the loaded
# cohort gets it, too.
. "$TESTS/cli/lib.sh"
needs sqlite3
labels() {
    sqlite3 ws/energymobile.db "SELECT cohort, profile_set, COUNT(*) FROM well_reading
        JOIN well_profile ON profile_id = well_profile GROUP BY 1, 2"
}
new_workspace ws 2
sample ws/logs 4 2
derrick -q -C ws run >/dev/null 2>&1
sample c3 4 1 3
cp c3/[A-Z]*.txt ws/logs
derrick -C ws run 2>&1 >/dev/null | grep -c "no profile"
tac c3/profile.txt >ws/logs/profile.txt
show derrick -C ws run
labels
cp ws/archive/*-run2/[A-Z]*[0-9].txt ws/archive/*-run2/[CS][EP].txt ws/logs
show derrick -C ws run --cohort 3 --replace 2>&1 | grep -E "replac|exit"
labels

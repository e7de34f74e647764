# The drop that the other input tests spoil: unspoiled it is valid, and loads completely.
. "$TESTS/cli/lib.sh"
new_traps
spoil "nothing" true
show derrick check drop --cohorts 2
show derrick -C ws load "$PWD/drop"
sqlite3 ws/energymobile.db "SELECT state FROM runs; SELECT COUNT(*) FROM drops;
    SELECT COUNT(*), COUNT(PS1), COUNT(SE) FROM well_reading; SELECT COUNT(*) FROM well_profile"
derrick -C ws export -q -o "$PWD/exported.csv"
expect_same exported.csv good.csv
# The files that `accepted` and `refused` check do exist.
(expect_nothing_loaded ws) 2>&1 || echo "and so it fails"

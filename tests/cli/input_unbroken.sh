# The drop that the other tests of input spoil: unbroken, it is good, and all of it is loaded.
. "$TESTS/cli/lib.sh"
new_traps
spoil "nothing" true
show derrick check drop --cohorts 2
show derrick -C ws load "$PWD/drop"
sqlite3 ws/energymobile.db "SELECT state FROM runs; SELECT COUNT(*) FROM drops;
    SELECT COUNT(*), COUNT(PS1), COUNT(SE) FROM well_reading; SELECT COUNT(*) FROM well_profile"
derrick -C ws export -q -o "$PWD/exported.csv"
expect_same exported.csv good.csv
# What `accepted` and `refused` look for is there to be found.
(expect_nothing_loaded ws) 2>&1 || echo "and so it fails"

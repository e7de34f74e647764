# Where a cohort before the rig's newest one is missing, a new drop without a number is the next one, with a warning
# that it may be the missing one.
. "$TESTS/cli/lib.sh"
export DERRICK_TEST_NOW="2011-01-01 02:31:00"
for quarter in 2 4 5 6; do
    sample q$quarter 2 1 1$quarter
done
new_workspace w 2
sample history 2 2
derrick -C w load -q "$PWD/history" >/dev/null
derrick -C w load -q "$PWD/q4" --cohort 4 --gap >/dev/null
derrick_in() { # COMMAND with w as workspace
    show derrick -C w "$@" 2>&1 | steady
}

echo "- never loaded"
derrick_in load "$PWD/q5"
echo "- unloaded"
derrick -C w unload -q --cohort 2 --yes >/dev/null 2>&1
derrick -C w unload -q --cohort 4 --yes >/dev/null 2>&1
derrick_in load "$PWD/q2"

echo "- the first ones are unloaded: a rig may begin with any cohort"
derrick -C w load -q "$PWD/q4" --cohort 4 >/dev/null 2>&1
derrick -C w unload -q --cohort 1-2 --yes >/dev/null 2>&1
sample other 2 1 99
derrick_in load "$PWD/other"

echo "- a well that is closed is not a hole of its site"
new_workspace fleet 2
sed -i 's/^columns = .*/columns = wells/' fleet/derrick.ini
sample wells 2 2
derrick -C fleet load -q "$PWD/wells" >/dev/null 2>&1
sed -i 's/^cohorts = .*/cohorts = 1/' fleet/derrick.ini
for quarter in 2 4 5; do
    show derrick -C fleet load "$PWD/q$quarter"
done

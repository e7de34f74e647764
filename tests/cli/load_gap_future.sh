# A number that leaves a gap needs --gap, and one in the future --future; status names what is
# missing.
. "$TESTS/cli/lib.sh"
new_workspace w 4
sample history 3 4
for quarter in 1 2 3 4; do
    sample q$quarter 3 1 1$quarter
done
now() {
    DERRICK_TEST_NOW="$1" show derrick -C w "${@:2}"
}
# If nothing is loaded, there is no gap.
DERRICK_TEST_NOW=2009-07-01 derrick -C w load -q "$PWD/history" >/dev/null
now 2009-07-01 load "$PWD/q1" --cohort 6
now 2009-07-01 load "$PWD/q1" --cohort 6 --gap
now 2009-10-01 load "$PWD/q1" --cohort 6
now 2009-10-01 load "$PWD/q1" --cohort 6 --gap
now 2009-10-01 status | sed -n '3,5p'
now 2009-10-01 status --json | steady | grep '"event":"rig"'
# 24 hours and one minute; 24 hours. The last reading is two hours after the first of the cohort.
now '2009-09-28 01:59:00' load "$PWD/q2" --cohort 7
now '2009-09-28 02:00:00' load "$PWD/q2" --cohort 7
now '2009-09-28 02:00:00' load "$PWD/q3"
now '2009-09-28 02:00:00' load "$PWD/q3" --future
now '2009-09-28 02:00:00' load "$PWD/q3"
now 2009-10-01 load "$PWD/q4" --cohort 610
now 2009-10-01 load "$PWD/q4" --cohort 610 --future
now '2009-09-28 02:00:00' load "$PWD/q4" --cohort 5
now 2009-10-01 convert "$PWD/q4" --cohort 610 -o "$PWD/out.csv"
now tomorrow status
# A history only warns.
new_workspace other 4
DERRICK_TEST_NOW=2008-07-01 show derrick -C other load "$PWD/history"

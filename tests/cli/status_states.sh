# The output of status in each state: nothing, loaded, exported, archived, changed, failed; and what
# is expected next.
. "$TESTS/cli/lib.sh"
new_workspace . 2
status() {
    show derrick status "$@" | steady
}
status
sample logs 3 2
derrick load >/dev/null
status
derrick run >/dev/null 2>&1
status
sample other 2 1 7
derrick load -q other --columns samples --cohort 12 --set rig.well=2 >/dev/null
status
expect_exit 3 derrick load other --columns samples --cohort 1 >/dev/null 2>&1
expect_exit 2 derrick load nowhere >/dev/null 2>&1
status
status --json | steady
# The calendar decides what is expected: cohorts that have not ended yet, and some that never begin.
status --set calendar.start=2999-01-01 | grep '^next expected'
status --set calendar.start=9999-01-01 --set calendar.cohort_days=31 | grep -c '^next expected' || true
# status changes nothing.
sha256sum energymobile.db >before.txt
status >/dev/null
sha256sum --quiet -c before.txt

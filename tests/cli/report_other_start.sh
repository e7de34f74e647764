# A rig whose calendar.start was changed between two loads: a later cohort has earlier dates. Its report and
# its status show all of its days, from the first to the last.
. "$TESTS/cli/lib.sh"
new_workspace . 1
sample d1 30 1
sample d2 30 1 2
sample d3 30 1 3
derrick -q load d1 --columns samples --cohort 1
derrick -q load d2 --columns samples --cohort 3 --gap --set calendar.start=2006-03-26
derrick -q load d3 --columns samples --cohort 5 --gap --set calendar.start=2008-03-26
derrick -q report -o page.html
grep -oE 'Period</dt><dd>[^/]*</?[a-z]+><time>[0-9-]*</time> to <time>[0-9-]*' page.html
grep -oE '"start":[0-9]+,"days":[0-9]+,"cohorts":.*\]\]' page.html | head -1
echo "- no place in a chart is before its beginning"
grep -cE ' x="?-|M-[0-9]|\[[0-9]+,-' page.html || true
derrick status | sed -n '/^loaded/,/^next/p' | head -3
derrick -q report -o other.html --set calendar.start=2012-01-01 --set calendar.cohort_days=20
derrick -q run --set calendar.cohort_days=7

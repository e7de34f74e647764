# `derrick report`: the same bytes for any number of threads and wherever they go, whole or not at all,
# and what the page says of a small workspace, as text.
. "$TESTS/cli/lib.sh"
needs python3

new_workspace ws 3
sample drop 2205 3 7
derrick load -q -C ws drop
cd ws

show derrick report --as-of 2009-02-03
python3 "$TESTS/cli/report_text.py" report.html |
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}/NOW/; s/^derrick [0-9.]+ /derrick VERSION /'

show derrick report --as-of 2009-02-03 -o ../one.html --threads 1
show derrick report --as-of 2009-02-03 -o .. --threads 4
derrick report --as-of 2009-02-03 -o - >../stdout.html
for copy in ../one.html ../report.html ../stdout.html; do
    cmp report.html "$copy"
done

# A filter, and what it leaves.
derrick report --rig texas-1 --cohort 2-3 -o part.html --json | steady |
    sed 's/"bytes":[0-9]*/"bytes":N/'
# A cohort that it leaves out is not the next one.
derrick report -q --cohort 1-2 --as-of 2009-06-03 -o part.html >/dev/null
python3 "$TESTS/cli/report_text.py" part.html | sed -n '/^Rig/,/^Condition of/p'
derrick report -q --cohort 2 --as-of 2009-06-03 -o part.html >/dev/null
python3 "$TESTS/cli/report_text.py" part.html | sed -n '/^This page/,/^Period/p; /^What changed/,/^Condition of/p'
show derrick report --rig texas-2
show derrick report --cohort 9
show derrick report --as-of yesterday
show derrick report -o energymobile.db
show derrick report -o no/such/folder/report.html
ls -A

# Not a single value: each burst has a bad sample, and the mean of none is known.
new_workspace ../nothing 1
mkdir ../bad
yes "$(printf '5\tx')" | head -30 >../bad/CE.txt
yes "$(printf '100\t100\t0\t130\t0')" | head -30 >../bad/profile.txt
expect_exit 6 derrick load -q -C ../nothing ../bad --cohort 1 --sample mean --allow-missing --quarantine \
    --set input.quarantine_max=100 >/dev/null 2>&1
derrick report -q -C ../nothing --as-of 2009-02-03 >/dev/null
python3 "$TESTS/cli/report_text.py" ../nothing/report.html |
    sed -n '/^Rig/,/^Cohorts received/p; /^A stretch/p; /^No sensor/p; /^The cooler/p'

# A failure leaves the page as it was.
cp report.html before.html
python3 - <<'END'
import sqlite3
db = sqlite3.connect("energymobile.db")
db.execute("UPDATE well_reading SET ps1 = ps1 + 1 WHERE cohort = 3 AND reading = 5")
db.commit()
END
show derrick report
cmp report.html before.html

# A name that could be markup does not get into a page: no rig is called so.
python3 - <<'END'
import sqlite3
db = sqlite3.connect("energymobile.db")
db.execute("UPDATE wells SET site = '<script>alert(1)</script>'")
db.commit()
END
show derrick report
cmp report.html before.html

mkdir ../empty && cd ../empty
derrick init -q . >/dev/null
show derrick report
[ ! -e report.html ]
show derrick report --rig texas-1 --cohort 2-3

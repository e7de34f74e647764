# The numbers of a report against SQL: daily values, medians, eta squared, quality, balance, states; with
# missing values, a day without any, a constant stretch and a short cohort.
. "$TESTS/cli/lib.sh"
needs python3 sqlite3

new_workspace ws 2
sample drop 700 2 3
python3 - <<'END'
def spoil(name, change):
    rows = [line.split("\t") for line in open(f"drop/{name}.txt").read().splitlines()]
    change(rows)
    open(f"drop/{name}.txt", "w").write("".join("\t".join(row) + "\n" for row in rows))

def gaps(rows):
    for r in range(48, 100):
        rows[r][0] = "bad"
    rows[300][1] = "bad"
def constant(rows):
    for r in range(700):
        rows[r][1] = "12.5"
spoil("CE", gaps)
spoil("TS1", constant)
END
rm drop/FS2.txt
derrick load -q -C ws drop --quarantine --allow-missing --set input.quarantine_max=100 2>/dev/null ||
    [ $? -eq 6 ] || fail "the drop was not loaded"
derrick report -q -C ws --as-of 2009-02-03
python3 "$TESTS/cli/report_numbers.py" ws/report.html ws/energymobile.db
# An older derrick counted nothing when it loaded: the report counts, and the page is the same.
sqlite3 ws/energymobile.db "DELETE FROM sensor_quality"
derrick report -q -C ws --as-of 2009-02-03 -o uncounted.html >/dev/null
cmp ws/report.html uncounted.html
python3 "$TESTS/cli/report_text.py" ws/report.html | sed -n '/^Rig/,/^Condition of/p'

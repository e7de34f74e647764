# The first row is a row like any other: if it is too short or too long, quarantine makes it
# missing, and the file is not refused. The same holds if its last cell is empty.
. "$TESTS/cli/lib.sh"
sample drop 4 3
try() { # ROWS OPTION...: TS1.txt with these rows: the report, and cohorts, minutes and values
    local rows=$1
    shift
    echo "== $rows $*"
    cp -r drop changed
    printf "$rows" >changed/TS1.txt
    show derrick convert -q changed "$@" -o refused.csv
    derrick convert -q changed "$@" --quarantine -o all.csv >report 2>&1 || echo "quarantine: exit code $?"
    [ ! -e all.csv ] || tail -n +2 all.csv | cut -d, -f2,4,24 | paste -sd' '
    rm -rf changed all.csv quarantine
}
try '1\t2\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t3\t4\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t\n4\t5\t\n7\t8\t\n10\t11\t\n' --cohorts 3
try '1\n\n\n7\t8\t9\n' --cohorts 3
# No row has the expected number of columns: the file has another shape.
try '1\t2\n4\t5\n7\t8\n10\t11\n' --cohorts 3
# The old scripts' columns: the rows of the other files do not determine the width; the expected
# number does.
try '1\t2\t3\t3\t3\t3\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3 --alignment column
# One cohort: what two of the first three rows have, if the other files agree.
try '1\t2\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --columns samples
try '1\t2\n4\t5\n7\t8\t9\n10\t11\t12\n' --columns samples

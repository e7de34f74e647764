# The first row is a row as any other: cut off or too long, it is lost in quarantine, and the file is
# not refused. Nor is it where the last cell is empty.
. "$TESTS/cli/lib.sh"
sample drop 4 3
try() { # ROWS OPTION...: TS1.txt with these rows: what is told, and cohorts, minutes and values
    local rows=$1
    shift
    echo "== $rows $*"
    cp -r drop changed
    printf "$rows" >changed/TS1.txt
    show derrick convert -q changed "$@" -o refused.csv
    derrick convert -q changed "$@" --quarantine -o all.csv >told 2>&1 || echo "quarantine: exit code $?"
    [ ! -e all.csv ] || tail -n +2 all.csv | cut -d, -f2,4,24 | paste -sd' '
    rm -rf changed all.csv quarantine
}
try '1\t2\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t3\t4\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3
try '1\t2\t\n4\t5\t\n7\t8\t\n10\t11\t\n' --cohorts 3
try '1\n\n\n7\t8\t9\n' --cohorts 3
# No row has the columns that are due: the file is of another shape.
try '1\t2\n4\t5\n7\t8\n10\t11\n' --cohorts 3
# Old scripts' columns: the rows of the file beside it tell no width, those that are due do.
try '1\t2\t3\t3\t3\t3\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --cohorts 3 --alignment column
# One cohort: what two of the first three rows have, if the other files agree.
try '1\t2\n4\t5\t6\n7\t8\t9\n10\t11\t12\n' --columns samples
try '1\t2\n4\t5\n7\t8\t9\n10\t11\t12\n' --columns samples

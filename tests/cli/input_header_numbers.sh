# A first row that consists only of numbers out of bounds is not a header, although the exponents
# are letters.
. "$TESTS/cli/lib.sh"
sample drop 2 3
try() { # FIRST_ROW: TS1.txt with it
    printf "$1\n4\t5\t6\n" >drop/TS1.txt
    show derrick convert -q drop --cohorts 3 -o refused.csv
    derrick convert -q drop --cohorts 3 --quarantine -o all.csv >report 2>&1 || echo "quarantine: exit code $?"
    [ ! -e all.csv ] || tail -n +2 all.csv | cut -d, -f2,4,24 | paste -sd' '
    rm -f all.csv
}
try '1e20\t1e-13\t1234567890123456e0'
try 'e20\te-13\tx1234567890123456e0'

# /dev/stdout means standard output, as - does, and is not replaced.
. "$TESTS/cli/lib.sh"
sample drop 2 2
derrick convert drop --cohorts 2 -o - >expected.csv
before=$(stat -c %N /dev/stdout)
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
    derrick convert drop --cohorts 2 -o "$name" | cmp - expected.csv
    derrick convert drop --cohorts 2 -o "$name" >file.csv
    cmp file.csv expected.csv
done
[ "$(stat -c %N /dev/stdout)" = "$before" ]
show derrick convert drop --cohorts 2 --format sensors -o /dev/stdout
wc -l <expected.csv

# The current export comes from the nearest source: the drop just loaded, the lines of the previous
# export, or the database. With any of them, the bytes are those of an export of the whole database.
. "$TESTS/cli/lib.sh"
standing=aws_s3/oil-well-data-all-historical.csv

# next NAME SEED RUN-OPTION...: a drop of one cohort through the whole path, then the comparison.
next() {
    local name=$1 seed=$2
    shift 2
    derrick sample -q "$name" --readings 40 --cohorts 1 --seed "$seed" >/dev/null
    mv "$name"/* logs
    derrick run --columns samples "$@" >/dev/null 2>"$name.txt"
    derrick export -q -o whole.csv >/dev/null
    expect_same "$standing" whole.csv
}

derrick init -q >/dev/null
derrick sample -q logs --readings 40 --cohorts 3 >/dev/null
derrick run -q --cohorts 3 >/dev/null
head -n 121 "$standing" >first.csv

next new 2
head -n 121 "$standing" | cmp - first.csv
cut -d, -f2 "$standing" | sort | uniq -c

next replaced 3 --cohort 2 --replace
head -n 41 "$standing" | cmp - <(head -n 41 first.csv)

next other_well 4 --set rig.well=2 --cohort 1
next before_all 5 --set rig.site=arizona --cohort 7
cut -d, -f1,2 "$standing" | uniq -c

# Somebody edited it: derrick reuses nothing of it.
sed -i 's/^texas-1,3,/texas-1,4,/' "$standing"
next touched 6
cat touched.txt
printf 'texas-1,9,' >>"$standing"
next appended 7
grep 'exporting it again' appended.txt
truncate -s -100 "$standing"
next cut 8
rm "$standing"
next removed 9
grep -c . removed.txt
wc -l <"$standing"

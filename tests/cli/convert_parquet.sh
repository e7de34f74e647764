# Parquet: by --format or by the extension of -o, whole or not at all, the same bytes for any number of
# threads and from any order of work. What other programs read in it: tests/live/test_readers.sh.
. "$TESTS/cli/lib.sh"
sample drop 30 4
show derrick convert drop --cohorts 4 --format parquet
show derrick convert drop --cohorts 4 -o x.parquet
show derrick convert drop --cohorts 4 --format parquet -o other.name
cmp x.parquet oil-well-data-all-historical.parquet
cmp x.parquet other.name
for threads in 1 2 7; do
    derrick -q convert drop --cohorts 4 --format parquet --threads $threads -o - | cmp - x.parquet
done
# The extension decides only where --format does not.
derrick -q convert drop --cohorts 4 --format template -o template.parquet
head -c 20 template.parquet && echo
head -c 4 x.parquet && echo
tail -c 4 x.parquet && echo
# No values: a file of no row groups would be no success.
show derrick convert drop --cohorts 4 --cohort 9 -o none.parquet
# A reader that stops early, and a place that can't be written to.
derrick convert drop --cohorts 4 --format parquet -o - 2>&1 >/dev/full || echo "exit code $?"
mkdir folder.parquet
show derrick convert drop --cohorts 4 -o folder.parquet
show derrick convert drop --cohorts 4 -o nowhere/x.parquet
ls -A . folder.parquet

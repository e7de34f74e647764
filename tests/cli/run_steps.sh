# run skips what is done, repeats what was removed, and stops where a step fails.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
show derrick run
sample logs 3 2
show derrick load
show derrick run | steady
show derrick run
show derrick export | steady
cp aws_s3/oil-well-data-all-historical.csv before.csv
head -n 5 aws_s3/oil-well-data-all-historical.dictionary.csv

rm aws_s3/oil-well-data-all-historical.csv
show derrick status | grep ^export | steady
show derrick run | steady
cmp before.csv aws_s3/oil-well-data-all-historical.csv
rm aws_s3/oil-well-data-all-historical.dictionary.csv
show derrick run | steady
truncate -s -1 aws_s3/oil-well-data-all-historical.csv
show derrick run | steady
cmp before.csv aws_s3/oil-well-data-all-historical.csv
ls aws_s3

# Bad data: nothing is loaded, exported or moved.
sample logs 3 2 2
sed -i '1s/^[^\t]*/12,5/' logs/TS2.txt
ls -l --time-style=full-iso logs/[A-CE-Zp]* >listing.txt
show derrick run --replace | steady
ls -l --time-style=full-iso logs/[A-CE-Zp]* | cmp - listing.txt
cmp before.csv aws_s3/oil-well-data-all-historical.csv
show derrick run --replace --quarantine | steady
cut -f1-4 quarantine/*.tsv
sqlite3 energymobile.db 'SELECT count(*), count(TS2) FROM well_reading; SELECT run_id, state, exit_code FROM runs'
show derrick run --columns wells --cohorts 2 no-such-drop

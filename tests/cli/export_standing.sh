# export alone brings aws_s3/ up to date, with the dictionary beside it, and tells whether it had to.
. "$TESTS/cli/lib.sh"
new_workspace . 2
show derrick export
show derrick export -o out.csv
show derrick export --format sensors -o out
show derrick export --cohort 1 -o -
ls aws_s3
sample drop 2 2
derrick load drop >/dev/null
show derrick export
cp aws_s3/oil-well-data-all-historical.csv first.csv
show derrick export
show derrick export --json | steady | sed 's/"sha256":"[0-9a-f]*"/"sha256":"HASH"/'
derrick export --json | sed 's/.*"sha256":"\([0-9a-f]*\)".*/\1  first.csv/' | sha256sum --quiet -c
sample more 3 1 5
derrick load more --columns samples --cohort 3 >/dev/null 2>&1
show derrick export
head -n 5 aws_s3/oil-well-data-all-historical.csv | cmp - first.csv
show cat aws_s3/oil-well-data-all-historical.dictionary.csv
# Its columns are the CSV's, in order.
tail -n +2 aws_s3/oil-well-data-all-historical.dictionary.csv | cut -d, -f1 | paste -sd, |
    cmp - <(head -n 1 first.csv)
# Other exports leave it alone.
cp -p aws_s3/oil-well-data-all-historical.csv before.csv
show derrick export --cohort 1
show derrick export --format template
show derrick export -o other.csv
cmp before.csv aws_s3/oil-well-data-all-historical.csv
find csv aws_s3 -type f | sort
rm -r aws_s3
show derrick export
ls aws_s3
# Somebody edited it, to the same length: export and run write it anew.
cp aws_s3/oil-well-data-all-historical.csv good.csv
for command in export run; do
    sed -i '2s/texas-1,1/texas-1,9/' aws_s3/oil-well-data-all-historical.csv
    show derrick $command | steady
    cmp aws_s3/oil-well-data-all-historical.csv good.csv
done

# export without options brings aws_s3/ and the dictionary up to date, and reports whether it had
# to.
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
# It lists the columns of the CSV, in order.
tail -n +2 aws_s3/oil-well-data-all-historical.dictionary.csv | cut -d, -f1 | paste -sd, |
    cmp - <(head -n 1 first.csv)
# Other exports do not change it.
cp -p aws_s3/oil-well-data-all-historical.csv before.csv
show derrick export --cohort 1
show derrick export --format template
show derrick export -o other.csv
cmp before.csv aws_s3/oil-well-data-all-historical.csv
find csv aws_s3 -type f | sort
rm -r aws_s3
show derrick export
ls aws_s3
# Somebody edited it without changing its length: export and run write it again.
cp aws_s3/oil-well-data-all-historical.csv good.csv
for command in export run; do
    sed -i '2s/texas-1,1/texas-1,9/' aws_s3/oil-well-data-all-historical.csv
    show derrick $command | steady
    cmp aws_s3/oil-well-data-all-historical.csv good.csv
done

# convert writes the same bytes as load and export, in every layout, for every interpretation of the
# columns, with missing cells, and for any number of threads.
. "$TESTS/cli/lib.sh"
sample many 3 4
sample one 3 1 7
cp -r many holes
rm holes/PS3.txt holes/SE.txt
awk 'BEGIN { FS = OFS = "\t" } NR == 2 { $1 = "bad" } { print }' many/TS2.txt >holes/TS2.txt

# compare NAME DROP OPTION...
compare() {
    local name=$1 drop=$2 layout
    shift 2
    new_workspace "$name" 4
    derrick -q -C "$name" load "$drop" "$@" >/dev/null 2>&1 || [ $? -eq 6 ]
    for layout in "${layouts[@]}"; do
        # shellcheck disable=SC2086 # a list of options
        derrick -q -C "$name" convert "$drop" "$@" --format $layout --threads 3 -o - >one.csv 2>/dev/null ||
            [ $? -eq 6 ]
        # shellcheck disable=SC2086
        derrick -q -C "$name" export --format $layout -o - | cmp - one.csv
        sha256sum <one.csv >>all.txt
    done
    echo "$name: $(wc -l <one.csv) rows"
}
layouts=(historical template "template --no-profile" parquet "sagemaker --label cooler")
compare cohorts many
compare mean many --sample mean
compare column many --alignment column
compare wells many --columns wells --set rig.site=reno
compare missing holes --allow-missing --quarantine
layouts+=("sagemaker --label valve" "sagemaker --label pump" "sagemaker --label accumulator"
    "sagemaker --label stable")
compare samples one --columns samples --cohort 9
# The outputs differ from each other.
sort all.txt | uniq | wc -l

derrick -q -C missing convert holes --allow-missing --quarantine --format sensors -o out1 >/dev/null 2>&1 ||
    [ $? -eq 6 ]
derrick -q -C missing export --format sensors -o out2 >/dev/null
diff -r out1 out2
find out1 -type f | wc -l

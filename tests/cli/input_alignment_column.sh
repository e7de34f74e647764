# alignment = column reads what the old scripts read: column c-1 of every file, whatever its rate.
# All cells are still validated.
. "$TESTS/cli/lib.sh"
new_traps
derrick convert good --cohorts 2 --alignment column -o out.csv
for column in 1 2; do
    for name in PS1 FS1 TS1; do
        cut -f$column good/$name.txt >$name.old
    done
    paste -d, PS1.old FS1.old TS1.old
done >expected.txt
tail -n +2 out.csv | cut -d, -f15,22,24 | diff expected.txt - || true
echo "- the first cohort is the same either way, the second is not at 10 and 100 Hz"
diff <(cut -d, -f2,3,15,22,24 good.csv) <(cut -d, -f2,3,15,22,24 out.csv) || true
for sample in last mean; do
    derrick convert -q good --cohorts 2 --alignment column --sample $sample -o other.csv >/dev/null
    expect_same other.csv out.csv
done
spoil "a cell that nobody reads" "put PS1.txt 2 150 NaN"
expect_exit 3 derrick check drop --cohorts 2 --alignment column 2>&1
spoil "columns that the cohorts do not divide" "cut -f1-199 ../good/PS1.txt >PS1.txt"
expect_exit 3 derrick check drop --cohorts 2 --alignment column 2>&1
spoil "one column per cohort in each file" "for file in [A-Z]*.txt; do cut -f1-2 ../good/\$file >\$file; done"
derrick convert drop --cohorts 2 --alignment column -o narrow.csv
expect_same narrow.csv out.csv
derrick -C ws load "$PWD/good"
show derrick -C ws load "$PWD/good" --alignment column

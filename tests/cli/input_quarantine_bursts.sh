# A missing cell makes mean, min and max of its burst missing; first and last only if it is the cell
# that they select.
. "$TESTS/cli/lib.sh"
new_traps
bursts() {
    echo "== $1"
    for sample in first last min max mean; do
        expect_exit 6 derrick convert drop --cohorts 2 --quarantine --sample $sample -o out.csv >/dev/null 2>&1
        echo "$sample: $(cut -d, -f15 out.csv | tail -n +2 | tr '\n' ' ')"
    done
}
for column in 1 50 100 101; do
    spoil "cell $column of row 2" "put PS1.txt 2 $column NaN"
    bursts "cell $column"
done
spoil "samples of one cohort" "put PS1.txt 2 150 NaN"
for sample in first last min max mean; do
    expect_exit 6 derrick convert drop --columns samples --quarantine --sample $sample -o out.csv >/dev/null 2>&1
    echo "$sample: $(cut -d, -f15 out.csv | tail -n +2 | tr '\n' ' ')"
done

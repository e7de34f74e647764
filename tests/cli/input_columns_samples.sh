# columns = samples: all columns of a row are the burst of one cohort. --cohort numbers it; the
# default is the one after the newest loaded cohort.
. "$TESTS/cli/lib.sh"
new_traps
sample second 3 1 7
sample third 3 2 8
show derrick convert good --columns samples --cohort 7 -o out.csv
cut -d, -f1-4,15,22,24 out.csv
for drop in good second third; do
    show derrick -C ws load "$PWD/$drop" --columns samples
done
show derrick -C ws load "$PWD/good" --columns samples
sqlite3 -separator ' ' ws/energymobile.db "SELECT cohort, reading, date_time, PS1, TS1 FROM well_reading"
show derrick -C ws load "$PWD/good" --columns samples --cohort 5
refused_samples() {
    spoil "$1" "$2"
    expect_exit 3 derrick check drop --columns samples 2>&1
}
refused_samples "no whole second" "cut -f1-150 ../good/PS1.txt >PS1.txt"
refused_samples "less than a second" "cut -f1-50 ../good/PS1.txt >PS1.txt"
refused_samples "another number of seconds" "cut -f1-100 ../good/PS1.txt >PS1.txt"
refused_samples "two with another number" "cut -f1 ../good/TS1.txt >TS1.txt; paste ../good/FS1.txt ../good/FS1.txt >FS1.txt"
show derrick check good --columns sample

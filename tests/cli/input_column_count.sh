# Files whose number of columns is not cohorts times rate. The hint suggests --cohorts only if it
# would help.
. "$TESTS/cli/lib.sh"
new_traps
refused "one column less" "cut -f1-199 ../good/PS1.txt >PS1.txt"
refused "one column more" "sed -i 's/\$/\t1/' PS1.txt"
refused "half a second" "cut -f1-100 ../good/PS1.txt >PS1.txt"
refused "two seconds" "paste ../good/PS1.txt ../good/PS1.txt >PS1.txt"
refused "two samples at 1 Hz" "paste ../good/TS1.txt ../good/TS1.txt >TS1.txt"
refused "one cohort of two" "cut -f1 ../good/TS1.txt >TS1.txt"
refused "two files changed places" "mv PS1.txt x; mv FS1.txt PS1.txt; mv x FS1.txt"
refused "a profile for a sensor" "cp profile.txt TS1.txt"
refused "more cohorts than there are" true --cohorts 3
refused "fewer" true --cohorts 1
refused "fewer in one file" "cut -f1 ../good/TS1.txt >TS1.txt" --cohorts 1
for cohorts in 0 -1 x 1.5 2x 10000 99999999999999999999 ''; do
    expect_exit 2 derrick check good --cohorts "$cohorts" 2>&1 | head -n 1
done

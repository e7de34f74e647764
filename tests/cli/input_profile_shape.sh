# A profile has five codes per row and one row per reading; any other shape is refused.
. "$TESTS/cli/lib.sh"
new_traps
refused "four columns" "cut -f1-4 ../good/profile.txt >profile.txt"
refused "six columns" "sed -i 's/\$/\t1/' profile.txt"
refused "one for each cohort" "paste ../good/profile.txt ../good/profile.txt >profile.txt"
refused "numbered rows" "cat -n ../good/profile.txt >profile.txt"
refused "a sensor's file" "cp TS1.txt profile.txt"
refused "a blank line" "sed -i '2s/.*//' profile.txt"
refused "one column" "cut -f1 ../good/profile.txt >profile.txt"

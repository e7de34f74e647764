# An empty cell is not a value, at any position; derrick does not mistake the last one for a tab at
# the end.
. "$TESTS/cli/lib.sh"
new_traps
refused "the first" "put TS1.txt 2 1 ''"
refused "amid a row" "put PS1.txt 2 100 ''"
refused "the last" "put TS1.txt 2 2 ''"
refused "the last, and a tab at the end" "put TS1.txt 2 2 '\t'"
refused "the last of the first row" "put TS1.txt 1 2 ''"
refused "the last of the file, without a newline" "put TS1.txt 3 2 ''; truncate -s -1 TS1.txt"
refused "blanks" "put TS1.txt 2 2 '   '"
refused "all of a row" "sed -i '2s/.*/\t\t/' TS1.txt"
refused "in the profile" "put profile.txt 2 3 ''"

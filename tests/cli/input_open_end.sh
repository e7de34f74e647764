# A file that was interrupted in its very last cell has all rows and columns, and a wrong value: where other sensors'
# files end in a newline, the drop is refused, also with --quarantine, unless input.open_end allows it. All files
# without one, and a cell that a tab, a blank or CR ends, are accepted; a rebuild needs no permission.
. "$TESTS/cli/lib.sh"
new_traps
refused "cut off in the last cell" "truncate -s -2 TS1.txt"
refused "without its newline only" "truncate -s -1 PS1.txt"
refused "with --quarantine" "truncate -s -1 SE.txt; put TS2.txt 2 2 x" --quarantine
refused "two of them, and another problem" "truncate -s -1 SE.txt TS1.txt; put TS2.txt 2 2 x"
refused "packed" "truncate -s -2 TS1.txt; gzip TS1.txt"
spoil "check and convert, too" "truncate -s -2 TS1.txt"
show derrick check drop --cohorts 2
show derrick convert drop --cohorts 2 -o got.csv
accepted "all files end so" "truncate -s -1 *.txt"
accepted "the profile" "truncate -s -1 profile.txt"
accepted "a tab ends the last cell" "truncate -s -1 TS1.txt; printf '\t' >>TS1.txt"
accepted "a blank does" "truncate -s -1 TS1.txt; printf ' ' >>TS1.txt"
accepted "CR does" "truncate -s -1 TS1.txt; printf '\r' >>TS1.txt"
accepted "it is allowed" "truncate -s -1 TS1.txt" --open-end allow
accepted "it is allowed by the setting" "truncate -s -1 TS1.txt PS2.txt" --set input.open_end=allow
echo "- it is loaded, and rebuilt without permission"
cp drop/*.txt ws/logs
derrick -q -C ws run --open-end allow 2>&1 | tail -n 1 | steady
rm ws/energymobile.db
derrick -q -C ws init --rebuild | grep rebuilt

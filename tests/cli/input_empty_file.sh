# Files that contain nothing, or only blank lines.
. "$TESTS/cli/lib.sh"
new_traps
refused "no byte" ": >TS1.txt"
refused "the profile" ": >profile.txt"
refused "a newline" "echo >TS1.txt"
refused "blank lines" "printf '\n\r\n  \n\t\n' >TS1.txt"
refused "a byte order mark" "printf '\357\273\277' >TS1.txt"
refused "a byte order mark and a newline" "printf '\357\273\277\n' >TS1.txt"
refused "all files" "for file in *.txt; do : >\$file; done"
refused "with --quarantine and --allow-missing" ": >TS1.txt" --quarantine --allow-missing
refused "one digit" "printf 1 >TS1.txt"

# Harmless variations of files are accepted, each with one notice, and change nothing else: in a
# file of few cells, in one with long rows, in the profile, and in all files at once.
. "$TESTS/cli/lib.sh"
new_traps
for files in TS1.txt PS1.txt profile.txt '*.txt'; do
    accepted "byte order mark: $files" "sed -i '1s/^/\xef\xbb\xbf/' $files"
    accepted "CR LF: $files" "sed -i 's/\$/\r/' $files"
    accepted "one tab at the end: $files" "sed -i 's/\$/\t/' $files"
    accepted "no final newline: $files" "truncate -s -1 $files" --open-end allow
    accepted "blank lines at the end: $files" "printf '\n\n\n' | tee -a $files >tee.out"
    accepted "blanks around cells: $files" "sed -i 's/\t/ \t  /g; s/^/ /; s/\$/   /' $files"
done
accepted "all of it" "sed -i '1s/^/\xef\xbb\xbf/; s/\t/ \t /g; s/\$/\t\r/' *.txt
    for file in *.txt; do printf '\r\n\r\n ' >>\$file; done"
show derrick -C ws load "$PWD/drop"

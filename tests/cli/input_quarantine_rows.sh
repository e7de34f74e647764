# With --quarantine a row of the wrong length makes that sensor's values of the reading missing, in
# all cohorts; so does a blank line instead of a reading.
. "$TESTS/cli/lib.sh"
new_traps
quarantined() {
    spoil "$1" "$2"
    rm -rf ws
    new_workspace ws 2
    expect_exit 6 derrick -C ws load "$PWD/drop" --quarantine >said.txt 2>&1
    tail -n 2 said.txt
    tail -n +2 ws/quarantine/run1.tsv
    sqlite3 -separator ' ' ws/energymobile.db "SELECT cohort, reading, TS1, PS1, TS2 FROM well_reading
        WHERE TS1 IS NULL OR PS1 IS NULL"
}
quarantined "short" "sed -i '2s/\t.*//' TS1.txt"
quarantined "short, of long rows" "sed -i '3s/\t[^\t]*\$//' PS1.txt"
quarantined "short, the first" "sed -i '1s/\t[^\t]*\$//' PS1.txt"
quarantined "long" "sed -i '2s/\$/\t1/' TS1.txt"
quarantined "long, by an empty cell" "sed -i '2s/\$/\t\t/' TS1.txt"
quarantined "cut off at the end" "truncate -s -40 PS1.txt"
quarantined "words" "sed -i '2s/.*/rig was off/' TS1.txt"
quarantined "a blank line" "sed -i '2s/.*//' TS1.txt"
quarantined "NUL bytes" "sed -i '3s/.*/\x00\x00\x00\x00/' PS1.txt"
quarantined "all but the first" "sed -i '2,\$s/\t.*//' TS1.txt"
quarantined "two sensors" "sed -i '2s/\$/\t1/' TS1.txt; sed -i '2s/\$/\t1/' PS1.txt; put TS1.txt 3 1 x"

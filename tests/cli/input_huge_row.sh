# A row may have at most 16 MiB, far more than any reading, so no file can use all memory. Rows near
# the limit are read.
. "$TESTS/cli/lib.sh"
new_traps
refused "a row of 20 MB" "yes 1.5 | head -n 5000000 | tr '\n' '\t' >TS1.txt"
refused "a row of 20 MB later" "yes 1.5 | head -n 5000000 | tr '\n' '\t' >>TS1.txt"
refused "one cell of 20 MB" "head -c 20000000 /dev/zero | tr '\0' 7 >TS1.txt"
refused "a cell of 1 MB" "put TS1.txt 2 2 @; sed -i \"s/@/\$(head -c 100000 /dev/zero | tr '\0' 7)/\" TS1.txt"
accepted "a cell of 100 kB, of zeros" "sed -i \"2s/^/\$(head -c 100000 /dev/zero | tr '\0' 0)/\" TS1.txt"
accepted "a cell after 1 MB of blanks" "for i in 1 2 3 4 5 6 7 8 9 10; do sed -i \"2s/^/\$(head -c 100000 /dev/zero | tr '\0' ' ')/\" TS1.txt; done"

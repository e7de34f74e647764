# Files with different numbers of rows: the minority is blamed.
. "$TESTS/cli/lib.sh"
new_traps
refused "one row less" "sed -i 3d TS1.txt"
refused "one row more" "sed -i 3p TS1.txt"
refused "one row less in two files" "sed -i 3d PS1.txt TS1.txt"
refused "one row more than all others" "sed -i 3d [A-S]*.txt TS[234].txt VS1.txt profile.txt"
refused "one row alone" "sed -i 2,3d TS1.txt"
refused "each at odds" "for i in 1 2 3 4; do for j in \$(seq \$i); do cat ../good/TS\$i.txt; done >TS\$i.txt; done"
refused "the profile is shorter" "sed -i 3d profile.txt"
refused "the profile is longer" "sed -i 3p profile.txt"
refused "less with --quarantine" "sed -i 3d TS1.txt" --quarantine

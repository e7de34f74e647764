# Problems that can't go into quarantine: nothing is loaded, and nothing is quarantined.
. "$TESTS/cli/lib.sh"
new_traps
refused "a header" "sed -i '1i a\tb' TS1.txt" --quarantine
refused "semicolons" "sed -i 's/\t/;/g' TS1.txt" --quarantine
refused "UTF-16" "iconv -f ASCII -t UTF-16 ../good/TS1.txt >TS1.txt" --quarantine
refused "columns" "sed -i 's/\$/\t1/' TS1.txt" --quarantine
refused "a row less" "sed -i 3d TS1.txt" --quarantine
refused "a blank line too many" "sed -i '2s/^/\n/' TS1.txt" --quarantine
refused "a sensor missing" "rm TS1.txt" --quarantine
refused "an empty file" ": >TS1.txt" --quarantine
refused "a code" "put profile.txt 2 2 7" --quarantine
refused "a cell of the profile" "put profile.txt 2 2 NaN" --quarantine
refused "a row of the profile" "sed -i '2s/\t[^\t]*\$//' profile.txt" --quarantine
refused "beside what it could" "put TS1.txt 2 2 NaN; put profile.txt 2 2 7" --quarantine
ls ws/quarantine

# A decimal comma is reported as such, in every form of a number.
. "$TESTS/cli/lib.sh"
new_traps
for text in 1,5 -1,5 1,5e3 -1,5E-3 ,5 1, 1,234.5 1.234,5 1,2,3; do
    refused "$text" "put TS1.txt 2 2 $text"
done
refused "the whole file" "sed -i 's/\./,/g' TS1.txt"
refused "whole numbers with a decimal comma in between" "printf '1\t2\n3\t4,5\n6\t7\n' >SE.txt"
refused "in the profile" "put profile.txt 2 1 20,0"

# Unknown condition codes in each column of the profile, and known codes in other notations.
. "$TESTS/cli/lib.sh"
new_traps
for column in 1 2 3 4 5; do
    refused "7 in column $column" "put profile.txt 2 $column 7"
done
for text in 3.5 -3 0.03 99999999999999 4294967299 100% full 1e15; do
    refused "$text" "put profile.txt 2 1 $text"
done
refused "columns changed places" "awk -v OFS='\t' '{print \$2, \$1, \$3, \$4, \$5}' ../good/profile.txt >profile.txt"
accepted "decimals that are whole" "put profile.txt 2 1 20.0; put profile.txt 3 1 1e2; put profile.txt 1 1 +03"
refused "with --quarantine" "put profile.txt 2 2 7" --quarantine

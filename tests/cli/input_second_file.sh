# Two files for one sensor: the message names both, and neither is used. A file in another folder
# does not belong to the drop.
. "$TESTS/cli/lib.sh"
needs zip
new_traps
for name in ts1.txt TS1.TXT TS1.csv TS1.tsv TS1-2023-06-01.txt 'TS1 2023Q2.txt'; do
    refused "$name" "cp TS1.txt '$name'"
done
for name in 'TS1 (1).txt' 'Copy of TS1.txt' 'Kopie von TS1.txt' TS1.txt.1 TS1_old.txt; do
    refused "$name" "cp TS1.txt '$name'" --allow-missing
done
refused "profile (1).txt" "cp profile.txt 'profile (1).txt'"
refused "Copy of profile.txt" "cp profile.txt 'Copy of profile.txt'"
refused "a dated prefix" "cp TS1.txt 2026-09-30_TS1.txt"
refused "two dates" "mv TS1.txt TS1-2023-06-01.txt; cp TS1-2023-06-01.txt TS1-2023-09-01.txt"
refused "compressed" "gzip -k TS1.txt"
refused "a link to it" "ln -s TS1.txt ts1.txt"
refused "one of them empty" ": >ts1.txt"
refused "two profiles" "cp profile.txt Profile.txt"
refused "with --allow-missing and --quarantine" "cp TS1.txt ts1.txt" --allow-missing --quarantine
refused "in two folders below" "mkdir a b; mv *.txt a; cp a/TS1.txt b"
accepted "in a folder below" "mkdir old; cp TS1.txt old"
for place in TS1.txt more/TS1.txt; do
    spoil "in a zip: $place" "mkdir more; cp TS1.txt more/ts1.txt; zip -qr ../two.zip ."
    expect_exit 3 derrick -C ws load "$PWD/two.zip" 2>&1
    rm two.zip
done
expect_nothing_loaded ws

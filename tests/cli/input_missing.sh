# A sensor's file is missing; the hint names files with a similar name.
. "$TESTS/cli/lib.sh"
new_traps
refused "one" "rm TS1.txt"
refused "three" "rm PS1.txt TS1.txt SE.txt"
refused "the profile" "rm profile.txt"
refused "the profile, with --allow-missing" "rm profile.txt" --allow-missing
refused "all sensors" "rm [A-Z]*.txt"
refused "all sensors, with --allow-missing" "rm [A-Z]*.txt" --allow-missing
for name in TS1 TS1.log 'TS1 (1).txt' 'TS1 - Copy.txt' TS1_old.txt TS1.txt.txt TS1.txt.Z TS1.doc; do
    refused "$name" "mv TS1.txt '$name'"
done
for name in TS01.txt T51.txt TS1a.txt 'Copy of TS1.txt' .TS1.txt '~$TS1.txt' 'TS1\.txt' 'TS 1.txt' TS1.txt.; do
    refused "$name" "mv TS1.txt '$name'"
done
refused "profil.txt" "mv profile.txt profil.txt"
refused "profile.csv.txt" "mv profile.txt profile.csv.txt"

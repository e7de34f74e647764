# A folder under the name of a sensor's file is reported as such, even with --allow-missing.
. "$TESTS/cli/lib.sh"
new_traps
refused "instead of a file" "rm TS1.txt; mkdir TS1.txt"
refused "with --allow-missing" "rm TS1.txt; mkdir TS1.txt" --allow-missing
refused "beside a file of the sensor" "mv TS1.txt TS1-2023-06-01.txt; mkdir TS1.txt"
refused "with the file in it" "mv TS1.txt x; mkdir TS1.txt; mv x TS1.txt/TS1.txt"
refused "the profile" "mv profile.txt x; mkdir profile.txt; mv x profile.txt/profile.txt"
accepted "a folder of a sensor's name" "mkdir TS1 PS1.old"

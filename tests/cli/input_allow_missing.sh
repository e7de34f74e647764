# --allow-missing leaves absent sensors empty everywhere and names them; it allows nothing else.
. "$TESTS/cli/lib.sh"
new_traps
spoil "two are missing" "rm TS1.txt SE.txt"
show derrick check drop --cohorts 2 --allow-missing
show derrick -C ws load "$PWD/drop" --allow-missing
sqlite3 ws/energymobile.db "SELECT COUNT(*), COUNT(TS1), COUNT(SE), COUNT(TS2), COUNT(CP) FROM well_reading"
sqlite3 ws/energymobile.db "SELECT COUNT(*), COUNT(sensor_value) FROM sensor_data WHERE sensor_name = 'TS1'"
derrick -C ws export -q -o "$PWD/exported.csv"
derrick convert -q drop --cohorts 2 --allow-missing -o converted.csv
expect_same exported.csv converted.csv
# Exactly the columns of these two sensors, temperature_1 and efficiency_factor_percent, are empty.
awk -F, -v OFS=, 'NR > 1 { $24 = $31 = "" } { print }' good.csv >expected.csv
expect_same exported.csv expected.csv
awk -F, 'NR < 3 { print $23, $24, $25, $30, $31 }' exported.csv

spoil "one is there, with --allow-missing" true
show derrick check drop --cohorts 2 --allow-missing
spoil "all but one" "mv CE.txt x; rm [A-Z]*.txt; mv x CE.txt"
show derrick check drop --cohorts 2 --allow-missing
spoil "a name that is close to its name may be that file" "mv TS1.txt TS1.log"
show derrick check drop --cohorts 2 --allow-missing
spoil "a bad cell remains one" "rm TS1.txt; put TS2.txt 1 1 x"
show derrick check drop --cohorts 2 --allow-missing
spoil "the profile is not a sensor" "rm profile.txt"
show derrick check drop --cohorts 2 --allow-missing

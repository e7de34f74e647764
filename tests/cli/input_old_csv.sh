# A CSV of the old scripts, or of derrick itself, is not a log, whatever its name.
. "$TESTS/cli/lib.sh"
needs zip
new_traps
long='sensor_value,sensor_name,cohort,date_time,cumulative_minutes,target_condition'
refused "TS1.csv" "rm TS1.txt; printf '$long\n35.1,TS1,1,2008-03-26 00:00:00,0,1\n' >TS1.csv"
refused "TS1.csv beside TS1.txt" "printf '$long\n35.1,TS1,1,2008-03-26 00:00:00,0,1\n' >TS1.csv"
refused "with numbered rows" "printf ',$long\n0,35.1,TS1,1,2008-03-26 00:00:00,0,1\n' >TS1.csv"
refused "with a byte order mark" "printf '\357\273\277$long\r\n35.1,TS1,1,2008-03-26 00:00:00,0,1\r\n' >TS1.csv"
refused "under the name of a log" "printf '$long\n35.1,TS1,1,2008-03-26 00:00:00,0,1\n' >TS1.txt"
refused "profile.csv" "printf 'cooler_condition,valve_condition,internal_pump_leakage,hydraulic_accumulator_bar,stable_flag\n3,100,0,130,1\n' >profile.csv"
refused "the template" "derrick convert -q ../good --cohorts 2 --format template -o TS1.csv"
refused "the historical CSV" "cp ../good.csv TS1.csv"
refused "all of --format sensors" "rm *; derrick convert -q ../good --cohorts 2 --format sensors -o ."
accepted "the historical CSV under its own name" "cp ../good.csv oil-well-data-all-historical.csv"
accepted "a log named .csv" "mv TS1.txt TS1.csv"
refused "cells between commas, named .csv" "tr '\t' , <TS1.txt >TS1.csv; rm TS1.txt"
spoil "in a zip" "printf '$long\n35.1,TS1,1,2008-03-26 00:00:00,0,1\n' >TS1.csv; rm TS1.txt; zip -q ../old.zip *"
expect_exit 3 derrick -C ws load "$PWD/old.zip" 2>&1
expect_nothing_loaded ws

# The scientists' template: exactly their header, then the profile, which --no-profile omits.
. "$TESTS/cli/lib.sh"
sample drop 3 2
show derrick convert drop --cohorts 2 --format template -o -
show derrick convert drop --cohorts 2 --format template --no-profile -o -
cat >expected.txt <<'END'
,Time,Cooling efficiency,Cooling power,Motor power W,Volume flow l/min 1,Volume flow l/min 2,Pressure bar 1,Pressure bar 2,Pressure bar 3,Pressure bar 4,Pressure bar 5,Pressure bar 6,Efficiency factor,Temperature 1,Temperature  2,Temperature  3,Temperature  4, Vibration mm/s,Date
END
derrick convert drop --cohorts 2 -f template --no-profile -o - >bare.csv
head -n 1 bare.csv | cmp - expected.txt
derrick convert drop --cohorts 2 -f template -o - | cut -d, -f1-20 | cmp - bare.csv
show derrick convert drop --cohorts 2 --no-profile -o -
show derrick convert drop --cohorts 2 --format sagemaker --label pump --no-profile -o -

# [limits]: a range for each sensor, in derrick.ini, in the environment, and by --set; compared
# exactly.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace ws 2
sample drop 3 2
warned() {
    "$@" 2>&1 >/dev/null | grep -o 'TS1 [0-9]* of [0-9]*' || echo "no warning"
}
cut -f1-2 drop/TS1.txt
warned derrick convert drop --cohorts 2 -o out.csv
warned derrick convert drop --cohorts 2 -o out.csv --set limits.TS1=35.262..53.672
warned derrick convert drop --cohorts 2 -o out.csv --set limits.TS1=35.262000000001..53.672
warned derrick convert drop --cohorts 2 -o out.csv --set limits.TS1=35.262..53.671999999999
DERRICK_LIMITS_TS1=36..60 warned derrick convert drop --cohorts 2 -o out.csv
sed -i 's/^TS1 = .*/TS1 = 36..60/' ws/derrick.ini
warned derrick -C ws check "$PWD/drop"
warned derrick -C ws check "$PWD/drop" --set limits.TS1=0..60
for value in "" 5 60..36 a..b 1,5..2 0...5; do
    show derrick check drop --set "limits.TS1=$value" 2>&1 | head -n 2
done
show derrick check drop --set limits.ts1=0..5
show derrick check drop --set limits.TS9=0..5
sed -i 's/^PS1 = .*/PS1 = 0 to 400/' ws/derrick.ini
show derrick -C ws check 2>&1 | sed 's/ini:[0-9]*:/ini:LINE:/'

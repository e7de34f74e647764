# A cohort has room for the readings of its days, and not for one more.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace ws 1
sample day 24 1
sample longer 25 1
calendar="--set calendar.cohort_days=1"
expect_exit 3 derrick -C ws load "$PWD/longer" $calendar 2>&1
expect_exit 3 derrick -C ws load "$PWD/longer" $calendar --quarantine 2>&1
expect_exit 3 derrick -C ws load "$PWD/day" $calendar --set calendar.interval_minutes=63 2>&1
expect_nothing_loaded ws
derrick -C ws load "$PWD/day" $calendar -q
sqlite3 ws/energymobile.db "SELECT MIN(date_time), MAX(date_time), MAX(cumulative_minutes) FROM well_reading"

echo "- 92 days have room for 2208 readings"
for name in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE; do
    seq 2209 >"day/$name.txt"
done
seq 2209 | sed 's/.*/3\t100\t0\t130\t1/' >day/profile.txt
expect_exit 3 derrick check day --cohorts 1 --alignment column 2>&1
sed -i '$d' day/*.txt
derrick check day --columns samples --alignment column --allow-out-of-range 2>/dev/null | head -n 1
derrick convert -q day --columns samples --alignment column --allow-out-of-range -o - 2>/dev/null | tail -n 1 | cut -d, -f1-4,15

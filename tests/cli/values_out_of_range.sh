# Values outside a sensor's plausible range: a few are loaded and reported; if most are outside,
# every command that reads a drop refuses it. The message gives the file, the share, the range, the
# median and what the values look like.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace ws 3
sample good 24 3
spoil "a few" "put TS1.txt 2 2 -300; put PS1.txt 3 1 1e15; put VS1.txt 24 3 50.000000000001; put SE.txt 24 3 120"
show derrick check drop --cohorts 3
show derrick -C ws load "$PWD/drop"
sqlite3 ws/energymobile.db "SELECT MIN(TS1), MAX(PS1), MAX(VS1) FROM well_reading"
derrick convert drop --cohorts 3 -o few.csv 2>&1
rm -r ws && new_workspace ws 3
cp drop/* ws/logs
show derrick -C ws run | steady
rm -r ws && new_workspace ws 3

spoil "exactly half of them" "sed -i '13,\$s/[0-9.]*/-300/g' TS1.txt"
show derrick -C ws load "$PWD/drop"
rm -r ws && new_workspace ws 3
spoil "one more than half" "sed -i '13,\$s/[0-9.]*/-300/g' TS1.txt; put TS1.txt 1 1 -300"
show derrick -C ws load "$PWD/drop"
show derrick convert drop --cohorts 3 -o no.csv
cp drop/* ws/logs
show derrick -C ws run | steady
show derrick -C ws watch --once --settle 0 --interval 0 --allow-out-of-range 2>&1 | steady
rm -r ws && new_workspace ws 3
show derrick check drop --cohorts 3 2>&1 | grep -vE '^(PS|EPS|FS|TS[234]|VS|CE|CP|SE)'
show derrick -C ws load "$PWD/drop" --allow-out-of-range
[ ! -e no.csv ]

looks() {
    spoil "$1" "$2"
    expect_exit 3 derrick -C ws load "$PWD/drop" --set rig.well=2 2>&1 | grep -v hint:
    expect_exit 3 derrick convert drop --cohorts 3 -o no.csv >/dev/null 2>&1
}
looks "PS1 and EPS1 swapped" "mv PS1.txt x; mv EPS1.txt PS1.txt; mv x EPS1.txt"
looks "all -300 celsius" "sed -i 's/[0-9.]*/-300/g' TS3.txt"
looks "all 1e15" "sed -i 's/[0-9.]*/1e15/g' CP.txt"
looks "psi" "awk -v OFS='\t' '{ for (i = 1; i <= NF; i++) \$i = \$i * 14.5038; print }' PS1.txt >x; mv x PS1.txt"
looks "a spreadsheet's thousands, beside values of two decimals" "sed -i -E 's/([0-9]+)\.([0-9]{3})/\1\2/g' TS1.txt"

# Every sensor whose decimals are gone is refused or, if it is 0 most of the time, reported.
for name in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE; do
    spoil "$name without decimal points" "sed -i 's/\.//g' $name.txt" >/dev/null
    derrick convert drop --cohorts 3 -o no.csv 2>&1 | grep -E "^derrick: (error|warning): .*$name" || fail "$name is good without decimals"
done

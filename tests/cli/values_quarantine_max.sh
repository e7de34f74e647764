# --quarantine accepts at most input.quarantine_max of a sensor's cells, and of its loaded values: 1
# %, but at least 10.
. "$TESTS/cli/lib.sh"
needs sqlite3
derrick sample -q good --readings 24 --cohorts 4 >/dev/null
new_workspace ws 4
loaded() {
    expect_exit 6 derrick -C ws load "$PWD/drop" --quarantine "$@" >/dev/null 2>&1
    sqlite3 ws/energymobile.db "SELECT 96 - COUNT(TS1), 96 - COUNT(PS1) FROM well_reading"
    rm -r ws && new_workspace ws 4
}
refused_quarantine() {
    expect_exit 3 derrick -C ws load "$PWD/drop" --quarantine "$@" 2>&1 | tail -n 2
    expect_nothing_loaded ws
    ls ws/quarantine
}
spoil "10 of 96 cells" "for i in 1 2 3 4 5; do put TS1.txt \$i 1 x; put TS1.txt \$i 2 x; done"
loaded
refused_quarantine --set input.quarantine_max=9
spoil "11 of 96 cells" "for i in 1 2 3 4 5; do put TS1.txt \$i 1 x; put TS1.txt \$i 2 x; done; put TS1.txt 6 1 x"
refused_quarantine
show derrick convert drop --cohorts 4 --quarantine -o no.csv 2>&1 | tail -n 3
show derrick check drop --cohorts 4 --quarantine 2>&1 | grep -A1 quarantine_max
cp drop/* ws/logs
show derrick -C ws run --quarantine 2>&1 | tail -n 3
rm -r ws && new_workspace ws 4
loaded --set input.quarantine_max=11
loaded --set input.quarantine_max=12%
refused_quarantine --set input.quarantine_max=11%
# A file of 9,600 cells allows 96 bad ones, if none of them is sampled.
spoil "96 of 9,600 cells" "for i in 1 2 3 4; do for c in \$(seq 2 25); do put PS1.txt \$i \$c x; done; done"
loaded
spoil "97 of 9,600 cells" "for i in 1 2 3 4; do for c in \$(seq 2 25); do put PS1.txt \$i \$c x; done; done; put PS1.txt 5 2 x"
refused_quarantine
# 20 bad cells of 9,600 are few, but 20 missing values of 96 are not.
spoil "20 of 96 values" "for i in \$(seq 20); do put PS1.txt \$i 1 x; done"
refused_quarantine
# A mean is missing as soon as one sample of its burst is missing.
spoil "20 means of 96" "for i in \$(seq 20); do put PS1.txt \$i 50 x; done"
refused_quarantine --sample mean
loaded --sample first
spoil "three rows of 24" "sed -i '2,4s/\t.*//' PS1.txt"
refused_quarantine
for value in "" 5.5 -1 101% -1% % x; do
    show derrick check drop --set "input.quarantine_max=$value" 2>&1 | head -n 2
done

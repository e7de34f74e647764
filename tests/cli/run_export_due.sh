# A refused delivery does not keep back the export of what was loaded or corrected before.
. "$TESTS/cli/lib.sh"
export DERRICK_TEST_NOW="2011-01-01 02:31:00"
sample q1 2 2 1
sample q2 2 1 2
lines() {
    wc -l <w/aws_s3/oil-well-data-all-historical.csv
}
bad() { # FOLDER: a delivery with a bad cell
    cp q1/* "$1"
    sed -i '1s/^[^\t]*/x/' "$1/TS1.txt"
}

echo "- a rig"
new_workspace w 2
cp q1/* w/logs
derrick -C w run -q >/dev/null
lines
derrick -C w load -q "$PWD/q2" >/dev/null
bad w/logs
show derrick -C w run | steady
lines
sed -n '3,/^$/p' w/logs/DERRICK-REPORT.txt
show derrick -C w run 2>&1 | tail -n 2
show derrick -C w status | grep '^export' | steady

echo "- a fleet"
rm -r w
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
mkdir w/logs/alpha w/logs/beta w/logs/gamma
bad w/logs/alpha
expect_exit 6 derrick -C w run -q --quarantine >/dev/null 2>&1
derrick -C w quarantine list | sed '2,$s/$/40/' >fixed.tsv
show derrick -C w quarantine apply fixed.tsv
bad w/logs/beta
bad w/logs/gamma
show derrick -C w run | steady
show derrick -C w run 2>&1 | tail -n 2
show derrick -C w status | grep '^export' | steady

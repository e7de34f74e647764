# A file appears under its name whole or not at all; if it can't be written, the existing file
# stays.
. "$TESTS/cli/lib.sh"
sample drop 40 2
convert() {
    derrick convert drop --cohorts 2 "$@"
}
# No temporary files remain: only the expected names exist.
show convert -o missing/out.csv
show convert -o missing/
show convert -o drop/PS1.txt/out.csv
show convert --format sensors -o missing/deeper
ls missing/deeper | wc -l
rm -r missing
mkdir folder
show convert -o folder
show convert -o folder/ --format template
ls -A folder
echo before >there.csv
show convert -o there.csv
wc -l <there.csv
ln there.csv linked.csv
show convert -o there.csv --cohort 1
wc -l there.csv linked.csv | head -n 2
show convert -o ''
show convert -o /dev/full
convert -o - 2>&1 >/dev/full || echo "exit code $?"
derrick --help 2>&1 >/dev/full || echo "exit code $?"
show convert --format sensors -o there.csv
long=$(printf 'n%.0s' {1..251}).csv
show convert -o "$long" | sed "s/$long/LONG/"
ls -A | sed "s/$long/LONG/"

# --cohort and --rig select a part of a drop; if nothing is left, derrick writes nothing.
. "$TESTS/cli/lib.sh"
sample drop 2 3
convert() {
    derrick convert drop --cohorts 3 "$@"
}
rows() {
    convert -o - "$@" | tail -n +2 | cut -d, -f1-3
}
for cohort in 1 3 02 1-2 2-3 3-3 2-9 1-9999; do
    echo "== $cohort"
    rows --cohort "$cohort"
done
echo "== texas-1"
rows --rig texas-1 --cohort 2
for cohort in 0 4 4-9 2-1 1- -1 - x 1-x 1,2 1-2-3 ' 1' 99999 ''; do
    show convert --cohort "$cohort" -o none.csv
done
show convert --cohort 4 -o -
show convert --rig texas-2 -o none.csv
show convert --rig texas-2 --cohort 1-3 -o none.csv
show convert --rig Texas-1 -o none.csv
for rig in texas texas- -1 texas-x texas-1x ''; do
    show convert --rig "$rig" -o none.csv
done
show convert --cohort 4 --format sensors -o none
ls

#!/usr/bin/env bash
# timeout: 1800
# numpy and scipy recompute every feature from the text of the drop; pyarrow, pandas, polars and DuckDB read
# the table, as Parquet and as CSV.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
# compare NAME COHORTS OPTION...
compare() {
    local name=$1 cohorts=$2 kind
    shift 2
    for kind in parquet csv; do
        "$DERRICK" -q convert "$name" --format features -o "$name.$kind" "$@" >/dev/null 2>&1 || [ $? -eq 6 ]
    done
    "$PYTHON" "$TESTS/live/readers/features.py" "$name" "$cohorts" "$name.parquet" "$name.csv"
}
sample history 40 3
compare history 3 --cohorts 3
cp -r history holes
rm holes/PS4.txt holes/FS1.txt holes/TS2.txt
awk 'BEGIN { FS = OFS = "\t" } NR == 7 { $5 = "bad"; $200 = ""; $290 = "" } NR == 9 { $0 = "1\t2" } { print }' \
    history/PS1.txt >holes/PS1.txt
sed '11s/[^\t]*/n/' history/TS3.txt >holes/TS3.txt
sed '12s/[^\t]*/n/' history/FS2.txt >holes/FS2.txt
compare holes 3 --cohorts 3 --allow-missing --quarantine
# Bursts of 60 s, 4 s (too few samples of 1 Hz for segments) and 1 s, of one cohort.
sample seconds 45 60
compare seconds 1 --columns samples --cohort 1
sample four 45 4
compare four 1 --columns samples --cohort 1

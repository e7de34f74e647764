#!/usr/bin/env bash
# timeout: 1800
# pyarrow, pandas, polars and DuckDB read every sample as Parquet: all values are the text's, with types,
# NULLs, timestamps, folders as columns, checksums, and statistics that leave out row groups.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
# compare NAME COHORTS OPTION...
compare() {
    local name=$1 cohorts=$2
    shift 2
    "$DERRICK" -q convert "$name" --format samples -o "$name.out" "$@" >/dev/null 2>&1 || [ $? -eq 6 ]
    "$PYTHON" "$TESTS/live/readers/samples.py" "$name" "$cohorts" "$name.out"
    echo "$name: $(find "$name.out" -type f | wc -l) files"
}
sample history 40 3
compare history 3 --cohorts 3
# Cells that are missing, a row that is, blank ones, and sensors that are absent.
cp -r history holes
rm holes/PS4.txt holes/FS1.txt holes/FS2.txt
awk 'BEGIN { FS = OFS = "\t" } NR == 7 { $5 = "bad"; $290 = "" } NR == 9 { $0 = "1\t2" } { print }' \
    history/PS1.txt >holes/PS1.txt
sed '11s/[^\t]*/n/' history/TS3.txt >holes/TS3.txt
compare holes 3 --cohorts 3 --allow-missing --quarantine
# Bursts of 60 s: one cohort of several row groups.
sample seconds 45 60
compare seconds 1 --columns samples --cohort 1
# What docs/parquet.md says about reading it works.
"$DERRICK" -q convert history --cohorts 3 --format features -o history.out/features.parquet >/dev/null
"$PYTHON" "$TESTS/live/readers/documented.py" "$TESTS/../docs/parquet.md" history.out

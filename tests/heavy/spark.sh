#!/usr/bin/env bash
# timeout: 3600
# alone
# Spark reads what derrick writes: the historical columns as Parquet and as CSV, samples of all rates by their
# folders, features and split data.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
needs java
need_packages spark "$TESTS/heavy/spark.txt"
derrick sample drop --readings 40 --cohorts 3 >/dev/null
awk 'BEGIN { FS = OFS = "\t" } NR == 7 { $5 = "bad"; $290 = ""; $101 = "x" } { print }' drop/PS1.txt >PS1.txt
mv PS1.txt drop/PS1.txt
convert() { "$DERRICK" -q convert drop --cohorts 3 --quarantine "$@" >/dev/null || [ $? -eq 6 ]; }
mkdir -p data/csv
convert --format parquet -o data/oil.parquet
convert --format samples -o data
convert --format features -o data/features.parquet
convert --format features --split 70/15/15 -o data/split
convert --format historical -o data/csv/oil-well-data-cohort-all.csv
"$PYTHON" "$TESTS/heavy/spark.py" data

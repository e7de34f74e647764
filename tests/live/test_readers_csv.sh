#!/usr/bin/env bash
# timeout: 900
# pyarrow, pandas, polars and DuckDB read the CSV layouts as they would any CSV: every value is what the
# text says, and each of them finds the types itself, missing values included.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
sample drop 200 3
sed -i '5s/[^\t]*/bad/2' drop/TS2.txt
rm drop/VS1.txt
convert=("$DERRICK" -q convert drop --cohorts 3 --allow-missing --quarantine)
"${convert[@]}" --format historical -o historical.csv 2>/dev/null || [ $? -eq 6 ]
"${convert[@]}" --format template -o template.csv 2>/dev/null || [ $? -eq 6 ]
"${convert[@]}" --format sagemaker --label pump -o sagemaker.csv 2>/dev/null || [ $? -eq 6 ]
"${convert[@]}" --format sensors -o sensors 2>/dev/null || [ $? -eq 6 ]
"$PYTHON" "$TESTS/live/readers/csv_layouts.py" historical.csv template.csv sagemaker.csv sensors/*.csv

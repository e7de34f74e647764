#!/usr/bin/env bash
# timeout: 1800
# pyarrow, pandas, polars and DuckDB read the historical columns as Parquet: every value is the CSV's,
# types, NULLs and timestamps are right, page CRCs hold, and statistics leave out row groups.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
"$PYTHON" "$TESTS/live/readers/make_drop.py" drop
convert=("$DERRICK" -q convert drop --columns cohorts --cohorts 120 --allow-missing --quarantine
    --set limits.TS1=-1e6..1e6)
for format in historical parquet; do
    "${convert[@]}" --format $format -o "out.$format" 2>/dev/null || [ $? -eq 6 ]
done
"$PYTHON" "$TESTS/live/readers/historical.py" out.historical out.parquet

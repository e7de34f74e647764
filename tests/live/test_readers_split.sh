#!/usr/bin/env bash
# timeout: 1800
# pandas and pyarrow read split data: whole condition blocks, the same readings in every format, the classes
# that split.json counts; and scikit-learn trains on it, as examples/honest_accuracy.py does.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
derrick sample drop --cohorts 2 >/dev/null
for format in features parquet sagemaker; do
    label=$([ $format = sagemaker ] && echo '--label valve' || true)
    # shellcheck disable=SC2086 # a list of options
    "$DERRICK" -q convert drop --cohorts 2 --format $format $label --split 70/15/15 -o $format >/dev/null
done
"$DERRICK" -q convert drop --cohorts 2 --format features --split 60/20/20 --split-by pump -o by-pump >/dev/null
"$DERRICK" -q convert drop --cohorts 2 --format features -o all.parquet >/dev/null
"$PYTHON" "$TESTS/live/readers/splits.py" all.parquet features parquet sagemaker by-pump
"$PYTHON" "$TESTS/../examples/honest_accuracy.py" features >table
cat table
# A line for each label, with accuracies.
[ "$(grep -cE '^[a-z_]+ +[01]\.[0-9]{3} +[01]\.[0-9]{3} +[01]\.[0-9]{3}$' table)" -eq 5 ] || fail "the table is not complete"

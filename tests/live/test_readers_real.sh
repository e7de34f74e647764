#!/usr/bin/env bash
# timeout: 1800
# scikit-learn and XGBoost train on splits of the published 1 Hz files (2205 cycles of 60 s): the accuracies that
# docs/sagemaker.md reports, from a bucket and from a folder.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
drop=${DERRICK_TEST_REAL_DATA:-}/uci-1hz
[ -d "$drop" ] || skip "no real data: set DERRICK_REAL_DATA"
need_readers
convert() {
    "$DERRICK" -q convert "$drop" --columns samples --cohort 1 --allow-missing "$@" >/dev/null
}
convert --format features --split 70/15/15 -o by-block
convert --format features --split 60/20/20 --split-by accumulator -o by-accumulator
convert --format sagemaker --label cooler --split 70/15/15 -o cooler
HOME=$PWD "$PYTHON" "$TESTS/live/readers/real_splits.py" "$TESTS/../examples/honest_accuracy.py" \
    "$TESTS/../docs/sagemaker.md" by-block by-accumulator cooler

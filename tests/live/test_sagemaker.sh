#!/usr/bin/env bash
# timeout: 900
# The SDK code of docs/sagemaker.md, run as it is written, asks for the training job that it describes, over the
# files that derrick split; and XGBoost trains on these files with the parameters of that job.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
derrick sample drop --cohorts 2 >/dev/null
"$DERRICK" -q convert drop --cohorts 2 --format sagemaker --label valve --split 70/15/15 -o valve >/dev/null
PYTHONDONTWRITEBYTECODE=1 HOME=$PWD "$PYTHON" "$TESTS/live/readers/training_job.py" "$TESTS/../docs/sagemaker.md" valve

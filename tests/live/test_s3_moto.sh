#!/usr/bin/env bash
# timeout: 900
# S3 on an independent server that runs anywhere: moto, whose CompleteMultipartUpload answers with another root
# element than Amazon's.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
need_readers
PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "$TESTS/live/s3/test_moto.py"

#!/usr/bin/env bash
# timeout: 14400
# Random drops with random settings, compared byte for byte with a second implementation of the data
# rules from the contract alone (tests/live/oracle/rules.py): convert, load, run, export, the
# database and quarantine. Also random sequences of deliveries into one database
# (tests/live/oracle/story.py). 120 cases; for more, or for others:
#
#   ORACLE_CASES=5000 ORACLE_SEED=7 tests/run -k oracle build/test=live
#
# With DERRICK_TEST_ALL=1 and the packages of tests/requirements.txt it compares samples, Parquet and splits, too.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/readers/lib.sh"
if (need_readers) >/dev/null; then need_readers; fi
exec "${PYTHON:-python3}" "$TESTS/live/oracle/compare.py"

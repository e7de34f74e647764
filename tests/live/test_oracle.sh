#!/usr/bin/env bash
# timeout: 3600
# Random drops by random settings, and what the data rules make of them, told a second time from the
# contract alone (tests/live/oracle/rules.py): convert, load, run, export, the database and quarantine,
# byte for byte; and random sequences of deliveries into one database (tests/live/oracle/story.py).
# 120 cases; more, or others, by hand:
#
#   ORACLE_CASES=5000 ORACLE_SEED=7 tests/run -k oracle build/test=live
set -eu
exec python3 "$TESTS/live/oracle/compare.py"

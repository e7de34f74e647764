#!/usr/bin/env bash
# timeout: 7200
# alone
# The oracle (tests/live/test_oracle.sh) over thousands of cases, other ones every day.
set -eu
export ORACLE_CASES=${ORACLE_CASES:-3000} ORACLE_SEED=${ORACLE_SEED:-$(date +%Y%m%d)}
echo "# ORACLE_CASES=$ORACLE_CASES ORACLE_SEED=$ORACLE_SEED"
exec bash "$TESTS/live/test_oracle.sh"

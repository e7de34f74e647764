#!/usr/bin/env bash
# timeout: 900
# Ten real cycles with every rule of the contract, against the second implementation of the rules:
# tests/live/oracle/rules.py.
. "$TESTS/cli/lib.sh"
[ -d "${DERRICK_TEST_REAL_DATA:-}/uci-10-cycles" ] || skip "no real data: set DERRICK_REAL_DATA"
exec python3 "$TESTS/live/oracle/compare.py" --drop "$DERRICK_TEST_REAL_DATA/uci-10-cycles"

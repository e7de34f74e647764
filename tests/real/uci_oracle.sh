#!/usr/bin/env bash
# timeout: 900
# Ten real cycles, by every rule that the contract has, against the rules told a second time:
# tests/live/oracle/rules.py.
. "$TESTS/cli/lib.sh"
[ -d "${DERRICK_REAL_DATA:-}/uci-10-cycles" ] || skip "no real data: set DERRICK_REAL_DATA"
exec python3 "$TESTS/live/oracle/compare.py" --drop "$DERRICK_REAL_DATA/uci-10-cycles"

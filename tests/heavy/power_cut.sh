#!/usr/bin/env bash
# timeout: 14400
# Ten times as many power cuts as in tests/live/test_power_cut.sh.
export DERRICK_CRASH_TIMES=${DERRICK_CRASH_TIMES:-10}
. "$TESTS/live/crash/lib.sh"
cut_off cut

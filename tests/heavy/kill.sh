#!/usr/bin/env bash
# timeout: 14400
# Runs killed after ten times as many changes as in tests/live/test_kill.sh.
export DERRICK_CRASH_TIMES=${DERRICK_CRASH_TIMES:-10}
. "$TESTS/live/crash/lib.sh"
cut_off kill

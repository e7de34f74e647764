#!/usr/bin/env bash
# timeout: 3600
# Ten times as many kills as in tests/live/test_kill_exports.sh, at other places every day.
export KILL_TIMES=${KILL_TIMES:-60} KILL_SEED=${KILL_SEED:-$(date +%Y%m%d)}
exec bash "$TESTS/live/test_kill_exports.sh"

#!/usr/bin/env bash
# timeout: 7200
# Each fuzz target for FUZZ_SECONDS, from the corpus and from what earlier runs found.
. "$TESTS/cli/lib.sh"
tree=$TESTS/../build/fuzz
[ -e "$tree/CMakeCache.txt" ] || skip "no build/fuzz; 'make fuzz' builds it"
exec "$TESTS/../tools/fuzz" "$tree" "${FUZZ_SECONDS:-300}"

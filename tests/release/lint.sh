#!/usr/bin/env bash
# timeout: 1800
# alone
# tools/lint finds nothing in the tree.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs clang-tidy clang-format cppcheck git
"$TESTS/../tools/lint" "$BUILD" >findings 2>&1 || fail "$(grep -v '^note:' findings)"

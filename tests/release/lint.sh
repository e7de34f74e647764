#!/usr/bin/env bash
# timeout: 1800
# alone
# tools/lint finds nothing in the program, without the static analyzer, which needs minutes. `make lint` runs
# that too, and reads the tests.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs clang-format clang-tidy cppcheck git
folder=$PWD
cd "$TESTS/.."
mapfile -t program < <(git ls-files 'src/*.c')
LINT_QUICK=1 tools/lint "$BUILD" "${program[@]}" >"$folder/findings" 2>&1 ||
    fail "$(cat "$folder/findings")"

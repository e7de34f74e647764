#!/usr/bin/env bash
# timeout: 900
# alone
# tools/lint finds nothing in the program. clang-tidy takes minutes: `make lint` runs it.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs clang-format cppcheck git
folder=$PWD
cd "$TESTS/.."
mapfile -t program < <(git ls-files 'src/*.c')
LINT_SKIP=clang-tidy tools/lint "$BUILD" "${program[@]}" >"$folder/findings" 2>&1 ||
    fail "$(grep -v '^note:' "$folder/findings")"

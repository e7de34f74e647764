#!/usr/bin/env bash
# timeout: 1800
# alone
# tools/lint finds nothing in the program: clang-tidy needs about six minutes of a processor for it. `make
# lint` reads the tests, too.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs clang-format clang-tidy cppcheck git
folder=$PWD
cd "$TESTS/.."
mapfile -t program < <(git ls-files 'src/*.c')
tools/lint "$BUILD" "${program[@]}" >"$folder/findings" 2>&1 ||
    fail "$(cat "$folder/findings")"

# For the tests of interrupted runs.
. "$TESTS/cli/lib.sh"

# cut_off kill|cut: plays all scenarios, in memory if possible.
cut_off() {
    needs cc
    python3 -c 'import sqlite3' 2>/dev/null || skip "no python3 with sqlite3 on this machine"
    cc -O1 -D_GNU_SOURCE -o calls "$TESTS/live/crash/calls.c"
    local code=0
    ./calls -o journal "$DERRICK" init ws >out 2>&1 || code=$?
    [ "$code" -ne 120 ] || skip "processes can't be traced here"
    [ "$code" -eq 0 ] || fail "traced, init ends by exit code $code: $(cat out)"
    folder=$PWD
    if [ -w /dev/shm ]; then
        folder=$(mktemp -d /dev/shm/derrick-test-XXXXXX)
        trap 'rm -rf "$folder"' EXIT
        trap 'exit 1' TERM INT
    fi
    python3 "$TESTS/live/crash/crash.py" "$1" "$PWD/calls" "$folder"
}

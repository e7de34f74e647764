#!/usr/bin/env bash
# timeout: 3600
# Runs with all exports and an S3 server, killed at random: the next run ends with the same bytes. See the
# head of s3/test_kill_exports.py.
set -u

here=$TESTS/live
. "$here/s3/lib.sh"
command -v cc >/dev/null || skip "no 'cc' on this machine"
cc -O1 -D_GNU_SOURCE -o calls "$here/crash/calls.c" || exit 1
code=0
./calls -o journal "$DERRICK" init ws >out 2>&1 || code=$?
[ "$code" -ne 120 ] || skip "processes can't be traced here"
[ -w /dev/shm ] && export TMPDIR=/dev/shm
exec /usr/bin/python3 "$here/s3/test_kill_exports.py" "$PWD/calls"

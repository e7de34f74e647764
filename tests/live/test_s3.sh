#!/bin/sh
# All live tests of S3: against the strict server, its faults, and a real radosgw where it is
# installed. Needs python3 and Debian's awscli. S3_DRIVER names the test driver (s3_driver of the build).
#
#   test_s3.sh [test...]      such as: test_s3.sh faults resume
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for need in /usr/bin/python3 /usr/bin/aws; do
    if [ ! -x "$need" ]; then
        echo "not ok - $need is missing: install python3 and awscli"
        exit 1
    fi
done
[ $# -gt 0 ] || set -- clients puts faults resume secrets radosgw

failed=0
for name in "$@"; do
    echo "# $name"
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/s3/test_$name.py"
    result=$?
    if [ $result -ne 0 ] && [ $result -ne 77 ]; then
        failed=1
    fi
done
exit $failed

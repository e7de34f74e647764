#!/bin/bash
# timeout: 900
# All live tests of S3: against the strict server and its faults, and a real radosgw where it is
# installed. Needs python3, openssl, a C compiler and Debian's awscli. BUILD is the build folder; the driver of the
# library's S3 verbs is made here, unless S3_DRIVER names one.
#
#   test_s3.sh [test...]      such as: BUILD=build test_s3.sh faults resume
set -u

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
for need in /usr/bin/python3 /usr/bin/aws; do
    if [ ! -x "$need" ]; then
        echo "$need is missing: install python3 and awscli"
        exit 77
    fi
done

cached() { # NAME: a value of CMake's cache
    sed -n "s/^$1:[A-Z]*=//p" "$BUILD/CMakeCache.txt"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "${S3_DRIVER:-}" ]; then
    compiler=$(cached CMAKE_C_COMPILER)
    sanitizers=$(cached DERRICK_SANITIZE)
    S3_DRIVER=$folder/s3_driver
    "${compiler:-cc}" -std=c17 -D_GNU_SOURCE -O1 -g ${sanitizers:+-fsanitize="$sanitizers"} -I"$here/../../src" \
        "$here/s3/s3_driver.c" "$BUILD/libderrick.a" -o "$S3_DRIVER" \
        -lcurl -lcrypto -lexpat -ljansson -lpthread -lm || exit 1
fi
export S3_DRIVER PYTHONDONTWRITEBYTECODE=1
[ $# -gt 0 ] || set -- clients puts faults resume secrets radosgw

failed=0
for name in "$@"; do
    echo "# $name"
    /usr/bin/python3 "$here/s3/test_$name.py" || failed=1
done
exit $failed

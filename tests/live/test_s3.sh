#!/bin/bash
# timeout: 900
# The library's S3 functions against the strict server, its faults and the AWS CLI. Needs python3,
# openssl, a C compiler and Debian's awscli. BUILD is the build folder; the test builds the driver
# of the functions, unless S3_DRIVER names one.
#
#   test_s3.sh [test...]      such as: BUILD=build/test test_s3.sh faults resume
set -u

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$here/s3/lib.sh"
[ $# -gt 0 ] || set -- clients puts faults resume secrets
make_driver
run_tests "$@"

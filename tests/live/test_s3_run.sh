#!/bin/bash
# timeout: 900
# S3 with the real program: from a drop to the bucket and back, the sources of its keys, and a kill
# at every request. Needs python3 and Debian's awscli. DERRICK is the program.
#
#   test_s3_run.sh [test...]      such as: DERRICK=build/derrick test_s3_run.sh keys
set -u

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$here/s3/lib.sh"
[ $# -gt 0 ] || set -- run keys kill
run_tests "$@"

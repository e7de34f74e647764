#!/bin/bash
# timeout: 900
# S3 on an independent server: Ceph's radosgw, if it is installed.
set -u

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../live" && pwd)
. "$here/s3/lib.sh"
for need in radosgw ceph-mon ceph-osd ceph; do
    command -v "$need" >/dev/null || skip "no '$need' on this machine"
done
make_driver
run_tests radosgw

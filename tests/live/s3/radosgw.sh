#!/bin/bash
# A real S3 server for the tests: Ceph's radosgw over one monitor and one OSD in memory, all on
# 127.0.0.1, without systemd or devices. It checks every signature and knows all of multipart.
# Debian packages: radosgw ceph-mon ceph-osd ceph-common.
#
#   radosgw.sh start DIR   starts it in DIR, prints "endpoint URL", and writes DIR/endpoint
#   radosgw.sh stop DIR    stops what start left running, by process number
#
# Keys: derricktestkey / derricktestsecret.
set -eu

access_key=derricktestkey
secret_key=derricktestsecret
here=$(dirname "$(realpath "$0")")

write_conf() {
    cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$mon_v2,v1:127.0.0.1:$mon_v1]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
run dir = $dir/run
admin socket = $dir/run/\$cluster-\$name.asok
log file = $dir/log/\$name.log
pid file = $dir/run/\$name.pid
mon data = $dir/mon
osd data = $dir/osd
keyring = $dir/keyring
mon allow pool size one = true
mon warn on pool no redundancy = false
mon allow pool delete = true
mon cluster log file = $dir/log/cluster.log
mon data avail crit = 1
mon data avail warn = 2
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 2
osd pool default pgp num = 2
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
osd op threads = 2
memstore device bytes = 6442450944
memstore page set = false
ms bind ipv6 = false

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$rgw_port
rgw enable usage log = false
rgw lc debug interval = -1
rgw gc max objs = 7
rgw thread pool size = 64
rgw enable ops log = false
CONF
}

start() {
    mkdir -p "$dir/run" "$dir/log" "$dir/mon" "$dir/osd"
    fsid=$(cat /proc/sys/kernel/random/uuid)
    read -r mon_v2 mon_v1 rgw_port <<<"$("$here/../free_ports.py" 3)"
    write_conf
    ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
    for name in client.admin osd.0 client.rgw; do
        ceph-authtool "$dir/keyring" --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' \
            --cap mgr 'allow *' >/dev/null
    done
    monmaptool --create --fsid "$fsid" \
        --addv a "[v2:127.0.0.1:$mon_v2,v1:127.0.0.1:$mon_v1]" "$dir/monmap" >"$dir/log/start.log"
    ceph-mon -c "$dir/ceph.conf" --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring" \
        >>"$dir/log/start.log" 2>&1
    ceph-mon -c "$dir/ceph.conf" -i a >>"$dir/log/start.log" 2>&1
    local osd_uuid
    osd_uuid=$(cat /proc/sys/kernel/random/uuid)
    timeout 120 ceph -c "$dir/ceph.conf" osd new "$osd_uuid" >>"$dir/log/start.log" 2>&1
    ceph-osd -c "$dir/ceph.conf" -i 0 --mkfs --osd-uuid "$osd_uuid" >>"$dir/log/start.log" 2>&1
    ceph-osd -c "$dir/ceph.conf" -i 0 >>"$dir/log/start.log" 2>&1
    radosgw -c "$dir/ceph.conf" -n client.rgw >>"$dir/log/start.log" 2>&1
    timeout 120 radosgw-admin -c "$dir/ceph.conf" -n client.rgw user create --uid=derrick \
        --display-name=derrick --access-key="$access_key" --secret-key="$secret_key" \
        >>"$dir/log/start.log" 2>&1
    for _ in $(seq 600); do
        if python3 - "$rgw_port" <<'PY'
import http.client, sys
try:
    c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=2)
    c.request("GET", "/")
    sys.exit(0 if c.getresponse().status == 200 else 1)
except OSError:
    sys.exit(1)
PY
        then
            echo "http://127.0.0.1:$rgw_port" | tee "$dir/endpoint"
            return 0
        fi
        sleep 0.2
    done
    echo "radosgw.sh: no answer on port $rgw_port; see $dir/log" >&2
    return 1
}

stop() {
    local file pid
    for file in "$dir"/run/client.rgw.pid "$dir"/run/osd.0.pid "$dir"/run/mon.a.pid; do
        [ -f "$file" ] || continue
        pid=$(cat "$file")
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
    done
}

verb=${1:?start or stop}
dir=${2:?folder}
case $verb in
start) mkdir -p "$dir"; dir=$(cd "$dir" && pwd); start ;;
stop) dir=$(cd "$dir" && pwd); stop ;;
*) echo "radosgw.sh: '$verb' is neither start nor stop" >&2; exit 2 ;;
esac

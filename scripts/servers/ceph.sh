#!/usr/bin/env bash
# Starts and stops a Ceph cluster of one monitor, one manager, one OSD in memory and one RGW for tests,
# on loopback only and without authentication inside the cluster. RGW 16 stands for old servers: it
# ignores conditions on copies and deletes without a word.
#
#   scripts/servers/ceph.sh start DIR PORT     PORT may be "auto"
#   scripts/servers/ceph.sh stop  DIR
#
# `start` returns when an upload works and prints the environment that a client needs. A cluster that
# already runs from DIR is kept. It needs Debian's packages:
#   apt-get install --no-install-recommends radosgw ceph-mon ceph-mgr ceph-osd
set -euo pipefail

START_SECONDS_MAX=180
ACCESS_KEY=lakegate-test
SECRET_KEY=lakegate-test-secret
# RGW 16 refuses streamed uploads with the checksums that newer clients add by themselves.
CLIENT_ENVIRONMENT=LAKEGATE_TEST_S3_WHEN_REQUIRED=1

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/common.sh"

write_configuration() {
    local dir=$1 port=$2 fsid=$3
    cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $dir
pid file = $dir/\$name.pid
admin socket = $dir/\$name.asok
log file = $dir/\$name.log
mon data = $dir/mon
mgr data = $dir/mgr
osd data = $dir/osd
osd journal = $dir/osd/journal
osd objectstore = memstore
memstore device bytes = 8589934592
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon warn on pool no redundancy = false
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw enable usage log = false
CONF
}

# What runs as the leader of the process group: every daemon in the foreground below it.
write_supervisor() {
    local dir=$1 fsid=$2
    cat >"$dir/run.sh" <<RUN
set -e
ceph="ceph -c $dir/ceph.conf --connect-timeout 30"
ceph-mon -c $dir/ceph.conf -i a -f &
\$ceph mon stat
mkdir -p $dir/mgr $dir/osd $dir/rgw
ceph-mgr -c $dir/ceph.conf -i a -f &
\$ceph osd new $fsid 0 || true
ceph-osd -c $dir/ceph.conf -i 0 --mkfs --osd-uuid $fsid
ceph-osd -c $dir/ceph.conf -i 0 -f &
radosgw-admin -c $dir/ceph.conf user create --uid=test --display-name=test \
    --access-key=$ACCESS_KEY --secret-key=$SECRET_KEY
radosgw -c $dir/ceph.conf -n client.rgw -f &
wait
RUN
}

start_server() {
    local dir=$1 port=$2 fsid
    for program in ceph-mon ceph-mgr ceph-osd radosgw ceph monmaptool; do
        if ! command -v "$program" >/dev/null; then
            echo "$program is missing; see the head of $0" >&2
            return 1
        fi
    done
    [ "$port" = auto ] && port=$(free_port_range 3)
    # The cluster lives in memory: nothing of an earlier one can be used.
    rm -rf "$dir/mon" "$dir/mgr" "$dir/osd" "$dir/rgw"
    fsid=$(cat /proc/sys/kernel/random/uuid)
    write_configuration "$dir" "$port" "$fsid"
    write_supervisor "$dir" "$fsid"
    mkdir -p "$dir/mon"
    monmaptool --create --clobber --fsid "$fsid" \
        --addv a "[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]" "$dir/monmap" >/dev/null
    ceph-mon -c "$dir/ceph.conf" --mkfs -i a --monmap "$dir/monmap" >"$dir/mkfs.log" 2>&1
    nohup setsid bash "$dir/run.sh" >"$dir/server.log" 2>&1 </dev/null 9>&- &
    echo $! >"$dir/pid"
    echo "$port" >"$dir/port"
}

server_main "$@"

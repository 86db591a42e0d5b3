#!/usr/bin/env bash
# Starts and stops a MiniStack server (an emulator of AWS: S3, SQS, SNS, EventBridge, SES) for tests, on
# loopback only. It checks no signatures.
#
#   scripts/servers/ministack.sh start DIR PORT     PORT may be "auto"
#   scripts/servers/ministack.sh stop  DIR
#
# `start` returns when an upload works and prints the environment that a client needs. A server that
# already runs from DIR is kept. It is installed below .tools on first use; its state is in memory.
set -euo pipefail

VERSION=1.5.33
START_SECONDS_MAX=60
ACCESS_KEY=lakegate-test
SECRET_KEY=lakegate-test-secret

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/common.sh"
tools=$(cd "$here/../.." && pwd)/.tools/ministack-$VERSION

start_server() {
    local dir=$1 port=$2
    [ -x "$tools/bin/hypercorn" ] || install_wheel "$tools" "ministack==$VERSION"
    [ "$port" = auto ] && port=$(free_port_range 1)
    (
        cd "$dir"
        nohup setsid "$tools/bin/python" -m hypercorn ministack.app:app -b "127.0.0.1:$port" \
            >"$dir/server.log" 2>&1 </dev/null 9>&- &
        echo $! >"$dir/pid"
    )
    echo "$port" >"$dir/port"
}

server_main "$@"

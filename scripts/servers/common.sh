# Shared by the start scripts of test servers. A script that sources this sets here, ACCESS_KEY,
# SECRET_KEY and START_SECONDS_MAX, and defines `start_server DIR PORT`, which writes DIR/pid and DIR/port.

# The first of COUNT consecutive free TCP ports on loopback.
free_port_range() {
    python3 - "$1" <<'PY'
import random, socket, sys
count = int(sys.argv[1])
for _ in range(1000):
    first = random.randrange(20000, 32000 - count)
    held = []
    try:
        for port in range(first, first + count):
            s = socket.socket()
            held.append(s)
            s.bind(("127.0.0.1", port))
        print(first)
        break
    except OSError:
        continue
    finally:
        for s in held:
            s.close()
else:
    sys.exit("no free range of ports")
PY
}

# Makes the virtual environment DIR with one package; the arguments after DIR go to pip.
install_wheel() {
    local dir=$1
    shift
    rm -rf "$dir.new"
    mkdir -p "$(dirname "$dir")"
    python3 -m venv --copies "$dir.new" >&2
    "$dir.new/bin/pip" install -q "$@" >&2
    mv "$dir.new" "$dir"
}

signed_put() {
    AWS_ACCESS_KEY_ID=$ACCESS_KEY AWS_SECRET_ACCESS_KEY=$SECRET_KEY \
        python3 "$here/signed_put.py" "$@"
}

# Waits until an upload works, which is later than the port being open.
wait_for_upload() {
    local dir=$1 endpoint=$2 deadline=$((SECONDS + START_SECONDS_MAX)) status
    while [ $SECONDS -lt $deadline ]; do
        if ! is_running "$dir"; then
            echo "the server ended; see $dir/server.log" >&2
            return 1
        fi
        signed_put "$endpoint" /lakegate-ready "" >/dev/null
        status=$(signed_put "$endpoint" /lakegate-ready/ready ready)
        [ "$status" = 200 ] && return
        sleep 0.3
    done
    echo "no upload worked within $START_SECONDS_MAX s; see $dir/server.log" >&2
    return 1
}

is_running() {
    [ -f "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null
}

print_environment() {
    cat <<ENV
LAKEGATE_TEST_S3_ENDPOINT=http://127.0.0.1:$(cat "$1/port")
AWS_ACCESS_KEY_ID=$ACCESS_KEY
AWS_SECRET_ACCESS_KEY=$SECRET_KEY
AWS_REGION=us-east-1
ENV
    if [ -n "${CLIENT_ENVIRONMENT:-}" ]; then
        echo "$CLIENT_ENVIRONMENT"
    fi
}

# Ends the process group of the server in DIR, which this script started.
stop_server() {
    local dir=$1 pid
    is_running "$dir" || return 0
    pid=$(cat "$dir/pid")
    kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
    rm -f "$dir/pid"
}

server_main() {
    local command=${1:-} dir=${2:-} port=${3:-auto}
    if [ -z "$dir" ] || { [ "$command" != start ] && [ "$command" != stop ]; }; then
        echo "usage: $0 start DIR [PORT|auto] | stop DIR" >&2
        exit 2
    fi
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    exec 9>"$dir/lock"
    flock 9
    if [ "$command" = stop ]; then
        stop_server "$dir"
        return
    fi
    is_running "$dir" || start_server "$dir" "$port"
    wait_for_upload "$dir" "http://127.0.0.1:$(cat "$dir/port")"
    print_environment "$dir"
}

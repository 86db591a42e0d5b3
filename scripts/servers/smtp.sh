#!/usr/bin/env bash
# A real SMTP server on loopback for tests and demonstrations. Every mail becomes a file in DIR.
#
#   smtp.sh start DIR PORT [OPTION…]   starts it in the background; DIR/port holds its port
#   smtp.sh stop  DIR                  stops the one that was started with DIR
#   smtp.sh run   DIR PORT [OPTION…]   stays in the foreground and ends when its input is closed
#
# PORT 0 takes a free one. Options:
#   --starttls          offer STARTTLS, and take no mail before it
#   --tls               TLS from the first byte
#   --auth USER:PASS    take no mail before this login
# With either kind of TLS, DIR/ca.pem is the authority to trust.
#
# Needs python3 with venv; installs aiosmtpd from PyPI into .tools/smtp on first use.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/.tools
venv=$tools/smtp
version=1.4.6
start_seconds_max=20

usage() { sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2; }

install() {
  mkdir -p "$tools"
  exec 9>"$tools/smtp.lock"
  flock 9
  if [ "$(cat "$venv/installed" 2>/dev/null)" != "$version" ]; then
    rm -rf "$venv"
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check \
        "aiosmtpd==$version"; } >&2 || {
      echo "smtp.sh: cannot install aiosmtpd $version; python3 with venv and PyPI are needed" >&2
      exit 1
    }
    echo "$version" >"$venv/installed"
  fi
  exec 9>&-
}

prepare() {
  install
  mkdir -p "$dir"
  for option in "$@"; do
    case $option in
      --tls | --starttls) "$here/certificate.sh" "$dir" ;;
    esac
  done
}

start() {
  prepare "$@"
  rm -f "$dir/port"
  nohup "$venv/bin/python" "$here/smtp.py" "$dir" "$port" "$@" \
    </dev/null >"$dir/server.log" 2>&1 9>&- &
  echo $! >"$dir/pid"
  for _ in $(seq $((start_seconds_max * 10))); do
    [ -s "$dir/port" ] && return
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  echo "smtp.sh: the server did not start:" >&2
  cat "$dir/server.log" >&2
  exit 1
}

[ $# -ge 2 ] || usage
command=$1 dir=$2
case $command in
  start | run)
    [ $# -ge 3 ] || usage
    port=$3
    shift 3
    if [ "$command" = start ]; then
      start "$@"
    else
      prepare "$@"
      exec "$venv/bin/python" "$here/smtp.py" "$dir" "$port" --until-input-ends "$@"
    fi
    ;;
  stop)
    [ -s "$dir/pid" ] || { echo "smtp.sh: nothing was started with $dir" >&2; exit 1; }
    kill "$(cat "$dir/pid")"
    rm -f "$dir/pid" "$dir/port"
    ;;
  *) usage ;;
esac

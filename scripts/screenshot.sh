#!/bin/sh
# Takes a picture of a page in headless Chromium.
#
#   scripts/screenshot.sh URL OUT.png [WIDTH] [HEIGHT] [light|dark]
#
# CHROMIUM names the browser where it is not called `chromium`.
set -eu

if [ $# -lt 2 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
url=$1
out=$2
width=${3:-1280}
height=${4:-1000}
# Blink's own numbers: 0 is dark, 1 is light.
case ${5:-light} in
    dark) scheme=0 ;;
    light) scheme=1 ;;
    *) echo "screenshot.sh: $5 is neither light nor dark" >&2; exit 2 ;;
esac

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$profile" --hide-scrollbars --blink-settings=preferredColorScheme="$scheme" \
    --window-size="$width,$height" --screenshot="$out" "$url" 2>"$profile/log" ||
    { cat "$profile/log" >&2; exit 1; }
[ -s "$out" ] || { cat "$profile/log" >&2; exit 1; }

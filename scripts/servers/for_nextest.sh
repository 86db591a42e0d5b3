#!/usr/bin/env bash
# Set-up script of `cargo nextest run`: gives the tests an S3 server and ends it with the run. Where
# LAKEGATE_TEST_S3_ENDPOINT is set already, that server is used and left alone.
set -euo pipefail

[ -n "${LAKEGATE_TEST_S3_ENDPOINT:-}" ] && exit 0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/lakegate-seaweedfs.XXXXXX")
runner=$PPID
"$here/seaweedfs.sh" start "$dir" auto >>"$NEXTEST_ENV"

# Nextest has no tear-down scripts: a watcher ends the server when the test runner is gone.
(
    while kill -0 "$runner" 2>/dev/null; do sleep 1; done
    "$here/seaweedfs.sh" stop "$dir"
    rm -rf "$dir"
) </dev/null >/dev/null 2>&1 &

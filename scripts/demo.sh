#!/usr/bin/env bash
# Sets up, builds and runs the demo: a small sample lake, one run of the gate over it, then the review
# page. Arguments go to `lakegate demo`, such as --no-serve, --dir DIR, --port N.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
need_compiler
cargo build --release --locked --package lakegate-cli
exec target/release/lakegate demo "$@"

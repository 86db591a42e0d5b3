#!/usr/bin/env bash
# Sets up what the tests need, and runs all of them: format, lints, unit and property tests, the gate's
# simulations and kill tests, and the tests against real servers (S3, SMTP), which the tests start
# themselves. The one place that says what "all tests" means: CI runs this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

step() { printf '\n== %s\n' "$*"; }

step "tools"
need_compiler
need_python
need_nextest
need_tesseract

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --workspace --all-targets --locked -- -D warnings

step "tests"
cargo nextest run --workspace --locked "$@"

step "examples in the documentation"
cargo test --workspace --doc --locked --quiet

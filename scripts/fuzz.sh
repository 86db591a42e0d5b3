#!/usr/bin/env bash
# Fuzzes every target of fuzz/, or those named, for so many seconds each: ./scripts/fuzz.sh [SECONDS [TARGET…]]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

need_compiler
cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked --quiet

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(cd fuzz/fuzz_targets && ls -- *.rs | sed 's/\.rs$//')
fi
# Instrumentation is an unstable option of the compiler, which the stable one also has.
export RUSTC_BOOTSTRAP=1
for target in "${targets[@]}"; do
  if [ "$target" = formats ]; then
    # A fuzzer that begins with nothing hardly finds the way into a parser.
    LAKEGATE_WRITE_SEEDS="$PWD/fuzz/corpus/formats" \
      RUSTC_BOOTSTRAP=0 cargo test --quiet -p lakegate-scan --test matrix objects_are_written >/dev/null
  fi
  printf '\n== %s, %s s\n' "$target" "$seconds"
  cargo fuzz run --sanitizer none "$target" -- -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048
done

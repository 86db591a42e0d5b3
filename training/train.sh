#!/usr/bin/env bash
# Makes the names model from nothing: fetches the lists, draws the training texts, learns, and writes
# crates/tagger/model/*.bin. The same commit gives the same bytes; with --check, what was made is
# compared with what is committed, and nothing is replaced.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$PWD/target/names-model"
mkdir -p "$work/out"
training/lists.sh "$work/lists"
cargo run --quiet --release --locked -p lakegate-training -- train "$work/lists/lists.tsv" "$work/out"
if [ "${1:-}" = "--check" ]; then
    for file in weights words medical; do
        cmp "$work/out/$file.bin" "crates/tagger/model/$file.bin"
    done
    echo "the committed model is what this commit makes"
else
    cp "$work/out/"*.bin crates/tagger/model/
fi
